/**
 * Log returns of the mid on a fixed grid of event time, previous tick.
 *
 * Formula: r_k = ln(m(kΔ)/m((k−1)Δ)), m(kΔ) the last mid strictly before the grid point kΔ, kΔ since the epoch. Sampling on a grid keeps
 * the bounce of quotes between ticks out of what is made of the returns. While the mid stands still the returns are 0.
 * Warm-up: the second grid point. A mid that has stood for more than an hour is of a closed market, as over a weekend, and so is one
 * that has been absent for that long: no return leads from it to what comes next, and NaN is told once, so that windows begin anew.
 * Which returns there are follows from the mids alone, not from how often time is told.
 * Cost: O(1) per mid and grid point, a comparison for most mids; at most 3,600·s/Δ returns are made up for one pause. State: 4 numbers.
 * Source: Andersen, Bollerslev, Diebold, Labys (2003), Modeling and forecasting realized volatility.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const returns: number[] = [];
 * const grid = new GridReturns({ gridUs: 1_000_000 }, (r) => returns.push(r));
 * grid.update(1_500_000, 1);
 * grid.update(2_700_000, Math.exp(0.001));
 * grid.update(3_100_000, 2);
 * assert.equal(returns.length, 1); // the grid point at 2 s has no one before it
 * assert(Math.abs(returns[0]! - 0.001) < 1e-15);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";

export interface GridReturnsOptions {
  /** Distance of the grid points, microseconds. @default {1_000_000} */
  gridUs?: number;
}

/** Takes a log return and the grid point at which it ends; NaN once in place of all returns over a closed market. */
export type OnReturn = (logReturn: number, timeUs: number) => void;

export class GridReturns implements Estimator {
  readonly gridUs: number;
  readonly #onReturn: OnReturn;
  /** Time of the next grid point. */
  #nextUs = -1;
  #mid = NaN;
  #midUs = 0;
  #gridLogMid = NaN;

  constructor(options: GridReturnsOptions, onReturn: OnReturn) {
    this.gridUs = options.gridUs ?? US_PER_SECOND;
    this.#onReturn = onReturn;
  }

  /** The mid from this time on; NaN where there is none. */
  update(timeUs: number, mid: number): void {
    if (timeUs >= this.#nextUs) this.advance(timeUs);
    // Closed since the last grid point: none of them has told so.
    if (timeUs - this.#midUs > CLOSED_MARKET_US && this.#nextUs === this.#closedUs) this.#close(this.#nextUs);
    const known = mid > 0 && mid < Infinity;
    // How long a mid has been absent counts from the first quote without one.
    if (!known && this.#mid !== this.#mid && this.#midUs > 0) return;
    this.#mid = known ? mid : NaN;
    this.#midUs = timeUs;
  }

  /** Make the returns of the grid points up to a time. */
  advance(timeUs: number): void {
    if (timeUs < this.#nextUs) return;
    const { gridUs } = this;
    const newestUs = Math.floor(timeUs / gridUs) * gridUs;
    if (this.#nextUs >= 0) {
      const openUntilUs = Math.min(newestUs, this.#midUs + CLOSED_MARKET_US);
      const logMid = Math.log(this.#mid);
      for (let at = this.#nextUs; at <= openUntilUs && logMid === logMid; at += gridUs) {
        const logReturn = logMid - this.#gridLogMid;
        this.#gridLogMid = logMid;
        if (logReturn === logReturn) this.#onReturn(logReturn, at);
      }
      if (logMid !== logMid) this.#gridLogMid = NaN;
      const closedUs = this.#closedUs;
      if (newestUs >= closedUs && this.#nextUs <= closedUs) this.#close(closedUs);
    }
    this.#nextUs = newestUs + gridUs;
  }

  /** The first grid point that the newest mid, or its absence, is too old for. */
  get #closedUs(): number {
    return (Math.floor((this.#midUs + CLOSED_MARKET_US) / this.gridUs) + 1) * this.gridUs;
  }

  #close(timeUs: number): void {
    this.#gridLogMid = NaN;
    this.#onReturn(NaN, timeUs);
  }

  snapshot(): number[] {
    return [this.#nextUs, this.#mid, this.#midUs, this.#gridLogMid];
  }

  restore(state: readonly number[]): void {
    [this.#nextUs, this.#mid, this.#midUs, this.#gridLogMid] = state as [number, number, number, number];
  }
}
