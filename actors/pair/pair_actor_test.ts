import assert from "node:assert/strict";
import { lcg, testFrames } from "../../tests/support/frames.ts";
import { simulatedFrames } from "../../tests/support/simulated_frames.ts";
import {
  type AbsentReason,
  EventFlag,
  EventKind,
  LiveBook,
  type MarketEvent,
  METRIC_NAMES,
  MetricSample,
  Side,
  US_PER_HOUR,
} from "../contract/mod.ts";
import { PAIR_SNAPSHOT_VERSION } from "./mod.ts";
import { encodePairSnapshot } from "./pair_snapshot.ts";
import {
  EURUSD,
  eventOf,
  Fold,
  level,
  pack,
  quote,
  randomEvents,
  START_US,
  trade,
  unpack,
} from "../../tests/support/pair_fold.ts";

const realistic = (eventCount: number, eventsPerSecond = 100) =>
  unpack(testFrames({ pair: EURUSD, eventCount, eventsPerSecond }));

Deno.test("samples do not depend on how events are packed into frames", () => {
  for (const events of [realistic(3_000), randomEvents(lcg(4), 3_000)]) {
    const [one, seven, many] = [1, 7, 64].map((perFrame) => new Fold().receive(pack(events, { perFrame })).payloads);
    assert(one!.length > 50);
    assert.deepEqual(seven, one);
    assert.deepEqual(many, one);
  }
});

Deno.test("a state restored at any cut gives the samples of an uninterrupted one, byte for byte", () => {
  const runs = [
    pack(realistic(1_500), { perFrame: 20 }),
    ...[1, 2, 3].map((seed) => pack(randomEvents(lcg(seed), 400), { perFrame: 3 })),
  ];
  for (const frames of runs) {
    const whole = new Fold().receive(frames);
    assert(whole.payloads.length > 10);
    const before = new Fold();
    for (let cut = 0; cut <= frames.length; cut++) {
      const restored = new Fold();
      restored.state = restored.actor.restore(before.actor.snapshot(before.state), before.actor.versions);
      restored.sequence = cut;
      restored.receive(frames.slice(cut));
      assert.deepEqual([...before.payloads, ...restored.payloads], whole.payloads, `cut ${cut}`);
      assert.deepEqual(restored.actor.snapshot(restored.state), whole.actor.snapshot(whole.state), `cut ${cut}`);
      if (cut < frames.length) before.receive([frames[cut]!]);
    }
  }
});

Deno.test("a snapshot of another version, of another pair or of no pair at all is refused", () => {
  const { actor, state } = new Fold();
  const bytes = actor.snapshot(state);
  const { versions } = actor;
  assert(actor.restore(bytes, versions));
  for (const schema of [1, PAIR_SNAPSHOT_VERSION + 1]) {
    assert.throws(() => actor.restore(bytes, { schema }), RangeError);
  }
  const other = new TextEncoder().encode(new TextDecoder("latin1").decode(bytes).replace("EURUSD", "USDJPY"));
  const damaged = [other, bytes.subarray(0, -2), new Uint8Array(), new TextEncoder().encode("null")];
  for (const wrong of damaged) assert.throws(() => actor.restore(wrong, versions), `${wrong.length} bytes`);
  // One estimator's state that does not fit is not taken for another's.
  const snapshot = state.snapshot();
  snapshot.metrics.tradeFlow = [1, 2, 3];
  assert.throws(() => actor.restore(encodePairSnapshot(snapshot), versions), RangeError);
});

Deno.test("malformed frames are counted by reason and leave their neighbours alone", () => {
  const frames = pack(realistic(600), { perFrame: 10 });
  const good = new Fold().receive(frames);
  const fold = new Fold();
  frames.forEach((frame, i) => {
    fold.receive([frame]);
    if (i === 10) fold.receive([frame.subarray(0, 50), new Uint8Array(0), new TextEncoder().encode("x".repeat(99))]);
    if (i === 20) fold.receive([new Uint8Array([...frame, 1]), new Uint8Array(600_000)]);
  });
  const withoutCounts = (payloads: string[]) => payloads.map((payload) => ({ ...JSON.parse(payload), counts: null }));
  assert.deepEqual(withoutCounts(fold.payloads), withoutCounts(good.payloads));
  assert.deepEqual(fold.state.counts.rejected, {
    "frame-truncated": 2,
    "frame-foreign": 1,
    "frame-inconsistent": 1,
    "frame-oversized": 1,
  });
  assert.deepEqual(MetricSample.parse(fold.last).counts.rejected, fold.state.counts.rejected);
});

