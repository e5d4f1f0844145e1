import assert from "node:assert/strict";
import {
  ALL_CURRENCIES,
  ALL_PAIRS,
  combinationIndex,
  EventKind,
  MARKET_DEAD_SUBJECT,
  MARKET_METRICS_SUBJECT,
  MARKET_PAIRS_MAX,
  type MarketEvent,
  MarketOptions,
  type MarketSample,
  marketSubject,
  type Pair,
  parsePair,
} from "../contract/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { type MarketEntry, MarketFold } from "../../tests/support/market_fold.ts";
import { EURUSD, eventOf, pack, quote, randomEvents, START_US } from "../../tests/support/market_events.ts";
import { simulatedFrames } from "../../tests/support/simulated_frames.ts";
import { AHEAD_ROW_COUNT, BEHIND_ROW_COUNT } from "./market_clock.ts";

const FIVE = ["EURUSD", "USDJPY", "EURJPY", "GBPUSD", "EURGBP"].map((letters) => parsePair(letters)!);
const USDJPY = FIVE[1]!;
/** Windows that fill within seconds. */
const SMALL = MarketOptions.parse({
  correlation: { thinMs: 100, slotS: 1, windowS: 10, shortWindowS: 5, longSlotS: 2, longWindowS: 60, countMin: 5 },
  leadLag: { windowS: 10, countMin: 5 },
  strength: { windowMinutes: 1 },
});

/** Frames of one event, or of several where told, in the order of the list. */
function entriesOf(events: readonly (readonly [Pair, MarketEvent])[], perFrame = 1): MarketEntry[] {
  const entries: MarketEntry[] = [];
  for (let from = 0; from < events.length;) {
    const pair = events[from]![0];
    let until = from;
    while (until < events.length && events[until]![0] === pair && until - from < perFrame) until++;
    const frames = pack(events.slice(from, until).map(([, event]) => event), { perFrame });
    entries.push(...frames.map((data) => ({ pair, data })));
    from = until;
  }
  return entries;
}

/** Quotes of two pairs, ten a second each, from a time on. */
function steadily(fromUs: number, seconds: number, pairs: readonly Pair[] = [EURUSD, USDJPY]): [Pair, MarketEvent][] {
  return Array.from({ length: 10 * seconds }, (_, k) =>
    pairs.map((pair): [Pair, MarketEvent] => {
      const mid = 1.1 + 0.0001 * ((k * 7) % 5);
      return [pair, quote(fromUs + k * 100_000, mid, mid + 0.0001)];
    })).flat();
}

const apart = (sample: MarketSample) => ({ ...sample, counts: { ...sample.counts, events: 0 } });

