/**
 * What the page knows of one pair, and how a message changes it. Pure: the arrival time is given.
 *
 * @module
 */
import type { HistoryAnswer } from "../../actors/contract/api.ts";
import type { LiveBook, PairInfo } from "../../actors/contract/live.ts";
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import type { Session } from "../../actors/contract/sessions.ts";
import { US_PER_SECOND } from "../../actors/contract/units.ts";
import { isOtherRecording } from "./event_time.ts";
import { mergeHistory } from "./merge_history.ts";
import { metricValue } from "./metric_value.ts";
import { priceText, spreadPips } from "./price_format.ts";
import { RingSeries, type RingSeriesOptions } from "./ring_series.ts";

/** Points of a sparkline: one a second, five minutes of event time. */
export const SPARK_POINTS_MAX = 300;
/** Event time a sparkline spans. */
export const SPARK_SPAN_US = SPARK_POINTS_MAX * US_PER_SECOND;
const SPARK_SHAPE: RingSeriesOptions = { columnCount: 1, capacity: SPARK_POINTS_MAX, bucketUs: US_PER_SECOND };
/** What the sparkline's history is asked for. */
export const SPARK_METRIC = "price.mid" satisfies MetricName;
/** Trades the trades line remembers. */
export const TRADES_MAX = 12;
/** A pair without an update for so long, on this client's clock, is greyed. */
export const PAIR_STALE_MS = 15_000;
/** A spread this many times its mean is marked. */
export const SPREAD_WIDE_RATIO = 1.5;
/** A spread this many times its mean is marked strongly. */
export const SPREAD_VERY_WIDE_RATIO = 2.5;

export type Trade = NonNullable<LiveBook["lastTrade"]> & {
  /** Event time of the book that showed it first. */
  readonly timeUs: number;
};

/** The newest change of the mid as shown; `count` tells two equal changes apart. */
export interface Tick {
  readonly direction: "up" | "down";
  readonly count: number;
}

export interface PairState {
  readonly info: PairInfo;
  readonly book: LiveBook | undefined;
  readonly sample: MetricSample | undefined;
  readonly tick: Tick | undefined;
  /** When the newest book or sample arrived here, milliseconds of this client's clock. */
  readonly arrivedMs: number | undefined;
  /** Newest first. */
  readonly trades: readonly Trade[];
  /** The mid, one point a second of event time. Shared by the states of a pair; grows in place. */
  readonly spark: RingSeries;
}

export function newPairState(info: PairInfo): PairState {
  return {
    info,
    book: undefined,
    sample: undefined,
    tick: undefined,
    arrivedMs: undefined,
    trades: [],
    spark: new RingSeries(SPARK_SHAPE),
  };
}

/** The state after a book. What belongs to another recording is forgotten. */
export function applyBook(state: PairState, book: LiveBook, arrivedMs: number): PairState {
  const restarts = state.book !== undefined && isOtherRecording(state.book.timeUs, book.timeUs);
  const before = restarts ? undefined : midOf(state);
  const next: PairState = {
    ...state,
    book,
    sample: restarts ? undefined : state.sample,
    arrivedMs,
    trades: withTrade(restarts ? [] : state.trades, book),
  };
  const mid = midOf(next);
  if (restarts) state.spark.clear();
  if (mid !== undefined) state.spark.push(book.timeUs, [mid]);
  return { ...next, tick: nextTick(state, before, mid) };
}

/** The state after a sample. */
export function applySample(state: PairState, sample: MetricSample, arrivedMs: number): PairState {
  const next = { ...state, sample, arrivedMs };
  // A pair whose books are not sent still has its mid in the samples.
  if (state.book !== undefined) return next;
  if (state.sample !== undefined && isOtherRecording(state.sample.timeUs, sample.timeUs)) state.spark.clear();
  const mid = midOf(next);
  if (mid !== undefined) state.spark.push(sample.timeUs, [mid]);
  return { ...next, tick: nextTick(state, midOf(state), mid) };
}

