/**
 * Amihud's illiquidity: how far the price moves, either way, per million of quote currency that is traded.
 *
 * Formula: over the last n intervals of length Δ (n = 60, Δ = 1 min), r_k the log return of the mid, V_k = Σ p·v/1e6 the notional traded:
 * perMillion = mean of |r_k|/V_k over the intervals that have trades (without volume there is no ratio);
 * realizedPerMillion = √(Σ r_k²)/Σ V_k over all of them, the realized volatility of the window per notional traded in it. Returns
 * are plain numbers, 1e-4 = 1 bps. Sides play no part. Intervals over a closed market (a mid older than 1 h) are left out.
 * Warm-up: 5 intervals with trades.
 * Cost: O(1) amortised per event, a comparison for most; after a pause at most 1 h/Δ intervals are made up. State: 4·n + 11 numbers.
 * Pitfall: one thin interval can make the mean of ratios; the realized measure, a ratio of totals, does not mind.
 * Source: Amihud (2002), Illiquidity and stock returns, eq. 1 (days there, intervals here); Ranaldo, Santucci de Magistris (2022),
 * Liquidity in the global currency market: realized Amihud, the ratio between realized volatility and trading volume.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const amihud = new Amihud({ intervalUs: 1_000_000, count: 2, tradedMin: 2 });
 * amihud.quote(0, 1);
 * amihud.trade({ timeUs: 1_200_000, price: 1, size: 2e6 });
 * amihud.quote(1_500_000, Math.exp(0.0004)); // 4 bps on 2 millions
 * amihud.trade({ timeUs: 2_200_000, price: 1, size: 3e6 });
 * amihud.quote(2_500_000, Math.exp(0.0001)); // 3 bps on 3 millions
 * amihud.advance(3_000_000);
 * assert(Math.abs(amihud.perMillion! - 0.00015) < 1e-12);
 * assert(Math.abs(amihud.realizedPerMillion! - 0.0001) < 1e-12); // √(4² + 3²) bps on 5 millions
 * ```
 *
 * @module
 */
import { US_PER_MINUTE } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { IntervalFlow } from "./_interval_flow.ts";
import { RollingSums } from "./rolling_sums.ts";
import type { SignedTrade } from "./trade_sign.ts";

export interface AmihudOptions {
  /** Length of an interval, microseconds. @default {60_000_000} */
  intervalUs?: number;
  /** Intervals in the window. @default {60} */
  count?: number;
  /** Intervals with trades before there is a value; no more than `count`. @default {5} */
  tradedMin?: number;
}

/** Quote currency that the measures are told per. */
const MILLION = 1e6;
const RATIO = 0;
const TRADED = 1;
const SQUARE = 2;
const NOTIONAL = 3;
const FLOW_STATE = 6;

export class Amihud implements Estimator {
  readonly #tradedMin: number;
  readonly #flow: IntervalFlow;
  readonly #sums: RollingSums;

  constructor({ intervalUs = US_PER_MINUTE, count = 60, tradedMin = 5 }: AmihudOptions = {}) {
    this.#tradedMin = Math.min(tradedMin, count);
    this.#sums = new RollingSums({ rowCount: count, channelCount: 4 });
    this.#flow = new IntervalFlow(intervalUs, (logReturn, notional) => {
      const { row } = this.#sums;
      row[RATIO] = notional > 0 ? Math.abs(logReturn) / notional : 0;
      row[TRADED] = notional > 0 ? 1 : 0;
      row[SQUARE] = logReturn * logReturn;
      row[NOTIONAL] = notional;
      this.#sums.push();
    });
  }

  /** The mid from this time on; NaN where there is none. */
  quote(timeUs: number, mid: number): void {
    this.#flow.quote(timeUs, mid);
  }

  trade({ timeUs, price, size }: Pick<SignedTrade, "timeUs" | "price" | "size">): void {
    const notionalMillion = (price * size) / MILLION;
    if (notionalMillion > 0 && notionalMillion < Infinity) this.#flow.add(timeUs, notionalMillion);
  }

  /** Bring it to a time at which nothing happened. */
  advance(timeUs: number): void {
    this.#flow.advance(timeUs);
  }

  /** Whether there was a trade in the window's intervals or the one under way. */
  get hasTrades(): boolean {
    return this.#flow.flow > 0 || this.#sums.sum(TRADED) > 0;
  }

  /** Mean of |return| per million of quote currency. */
  get perMillion(): number | undefined {
    return this.#warm ? finite(this.#sums.sum(RATIO) / this.#sums.sum(TRADED)) : undefined;
  }

  /** Realized volatility of the window per million of quote currency traded in it. */
  get realizedPerMillion(): number | undefined {
    return this.#warm ? finite(Math.sqrt(this.#sums.sum(SQUARE)) / this.#sums.sum(NOTIONAL)) : undefined;
  }

  get #warm(): boolean {
    return this.#sums.sum(TRADED) >= this.#tradedMin;
  }

  snapshot(): number[] {
    return [...this.#flow.snapshot(), ...this.#sums.snapshot()];
  }

  restore(state: readonly number[]): void {
    this.#flow.restore(state.slice(0, FLOW_STATE));
    this.#sums.restore(state.slice(FLOW_STATE));
  }
}