Deno.test("the market actor says once a second what the simulated market is", () => {
  const fold = new MarketFold({ options: SMALL });
  const frames = simulatedFrames({ pairs: FIVE, eventCount: 240_000, ratePerSecond: 40 });
  fold.receive(frames);
  const { samples } = fold;
  assert(samples.length > 50, `${samples.length} samples`);
  samples.forEach(({ timeUs }, k) => assert(k === 0 || timeUs === samples[k - 1]!.timeUs + 1_000_000));
  const last = samples.at(-1)!;
  assert.deepEqual(last.pairs, FIVE);
  assert.deepEqual(last.sessions, ["london", "new-york"]);
  assert.equal(last.counts.late + last.counts.hurried + last.counts.restarts, 0);
  assert.deepEqual(last.counts.rejected, {});
  const number = (values: readonly (number | string)[], k: number) => {
    assert.equal(typeof values[k], "number", `${values[k]}`);
    return values[k] as number;
  };
  const mean = (of: (sample: MarketSample) => number) =>
    samples.slice(-20).reduce((sum, sample) => sum + of(sample), 0) / 20;
  // The euro is in both; the dollar stands on opposite sides.
  const correlation = (a: string, b: string) =>
    mean(({ pairs, correlation }) => number(correlation.value, combinationIndex(pairs.indexOf(a), pairs.indexOf(b))));
  assert(correlation("EURUSD", "EURJPY") > 0.1, `${correlation("EURUSD", "EURJPY")}`);
  assert(correlation("EURUSD", "USDJPY") < 0, `${correlation("EURUSD", "USDJPY")}`);
  assert.deepEqual(last.triangles.map(({ direct }) => direct), ["EURJPY", "EURGBP"]);
  for (const { edgeBps, edgeBpsMax } of samples.slice(-20).flatMap(({ triangles }) => triangles)) {
    // Consistent crosses: a round costs about three half spreads.
    assert(typeof edgeBps === "number" && edgeBps < 1 && edgeBps > -20, `${edgeBps}`);
    assert(typeof edgeBpsMax === "number" && edgeBpsMax >= edgeBps);
  }
  assert.deepEqual(last.strength.currencies, ["EUR", "USD", "JPY", "GBP"]);
  for (const list of [last.strength.dayBps, last.strength.windowBps]) {
    assert(Math.abs(list.reduce<number>((sum, _, k) => sum + number(list, k), 0)) < 0.01, `${list}`);
  }
  for (const list of [last.leadLag.value, last.leadLag.ratio]) list.forEach((_, k) => number(list, k));
  // Currencies move at once here: what is told of a lag is about 0, and the rest is called weak.
  const lags = samples.slice(-20).flatMap(({ leadLag }) => leadLag.lagMs);
  assert(lags.every((lagMs) => lagMs === "weak" || (typeof lagMs === "number" && Math.abs(lagMs) <= 1_000)), `${lags}`);
});

Deno.test("the market actor restored at any cut continues bit for bit", () => {
  const frames: MarketEntry[] = simulatedFrames({ pairs: FIVE, eventCount: 6_000, ratePerSecond: 40 });
  const whole = new MarketFold({ options: SMALL }).receive(frames);
  const end = whole.actor.snapshot(whole.state);
  assert(whole.payloads.length > 5);
  for (let cut = 0; cut <= frames.length; cut += 97) {
    const fold = new MarketFold({ options: SMALL }).receive(frames.slice(0, cut)).restart().receive(frames.slice(cut));
    assert.deepEqual(fold.payloads, whole.payloads, `cut ${cut}`);
    assert.deepEqual(fold.actor.snapshot(fold.state), end, `cut ${cut}`);
  }
});

Deno.test("the market actor takes whatever happens, and restored in the midst of it ends the same", () => {
  const random = lcg(77);
  const lists = FIVE.map((pair) => randomEvents(random, 500).map((event) => [pair, event] as const));
  // As the log would mix them: each pair in its own order.
  const events = lists.flat().map((entry, k) => ({ entry, at: (k % 500) + 3 * random() }))
    .sort((a, b) => a.at - b.at).map(({ entry }) => entry);
  const entries = entriesOf(events, 4);
  const options = MarketOptions.parse({ ...SMALL, sampleMs: 100 });
  const whole = new MarketFold({ options }).receive(entries);
  assert(whole.samples.length > 3);
  assert(!whole.payloads.join().includes("null"), "numbers or reasons");
  assert(whole.state.counts.late > 0 && Object.keys(whole.state.counts.rejected).length > 5);
  for (let cut = 0; cut <= entries.length; cut += 211) {
    const fold = new MarketFold({ options }).receive(entries.slice(0, cut)).restart().receive(entries.slice(cut));
    assert.deepEqual(fold.payloads, whole.payloads, `cut ${cut}`);
    assert.deepEqual(fold.actor.snapshot(fold.state), whole.actor.snapshot(whole.state), `cut ${cut}`);
  }
});

Deno.test("the market actor's samples do not depend on how the events are framed", () => {
  const samples = [2_000, 20_000, 100_000].map((frameUs) => {
    const frames = simulatedFrames({ pairs: FIVE, eventCount: 10_000, ratePerSecond: 40, frameUs });
    return new MarketFold({ options: SMALL }).receive(frames).samples;
  });
  const count = Math.min(...samples.map(({ length }) => length));
  assert(count > 10);
  const [one, two, three] = samples.map((list) => list.slice(0, count).map(apart));
  assert.deepEqual(two, one);
  assert.deepEqual(three, one);
});

