/**
 * What the detectors across pairs have in common, and what they see.
 *
 * @module
 */
import {
  type AnomalyKind,
  type CrossDetection,
  MARKET_PAIRS_MAX,
  type MarketSample,
  type Pair,
} from "../contract/mod.ts";
import { Case, type CaseOptions, type CaseSink } from "../detectors/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

/** The newest of every pair, by its number. One object, changed in place. */
export class CrossView {
  readonly options: CrossDetection;
  readonly pairs: Pair[] = [];
  readonly bid = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly ask = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  /** Event time of the newest event of each pair, and the entry of the log that it came in; 0 before the first. */
  readonly eventUs = new Float64Array(MARKET_PAIRS_MAX);
  readonly eventSequence = new Float64Array(MARKET_PAIRS_MAX);
  /** Entry of the log under way. */
  sequence = 0;
  sink: CaseSink = () => {};

  constructor(options: CrossDetection) {
    this.options = options;
  }

  mid(pair: number): number {
    return (this.bid[pair]! + this.ask[pair]!) / 2;
  }

  numberOf(pair: string): number {
    return this.pairs.indexOf(pair as Pair);
  }

  /** A case of a kind and a pair. */
  case<K extends AnomalyKind>(
    kind: K,
    pair: Pair,
    rest: Pick<CaseOptions<K>, "quietUs" | "sentence" | "others">,
  ): Case<K> {
    return new Case({ pair, kind, updateUs: this.options.updateMs * 1_000, ...rest });
  }
}

/** A detector across pairs; what it says is of one of them, with the others named. */
export interface CrossDetector extends Estimator {
  /** Its cases, one a pair in their order. Whoever runs it keeps their state. */
  readonly cases: readonly Case[];
  /** A pair that was not there before. */
  add(pair: Pair): void;
  /** An event of a pair at a time, before the view knows of it. */
  event?(pair: number, timeUs: number): void;
  /** A sample of the market has closed. */
  sample(sample: MarketSample): void;
  /** Flow is void: a gap, or the log went back in time. */
  interrupt(): void;
}