/** Every metric of the catalogue stands in the values or, with a reason, in `absent`; never in both. */
function assertComplete(sample: MetricSample): void {
  MetricSample.parse(sample);
  const values = sample.values as Record<string, Record<string, number | undefined>>;
  for (const name of METRIC_NAMES) {
    const [group, short] = name.split(".") as [string, string];
    assert.equal(values[group]![short] === undefined, sample.absent[name] !== undefined, name);
  }
  assert.equal(
    Object.values(values).flatMap(Object.keys).length + Object.keys(sample.absent).length,
    METRIC_NAMES.length,
  );
}

Deno.test("every sample is well-formed and has every metric of the catalogue, or why not", () => {
  for (const events of [realistic(2_000), ...[5, 6, 7, 8].map((seed) => randomEvents(lcg(seed), 1_500))]) {
    for (const sample of new Fold().receive(pack(events)).samples) assertComplete(sample);
  }
});

Deno.test("a pair with quotes, levels and trades has every metric once it is warm", () => {
  // The longest warm-ups: twenty minutes of volatilities to rank, some thin moments to recover from.
  const events = unpack(
    simulatedFrames({ pairs: [EURUSD], eventCount: 420_000, startTimeUs: START_US + 16 * US_PER_HOUR }).map((
      { data },
    ) => data),
  );
  const { last } = new Fold({
    volatility: { garch: true, jumpGridS: 10, jumpWindowS: 600 },
    toxicity: { bucketSize: 20e6 },
  }).receive(
    pack(events),
  );
  assert(events.at(-1)!.eventTimeUs - events[0]!.eventTimeUs > US_PER_HOUR);
  assert.deepEqual(last.absent, {});
  const { price, spread, depth, liquidity, toxicity, volatility } = last.values;
  assert(price.bid! < price.mid! && price.mid! < price.ask!);
  assert(price.weightedMid! >= price.bid! && price.weightedMid! <= price.ask!);
  assert(spread.quotedPips! > 0 && spread.p50Bps! <= spread.p99Bps!);
  assert(Math.abs(depth.touchImbalance!) <= 1);
  assert(depth.bid1bpsSize! <= depth.bid10bpsSize!);
  assert(liquidity.xlm1mBps! <= liquidity.xlm10mBps!);
  assert(liquidity.score! >= 0 && liquidity.score! <= 100);
  assert(toxicity.vpin! > 0 && toxicity.vpin! < 1);
  assert(volatility.ewmaFastPct! > 0);
});

Deno.test("sizes near the largest double leave values absent, never `null`", () => {
  const events = Array.from({ length: 60 }, (_, i) => [
    quote(START_US + i * 20_000, i % 2 === 0 ? 1.1 : 1.15, i % 3 === 0 ? 1.2 : 1.25, i % 4 === 0 ? 1 : 1.7e308),
    level(START_US + i * 20_000, "bid", 1 + i / 1e3, 1.7e308),
    trade(START_US + i * 20_000, 1.1, 1.7e308, 1 + i % 2),
  ]).flat();
  const { samples } = new Fold().receive(pack(events));
  assert(samples.length > 3);
  for (const sample of samples) assertComplete(sample);
});

/** Which metrics are absent for which reason; the first that fits counts, and what none fits must have a value. */
type Reasons = readonly (readonly [AbsentReason, RegExp])[];

/** The last sample of these events and of one without meaning, a quarter of a second behind them. */
function lastOf(events: readonly MarketEvent[]): MetricSample {
  const fold = new Fold().receive(pack(events));
  fold.take(eventOf(EventKind.order, events.at(-1)!.eventTimeUs + 250_000, { side: Side.bid, price: 1, size: 1 }));
  assertComplete(fold.last);
  return fold.last;
}

function assertReasons(events: readonly MarketEvent[], reasons: Reasons): void {
  const { absent } = lastOf(events);
  const expected = METRIC_NAMES.flatMap((name) => {
    const [reason] = [...reasons, OFF].find(([, names]) => names.test(name)) ?? [];
    return reason === undefined ? [] : [[name, reason]];
  });
  assert.deepEqual(absent, Object.fromEntries(expected));
}

/** An event of each second for eleven minutes. */
function longOf(make: (timeUs: number, i: number) => MarketEvent[]): MarketEvent[] {
  return Array.from({ length: 660 }, (_, i) => make(START_US + i * 1_000_000, i)).flat();
}
const wobble = (i: number) => (i * i % 7) / 1e4;
const quotesFrom = (fromUs: number) => longOf((timeUs, i) => [quote(timeUs - START_US + fromUs, 1.1 + wobble(i), 1.2)]);