Deno.test("the market actor puts pairs in order of event time, and counts what comes too late for it", () => {
  const fold = new MarketFold({ options: SMALL });
  const inOrder = new MarketFold({ options: SMALL });
  const events = steadily(START_US, 5);
  // The second pair arrives 200 ms behind the first.
  const delayed = [...events].sort(([a, x], [b, y]) =>
    x.eventTimeUs + (a === USDJPY ? 200_001 : 0) - y.eventTimeUs - (b === USDJPY ? 200_001 : 0)
  );
  fold.receive(entriesOf([...delayed, ...steadily(START_US + 5e6, 1)]));
  inOrder.receive(entriesOf([...events, ...steadily(START_US + 5e6, 1)]));
  assert.deepEqual(fold.samples.map(apart), inOrder.samples.map(apart));
  assert.equal(fold.state.counts.late, 0);
  fold.receive(entriesOf([[EURUSD, quote(START_US + 2e6, 1, 2)]]));
  assert.equal(fold.state.counts.late, 1);
});

Deno.test("the market actor forgets a clock that the log left, and keeps one that others hold", () => {
  const fold = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 5)));
  const pastUs = START_US - 14 * 365 * 86_400e6;
  // One pair is replayed while the other is live.
  const both = steadily(pastUs, 100, [EURUSD]).flatMap((past, k): [Pair, MarketEvent][] => [
    past,
    [USDJPY, quote(START_US + 5e6 + k * 1_000, 150, 150 + 0.001 * (k % 7))],
  ]);
  fold.receive(entriesOf(both));
  assert.equal(fold.state.counts.rejected["time-behind"], 1_000);
  assert.equal(fold.state.counts.restarts, 0);
  // All are.
  fold.receive(entriesOf(steadily(pastUs, 100)));
  assert.equal(fold.state.counts.restarts, 1);
  assert.equal(fold.state.counts.rejected["time-behind"], 1_000 + BEHIND_ROW_COUNT - 1);
  const last = fold.samples.at(-1)!;
  assert(last.timeUs < START_US);
  assert.equal(typeof last.correlation.value[0], "number");
});

Deno.test("the market actor keeps its clock while one pair alone is replayed at full speed, or hours ahead, in frames of many events", () => {
  const live = steadily(START_US, 10, [EURUSD, USDJPY]);
  const clean = new MarketFold({ options: SMALL }).receive(entriesOf(live));
  for (const awayUs of [-14 * 365 * 86_400e6, 2 * 3_600e6]) {
    const fold = new MarketFold({ options: SMALL });
    live.forEach((event, k) => {
      fold.receive(entriesOf([event]));
      const away = Array.from({ length: 1_200 }, (_, i) => quote(START_US + awayUs + 1_000 * (1_200 * k + i), 2, 2.1));
      fold.receive(pack(away, { perFrame: 1_200 }).map((data) => ({ pair: FIVE[3]!, data })));
    });
    assert.equal(fold.state.counts.restarts, 0);
    assert.deepEqual(fold.samples.map(({ timeUs }) => timeUs), clean.samples.map(({ timeUs }) => timeUs));
  }
});

Deno.test("the market actor keeps its clock while one pair's stamps are half an hour ahead of their receipt", () => {
  const live = steadily(START_US, 10, [EURUSD, USDJPY]);
  const received = (pair: Pair, event: MarketEvent, timeUs: number) =>
    pack([event], { receiveTimeUs: timeUs }).map((data) => ({ pair, data }));
  const fold = new MarketFold({ options: SMALL });
  for (const [pair, event] of live) {
    const timeUs = event.eventTimeUs;
    fold.receive(received(pair, event, timeUs));
    fold.receive(received(FIVE[3]!, quote(timeUs + 1_800e6, 1.3, 1.4), timeUs));
  }
  assert.deepEqual(fold.state.counts.rejected, { "time-ahead": live.length });
  assert(fold.samples.length >= 9);
});

