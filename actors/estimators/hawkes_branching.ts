/**
 * How much events breed one another: the branching ratio of a self-exciting (Hawkes) process.
 *
 * Formula: n = 1 − √(mean/variance) of the counts in M windows of length W on the event-time grid, variance with M − 1, clamped to [0, 1).
 * 0 is a Poisson process; near 1 almost every event is an answer to another.
 * Warm-up: 60 whole windows, or M if that is less; the window of the first event is left out. `undefined` where all windows are empty.
 * Cost: O(1) per event and window; the windows of a pause are filled with 0, no more than M of them. State: M·2 + 6 numbers, sums of whole
 * numbers and so exact.
 * Pitfall: W must be long against the kernel, or n is too small; a rate that changes over the M windows, as around news, counts as
 * breeding. An hour without an event is a closed market: the windows begin anew.
 * Source: Hardiman, Bouchaud (2014), Branching-ratio approximation for the self-exciting Hawkes process.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const branching = new HawkesBranching({ windowUs: 1_000_000, windowCount: 4, windowCountMin: 4 });
 * branching.update(500_000); // its window is left out
 * for (let k = 0; k < 8; k++) branching.update(1_000_000 + k);
 * for (let k = 0; k < 8; k++) branching.update(3_000_000 + k);
 * branching.advance(5_000_000); // 8, 0, 8, 0: mean 4, variance 64/3
 * assert(Math.abs(branching.ratio! - (1 - Math.sqrt(4 / (64 / 3)))) < 1e-12);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface HawkesBranchingOptions {
  /** W: length of a window, microseconds; long against the kernel. @default {10_000_000} */
  windowUs?: number;
  /** M: windows that mean and variance are of. @default {180} */
  windowCount?: number;
  /** Windows before there is a value, no more than `windowCount`. @default {60} */
  windowCountMin?: number;
}

const COUNT = 0;
const SQUARE = 1;
/** The largest ratio below 1. */
const RATIO_MAX = 1 - Number.EPSILON / 2;

export class HawkesBranching implements Estimator {
  readonly #windowUs: number;
  readonly #windowCountMin: number;
  readonly #counts: RollingSums;
  /** End of the current window; −1 before the first event. */
  #endUs = -1;
  #lastUs = -1;
  /** Events in the current window; NaN where it is not seen from its beginning. */
  #current = NaN;

  constructor(
    { windowUs = 10 * US_PER_SECOND, windowCount = 180, windowCountMin = 60 }: HawkesBranchingOptions = {},
  ) {
    this.#windowUs = windowUs;
    this.#windowCountMin = Math.max(2, Math.min(windowCountMin, windowCount));
    this.#counts = new RollingSums({ rowCount: windowCount, channelCount: 2 });
  }

  /** One event. */
  update(timeUs: number): void {
    if (timeUs >= this.#endUs) {
      if (this.#endUs < 0) this.#begin(timeUs);
      else this.advance(timeUs);
    }
    if (timeUs - this.#lastUs > CLOSED_MARKET_US) this.#begin(timeUs);
    this.#current++;
    this.#lastUs = timeUs;
  }

  /** Count the windows that end at a time or before. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs || this.#endUs < 0) return;
    const startUs = Math.floor(timeUs / this.#windowUs) * this.#windowUs;
    if (startUs > this.#lastUs + CLOSED_MARKET_US) {
      this.#begin(timeUs);
      return;
    }
    this.#push(this.#current);
    const passed = Math.round((startUs - this.#endUs) / this.#windowUs);
    for (let k = Math.min(passed, this.#counts.rowCount); k > 0; k--) this.#push(0);
    this.#current = 0;
    this.#endUs = startUs + this.#windowUs;
  }

  #begin(timeUs: number): void {
    this.#counts.clear();
    this.#current = NaN;
    this.#endUs = (Math.floor(timeUs / this.#windowUs) + 1) * this.#windowUs;
  }

  #push(count: number): void {
    if (count !== count) return;
    const { row } = this.#counts;
    row[COUNT] = count;
    row[SQUARE] = count * count;
    this.#counts.push();
  }

  /** Whether there was ever an event. */
  get seen(): boolean {
    return this.#lastUs >= 0;
  }

  /** Whether there are windows enough; a `ratio` that is `undefined` then is one of no events. */
  get warm(): boolean {
    return this.#counts.count >= this.#windowCountMin;
  }

  /** Share of the events that others have bred, 0 to 1. */
  get ratio(): number | undefined {
    const { count } = this.#counts;
    const total = this.#counts.sum(COUNT);
    if (!this.warm || total === 0) return undefined;
    const mean = total / count;
    const variance = (this.#counts.sum(SQUARE) - mean * total) / (count - 1);
    return variance > mean ? Math.min(RATIO_MAX, 1 - Math.sqrt(mean / variance)) : 0;
  }

  snapshot(): number[] {
    return [this.#endUs, this.#lastUs, this.#current, ...this.#counts.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#endUs, this.#lastUs, this.#current] = state as [number, number, number];
    this.#counts.restore(state.slice(3));
  }
}