const OFF = ["off", /garch/] as const;
/** What trades make. */
const TRADED =
  /^(toxicity|impact\.(kyle|hasbrouck|amihud|realizedAmihud|price)|spread\.(effective|realized|roll)|flow\.(buy|sell|trade|vwap|order|sign)|arrival\.tradeB)/;
/** What levels behind the touch make. */
const LEVELLED = /^(depth\..*(Levels|levels|bps)|liquidity\.(xlm|buy|sell|depthRank|cost)|flow\.(ofiLevel|integrated))/;
/** What sizes at the touch make. */
const SIZED = /^(price\.(weighted|micro)|depth\..*[tT]ouch|liquidity\.depthRes|flow\.ofi1|impact\.ofi)/;
/** What both sides of the touch make. */
const QUOTED = /^(price|spread|depth\..*[tT]ouch|liquidity|flow\.ofi|impact\.ofi|volatility)/;
/** What eleven minutes are not enough for. */
const SLOW = /^(liquidity\.(spreadRes|resiliencyRank)|volatility\.(fastRank|regime|leeMykland|bipowerPct|jump))/;

Deno.test("quotes without sizes: what needs sizes says no-sizes, no-levels or no-trades", () => {
  assertReasons(longOf((timeUs, i) => [quote(timeUs, 1.1 + wobble(i), 1.2, NaN)]), [
    ["no-trades", TRADED],
    ["no-levels", LEVELLED],
    ["no-levels", /liquidity\.score/],
    ["no-sizes", SIZED],
    ["warming", SLOW],
  ]);
});

Deno.test("levels only: what the book is too thin for says so, and trades are missed", () => {
  const events = longOf((timeUs, i) => [
    level(timeUs, "bid", 1.1 + wobble(i), 1e6, 0),
    level(timeUs, "bid", 1.1 + wobble(i - 1), i % 3 * 1e6, 0),
    level(timeUs, "ask", 1.2, 1e6 * (1 + i % 5)),
  ]);
  assertReasons(events, [
    ["no-trades", TRADED],
    ["thin-book", /10m|ofiLevel([2-9]|10)/],
    ["undefined", /imbalance\d+bps/], // nothing lies that near to a mid in so wide a spread
    ["warming", /liquidity\.score/],
    ["warming", SLOW],
  ]);
});

Deno.test("trades only: no-quotes and no-levels", () => {
  assertReasons(longOf((timeUs) => [trade(timeUs, 1.1, 1e6, Side.buy)]), [
    ["no-levels", LEVELLED],
    OFF,
    ["undefined", /rollBps/], // prices that never change
    ["no-quotes", QUOTED],
    ["no-quotes", /^impact|arrival\.(inter|silence|quoteB)/],
    ["warming", /^toxicity/],
  ]);
});

Deno.test("trades that ended a minute ago are none; trades that nobody signed have no direction", () => {
  assertReasons([trade(START_US, 1.1, 1e6, Side.buy), ...quotesFrom(START_US)], [
    ["warming", /rollBps|^toxicity/],
    ["no-trades", TRADED],
    ["no-levels", LEVELLED],
    ["no-levels", /liquidity\.score/],
    ["warming", /depthResiliencyMs/],
    ["warming", SLOW],
  ]);
  const unsigned = lastOf([...quotesFrom(START_US), trade(START_US + 659e6, 1.1, 1e6)]).absent;
  assert.equal(unsigned["flow.signAgreement"], "no-signs");
  assert.equal(unsigned["flow.tradeCount"], undefined);
});

Deno.test("a book that has always been one-sided says so", () => {
  const oneSided = longOf((timeUs, i) => [{ ...quote(timeUs, NaN, 1.2 + wobble(i)), size: NaN }]);
  const { values } = lastOf(oneSided);
  assert(values.price.ask! > 0 && values.depth.askTouchSize! > 0);
  assertReasons(oneSided, [
    ["no-trades", TRADED],
    ["no-levels", LEVELLED],
    OFF,
    ["one-sided", /^(?!.*\.ask)(price|spread|depth|liquidity|flow|impact|volatility)/],
  ]);
  const oneLadder = lastOf([level(START_US, "bid", 1.1, 1e6), level(START_US, "bid", 1.11, 1e6)]).absent;
  assert.equal(oneLadder["depth.bidLevelsSize"], undefined);
  assert.equal(oneLadder["depth.askLevelsSize"], "one-sided");
  assert.equal(oneLadder["depth.levelsImbalance"], "one-sided");
});

