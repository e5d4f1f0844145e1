/**
 * How long quotes stay away, against how long they usually do.
 *
 * Formula: of the last n times between two changes of the touch, the median and the 99th percentile (the ⌈p·n⌉-th smallest), and the ratio of
 * the time since the last change to the median. Times are kept as numbers of bins that are 2 % wide, so that a quantile is within 1 % of the
 * exact one: bin k holds [1.02^(k−1), 1.02^k) µs and stands for 1.02^(k−½), bin 0 is exactly 0.
 * Warm-up: 100 times, or n if that is less. A pause of more than an hour is a closed market, not a time between quotes.
 * Cost: one logarithm and two counts per change; a quantile adds up the 1,115 bins. State: n + 2 numbers.
 * Pitfall: a feed that writes several changes with one time has a median of 0, and no ratio.
 * Source: Hyndman, Fan (1996), Sample quantiles in statistical packages (type 1), on a logarithmic histogram as in Masson, Rim, Lee (2019),
 * DDSketch.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const silence = new QuoteSilence({ count: 4 });
 * for (const timeUs of [0, 100_000, 200_000, 300_000, 1_300_000]) silence.update(timeUs);
 * assert(Math.abs(silence.medianUs! / 100_000 - 1) < 0.01);
 * assert(Math.abs(silence.p99Us! / 1_000_000 - 1) < 0.01);
 * assert(Math.abs(silence.ratio(1_800_000)! / 5 - 1) < 0.01);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface QuoteSilenceOptions {
  /** Times between changes that the quantiles are of. @default {1_000} */
  count?: number;
  /** Times before there is a quantile, no more than `count`. @default {100} */
  countMin?: number;
}

const LOG_WIDTH = Math.log(1.02);
const BINS = binOf(CLOSED_MARKET_US) + 1;

export class QuoteSilence implements Estimator {
  readonly #countMin: number;
  /** Bins of the last times, by turns. */
  readonly #ring: Uint16Array;
  readonly #counts = new Uint16Array(BINS);
  #pushed = 0;
  #lastUs = -1;

  constructor({ count = 1_000, countMin = 100 }: QuoteSilenceOptions = {}) {
    this.#countMin = Math.min(countMin, count);
    this.#ring = new Uint16Array(count);
  }

  /** The touch changed. */
  update(timeUs: number): void {
    const gapUs = timeUs - this.#lastUs;
    if (this.#lastUs >= 0 && gapUs <= CLOSED_MARKET_US) {
      const slot = this.#pushed % this.#ring.length;
      if (this.#pushed >= this.#ring.length) this.#counts[this.#ring[slot]!]!--;
      const bin = binOf(gapUs);
      this.#ring[slot] = bin;
      this.#counts[bin]!++;
      this.#pushed++;
    }
    this.#lastUs = timeUs;
  }

  /** Whether there are times enough. */
  get warm(): boolean {
    return this.#pushed >= this.#countMin;
  }

  /** Median time between changes, microseconds. */
  get medianUs(): number | undefined {
    return this.#quantile(0.5);
  }

  /** 99th percentile of the time between changes, microseconds. */
  get p99Us(): number | undefined {
    return this.#quantile(0.99);
  }

  /** Time since the last change over the median. */
  ratio(nowUs: number): number | undefined {
    const { medianUs } = this;
    return medianUs === undefined ? undefined : finite((nowUs - this.#lastUs) / medianUs);
  }

  #quantile(p: number): number | undefined {
    if (!this.warm) return undefined;
    let rank = Math.ceil(p * Math.min(this.#pushed, this.#ring.length));
    let bin = 0;
    while ((rank -= this.#counts[bin]!) > 0) bin++;
    return bin === 0 ? 0 : Math.exp((bin - 0.5) * LOG_WIDTH);
  }

  snapshot(): number[] {
    return [this.#pushed, this.#lastUs, ...this.#ring];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 2 + this.#ring.length) {
      throw new RangeError(`Cannot restore ${this.#ring.length} times from ${state.length - 2}`);
    }
    [this.#pushed, this.#lastUs] = state as [number, number];
    this.#ring.set(state.slice(2));
    this.#counts.fill(0);
    const { length } = this.#ring;
    for (let k = 0; k < Math.min(this.#pushed, length); k++) this.#counts[this.#ring[k]!]!++;
  }
}

/** Number of the bin that holds a time, which is a whole number of microseconds. */
function binOf(gapUs: number): number {
  return gapUs < 1 ? 0 : 1 + Math.floor(Math.log(gapUs) / LOG_WIDTH);
}
