/**
 * Ordinary least squares of y on x over the last n pairs.
 *
 * Formula: y = α + β·x. With sums over the window, Sxx = Σ(x − x̄)², Sxy = Σ(x − x̄)(y − ȳ), Syy = Σ(y − ȳ)²:
 * β = Sxy/Sxx, α = ȳ − β·x̄, R² = Sxy²/(Sxx·Syy), t = β / √((Syy − β·Sxy)/(n − 2)/Sxx).
 * Warm-up: `countMin` pairs. `undefined` where x has no variance; t and R² also where y has none.
 * Cost: O(1) amortised per pair: five sums that nothing is subtracted from (`rolling_sums.ts`). State: 5·n + 6 numbers.
 * Pitfall: x and y should lie near 0 (differences, flows): centred sums are differences of raw ones.
 * Source: any text on linear regression; checked in the tests against the textbook formula and published numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const ols = new RollingRegression({ count: 10, countMin: 3 });
 * for (const [x, y] of [[0, 1], [1, 3], [2, 5]] as const) ols.push(x, y);
 * assert.equal(ols.slope, 2);
 * assert.equal(ols.intercept, 1);
 * ```
 *
 * @module
 */
import { type Estimator, finite } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface RollingRegressionOptions {
  /** Pairs in the window. */
  count: number;
  /** Pairs before there is a value. @default {10} */
  countMin?: number;
}

const X = 0;
const Y = 1;
const XX = 2;
const XY = 3;
const YY = 4;
/** Share of Σx² that a centred sum must have to be more than its own rounding. */
const VARIANCE_SHARE_MIN = 1e-13;

export class RollingRegression implements Estimator {
  readonly #sums: RollingSums;
  readonly #countMin: number;

  constructor({ count, countMin = 10 }: RollingRegressionOptions) {
    this.#sums = new RollingSums({ rowCount: count, channelCount: 5 });
    this.#countMin = countMin;
  }

  /** Pairs in the window. */
  get count(): number {
    return this.#sums.count;
  }

  /** Take a pair. One with NaN or an infinity is left out. */
  push(x: number, y: number): void {
    if (!Number.isFinite(x * x) || !Number.isFinite(y * y)) return;
    const { row } = this.#sums;
    row[X] = x;
    row[Y] = y;
    row[XX] = x * x;
    row[XY] = x * y;
    row[YY] = y * y;
    this.#sums.push();
  }

  get slope(): number | undefined {
    return this.#warm ? finite(this.#centred(XY, X, Y) / this.#sxx) : undefined;
  }

  get intercept(): number | undefined {
    const { slope, count } = this;
    return slope === undefined ? undefined : finite((this.#sums.sum(Y) - slope * this.#sums.sum(X)) / count);
  }

  /** Share of the variance of y that x explains, 0 to 1. */
  get r2(): number | undefined {
    if (!this.#warm) return undefined;
    const r2 = finite(this.#centred(XY, X, Y) ** 2 / (this.#sxx * this.#syy));
    return r2 === undefined ? undefined : Math.min(1, r2);
  }

  /** The slope in standard errors. `undefined` also where every point lies on the line. */
  get tStatistic(): number | undefined {
    const { slope, count } = this;
    if (slope === undefined || count <= 2) return undefined;
    const syy = this.#syy;
    const residual = syy - slope * this.#centred(XY, X, Y);
    if (!(residual > VARIANCE_SHARE_MIN * syy)) return undefined;
    return finite(slope / Math.sqrt(residual / (count - 2) / this.#sxx));
  }

  get #warm(): boolean {
    return this.count >= Math.max(2, this.#countMin);
  }

  get #sxx(): number {
    return this.#spread(XX, X);
  }

  get #syy(): number {
    return this.#spread(YY, Y);
  }

  /** Σ(v − v̄)²; NaN where it is nothing but rounding. */
  #spread(square: number, channel: number): number {
    const centred = this.#centred(square, channel, channel);
    return centred > VARIANCE_SHARE_MIN * this.#sums.sum(square) ? centred : NaN;
  }

  #centred(product: number, a: number, b: number): number {
    const sums = this.#sums;
    return sums.sum(product) - (sums.sum(a) * sums.sum(b)) / this.count;
  }

  clear(): void {
    this.#sums.clear();
  }

  snapshot(): number[] {
    return this.#sums.snapshot();
  }

  restore(state: readonly number[]): void {
    this.#sums.restore(state);
  }
}