Deno.test("a book that was cleared has no quotes and no levels", () => {
  const { absent } = lastOf([
    quote(START_US, 1.1, 1.2),
    level(START_US, "bid", 1, 5),
    eventOf(EventKind.clear, START_US + 1),
  ]);
  for (const name of ["price.bid", "price.ask", "price.mid", "spread.quotedBps", "depth.touchImbalance"] as const) {
    assert.equal(absent[name], "no-quotes", name);
  }
  for (const name of METRIC_NAMES.filter((name) => LEVELLED.test(name))) assert.equal(absent[name], "no-levels", name);
});

Deno.test("before the warm-up: warming", () => {
  assertReasons([quote(START_US, 1.1, 1.2)], [
    ["no-trades", TRADED],
    ["no-trades", /tradesPerSecond/],
    ["no-levels", LEVELLED],
    OFF,
    ["warming", /microprice|spread\.(ew|p\d|base|z)|^(liquidity|flow|impact|volatility|arrival)/],
  ]);
});

Deno.test("a price that never moved has a volatility of 0 and no ratio of volatilities", () => {
  const fold = new Fold().receive(pack(longOf((timeUs, i) => [quote(timeUs, 1.1, 1.2, 1 + i % 2)])));
  fold.take(quote(START_US + 700e6, 1.1, 1.2));
  assert.equal(fold.last.values.volatility.ewmaSlowPct, 0);
  assert.equal(fold.last.absent["volatility.ewmaRatio"], "undefined");
});

Deno.test("a picture of the book makes no flow, wherever the state is restored", () => {
  const events = [
    level(START_US, "bid", 1.1, 1e6, 0),
    level(START_US, "ask", 1.2, 1e6),
    level(START_US + 1, "ask", 1.2, 2e6),
    eventOf(EventKind.clear, START_US + 2, { flags: 0 }),
    level(START_US + 3, "bid", 1.15, 9e6, EventFlag.snapshot),
    level(START_US + 3, "ask", 1.25, 9e6, EventFlag.snapshot | EventFlag.lastOfBatch),
    quote(START_US + 250_000, 1.15, 1.25, 9e6),
  ];
  for (let cut = 0; cut < events.length; cut++) {
    const fold = new Fold().take(...events.slice(0, cut));
    fold.state = fold.actor.restore(fold.actor.snapshot(fold.state), fold.actor.versions);
    fold.take(...events.slice(cut));
    assert.equal(fold.last.values.flow.ofi1sSize, -1e6, `cut ${cut}`);
  }
});

Deno.test("a book told in pictures alone has no microprice, impact or recovery, told in changes it has", () => {
  const taught = [
    "price.microprice",
    "impact.ofiBpsPerMillion",
    "liquidity.spreadResiliencyMs",
    "liquidity.depthResiliencyMs",
  ];
  for (const flag of [0, EventFlag.snapshot]) {
    const events = Array.from({ length: 1_800 }, (_, k) => {
      // Every half minute it is wide and thin for a second.
      const depleted = k % 30 === 0;
      const bid = 1.1 + wobble(k) - (depleted ? 0.0004 : 0);
      const touch = quote(START_US + k * 1e6, bid, 1.1001 + wobble(k), depleted ? 1e5 : 1e6 * (1 + k % 3));
      return { ...touch, flags: EventFlag.lastOfBatch | flag };
    });
    const { absent } = lastOf(events);
    for (const name of taught) assert.equal(absent[name], flag === 0 ? undefined : "warming", `${name}, flag ${flag}`);
  }
});

Deno.test("a picture that has stood for a minute breaks no chain, wherever the state is restored", () => {
  const minuteUs = 60_000_000;
  const events = [
    { ...quote(START_US, 1.1, 1.2), flags: EventFlag.snapshot | EventFlag.lastOfBatch },
    level(START_US + minuteUs, "bid", 1.09, 1e6, 0),
    level(START_US + minuteUs + 1, "bid", 1.09, 2e6, 0),
    quote(START_US + minuteUs + 250_000, 1.1, 1.2),
  ];
  for (let cut = 0; cut < events.length; cut++) {
    const fold = new Fold().take(...events.slice(0, cut));
    fold.state = fold.actor.restore(fold.actor.snapshot(fold.state), fold.actor.versions);
    fold.take(...events.slice(cut));
    assert.equal(fold.last.values.flow.ofi1sSize, 0, `cut ${cut}`);
  }
});