/** The state with history in its sparkline. */
export function applySparkHistory(state: PairState, columns: HistoryAnswer["columns"]): PairState {
  const options = { shape: SPARK_SHAPE, names: [SPARK_METRIC], bucketUs: US_PER_SECOND };
  return { ...state, spark: mergeHistory(state.spark, columns, options) };
}

/** Middle of the touch; of the newest sample while there is no book. */
export function midOf({ book, sample }: Pick<PairState, "book" | "sample">): number | undefined {
  if (book === undefined) return metricValue(sample, "price.mid");
  return book.bid === undefined || book.ask === undefined ? undefined : (book.bid + book.ask) / 2;
}

/** Newest event time of the pair. */
export function eventTimeOf({ book, sample }: Pick<PairState, "book" | "sample">): number | undefined {
  return book?.timeUs ?? sample?.timeUs;
}

const SESSION_WORDS = {
  "sydney": "Sydney",
  "tokyo": "Tokyo",
  "london": "London",
  "new-york": "New York",
} as const satisfies Record<Session, string>;

/** `London · New York`: the trading sessions that are open. */
export function sessionsText(sample: MetricSample | undefined): string {
  if (sample === undefined) return "";
  return sample.sessions.length === 0
    ? "no session is open"
    : sample.sessions.map((session) => SESSION_WORDS[session] ?? session).join(" · ");
}

export type SpreadLevel = "normal" | "wide" | "very-wide" | "crossed";

export interface SpreadView {
  readonly pips: number;
  /** Time-weighted mean over the last minute. */
  readonly meanPips: number | undefined;
  readonly level: SpreadLevel;
}

/** The spread against its time-weighted mean; `undefined` while the book is one-sided. */
export function spreadOf({ book, sample, info }: PairState): SpreadView | undefined {
  if (book?.bid === undefined || book.ask === undefined) return undefined;
  const pips = spreadPips(book.bid, book.ask, info);
  const meanPips = metricValue(sample, "spread.timeWeightedPips");
  return { pips, meanPips, level: spreadLevel(pips, meanPips) };
}

/** Touch imbalance, −1 (all ask) to 1 (all bid): of the book's touch, else of the newest sample. */
export function touchImbalanceOf({ book, sample }: Pick<PairState, "book" | "sample">): number | undefined {
  if (book?.bidSize !== undefined && book.askSize !== undefined && book.bidSize + book.askSize > 0) {
    return (book.bidSize - book.askSize) / (book.bidSize + book.askSize);
  }
  return metricValue(sample, "depth.touchImbalance");
}

function spreadLevel(pips: number, meanPips: number | undefined): SpreadLevel {
  if (pips < 0) return "crossed";
  if (meanPips === undefined || meanPips <= 0) return "normal";
  const ratio = pips / meanPips;
  return ratio >= SPREAD_VERY_WIDE_RATIO ? "very-wide" : ratio >= SPREAD_WIDE_RATIO ? "wide" : "normal";
}

/** A change that the shown digits do not show is none. */
function nextTick({ tick, info }: PairState, before: number | undefined, after: number | undefined): Tick | undefined {
  if (before === undefined || after === undefined) return after === undefined ? undefined : tick;
  if (priceText(before, info) === priceText(after, info)) return tick;
  return { direction: after > before ? "up" : "down", count: (tick?.count ?? 0) + 1 };
}

function withTrade(trades: readonly Trade[], { lastTrade, timeUs }: LiveBook): readonly Trade[] {
  if (lastTrade === undefined) return trades;
  const newest = trades[0];
  const known = newest !== undefined && newest.price === lastTrade.price && newest.size === lastTrade.size &&
    newest.side === lastTrade.side;
  return known ? trades : [{ ...lastTrade, timeUs }, ...trades].slice(0, TRADES_MAX);
}
