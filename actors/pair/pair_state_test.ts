import assert from "node:assert/strict";
import { EventKind, FUTURE_US_MAX, MetricSample, sourceId, StatusCode } from "../contract/mod.ts";
import { eventOf, Fold, level, pack, quote, START_US, trade } from "../../tests/support/pair_fold.ts";
import { CLOCK_RESTART_US_MIN, LATE_US_MAX } from "./pair_state.ts";

const timesOf = (fold: Fold) => fold.samples.map(({ timeUs }) => timeUs - START_US);
/** A quote some time after the start, with a bid that differs from call to call. */
const tick = (offsetUs: number, bid = 1.1) => quote(START_US + offsetUs, bid, 1.2);

Deno.test("`PairState` emits one sample for each 250 ms of event time, at the interval's end", () => {
  const fold = new Fold();
  for (let offsetUs = 0; offsetUs < 2_000_000; offsetUs += 10_000) fold.take(tick(offsetUs));
  assert.deepEqual(timesOf(fold), [1, 2, 3, 4, 5, 6, 7].map((k) => k * 250_000));
});

Deno.test("a sample knows every event before its time and none at it or after", () => {
  const fold = new Fold().take(tick(0, 1.1), tick(249_999, 1.11));
  assert.deepEqual(timesOf(fold), []);
  fold.take(tick(250_000, 1.12));
  assert.deepEqual(timesOf(fold), [250_000]);
  assert.equal(fold.last.values.price.bid, 1.11);
  assert.equal(fold.last.counts.quotes, 2);
  fold.take(tick(500_000, 1.13));
  assert.deepEqual(timesOf(fold), [250_000, 500_000]);
  assert.equal(fold.last.values.price.bid, 1.12);
});

Deno.test("silence makes no samples: after a pause there is one, at the end of the last interval with an event", () => {
  const fold = new Fold().take(tick(100_000), tick(3_600_000_000), tick(3_600_300_000));
  assert.deepEqual(timesOf(fold), [250_000, 3_600_250_000]);
});

Deno.test("a sample does not depend on when the next event comes", () => {
  const payloads = [250_000, 1_000_000, 86_400_000_000].map((nextUs) =>
    new Fold().take(tick(0), tick(90_000, 1.12), tick(nextUs)).payloads[0]
  );
  assert.deepEqual(payloads, [payloads[0], payloads[0], payloads[0]]);
});

Deno.test("events of every well-formed kind move the clock, refused ones do not", () => {
  for (const kind of [EventKind.trade, EventKind.level, EventKind.order, EventKind.clear, EventKind.status]) {
    const event = eventOf(kind, START_US + 300_000, { side: StatusCode.connected, price: 1, size: 1 });
    assert.deepEqual(timesOf(new Fold().take(tick(0), event)), [250_000], `kind ${kind}`);
  }
  const fold = new Fold().take(tick(0), trade(START_US + 300_000, 1, 0), tick(400_000, -1));
  assert.deepEqual(timesOf(fold), []);
  assert.deepEqual(fold.state.counts.rejected, { "size-zero": 1, "price-not-positive": 1 });
  assert.equal(fold.state.timeUs, START_US);
});

Deno.test("an event late by up to a second counts at the newest time", () => {
  const fold = new Fold().take(tick(2_000_000, 1.1), tick(2_000_000 - LATE_US_MAX, 1.11));
  assert.equal(fold.state.timeUs, START_US + 2_000_000);
  assert.equal(fold.state.book.bid, 1.11);
  assert.deepEqual(fold.state.counts.rejected, {});
  fold.take(tick(2_250_000));
  assert.equal(fold.last.values.price.bid, 1.11);
  assert.equal(fold.last.counts.quotes, 2);
});

Deno.test("an event later than a second of the same source is refused as time-back", () => {
  const fold = new Fold().take(tick(2_000_000, 1.1), tick(2_000_000 - LATE_US_MAX - 1, 1.11));
  assert.equal(fold.state.book.bid, 1.1);
  assert.deepEqual(fold.state.counts.rejected, { "time-back": 1 });
  assert.equal(fold.state.counts.quotes, 1);
});

