import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LiveBook, PairInfo } from "../../actors/contract/live.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { FORWARD_US_MAX } from "./event_time.ts";
import {
  applyBook,
  applySample,
  applySparkHistory,
  midOf,
  newPairState,
  type PairState,
  spreadOf,
  touchImbalanceOf,
  TRADES_MAX,
} from "./pair_state.ts";

const INFO: PairInfo = { pair: "EURUSD", label: "EUR/USD", base: "EUR", quote: "USD", pipSize: 1e-4, priceDecimals: 5 };
const SECOND = 1_000_000;
const T = 1_352_881_800 * SECOND;

function book(
  seconds: number,
  bid: number | undefined,
  ask: number | undefined,
  rest: Partial<LiveBook> = {},
): LiveBook {
  return { pair: "EURUSD", timeUs: T + seconds * SECOND, sequence: 1, bid, ask, bids: [], asks: [], ...rest };
}

function sample(seconds: number, { mid, meanPips }: { mid?: number; meanPips?: number }): MetricSample {
  const values = { price: { mid }, spread: { timeWeightedPips: meanPips } };
  return sampleOf({ timeUs: T + seconds * SECOND, values });
}

function after(...books: LiveBook[]): PairState {
  return books.reduce((state, next) => applyBook(state, next, 0), newPairState(INFO));
}

Deno.test("`applyBook()` ticks up and down with the mid, and not below the shown digits", () => {
  const up = after(book(0, 1.1, 1.1002), book(1, 1.1001, 1.1003));
  deepStrictEqual(up.tick, { direction: "up", count: 1 });
  const same = applyBook(up, book(2, 1.100101, 1.100301), 0);
  deepStrictEqual(same.tick, { direction: "up", count: 1 });
  deepStrictEqual(applyBook(same, book(3, 1.1, 1.1002), 0).tick, { direction: "down", count: 2 });
});

Deno.test("`applyBook()` keeps one point a second in the sparkline", () => {
  const { spark } = after(book(0, 1.1, 1.1002), book(0.5, 1.1001, 1.1003), book(1, 1.1002, 1.1004));
  deepStrictEqual([...spark.column(0)].map((mid) => mid.toFixed(4)), ["1.1002", "1.1003"]);
});

Deno.test("`applyBook()` forgets what belongs to another recording", () => {
  const trade = { price: 1.1, size: 1, side: "buy" as const };
  const before = applySample(after(book(0, 1.1, 1.1002, { lastTrade: trade })), sample(0, { mid: 1.1 }), 0);
  const next = applyBook(before, book(FORWARD_US_MAX / SECOND + 1, 1.2, 1.2002), 5);
  strictEqual(next.spark.length, 1);
  strictEqual(next.sample, undefined);
  strictEqual(next.tick, before.tick);
  deepStrictEqual(next.trades, []);
});

Deno.test("`applyBook()` notes each new trade once, the newest first and no more than the line holds", () => {
  const books = Array.from({ length: TRADES_MAX + 5 }, (_, i) => {
    const lastTrade = { price: 1 + i / 1000, size: 1e6 };
    return [book(i, 1.1, 1.2, { lastTrade }), book(i + 0.5, 1.1, 1.2, { lastTrade })];
  });
  const { trades } = after(...books.flat());
  strictEqual(trades.length, TRADES_MAX);
  strictEqual(trades[0]?.price, 1 + (TRADES_MAX + 4) / 1000);
  strictEqual(new Set(trades.map(({ price }) => price)).size, TRADES_MAX);
});

Deno.test("`applySample()` gives the mid while there is no book", () => {
  const state = applySample(newPairState(INFO), sample(0, { mid: 1.25 }), 7);
  strictEqual(midOf(state), 1.25);
  strictEqual(state.arrivedMs, 7);
  strictEqual(midOf(applyBook(state, book(1, 1.3, undefined), 8)), undefined);
});

Deno.test("`spreadOf()` says how far the spread is from its mean", () => {
  const levelAt = (ask: number, meanPips?: number) =>
    spreadOf(applySample(after(book(0, 1.1, ask)), sample(0, { meanPips }), 0))?.level;
  strictEqual(levelAt(1.1001), "normal");
  strictEqual(levelAt(1.1001, 1), "normal");
  strictEqual(levelAt(1.1002, 1), "wide");
  strictEqual(levelAt(1.1003, 1), "very-wide");
  strictEqual(levelAt(1.0999, 1), "crossed");
  strictEqual(spreadOf(after(book(0, 1.1, undefined))), undefined);
});

Deno.test("`touchImbalanceOf()` reads the touch, and nothing into sizes that are not there", () => {
  strictEqual(touchImbalanceOf(after(book(0, 1.1, 1.2, { bidSize: 3e6, askSize: 1e6 }))), 0.5);
  strictEqual(touchImbalanceOf(after(book(0, 1.1, 1.2, { bidSize: 0, askSize: 0 }))), undefined);
  strictEqual(touchImbalanceOf(after(book(0, 1.1, 1.2))), undefined);
});

Deno.test("`applySparkHistory()` goes before what is there", () => {
  const state = after(book(2.5, 1.1, 1.1002));
  const columns = { timeUs: [T, T + SECOND, T + 2 * SECOND], "price.mid": [1, 1.05, 9] };
  const { spark } = applySparkHistory(state, columns);
  deepStrictEqual([...spark.column(0)].map((mid) => mid.toFixed(4)), ["1.0000", "1.0500", "1.1001"]);
});