Deno.test("the market actor is not moved by a stamp from the future, and counts it", () => {
  const clean = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 5)));
  const events = steadily(START_US, 5);
  events.splice(50, 0, [EURUSD, { ...events[50]![1], eventTimeUs: START_US + 3 * 3_600e6 }]);
  const fold = new MarketFold({ options: SMALL }).receive(entriesOf(events));
  assert.equal(fold.state.counts.rejected["time-ahead"], 1);
  assert.deepEqual(
    fold.samples.map(({ correlation }) => correlation),
    clean.samples.map(({ correlation }) => correlation),
  );
  // The week opens.
  const mondayUs = START_US + 2 * 86_400e6;
  fold.receive(entriesOf(steadily(mondayUs, 20)));
  assert.equal(fold.state.counts.rejected["time-ahead"], 1 + AHEAD_ROW_COUNT - 1);
  assert(fold.samples.at(-1)!.timeUs > mondayUs);
});

Deno.test("the market actor takes ticks early where too many wait", () => {
  const options = MarketOptions.parse({ latenessMs: 10_000 });
  const fold = new MarketFold({ options });
  const events = Array.from({ length: 70_000 }, (_, k) => quote(START_US + k * 10, 1.1, 1.1001 + 0.0001 * (k % 2)));
  fold.receive(pack(events, { perFrame: 4_096 }).map((data) => ({ pair: EURUSD, data })));
  assert.equal(fold.state.counts.hurried, 70_000 - 65_536);
  fold.receive(entriesOf([[USDJPY, quote(START_US, 150, 151)]]));
  assert.equal(fold.state.counts.late, 1);
});

Deno.test("the market actor refuses entries that are no frames of pairs, and goes on", () => {
  const good = entriesOf(steadily(START_US, 5));
  const clean = new MarketFold({ options: SMALL }).receive(good);
  const fold = new MarketFold({ options: SMALL }).receive(good.slice(0, 30));
  const emit = () => assert.fail("nothing to say");
  const { actor, state } = fold;
  actor.receive(state, { sequence: 31, data: good[0]!.data }, emit);
  actor.receive(state, { sequence: 32, subject: "fx.market.NOPAIR", data: good[0]!.data }, emit);
  actor.receive(state, { sequence: 33, subject: marketSubject(EURUSD), data: new Uint8Array(3) }, emit);
  assert.deepEqual(state.counts.rejected, { "subject-absent": 1, "subject-unknown": 1, "frame-truncated": 1 });
  fold.receive(good.slice(30));
  assert.deepEqual(
    fold.samples.map((sample) => ({ ...sample, counts: 0 })),
    clean.samples.map((sample) => ({ ...sample, counts: 0 })),
  );
});

Deno.test("the market actor takes so many pairs, and refuses further ones by name", () => {
  const codes = ALL_CURRENCIES.slice(0, 12);
  const pairs = codes.flatMap((a, k) => codes.slice(k + 1).map((b) => parsePair(a + b)!));
  assert(pairs.length > MARKET_PAIRS_MAX);
  const fold = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 6, pairs)));
  assert.equal(fold.state.counts.rejected["pairs-full"], 60 * (pairs.length - MARKET_PAIRS_MAX));
  const last = fold.samples.at(-1)!;
  assert.deepEqual(last.pairs, pairs.slice(0, MARKET_PAIRS_MAX));
  fold.restart();
  assert.equal(fold.state.snapshot().pairs.length, MARKET_PAIRS_MAX);
});

Deno.test("the market actor after lost entries begins anew and says so", () => {
  const fold = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 20)));
  assert.equal(typeof fold.samples.at(-1)!.correlation.value[0], "number");
  fold.actor.gap!(fold.state, () => {});
  fold.receive(entriesOf(steadily(START_US + 20e6, 2)));
  const last = fold.samples.at(-1)!;
  assert.equal(last.counts.gaps, 1);
  assert(last.correlation.returns[0]! < 20);
});

