/**
 * A panel: the metrics of one group, and the estimators that make them.
 *
 * A panel is told what happens, in order, and asked for its values when a sample closes. Each value is a number or the reason
 * why there is none.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import type { AbsentReason, MetricGroup, MetricShortName } from "../../contract/mod.ts";
import type { Estimator, SignedTrade } from "../../estimators/mod.ts";

/** Every metric of a group: its number, or why there is none. */
export type PanelValues<G extends MetricGroup> = Record<MetricShortName<G>, number | AbsentReason>;

export interface Panel<G extends MetricGroup> {
  /**
   * The touch from this time on.
   *
   * @param changed whether it is another one; one that stands while the book has events is told again now and then
   */
  onTouch?(timeUs: number, book: Book, changed: boolean): void;
  /**
   * A book event of any kind, after the book has taken it and after `onTouch`.
   *
   * @param settled whether it was the last of its batch: only then are the levels consistent
   */
  onBookEvent?(timeUs: number, book: Book, settled: boolean): void;
  onTrade?(trade: SignedTrade): void;
  /**
   * Whole seconds of event time have passed in which the book was what it is, none of their events having changed it yet.
   *
   * @param secondUs the newest whole second
   * @param passed how many there were since the last call, 1 or more
   */
  onSecond?(secondUs: number, passed: number, book: Book): void;
  /** The values at a time, from everything before it. */
  values(nowUs: number, book: Book): PanelValues<G>;
  /** By name; the names stand in snapshots. */
  readonly estimators: readonly (readonly [name: string, estimator: Estimator])[];
}

/** An estimator's value, or the reason that goes with its absence. */
export function valueOr(value: number | undefined, reason: AbsentReason): number | AbsentReason {
  return value ?? reason;
}

/** Why a figure of the touch is absent: of both sides, where nothing else is wrong `otherwise`. */
export function touchReason(book: Book, otherwise: AbsentReason): AbsentReason {
  const bidAbsent = Number.isNaN(book.bid);
  const askAbsent = Number.isNaN(book.ask);
  if (bidAbsent && askAbsent) return "no-quotes";
  return bidAbsent || askAbsent ? "one-sided" : otherwise;
}

/** The same for a figure that needs the sizes of the touch. */
export function sizeReason(book: Book, otherwise: AbsentReason): AbsentReason {
  return touchReason(book, Number.isNaN(book.bidSize) || Number.isNaN(book.askSize) ? "no-sizes" : otherwise);
}

/** The same for a figure that needs levels on both sides. */
export function ladderReason(book: Book, otherwise: AbsentReason): AbsentReason {
  if (book.bids.count + book.asks.count === 0) return "no-levels";
  return book.bids.count === 0 || book.asks.count === 0 ? "one-sided" : otherwise;
}
