/**
 * Exponentially weighted volatility of the mid from returns on a fixed grid of event time.
 *
 * Formula: r_k = ln(m(kΔ)/m((k−1)Δ)) with m the last mid before each grid point (previous tick), Δ = 1 s. With λ = 2^(−Δ/h):
 * v ← λ·v + (1 − λ)·r², divided by its weight 1 − λ^n so that the start is not biased to zero. Annualised:
 * 100·√(v/Δ·24·3600·5·52) in per cent. Sampling on a grid keeps the bounce of quotes between ticks out.
 * Warm-up: as many returns as the half-life has grid points.
 * Cost: O(1) per mid however long the pause, a comparison for most. State: 6 numbers.
 * Pitfall: while the mid stands still the variance decays, for an hour at most; then the market is closed, the grid starts anew behind
 * it and the variance stays. What is made of a pause does not depend on how often time is told in it.
 * Source: J.P. Morgan/Reuters (1996), RiskMetrics technical document, chapter 5, in event time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const vol = new EwmaVolatility({ halfLifeUs: 1_000_000 });
 * vol.update(500_000, 1); // the grid point at 1 s sees a mid of 1
 * vol.update(1_500_000, Math.exp(0.001)); // the one at 2 s sees this: r = 0.001
 * vol.update(2_500_000, Math.exp(0.001)); // and so does the one at 3 s: r = 0
 * vol.advance(3_000_000);
 * // Half-life 1 s: the newer return has weight 2/3, the older 1/3.
 * assert(Math.abs(vol.variancePerSecond! - 0.001 ** 2 / 3) < 1e-18);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, TRADING_SECONDS_PER_YEAR, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface EwmaVolatilityOptions {
  /** Half-life in event time, microseconds. @default {30_000_000} */
  halfLifeUs?: number;
}

/** Distance of the grid points, microseconds. */
export const GRID_US = US_PER_SECOND;

export class EwmaVolatility implements Estimator {
  readonly #decay: number;
  readonly #warmupCount: number;
  /** Number of the next grid point, since the epoch. */
  #nextGrid = -1;
  #mid = NaN;
  #midUs = 0;
  #gridLogMid = NaN;
  #variance = 0;
  #count = 0;

  constructor(options: EwmaVolatilityOptions = {}) {
    const halfLifeUs = options.halfLifeUs ?? 30 * US_PER_SECOND;
    this.#decay = 2 ** (-GRID_US / halfLifeUs);
    this.#warmupCount = Math.ceil(halfLifeUs / GRID_US);
  }

  /** The mid from this time on. */
  update(timeUs: number, mid: number): void {
    if (timeUs >= this.#nextGrid * GRID_US) this.advance(timeUs);
    // Older than the last grid point could tell.
    if (timeUs - this.#midUs > CLOSED_MARKET_US) this.#gridLogMid = NaN;
    this.#mid = mid;
    this.#midUs = timeUs;
  }

  /** Take the returns of the grid points up to a time, from the mid that held at them. */
  advance(timeUs: number): void {
    const grid = Math.floor(timeUs / GRID_US);
    if (grid < this.#nextGrid) return;
    if (this.#nextGrid >= 0) {
      const openUntil = Math.min(grid, Math.floor((this.#midUs + CLOSED_MARKET_US) / GRID_US));
      const passed = openUntil - this.#nextGrid + 1;
      const logMid = passed > 0 ? Math.log(this.#mid) : NaN;
      const change = logMid - this.#gridLogMid;
      if (change === change) {
        this.#variance = this.#decay * this.#variance + (1 - this.#decay) * change * change;
        this.#count++;
      }
      // The first grid point takes the whole return, if there is one; at the others the mid stood still.
      if (passed > 1 && logMid === logMid) {
        this.#variance *= this.#decay ** (passed - 1);
        this.#count += passed - 1;
      }
      this.#gridLogMid = openUntil < grid ? NaN : logMid;
    }
    this.#nextGrid = grid + 1;
  }

  /** Whether the mid is known at a time and young enough to be of an open market. */
  openAt(timeUs: number): boolean {
    return this.#mid === this.#mid && timeUs - this.#midUs <= CLOSED_MARKET_US;
  }

  /** Variance of log returns per second; `undefined` until warm. */
  get variancePerSecond(): number | undefined {
    if (this.#count < this.#warmupCount) return undefined;
    return finite(this.#variance / (1 - this.#decay ** this.#count) / (GRID_US / US_PER_SECOND));
  }

  /** Annualised volatility in per cent, on {@linkcode TRADING_SECONDS_PER_YEAR}. */
  get annualPct(): number | undefined {
    const variance = this.variancePerSecond;
    return variance === undefined ? undefined : 100 * Math.sqrt(variance * TRADING_SECONDS_PER_YEAR);
  }

  snapshot(): number[] {
    return [this.#nextGrid, this.#mid, this.#midUs, this.#gridLogMid, this.#variance, this.#count];
  }

  restore(state: readonly number[]): void {
    [this.#nextGrid, this.#mid, this.#midUs, this.#gridLogMid, this.#variance, this.#count] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  }
}
