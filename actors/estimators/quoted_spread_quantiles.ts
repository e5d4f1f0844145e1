/**
 * Quantiles over time of the quoted spread: how wide it is for half of the time, for all but 5 % and for all but 1 % of it.
 *
 * Formula: s_k = the spread in force just before the grid point kΔ, Δ = W/600 since the epoch (100 ms of 60 s); the value is the quantile
 * p of the s_k of the last 600 grid points, linear between the two around position p·(n − 1) of the n present ones (type 7 of Hyndman, Fan).
 * A grid point without a spread (NaN: an empty side) is a gap: it takes part in no quantile and leaves with its time. Grid points over a
 * spread that has stood for more than an hour are of a closed market; the window is empty from then on.
 *
 * Warm-up: 60 grid points with a spread, a tenth of the window.
 * Cost: a comparison for most quotes; per grid point a binary search and a move within 600 numbers, and at most 600 points are made up for
 * one pause. Independent of how often time is told. State: 604 numbers.
 * Pitfall: a spike shorter than Δ is seen with the probability of its length over Δ: quantiles are over time, not over quotes.
 * Source: Hyndman, Fan (1996), Sample quantiles in statistical packages; McInish, Wood (1992), An analysis of intraday patterns in bid/ask
 * spreads, for weights by time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spread = new QuotedSpreadQuantiles({ windowUs: 60_000_000 });
 * spread.update(0, 0.5);
 * spread.update(54_000_000, 2); // wide for the last tenth of the minute
 * spread.advance(60_000_000);
 * assert.equal(spread.quantile(0.5), 0.5);
 * assert.equal(spread.quantile(0.95), 2);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingQuantiles } from "./rolling_quantiles.ts";

export interface QuotedSpreadQuantilesOptions {
  /** Window, microseconds of event time. */
  windowUs: number;
}

/** Grid points in the window. */
const POINT_COUNT = 600;
const POINT_COUNT_MIN = 60;
/** Stands for a grid point without a spread. As the largest number it sorts behind all that are there. */
const ABSENT = Number.MAX_VALUE;

export class QuotedSpreadQuantiles implements Estimator {
  readonly #gridUs: number;
  readonly #points = new RollingQuantiles({ count: POINT_COUNT });
  /** Number of the next grid point; −1 before the first time. */
  #next = -1;
  #nextUs = -1;
  #held = NaN;
  #heldUs = -1;

  constructor({ windowUs }: QuotedSpreadQuantilesOptions) {
    this.#gridUs = windowUs / POINT_COUNT;
  }

  /** The spread from this time on; NaN where there is none. */
  update(timeUs: number, spread: number): void {
    if (timeUs >= this.#nextUs) this.advance(timeUs);
    this.#held = Math.abs(spread) < ABSENT ? spread : NaN;
    this.#heldUs = timeUs;
  }

  /** Take the grid points up to a time. */
  advance(timeUs: number): void {
    if (timeUs < this.#nextUs) return;
    const newest = Math.floor(timeUs / this.#gridUs);
    if (this.#next >= 0) {
      const openUntil = Math.floor((this.#heldUs + CLOSED_MARKET_US) / this.#gridUs);
      if (newest > openUntil) this.#points.clear();
      else {
        const value = this.#held === this.#held ? this.#held : ABSENT;
        for (let k = Math.max(this.#next, newest - POINT_COUNT + 1); k <= newest; k++) this.#points.push(value);
      }
    }
    this.#next = newest + 1;
    this.#nextUs = this.#next * this.#gridUs;
  }

  /** The spread that is no wider for a share `p` of the time, from 0 to below 1; unit of what was put in. */
  quantile(p: number): number | undefined {
    const { count } = this.#points;
    const present = this.#present;
    if (present < POINT_COUNT_MIN) return undefined;
    // Position p·(present − 1) as a share of all positions, gaps being last.
    return this.#points.quantile((p * (present - 1)) / (count - 1));
  }

  /** Grid points in the window that have a spread: the share below a gap, one half of the gaps added. */
  get #present(): number {
    const { count } = this.#points;
    return Math.round(count * (2 * (this.#points.rank(ABSENT) ?? 0) - 1));
  }

  snapshot(): number[] {
    return [this.#next, this.#held, this.#heldUs, ...this.#points.snapshot()];
  }

  restore(state: readonly number[]): void {
    this.#points.restore(state.slice(3));
    [this.#next, this.#held, this.#heldUs] = state as [number, number, number];
    this.#nextUs = this.#next < 0 ? -1 : this.#next * this.#gridUs;
  }
}
