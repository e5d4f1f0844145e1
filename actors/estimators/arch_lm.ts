/**
 * Whether volatility comes in clusters: Engle's test, and the autocorrelation of absolute returns.
 *
 * Formula: with x = r² the regression x_t = a + Σ_{k=1..5} b_k·x_{t−k} over the T = n − 5 returns of the window that have all lags in it;
 * LM = T·R², which is χ² with 5 degrees of freedom where variance is constant, and its p-value. Autocorrelation
 * ρ₁ = Σ_{t=2..n}(|r_t| − m)(|r_{t−1}| − m)/Σ_{t=1..n}(|r_t| − m)², m the mean of |r|.
 * Warm-up: 60 returns or the window, if that is less. NaN, which stands for a closed market, begins it anew. `undefined` where x or its
 * lags have no variance of their own, as when all returns are equal.
 * Cost: 30 sums per return, renewed once a window and whenever what leaves outweighs what stays; the five equations are solved once per
 * return at most, and only when read. State: n + 32 numbers.
 * Pitfall: one huge return has most of the variance of x and hides the clusters around it.
 * Source: Engle (1982), Autoregressive conditional heteroscedasticity with estimates of the variance of United Kingdom inflation.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const arch = new ArchLm({ count: 100 });
 * // Ten quiet returns and ten wild ones by turns.
 * for (let k = 0; k < 100; k++) arch.update(Math.sin(k) * (Math.floor(k / 10) % 2 === 0 ? 1e-5 : 1e-4));
 * assert(arch.pValue! < 0.01);
 * assert(arch.absAutocorrelation! > 0.3);
 * ```
 *
 * @module
 */
import { chiSquareSurvival } from "./distributions.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface ArchLmOptions {
  /** Returns in the window. @default {360} */
  count?: number;
  /** Returns before there is a value, no more than the window has. @default {60} */
  countMin?: number;
}

/** q: lags of the regression. */
const LAGS = 5;
/** Σx_{t−i} for lag 0 to 5, then Σx_{t−i}·x_{t−j} for j ≤ i, then Σ|r|, Σr² and Σ|r_t||r_{t−1}|. */
const PRODUCTS_AT = LAGS + 1;
const ABS_AT = PRODUCTS_AT + ((LAGS + 1) * (LAGS + 2)) / 2;
const SUM_COUNT = ABS_AT + 3;
const SQUARE_AT = ABS_AT + 1;
const NEIGHBOUR_AT = ABS_AT + 2;
/** What leaves may be this many times what stays before the sums are made anew: its rounding would show in them. */
const OUTWEIGHED_MAX = 1e3;
/** Share of its own square sum that a variance must have to be more than rounding. */
const VARIANCE_SHARE_MIN = 1e-10;

export class ArchLm implements Estimator {
  readonly #countMin: number;
  /** |r| of the window, by turns. */
  readonly #ring: Float64Array;
  readonly #sums = new Float64Array(SUM_COUNT);
  #pushed = 0;
  /** What was solved last, and after how many returns. */
  #solvedAt = -1;
  #r2 = NaN;
  readonly #matrix = new Float64Array((LAGS + 1) * (LAGS + 1));

  constructor({ count = 360, countMin = 60 }: ArchLmOptions = {}) {
    this.#ring = new Float64Array(Math.max(2 * LAGS + 3, count));
    this.#countMin = Math.max(2 * LAGS + 3, Math.min(countMin, count));
  }