Deno.test("the market actor has a name, subjects, a view and the newest event time", () => {
  const fold = new MarketFold({ options: SMALL });
  const { actor } = fold;
  assert.deepEqual([actor.name, actor.input, actor.dead], ["market", "fx.market.*", MARKET_DEAD_SUBJECT]);
  assert.deepEqual(actor.view!(fold.state), []);
  assert.equal(actor.eventTimeUs!(fold.state), 0);
  const events = steadily(START_US, 3);
  const subjects = new Set<string>();
  for (const [i, { pair, data }] of entriesOf(events).entries()) {
    const entry = { sequence: i + 1, subject: marketSubject(pair), data };
    actor.receive(fold.state, entry, (subject) => subjects.add(subject));
  }
  assert.deepEqual([...subjects], [MARKET_METRICS_SUBJECT]);
  const [view] = actor.view!(fold.state);
  assert.equal(view!.key, "MARKET.sample");
  assert.equal(JSON.parse(view!.payload).v, 1);
  assert.equal(actor.eventTimeUs!(fold.state), events.at(-1)![1].eventTimeUs);
});

Deno.test("the market actor goes on with other options from where it was: the same pairs and books, its windows anew", () => {
  const before = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 20)));
  const bytes = before.actor.snapshot(before.state);
  for (
    const input of [{}, { ...SMALL, sampleMs: 200 }, { ...SMALL, latenessMs: 5_000 }, {
      ...SMALL,
      leadLag: { windowS: 20 },
    }]
  ) {
    const fold = new MarketFold({ options: MarketOptions.parse(input) });
    fold.state = fold.actor.restore(bytes, fold.actor.versions);
    assert.deepEqual(fold.state.counts, before.state.counts);
    assert.deepEqual(
      fold.state.snapshot().members.map(({ book }) => book),
      before.state.snapshot().members.map(({ book }) => book),
    );
    fold.sequence = before.sequence;
    fold.receive(entriesOf(steadily(START_US + 20e6, 10)));
    const [first] = fold.samples;
    assert.deepEqual(first!.pairs, [EURUSD, USDJPY]);
    assert(first!.timeUs > before.samples.at(-1)!.timeUs, "no time is said twice");
    assert(first!.correlation.returns[0]! <= 10, "windows begin anew");
    const again = new MarketFold({ options: MarketOptions.parse(input) });
    assert.doesNotThrow(() => again.actor.restore(fold.actor.snapshot(fold.state), again.actor.versions));
  }
});

Deno.test("the market actor cannot go on from another version or half a snapshot", () => {
  const fold = new MarketFold({ options: SMALL }).receive(entriesOf(steadily(START_US, 3)));
  const bytes = fold.actor.snapshot(fold.state);
  assert.throws(() => fold.actor.restore(bytes, { schema: 1 }), RangeError);
  assert.throws(() => fold.actor.restore(bytes.subarray(0, bytes.length - 8), fold.actor.versions), RangeError);
  assert.throws(() => fold.actor.restore(new Uint8Array([...bytes, 0]), fold.actor.versions), RangeError);
});

Deno.test("the market actor's samples of 28 pairs stay below 40 kB, and its snapshot below 3 MB", () => {
  const pairs = ALL_PAIRS.slice(0, 28);
  const fold = new MarketFold().receive(simulatedFrames({ pairs, eventCount: 60_000, ratePerSecond: 15 }));
  const bytes = fold.payloads.at(-1)!.length;
  assert(fold.samples.at(-1)!.correlation.value.some((value) => typeof value === "number"));
  assert.equal(fold.samples.at(-1)!.triangles.length, 56);
  assert(bytes > 10_000 && bytes < 40_000, `${bytes} bytes`);
  assert(fold.actor.snapshot(fold.state).length < 3e6);
});

Deno.test("the market actor leaves trades alone", () => {
  const fold = new MarketFold().receive(
    entriesOf([[EURUSD, eventOf(EventKind.trade, START_US, { price: 1, size: 1 })]]),
  );
  assert.equal(fold.state.timeUs, 0);
  assert.equal(fold.state.counts.events, 0);
});
