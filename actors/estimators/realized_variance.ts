/**
 * Realized variance and what of it is jumps, from returns on a grid of event time.
 *
 * Formula: over the last n returns RV = Σr², BV = (π/2)·(n/(n − 1))·Σ|r_i||r_{i−1}|, jump share max(0, 1 − BV/RV),
 * z = √n·(1 − BV/RV)/√((π²/4 + π − 5)·max(1, TQ/BV²)) with
 * TQ = n·μ⁻³·(n/(n − 2))·Σ(|r_i||r_{i−1}||r_{i−2}|)^(4/3), μ = 2^(2/3)·Γ(7/6)/Γ(1/2). Only products of returns that are all in the
 * window count. z is standard normal where there are no jumps. In % per year: 100·√(RV/(n·Δ)·24·3600·5·52).
 * Warm-up: 30 returns or the window, if that is less. NaN, which stands for a closed market, begins it anew. Jump share and z are
 * `undefined` where no return differs from 0, z also where no two neighbours do.
 * Cost: O(1) amortised per return (`rolling_sums.ts`), and three cube roots. State: 4·n + 7 numbers.
 * Pitfall: with many returns of 0 (a slow feed on a fine grid) BV is too small and jumps are seen that are none: take a coarser grid.
 * Source: Barndorff-Nielsen, Shephard (2006), Econometrics of testing for jumps; z as in Huang, Tauchen (2005), The relative
 * contribution of jumps to total price variance.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const variance = new RealizedVariance({ count: 3, countMin: 3 });
 * for (const r of [0.05, 0.001, -0.002, 0.003]) variance.update(r); // 0.05 has left
 * assert(Math.abs(variance.realized! - 14e-6) < 1e-15);
 * assert(Math.abs(variance.bipower! - (Math.PI / 2) * (3 / 2) * 8e-6) < 1e-15);
 * ```
 *
 * @module
 */
import { TRADING_SECONDS_PER_YEAR, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface RealizedVarianceOptions {
  /** Returns in the window. @default {300} */
  count?: number;
  /** Returns before there is a value, no more than the window has. @default {30} */
  countMin?: number;
  /** Time that a return spans, microseconds. @default {1_000_000} */
  gridUs?: number;
}

/** Γ(7/6). */
const GAMMA_7_6 = 0.9277193336300394;
/** E|Z|^(4/3) of a standard normal. */
const MU_4_3 = (2 ** (2 / 3) * GAMMA_7_6) / Math.sqrt(Math.PI);
/** Asymptotic variance of RV − BV beyond that of BV. */
const THETA = Math.PI ** 2 / 4 + Math.PI - 5;

const SQUARE = 0;
const PAIR = 1;
const TRIPLE = 2;
/** 1 for a pair other than 0: a count is exact where the difference of two sums has their rounding. */
const PAIRED = 3;

export class RealizedVariance implements Estimator {
  readonly #sums: RollingSums;
  readonly #countMin: number;
  readonly #perYear: number;
  /** |r| of the last two returns; 0 where there are none, so that their products are. */
  #last = 0;
  #lastButOne = 0;

  constructor({ count = 300, countMin = 30, gridUs = US_PER_SECOND }: RealizedVarianceOptions = {}) {
    this.#sums = new RollingSums({ rowCount: Math.max(3, count), channelCount: 4 });
    this.#countMin = Math.max(3, Math.min(countMin, count));
    this.#perYear = (TRADING_SECONDS_PER_YEAR * US_PER_SECOND) / gridUs;
  }

  /** A log return; NaN for a closed market. */
  update(logReturn: number): void {
    const size = Math.abs(logReturn);
    if (!(size * size < Infinity)) {
      this.#sums.clear();
      this.#last = this.#lastButOne = 0;
      return;
    }
    const { row } = this.#sums;
    row[SQUARE] = size * size;
    row[PAIR] = size * this.#last;
    row[TRIPLE] = Math.cbrt(size) * Math.cbrt(this.#last) * Math.cbrt(this.#lastButOne);
    row[TRIPLE] = row[TRIPLE] ** 4;
    row[PAIRED] = row[PAIR] > 0 ? 1 : 0;
    this.#sums.push();
    this.#lastButOne = this.#last;
    this.#last = size;
  }

  /** Whether there are returns enough; what is `undefined` then has no value by its formula. */
  get warm(): boolean {
    return this.#sums.count >= this.#countMin;
  }

  /** Σr² over the window. */
  get realized(): number | undefined {
    return this.warm ? this.#sums.sum(SQUARE) : undefined;
  }

  /** Bipower variation over the window: what is left of realized variance without jumps. */
  get bipower(): number | undefined {
    if (!this.warm) return undefined;
    const sums = this.#sums;
    const n = sums.count;
    // The oldest return's product is with one that has left.
    if (sums.sum(PAIRED) === sums.at(n - 1, PAIRED)) return 0;
    const products = Math.max(0, sums.sum(PAIR) - sums.at(n - 1, PAIR));
    return (Math.PI / 2) * (n / (n - 1)) * products;
  }

  /** Share of realized variance that is jumps, 0 to 1. */
  get jumpShare(): number | undefined {
    const { realized, bipower } = this;
    if (realized === undefined || bipower === undefined) return undefined;
    const share = finite(1 - bipower / realized);
    return share === undefined ? undefined : Math.max(0, share);
  }

  /** Standard normal without jumps; beyond 2.33 jumps at 1 %. */
  get jumpZ(): number | undefined {
    const { realized, bipower } = this;
    if (realized === undefined || bipower === undefined) return undefined;
    const sums = this.#sums;
    const n = sums.count;
    const products = Math.max(0, sums.sum(TRIPLE) - sums.at(n - 1, TRIPLE) - sums.at(n - 2, TRIPLE));
    const quarticity = n * MU_4_3 ** -3 * (n / (n - 2)) * products;
    const spread = Math.sqrt(THETA * Math.max(1, quarticity / bipower ** 2));
    return finite((Math.sqrt(n) * (1 - bipower / realized)) / spread);
  }

  /** √RV, % per year. */
  get realizedPct(): number | undefined {
    return this.#annualPct(this.realized);
  }

  /** √BV, % per year. */
  get bipowerPct(): number | undefined {
    return this.#annualPct(this.bipower);
  }

  #annualPct(variance: number | undefined): number | undefined {
    if (variance === undefined) return undefined;
    return finite(100 * Math.sqrt((variance / this.#sums.count) * this.#perYear));
  }

  snapshot(): number[] {
    return [this.#last, this.#lastButOne, ...this.#sums.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#last, this.#lastButOne] = state as [number, number];
    this.#sums.restore(state.slice(2));
  }
}
