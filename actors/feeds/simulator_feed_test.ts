import assert from "node:assert/strict";
import { EventKind, type Pair, parsePair, StatusCode } from "../contract/mod.ts";
import { FakeClock, MemoryOutlet } from "../../tests/support/feed_ports.ts";
import { CATCH_UP_US_MAX, runSimulatorFeed, TURN_MS } from "./simulator_feed.ts";

const START_US = Date.UTC(2024, 2, 5, 14) * 1000;
const PAIRS = ["EURUSD", "USDJPY"].map((name) => parsePair(name) as Pair);

function feed(onTurn: (turn: number, clock: FakeClock, abort: AbortController) => void) {
  const clock = new FakeClock(START_US);
  const outlet = new MemoryOutlet();
  const abort = new AbortController();
  let turn = 0;
  let acknowledged = 0;
  clock.onSleep = () => onTurn(++turn, clock, abort);
  const run = runSimulatorFeed({
    seed: 9,
    pairs: PAIRS,
    ratePerSecond: 20,
    clock,
    outlet,
    signal: abort.signal,
    onFirstAcknowledged: () => {
      acknowledged++;
      assert(outlet.frames.length === PAIRS.length && outlet.drainCount === 1);
    },
  });
  return { run, outlet, acknowledged: () => acknowledged };
}

Deno.test("runSimulatorFeed() sends what fell due in each turn as one frame per pair, and drains at the end", async () => {
  const { run, outlet, acknowledged } = feed((turn, _clock, abort) => turn === 250 && abort.abort());
  const summary = await run;
  assert.equal(acknowledged(), 1);
  assert.equal(outlet.drainCount, 2);
  assert.equal(summary.gaps, 0);
  assert.equal(summary.frames, outlet.frames.length);
  assert.equal(summary.sourceName, `sim:9:${START_US}`);
  assert.equal(new Set(outlet.frames.map(({ messageId }) => messageId)).size, outlet.frames.length);
  for (const { events, receiveTimeUs } of outlet.frames) {
    assert(receiveTimeUs - events[0]!.eventTimeUs <= TURN_MS * 1000, "told within a turn");
    assert(events.at(-1)!.eventTimeUs <= receiveTimeUs);
  }
});

Deno.test("runSimulatorFeed() makes up for a short pause", async () => {
  const { run, outlet } = feed((turn, clock, abort) => {
    if (turn === 10) clock.timeUs += CATCH_UP_US_MAX - 100_000;
    if (turn === 12) abort.abort();
  });
  assert.equal((await run).gaps, 0);
  assert(!outlet.events.some(({ kind }) => kind === EventKind.status));
  const times = outlet.events.map(({ eventTimeUs }) => eventTimeUs).sort((a, b) => a - b);
  assert(times.every((timeUs, index) => index === 0 || timeUs - times[index - 1]! < 1_000_000));
});

Deno.test("runSimulatorFeed() skips a long pause and tells it as a gap with a new snapshot", async () => {
  const { run, outlet } = feed((turn, clock, abort) => {
    if (turn === 10) clock.timeUs += 3_600_000_000;
    if (turn === 60) abort.abort();
  });
  assert.equal((await run).gaps, 1);
  for (const pair of PAIRS) {
    const events = outlet.frames.filter((frame) => frame.pair === pair).flatMap((frame) => frame.events);
    const gap = events.findIndex(({ kind }) => kind === EventKind.status);
    assert.equal(events[gap]!.side, StatusCode.gap);
    assert.equal(events[gap + 1]!.kind, EventKind.clear);
    assert(events[gap]!.eventTimeUs - events[gap - 1]!.eventTimeUs > 3_500_000_000);
  }
});

Deno.test("runSimulatorFeed() does not go back with a clock that does", async () => {
  const { run, outlet } = feed((turn, clock, abort) => {
    if (turn === 10) clock.timeUs -= 60_000_000;
    if (turn === 20) abort.abort();
  });
  await run;
  for (const pair of PAIRS) {
    const times = outlet.frames.filter((frame) => frame.pair === pair).flatMap(({ events }) =>
      events.map((e) => e.eventTimeUs)
    );
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
  }
});

Deno.test("runSimulatorFeed() fails where the outlet does", async () => {
  const outlet = new MemoryOutlet();
  outlet.failure = new Error("no room");
  const run = runSimulatorFeed({
    seed: 1,
    pairs: PAIRS,
    ratePerSecond: 20,
    clock: new FakeClock(START_US),
    outlet,
    signal: new AbortController().signal,
  });
  await assert.rejects(run, /no room/);
});
