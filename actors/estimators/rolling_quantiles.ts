/**
 * Exact ranks and quantiles of the last n values.
 *
 * The values stand twice: in the order they came, and sorted. Rank of x: share of the values that are below x, those equal to it
 * counting half, 0 to 1. Quantile p: linear between the two values around position p·(n − 1) (type 7 of Hyndman and Fan).
 *
 * Cost: a binary search and a move of half the window (n = 1,000: about 0.2 µs) per value, so it is fed from a grid, never for each
 * event; a rank is a binary search, a quantile O(1). State: n + 1 numbers.
 * Warm-up: its user's; `count` says how many values there are. NaN and the infinities are left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spreads = new RollingQuantiles({ count: 4 });
 * for (const value of [9, 1, 2, 3, 4]) spreads.push(value); // 9 has left
 * assert.equal(spreads.quantile(0.5), 2.5);
 * assert.equal(spreads.rank(3), 0.625);
 * ```
 *
 * Source: Hyndman, Fan (1996), Sample quantiles in statistical packages.
 *
 * @module
 */
import type { Estimator } from "./estimator.ts";

export interface RollingQuantilesOptions {
  /** Values in the window. */
  count: number;
}

export class RollingQuantiles implements Estimator {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #pushed = 0;

  constructor({ count }: RollingQuantilesOptions) {
    this.#ring = new Float64Array(count);
    this.#sorted = new Float64Array(count);
  }

  /** Values in the window. */
  get count(): number {
    return Math.min(this.#pushed, this.#ring.length);
  }

  get full(): boolean {
    return this.#pushed >= this.#ring.length;
  }

  /** Take a value; the oldest leaves a full window. */
  push(number: number): void {
    if (!Number.isFinite(number)) return;
    // −0 becomes 0: the two are equal here, but sorted anew after a restore they would have an order.
    const value = number + 0;
    const sorted = this.#sorted;
    const slot = this.#pushed % this.#ring.length;
    let count = this.count;
    if (this.full) {
      const at = this.#firstNotBelow(this.#ring[slot]!);
      sorted.copyWithin(at, at + 1, count);
      count--;
    }
    const at = this.#firstNotBelow(value, count);
    sorted.copyWithin(at + 1, at, count);
    sorted[at] = value;
    this.#ring[slot] = value;
    this.#pushed++;
  }

  /** Share of the values below `value`, equal ones counting half; `undefined` without values. */
  rank(value: number): number | undefined {
    const { count } = this;
    if (count === 0 || value !== value) return undefined;
    const below = this.#firstNotBelow(value);
    return (below + (this.#firstAbove(value) - below) / 2) / count;
  }

  /** Share of the values that are not above `value`: their empirical distribution function; `undefined` without values. */
  shareNotAbove(value: number): number | undefined {
    const { count } = this;
    return count === 0 || value !== value ? undefined : this.#firstAbove(value) / count;
  }

  /** The value that a share `p` of the values lies below; `undefined` without values. */
  quantile(p: number): number | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    const position = p * (count - 1);
    const below = this.#sorted[Math.floor(position)]!;
    const above = this.#sorted[Math.ceil(position)]!;
    return below + (above - below) * (position - Math.floor(position));
  }

  clear(): void {
    this.#pushed = 0;
  }

  #firstNotBelow(value: number, count = this.count): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstAbove(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#ring];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 1 + this.#ring.length) {
      throw new RangeError(`Cannot restore a window of ${this.#ring.length} values from ${state.length - 1}`);
    }
    this.#pushed = state[0]!;
    this.#ring.set(state.slice(1));
    this.#sorted.set(this.#ring);
    this.#sorted.subarray(0, this.count).sort();
  }
}
