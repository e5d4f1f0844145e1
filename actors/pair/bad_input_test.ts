/**
 * Markets that are hard to take: whatever comes, every sample has every metric as a finite number or says why not, and a state that is
 * restored in the middle goes on as if nothing had been.
 */
import assert from "node:assert/strict";
import { eventOf, Fold, level, pack, quote, START_US, trade } from "../../tests/support/pair_fold.ts";
import { EventKind, type MarketEvent, METRIC_PATHS, MetricSample, Side } from "../contract/mod.ts";

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
/** Friday, 17 November 2023, an hour before the week closes in New York at 22:00 UTC. */
const FRIDAY_US = Date.parse("2023-11-17T21:00:00Z") * 1_000;
const MONDAY_US = FRIDAY_US + 49 * HOUR_US;

/** A touch that wanders by a pip, every 200 ms, with a trade now and then. */
function market(fromUs: number, seconds: number, bid = 1.1): MarketEvent[] {
  return Array.from({ length: 5 * seconds }, (_, i) => {
    const timeUs = fromUs + i * SECOND_US / 5;
    const price = bid + ((i * i) % 11) / 1e5;
    const events = [quote(timeUs, price, price + 0.0001 + (i % 3) / 1e5, 1e6 * (1 + i % 4))];
    if (i % 7 === 0) events.push(trade(timeUs, price + (i % 2) / 1e4, 1e6, i % 2 === 0 ? Side.sell : Side.buy));
    return events;
  }).flat();
}

function ladder(fromUs: number, changes: (i: number) => MarketEvent[]): MarketEvent[] {
  const full = Array.from({ length: 10 }, (_, k) => [
    level(fromUs, "bid", Number((1.1 - k / 1e5).toFixed(5)), 1e6, 0),
    level(fromUs, "ask", Number((1.1001 + k / 1e5).toFixed(5)), 1e6, k === 9 ? 2 : 0),
  ]).flat();
  return [...full, ...Array.from({ length: 300 }, (_, i) => changes(i)).flat()];
}

const at = (i: number) => START_US + i * SECOND_US / 4;

const CASES: Record<string, MarketEvent[]> = {
  "a side that comes and goes": market(START_US, 60).map((event, i) =>
    event.kind === EventKind.quote && i % 5 === 0 ? { ...event, price: NaN, size: NaN } : event
  ),
  "sizes of 0": market(START_US, 60).map((event, i) =>
    event.kind === EventKind.quote && i % 2 === 0 ? { ...event, size: 0, size2: i % 4 === 0 ? 0 : 1e6 } : event
  ),
  "a locked market": market(START_US, 60).map((event) =>
    event.kind === EventKind.quote ? { ...event, price2: event.price } : event
  ),
  "a crossed market, off and on": market(START_US, 60).map((event, i) =>
    event.kind === EventKind.quote && i % 3 === 0 ? { ...event, price2: event.price - 0.0002 } : event
  ),
  "a ladder that crosses itself": ladder(START_US, (i) => [level(at(i), "bid", 1.1 + (i % 8) / 1e4, i % 3 * 1e6)]),
  "trades far outside the quotes": market(START_US, 60).map((event, i) =>
    event.kind === EventKind.trade ? { ...event, price: i % 2 === 0 ? 0.001 : 1e6 } : event
  ),
  "no trades ever": market(START_US, 120).filter(({ kind }) => kind === EventKind.quote),
  "nothing but trades": market(START_US, 120).filter(({ kind }) => kind === EventKind.trade),
  "a day's gap": [...market(START_US, 60), ...market(START_US + 24 * HOUR_US, 60)],
  "a weekend, with another price behind it": [...market(FRIDAY_US, 60), ...market(MONDAY_US, 60, 1.3)],
  "a pair first seen in the middle of the day": market(START_US + 12 * HOUR_US + 1, 60),
  "a price ten times as high, for a moment": market(START_US, 60).map((event, i) =>
    event.kind === EventKind.quote && i === 150 ? { ...event, price: 11, price2: 11.001 } : event
  ),
  "times that go back within a frame": market(START_US, 60).map((event, i) => ({
    ...event,
    eventTimeUs: event.eventTimeUs - (i % 4 === 3 ? 700_000 : 0),
  })),
  "a thousand events at one time": Array.from({ length: 1_000 }, (_, i) => [
    quote(START_US, 1.1 + (i % 9) / 1e5, 1.1002 + (i % 7) / 1e5, 1e6 + i),
    trade(START_US, 1.1001, 1e5, 1 + i % 2),
  ]).flat(),
  "a book that is pictured anew again and again": ladder(START_US, (i) => [
    eventOf(EventKind.clear, at(i), { flags: 0 }),
    level(at(i), "bid", 1.1, 2e6, 1),
    level(at(i), "ask", 1.1002 + (i % 5) / 1e5, 2e6, 3),
  ]),
};

function assertComplete(sample: MetricSample): void {
  MetricSample.parse(sample);
  const values = sample.values as Record<string, Record<string, number | undefined>>;
  for (const [name, group, short] of METRIC_PATHS) {
    const value = values[group]![short];
    assert.equal(value === undefined, sample.absent[name] !== undefined, name);
  }
}

for (const [name, events] of Object.entries(CASES)) {
  Deno.test(`${name}: every metric is a number or says why not, and a restored state goes on`, () => {
    const frames = pack(events, { perFrame: 8 });
    const whole = new Fold().receive(frames);
    whole.take(quote(events.at(-1)!.eventTimeUs + SECOND_US, 1.1, 1.2));
    assert(whole.samples.length > 0);
    for (const sample of whole.samples) assertComplete(sample);

    const half = new Fold().receive(frames.slice(0, frames.length / 2));
    const restored = new Fold();
    restored.state = restored.actor.restore(half.actor.snapshot(half.state), half.actor.versions);
    restored.sequence = half.sequence;
    restored.receive(frames.slice(frames.length / 2));
    restored.take(quote(events.at(-1)!.eventTimeUs + SECOND_US, 1.1, 1.2));
    assert.deepEqual([...half.payloads, ...restored.payloads], whole.payloads);
  });
}

Deno.test("what a weekend moved is no volatility, no spread and no flow", () => {
  const calm = new Fold().receive(pack(market(MONDAY_US, 60, 1.3))).last;
  const fold = new Fold().receive(pack(CASES["a weekend, with another price behind it"]!));
  const { values } = fold.last;
  assert.equal(values.volatility.realizedPct, calm.values.volatility.realizedPct);
  assert.equal(values.spread.timeWeightedBps, calm.values.spread.timeWeightedBps);
  assert.equal(values.flow.ofi10sSize, calm.values.flow.ofi10sSize);
  // The regression still has Friday's intervals; the 1,700 bps over the weekend are none.
  assert(Math.abs(values.impact.kyleBpsPerMillion!) < 1, `${values.impact.kyleBpsPerMillion}`);
});