Deno.test("no spread of before the weekend is in a mean of after it, whether the book is emptied or not", () => {
  const fridayUs = Date.parse("2023-11-10T21:59:00Z") * 1_000;
  const sundayUs = Date.parse("2023-11-12T22:00:00Z") * 1_000;
  for (
    const last of [[], [quote(fridayUs + 59_500_000, NaN, NaN)], [eventOf(EventKind.clear, fridayUs + 59_500_000)]]
  ) {
    const fold = new Fold();
    for (let second = 0; second < 59; second++) fold.take(quote(fridayUs + second * 1e6, 1.1, 1.101));
    fold.take(...last);
    for (let k = 0; k <= 120; k++) fold.take(quote(sundayUs + k * 250_000, 1.1, 1.1001));
    const opening = fold.samples.filter(({ timeUs }) => timeUs > sundayUs);
    assert(opening.length > 100);
    for (const { values: { spread }, absent } of opening) {
      assert(Math.abs(spread.timeWeightedPips! - 1) < 1e-6, `${spread.timeWeightedPips} pips`);
      if (spread.ewMeanBps === undefined) assert.equal(absent["spread.ewMeanBps"], "warming");
      else assert(spread.ewMeanBps < 1 && spread.ewStdBps! < 1e-6, `${spread.ewMeanBps} ± ${spread.ewStdBps} bps`);
    }
    assert.notEqual(opening.at(-1)!.values.spread.ewMeanBps, undefined);
  }
});

Deno.test("a touch that stands while levels behind it change is silent for as long as it stands", () => {
  const fold = new Fold();
  for (let k = 0; k < 200; k++) fold.take(quote(START_US + k * 1e6, 1.1, 1.2, k % 2 === 0 ? 1e6 : 2e6));
  for (let k = 200; k < 500; k++) fold.take(level(START_US + k * 1e6, "bid", 1.09, k));
  const { values: { arrival }, timeUs } = fold.last;
  // A change each second, the newest 199 s after the start.
  const silentS = (timeUs - START_US) / 1e6 - 199;
  assert(Math.abs(arrival.silenceRatio! - silentS) < 0.02 * silentS, `${arrival.silenceRatio}`);
  assert(Math.abs(arrival.interArrivalMs! - 1_000) < 1, `${arrival.interArrivalMs} ms`);
  assert.equal(arrival.quotesPerSecond, 0);
});

Deno.test("the view is the newest book and sample, readable by their schemas", () => {
  const fold = new Fold();
  assert.deepEqual(fold.actor.view!(fold.state), []);
  fold.receive(pack(realistic(300)));
  const views = new Map(fold.actor.view!(fold.state).map(({ key, payload }) => [key, JSON.parse(payload)]));
  const book = LiveBook.parse(views.get("EURUSD.book"));
  assert.equal(book.timeUs, fold.state.timeUs);
  assert.equal(book.sequence, fold.sequence);
  assert.equal(book.bid, fold.state.book.bid);
  assert.deepEqual(book.bids[0], [fold.state.book.bids.price(0), fold.state.book.bids.size(0)]);
  assert.deepEqual(MetricSample.parse(views.get("EURUSD.sample")), fold.last);
});

Deno.test("the view of any events is readable, and does not make up the side of a trade", () => {
  for (const seed of [11, 12, 13]) {
    const fold = new Fold();
    for (const event of randomEvents(lcg(seed), 500)) {
      fold.take(event);
      for (const { key, payload } of fold.actor.view!(fold.state)) {
        if (key.endsWith(".book")) LiveBook.parse(JSON.parse(payload));
      }
    }
  }
  const sideOf = (change: Partial<MarketEvent>) => {
    const fold = new Fold().take({ ...trade(START_US, 1.1, 1e6), ...change });
    return LiveBook.parse(JSON.parse(fold.actor.view!(fold.state)[0]!.payload)).lastTrade!.side;
  };
  assert.equal(sideOf({ side: Side.buy, flags: EventFlag.aggressorKnown }), "buy");
  assert.equal(sideOf({ side: Side.sell, flags: EventFlag.aggressorKnown }), "sell");
  assert.equal(sideOf({ side: Side.sell, flags: 0 }), undefined);
  assert.equal(sideOf({ side: Side.none, flags: EventFlag.aggressorKnown }), undefined);
});