Deno.test("another source that lies further back starts the clock and the estimators anew", () => {
  const fold = new Fold();
  for (let offsetUs = 0; offsetUs <= 60_000_000; offsetUs += 50_000) {
    fold.take(tick(offsetUs, 1.1 + (offsetUs % 7) / 1e4));
  }
  assert.notEqual(fold.last.values.volatility.ewmaFastPct, undefined);
  const sampleCount = fold.samples.length;
  const restartUs = 1_000_000 - CLOCK_RESTART_US_MIN;
  const back = [tick(restartUs, 1.05), tick(restartUs + 100_000, 1.06), tick(restartUs + 250_000, 1.05)];
  // Two feeds of one market never lie so far apart; what lies back less is late, whoever sends it.
  fold.receive(pack([tick(50_000_000, 1.07)], { source: "other" }));
  assert.deepEqual(fold.state.counts.rejected, { "time-back": 1 });
  fold.receive(pack(back, { source: "other" }));
  assert.equal(fold.state.timeUs, START_US + restartUs + 250_000);
  assert.deepEqual(fold.state.counts.rejected, { "time-back": 1 });
  assert.equal(fold.samples.length, sampleCount + 1);
  assert.equal(fold.last.timeUs, START_US + restartUs + 250_000);
  assert.equal(fold.last.absent["volatility.ewmaFastPct"], "warming");
  assert.equal(fold.last.values.price.bid, 1.06);
  // The first source is now the one that is ahead.
  fold.take(tick(61_000_000));
  assert.equal(fold.state.timeUs, START_US + 61_000_000);
});

Deno.test("sources are told apart by the number of their name", () => {
  assert.notEqual(sourceId("test"), sourceId("other"));
  const fold = new Fold().take(tick(5_000_000));
  fold.receive(pack([tick(4_500_000, 1.15)], { source: "other" }));
  assert.equal(fold.state.timeUs, START_US + 5_000_000, "late by less than a second: interleaved, not restarted");
  assert.equal(fold.state.book.bid, 1.15);
});

Deno.test("an event more than a day after its receive time is refused as time-future", () => {
  const fold = new Fold();
  const frames = (offsetUs: number) => pack([tick(offsetUs)], { receiveTimeUs: START_US });
  fold.receive(frames(FUTURE_US_MAX + 1));
  assert.deepEqual(fold.state.counts.rejected, { "time-future": 1 });
  assert.equal(fold.state.timeUs, 0);
  fold.receive(frames(FUTURE_US_MAX));
  assert.equal(fold.state.timeUs, START_US + FUTURE_US_MAX);
});

Deno.test("counts and refusals stand in the samples", () => {
  const fold = new Fold().take(
    tick(0),
    level(START_US, "bid", 1.1, 5),
    level(START_US, "ask", 1.2, NaN),
    trade(START_US, 1.15, 1e6),
    eventOf(9, START_US),
    eventOf(EventKind.status, START_US, { side: 77 }),
    tick(250_000),
  );
  assert.deepEqual(MetricSample.parse(fold.last).counts, {
    quotes: 1,
    levels: 1,
    trades: 1,
    rejected: { "size-not-finite": 1, "kind-unknown": 1, "side-unknown": 1 },
  });
});

Deno.test("`PairState` samples at the distance that its options say", () => {
  const fold = new Fold({ sampleMs: 1_000 });
  for (let offsetUs = 0; offsetUs < 4_000_000; offsetUs += 10_000) fold.take(tick(offsetUs));
  assert.deepEqual(timesOf(fold), [1, 2, 3].map((k) => k * 1_000_000));
});

Deno.test("other options begin the windows anew, and keep the book, the counts and the clock", () => {
  const fold = new Fold();
  for (let offsetUs = 0; offsetUs < 90_000_000; offsetUs += 100_000) fold.take(tick(offsetUs, 1.1 + offsetUs / 1e12));
  const bytes = fold.actor.snapshot(fold.state);
  const other = new Fold({ spread: { windowS: 30 } });
  other.state = other.actor.restore(bytes, other.actor.versions);
  assert.equal(other.state.timeUs, fold.state.timeUs);
  assert.deepEqual(other.state.counts, fold.state.counts);
  assert.equal(other.state.book.bid, fold.state.book.bid);
  for (const one of [fold, other]) one.take(tick(91_000_000), tick(92_000_000));
  assert.equal(typeof fold.last.values.spread.p50Bps, "number");
  assert.equal(other.last.absent["spread.p50Bps"], "warming");
});

Deno.test("a touch that stands for hours while its feed goes on is not of a closed market", () => {
  const goesOn = new Fold();
  const stands = new Fold();
  const hourUs = 3_600_000_000;
  for (const fold of [goesOn, stands]) for (let k = 0; k < 60; k++) fold.take(tick(k * 1e6, 1.1 + (k % 2) / 1e5));
  for (let k = 60; k < 2 * 3_600; k += 5) goesOn.take(tick(k * 1e6, 1.1));
  for (const fold of [goesOn, stands]) fold.take(tick(2 * hourUs, 1.1), tick(2 * hourUs + 300_000, 1.1));
  assert.equal(goesOn.last.values.volatility.realizedPct, 0);
  assert.equal(stands.last.absent["volatility.realizedPct"], "warming");
});
