/**
 * Jumps of the price, return by return, against the volatility just before.
 *
 * Formula: L = r/σ̂ with σ̂² = (π/2)·Σ|r_j||r_{j−1}|/(K − 2) over the K − 2 products of the K − 1 returns before r. A jump where
 * |L| > C + S·β*, C = √(2 ln n) − (ln π + ln ln n)/(2√(2 ln n)), S = 1/√(2 ln n), β* = −ln(−ln(1 − α)), n the returns of the window in which
 * jumps are counted: with probability α it has one where there are none. For n = 78: 4.067 at 1 %, 3.515 at 5 %.
 * Warm-up: K − 1 returns. NaN, which stands for a closed market, begins it anew. Where σ̂ is 0, as no two neighbours moved, a return
 * has no L and is no jump.
 * Cost: O(1) amortised per return; reading the largest |L| looks at those of a minute. State: K + n + 2·minute/Δ + 4 numbers.
 * Pitfall: with many returns of 0 σ̂ is too small, and jumps are seen that are none. A pair that is quoted a few times a second has a tenth
 * of them on a grid of 30 s, and hardly any on one of 1 min.
 * Source: Lee, Mykland (2008), Jumps in financial markets: a new nonparametric test and jump dynamics, L scaled to a standard normal;
 * C and S as those of the largest |L|: Nunes, Ruas (2024), A note on the Gumbel convergence for the Lee and Mykland jump tests.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const jumps = new LeeMykland({ count: 78, volatilityCount: 20 });
 * assert.equal(jumps.criticalValue.toFixed(3), "4.067");
 * for (let k = 1; k <= 40; k++) jumps.update(k % 2 === 0 ? 1e-5 : -1e-5, k * 1_000_000);
 * assert.equal(jumps.jumpCount, 0);
 * jumps.update(1e-4, 41_000_000);
 * assert.equal(jumps.jumpCount, 1);
 * // σ̂ = 1e-5·√(π/2), so L = 10/√(π/2).
 * assert(Math.abs(jumps.largest(41_000_000)! - 10 / Math.sqrt(Math.PI / 2)) < 1e-9);
 * ```
 *
 * @module
 */
import { US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface LeeMyklandOptions {
  /** Time that a return spans, microseconds. @default {1_000_000} */
  gridUs?: number;
  /** Returns in which jumps are counted: the n of the critical value. @default {300} */
  count?: number;
  /** Chance that there is a jump among them where there is none. @default {0.01} */
  level?: number;
  /** K: returns that σ̂ and the tested return are made of. @default {270} */
  volatilityCount?: number;
}

/** How long an L counts for the largest of them. */
const LARGEST_WINDOW_US = US_PER_MINUTE;

export class LeeMykland implements Estimator {
  /** |L| beyond this is a jump. */
  readonly criticalValue: number;
  /** Products of neighbours before the newest return. */
  readonly #products: RollingSums;
  readonly #jumps: RollingSums;
  /** |L| of the last minute, and the times of their returns; by turns. */
  readonly #sizes: Float64Array;
  readonly #timesUs: Float64Array;
  #next = 0;
  #last = NaN;

  constructor(
    { gridUs = US_PER_SECOND, count = 300, level = 0.01, volatilityCount = 270 }: LeeMyklandOptions = {},
  ) {
    this.criticalValue = leeMyklandCriticalValue(count, level);
    this.#products = new RollingSums({ rowCount: Math.max(1, volatilityCount - 2), channelCount: 1 });
    this.#jumps = new RollingSums({ rowCount: count, channelCount: 1 });
    this.#sizes = new Float64Array(Math.max(1, Math.ceil(LARGEST_WINDOW_US / gridUs)));
    this.#timesUs = new Float64Array(this.#sizes.length).fill(-LARGEST_WINDOW_US);
  }

  /** A log return and the time at which it ends; NaN for a closed market. */
  update(logReturn: number, timeUs: number): void {
    const size = Math.abs(logReturn);
    if (!(size * size < Infinity)) return this.#clear();
    const products = this.#products;
    if (products.full) {
      const statistic = size / this.#volatility;
      const known = statistic < Infinity;
      if (known) {
        this.#sizes[this.#next] = statistic;
        this.#timesUs[this.#next] = timeUs;
        this.#next = (this.#next + 1) % this.#sizes.length;
      }
      this.#jumps.row[0] = known && statistic > this.criticalValue ? 1 : 0;
      this.#jumps.push();
    }
    if (this.#last === this.#last) {
      products.row[0] = size * this.#last;
      products.push();
    }
    this.#last = size;
  }

  /** Whether returns are being tested; an L that is `undefined` then has no volatility to be measured by. */
  get warm(): boolean {
    return this.#products.full;
  }

  /** The largest |L| of the minute before a time. */
  largest(nowUs: number): number | undefined {
    let largest = -1;
    for (let k = 0; k < this.#sizes.length; k++) {
      if (this.#timesUs[k]! > nowUs - LARGEST_WINDOW_US && this.#sizes[k]! > largest) largest = this.#sizes[k]!;
    }
    return largest < 0 ? undefined : largest;
  }

  /** Jumps among the last returns. */
  get jumpCount(): number | undefined {
    return this.#jumps.count > 0 ? this.#jumps.sum(0) : undefined;
  }

  /** σ̂; NaN where no two neighbours moved. */
  get #volatility(): number {
    const mean = this.#products.sum(0) / this.#products.rowCount;
    return mean > 0 ? Math.sqrt((Math.PI / 2) * mean) : NaN;
  }

  #clear(): void {
    this.#products.clear();
    this.#jumps.clear();
    this.#timesUs.fill(-LARGEST_WINDOW_US);
    this.#sizes.fill(0);
    this.#next = 0;
    this.#last = NaN;
  }

  snapshot(): number[] {
    return [
      this.#next,
      this.#last,
      ...this.#sizes,
      ...this.#timesUs,
      ...this.#jumps.snapshot(),
      ...this.#products.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    const { length } = this.#sizes;
    const jumpsAt = 2 + 2 * length;
    const productsAt = jumpsAt + 2 + this.#jumps.rowCount;
    if (state.length < productsAt) {
      throw new RangeError(`Cannot restore ${productsAt} numbers and more from ${state.length}`);
    }
    [this.#next, this.#last] = state as [number, number];
    this.#sizes.set(state.slice(2, 2 + length));
    this.#timesUs.set(state.slice(2 + length, jumpsAt));
    this.#jumps.restore(state.slice(jumpsAt, productsAt));
    this.#products.restore(state.slice(productsAt));
  }
}

/** What the largest |L| of n returns exceeds with probability `level` where there are no jumps. */
export function leeMyklandCriticalValue(count: number, level: number): number {
  const root = Math.sqrt(2 * Math.log(Math.max(3, count)));
  const centre = root - (Math.log(Math.PI) + Math.log(Math.log(Math.max(3, count)))) / (2 * root);
  return centre - Math.log(-Math.log(1 - level)) / root;
}
