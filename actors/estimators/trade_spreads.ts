/**
 * Effective and realized spread and price impact of trades.
 *
 * @module
 */
import type { Estimator } from "./estimator.ts";
import type { SignedTrade } from "./trade_sign.ts";

export interface TradeSpreadsOptions {
  /** Window of the means, microseconds. */
  windowUs: number;
  /** Horizons, microseconds, ascending. */
  horizonsUs: readonly number[];
}

export class TradeSpreads implements Estimator {
  constructor(_options: TradeSpreadsOptions) {}

  /** The mid from this time on; NaN where there is none. */
  quote(_timeUs: number, _mid: number): void {}

  trade(_trade: SignedTrade): void {}

  advance(_timeUs: number): void {}

  /** Size-weighted mean effective spread, bps. */
  get effectiveBps(): number | undefined {
    return undefined;
  }

  /** Size-weighted mean realized spread at a horizon, bps; `undefined` also where it is none of the options'. */
  realizedBps(_horizonUs: number): number | undefined {
    return undefined;
  }

  /** Size-weighted mean price impact at a horizon, bps. */
  impactBps(_horizonUs: number): number | undefined {
    return undefined;
  }

  snapshot(): number[] {
    return [];
  }

  restore(_state: readonly number[]): void {}
}
