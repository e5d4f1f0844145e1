/**
 * Whether volatility is low, normal or high against its own last hours.
 *
 * Formula: rank = 100·(share of the values in the window below v + half of those equal to v). The window takes a value on each point of
 * an event-time grid of W/720, or of one second if that is more. High (1) from a rank of 80 on until it falls below 70, low (−1) from 20 down until it rises above 30, otherwise
 * normal (0): between the two thresholds what was stays.
 * Warm-up: 60 values in the window, a twelfth of it by default.
 * Cost: a binary search per value, and on a grid point a move of half the window. State: 724 numbers.
 * Pitfall: the window holds the last values of an open market, across a weekend those of Friday; a rank says nothing of the level itself.
 * Source: ranks as in Hyndman, Fan (1996), Sample quantiles in statistical packages; two thresholds as in the trigger of Schmitt (1938).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const regime = new VolatilityRegime({ windowUs: 720_000_000, countMin: 10 });
 * for (let k = 1; k <= 99; k++) regime.update(k * 1_000_000, k);
 * assert.equal(regime.regime, 1);
 * regime.update(100_000_000, 75.5); // 75 of a hundred lie below, and it is one of them
 * assert.equal(regime.rank, 75.5);
 * assert.equal(regime.regime, 1); // not below 70 yet
 * ```
 *
 * @module
 */
import { US_PER_HOUR, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingQuantiles } from "./rolling_quantiles.ts";

export interface VolatilityRegimeOptions {
  /** Window of the ranks, microseconds. @default {14_400_000_000} */
  windowUs?: number;
  /** Values before there is a rank. @default {60} */
  countMin?: number;
}

/** Values in a window at most. */
const VALUES_MAX = 720;
const HIGH_ENTER = 80;
const HIGH_LEAVE = 70;
const LOW_ENTER = 20;
const LOW_LEAVE = 30;

export class VolatilityRegime implements Estimator {
  readonly #gridUs: number;
  readonly #countMin: number;
  readonly #values: RollingQuantiles;
  /** Next grid point at which a value enters the window. */
  #nextUs = 0;
  #rank = NaN;
  #regime = 0;

  constructor({ windowUs = 4 * US_PER_HOUR, countMin = 60 }: VolatilityRegimeOptions = {}) {
    const count = Math.max(2, Math.min(VALUES_MAX, Math.floor(windowUs / US_PER_SECOND)));
    this.#gridUs = windowUs / count;
    this.#countMin = Math.min(countMin, count);
    this.#values = new RollingQuantiles({ count });
  }

  /** The volatility at a time of an open market, in any unit. */
  update(timeUs: number, volatility: number): void {
    if (!Number.isFinite(volatility)) return;
    if (timeUs >= this.#nextUs) {
      this.#values.push(volatility);
      this.#nextUs = (Math.floor(timeUs / this.#gridUs) + 1) * this.#gridUs;
    }
    if (this.#values.count < this.#countMin) return;
    const rank = 100 * this.#values.rank(volatility)!;
    this.#rank = rank;
    if (rank >= HIGH_ENTER) this.#regime = 1;
    else if (rank <= LOW_ENTER) this.#regime = -1;
    else if (this.#regime === 1 ? rank < HIGH_LEAVE : rank > LOW_LEAVE) this.#regime = 0;
  }

  /** Percentile rank of the newest volatility, 0 to 100. */
  get rank(): number | undefined {
    return this.#rank === this.#rank ? this.#rank : undefined;
  }

  /** −1 low, 0 normal, 1 high. */
  get regime(): number | undefined {
    return this.#rank === this.#rank ? this.#regime : undefined;
  }

  snapshot(): number[] {
    return [this.#nextUs, this.#rank, this.#regime, ...this.#values.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#nextUs, this.#rank, this.#regime] = state as [number, number, number];
    this.#values.restore(state.slice(3));
  }
}
