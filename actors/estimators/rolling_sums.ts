/**
 * Sums over the last n rows of k numbers each.
 *
 * A row that enters is added, the one that leaves subtracted; each time the ring is full once more, the sums are made anew from
 * what is in it, so that the rounding of a subtraction never outlives n rows.
 *
 * Cost: O(k) per row, amortised over the n rows between two renewals. State: n·k + k + 1 numbers.
 * Warm-up: none of its own; `count` says how many rows there are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const sums = new RollingSums({ rowCount: 2, channelCount: 1 });
 * for (const value of [5, 1, 2]) {
 *   sums.row[0] = value;
 *   sums.push();
 * }
 * assert.equal(sums.sum(0), 3);
 * ```
 *
 * @module
 */
import type { Estimator } from "./estimator.ts";

export interface RollingSumsOptions {
  /** Rows in the window. */
  rowCount: number;
  /** Numbers in a row. */
  channelCount: number;
}

export class RollingSums implements Estimator {
  readonly rowCount: number;
  readonly channelCount: number;
  /** The next row: fill it, then `push`. */
  readonly row: Float64Array;
  readonly #ring: Float64Array;
  readonly #sums: Float64Array;
  /** Rows ever pushed. */
  #pushed = 0;

  constructor({ rowCount, channelCount }: RollingSumsOptions) {
    this.rowCount = rowCount;
    this.channelCount = channelCount;
    this.row = new Float64Array(channelCount);
    this.#ring = new Float64Array(rowCount * channelCount);
    this.#sums = new Float64Array(channelCount);
  }

  /** Rows in the window. */
  get count(): number {
    return Math.min(this.#pushed, this.rowCount);
  }

  /** Whether the window is full. */
  get full(): boolean {
    return this.#pushed >= this.rowCount;
  }

  /** Take what stands in `row`; the oldest row leaves a full window. */
  push(): void {
    const { row, channelCount, rowCount } = this;
    const ring = this.#ring;
    const sums = this.#sums;
    const slot = this.#pushed % rowCount;
    const at = slot * channelCount;
    for (let k = 0; k < channelCount; k++) {
      sums[k]! += row[k]! - ring[at + k]!;
      ring[at + k] = row[k]!;
    }
    this.#pushed++;
    if (slot === rowCount - 1) this.#renew();
  }

  /** Sum of a channel. */
  sum(channel: number): number {
    return this.#sums[channel]!;
  }

  /** A number of a row in the window; 0 is the newest row. */
  at(back: number, channel: number): number {
    const slot = (this.#pushed - 1 - back) % this.rowCount;
    return this.#ring[slot * this.channelCount + channel]!;
  }

  clear(): void {
    this.#pushed = 0;
    this.#ring.fill(0);
    this.#sums.fill(0);
  }

  #renew(): void {
    const { channelCount } = this;
    const ring = this.#ring;
    for (let k = 0; k < channelCount; k++) {
      let sum = 0;
      for (let at = k; at < ring.length; at += channelCount) sum += ring[at]!;
      this.#sums[k] = sum;
    }
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#sums, ...this.#ring];
  }

  restore(state: readonly number[]): void {
    const { channelCount } = this;
    if (state.length !== 1 + channelCount + this.#ring.length) {
      throw new RangeError(
        `Cannot restore ${this.#ring.length} rolling numbers from ${state.length - 1 - channelCount}`,
      );
    }
    this.#pushed = state[0]!;
    this.#sums.set(state.slice(1, 1 + channelCount));
    this.#ring.set(state.slice(1 + channelCount));
  }
}