  /** A log return; NaN for a closed market. */
  update(logReturn: number): void {
    const size = Math.abs(logReturn);
    this.#solvedAt = -1;
    if (!(size ** 4 < Infinity)) {
      this.#pushed = 0;
      this.#sums.fill(0);
      return;
    }
    const { length } = this.#ring;
    const full = this.#pushed >= length;
    let left = 0;
    if (full) {
      left = this.#back(length - 1) ** 4;
      this.#account(length - 1, -1);
    }
    this.#ring[this.#pushed % length] = size;
    this.#pushed++;
    this.#account(this.count - 1, 1);
    const stayed = this.#sums[PRODUCTS_AT]!;
    if (this.#pushed % length === 0 || left > OUTWEIGHED_MAX * stayed) this.#renew();
  }

  /** Returns in the window. */
  get count(): number {
    return Math.min(this.#pushed, this.#ring.length);
  }

  /** Whether there are returns enough; what is `undefined` then has no value by its formula. */
  get warm(): boolean {
    return this.count >= this.#countMin;
  }

  /** T·R². */
  get statistic(): number | undefined {
    if (!this.warm) return undefined;
    if (this.#solvedAt !== this.#pushed) {
      this.#r2 = this.#solve();
      this.#solvedAt = this.#pushed;
    }
    return finite((this.count - LAGS) * this.#r2);
  }

  /** Chance of a `statistic` as large or larger where variance is constant. */
  get pValue(): number | undefined {
    const { statistic } = this;
    return statistic === undefined ? undefined : chiSquareSurvival(statistic, LAGS);
  }

  /** First autocorrelation of |r|. */
  get absAutocorrelation(): number | undefined {
    if (!this.warm) return undefined;
    const { count } = this;
    const sum = this.#sums[ABS_AT]!;
    const square = this.#sums[SQUARE_AT]!;
    const mean = sum / count;
    const spread = square - mean * sum;
    if (!(spread > VARIANCE_SHARE_MIN * square)) return undefined;
    const ends = this.#back(0) + this.#back(count - 1);
    const shared = this.#sums[NEIGHBOUR_AT]! - mean * (2 * sum - ends) + (count - 1) * mean * mean;
    return Math.max(-1, Math.min(1, shared / spread));
  }

  /** |r| that many returns before the newest. */
  #back(back: number): number {
    const { length } = this.#ring;
    return this.#ring[(this.#pushed - 1 - back) % length]!;
  }

  /**
   * Add (1) what the newest return brings to a window whose oldest is `oldest` before it, or take away (−1) what goes with the oldest.
   */
  #account(oldest: number, sign: 1 | -1): void {
    const sums = this.#sums;
    // A row of the regression: the return at `row` and its lags; that of the oldest return is the first that has them all.
    const row = sign > 0 ? 0 : oldest - LAGS;
    const single = sign > 0 ? 0 : oldest;
    const size = this.#back(single);
    sums[ABS_AT]! += sign * size;
    sums[SQUARE_AT]! += sign * size * size;
    if (oldest < 1) return;
    sums[NEIGHBOUR_AT]! += sign * size * this.#back(sign > 0 ? 1 : oldest - 1);
    if (oldest < LAGS) return;
    for (let i = 0, at = PRODUCTS_AT; i <= LAGS; i++) {
      const x = this.#back(row + i) ** 2;
      sums[i]! += sign * x;
      for (let j = 0; j <= i; j++) sums[at++]! += sign * x * this.#back(row + j) ** 2;
    }
  }

  /** Make the sums anew from the window. */
  #renew(): void {
    const { count } = this;
    const pushed = this.#pushed;
    this.#sums.fill(0);
    for (let k = 1; k <= count; k++) {
      this.#pushed = pushed - count + k;
      this.#account(k - 1, 1);
    }
    this.#pushed = pushed;
  }

  /** R² of the regression; NaN where it has none. By Cholesky's factors of the centred products, the answers in the last row. */
  #solve(): number {
    const sums = this.#sums;
    const matrix = this.#matrix;
    const rows = this.count - LAGS;
    const order = LAGS + 1;
    // Lag 0, which is explained, goes last.
    for (let i = 0, at = PRODUCTS_AT; i <= LAGS; i++) {
      for (let j = 0; j <= i; j++, at++) {
        const row = j === 0 ? LAGS : i - 1;
        matrix[row * order + (j === 0 ? (i + LAGS) % order : j - 1)] = sums[at]! - (sums[i]! * sums[j]!) / rows;
      }
    }
    const total = matrix[LAGS * order + LAGS]!;
    if (!(total > VARIANCE_SHARE_MIN * sums[PRODUCTS_AT]!)) return NaN;
    let explained = 0;
    for (let i = 0; i < order; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = matrix[i * order + j]!;
        for (let k = 0; k < j; k++) rest -= matrix[i * order + k]! * matrix[j * order + k]!;
        if (j < i) {
          matrix[i * order + j] = rest / matrix[j * order + j]!;
          if (i === LAGS) explained += matrix[i * order + j]! ** 2;
        } else if (i < LAGS) {
          const lag = i + 1;
          if (!(rest > VARIANCE_SHARE_MIN * sums[PRODUCTS_AT + (lag * (lag + 1)) / 2 + lag]!)) return NaN;
          matrix[i * order + i] = Math.sqrt(rest);
        }
      }
    }
    return Math.min(1, explained / total);
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#sums, ...this.#ring];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 1 + SUM_COUNT + this.#ring.length) {
      throw new RangeError(`Cannot restore ${this.#ring.length} returns from ${state.length - 1 - SUM_COUNT}`);
    }
    this.#pushed = state[0]!;
    this.#sums.set(state.slice(1, 1 + SUM_COUNT));
    this.#ring.set(state.slice(1 + SUM_COUNT));
    this.#solvedAt = -1;
  }
}
