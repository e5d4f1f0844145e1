/**
 * What every detector has in common.
 *
 * A detector is told what happens, in order, and tells its cases. It scores before it learns, and does not learn what is usual while a
 * case of it is open. Its state is a flat list of numbers: a detector that is restored goes on as the one that wrote it. Its methods
 * are looked up once: what it does not have costs nothing.
 *
 * @module
 */
import type { AnomalyKind, MetricSample } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import type { Case } from "./case.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import type { OrderChange } from "./order_tape.ts";

export interface Detector extends Estimator {
  /** The cases it tells. Whoever runs it keeps their state and closes them; `snapshot` is of the rest. */
  readonly cases: readonly Case[];
  /** The touch is another one. On a book of levels at the end of a batch only. */
  onTouch?(market: MarketView): void;
  /** A level changed, or on a book of quotes the touch: not while the book is told anew. */
  onLevel?(change: LevelChange, market: MarketView): void;
  /** A single order changed, where the feed tells them. */
  onOrder?(change: OrderChange, market: MarketView): void;
  onTrade?(trade: TapeTrade, market: MarketView): void;
  /** A batch has ended: the book is consistent. */
  onSettled?(market: MarketView): void;
  /** A whole second of event time has come that had an event since the last; the book is as it was before the next event. */
  onSecond?(market: MarketView): void;
  /** A sample of all metrics has closed. */
  onSample?(sample: MetricSample, market: MarketView): void;
  /** Flow under way is void: a gap, a reconnect, the book told anew. Cases stay open. */
  onInterrupted?(market: MarketView): void;
}

/** A detector of a kind, or of several that share a file. */
export interface DetectorEntry {
  readonly kinds: readonly AnomalyKind[];
  /** Whether the options want it. */
  readonly enabled: boolean;
  make(): Detector;
}
