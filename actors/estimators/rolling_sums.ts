/**
 * Sums over the last n rows of k numbers each.
 *
 * Nothing is ever subtracted, so that nothing drifts and a huge row leaves no trace once it has left: the ring is written from slot 0 to
 * n − 1 and over again; the rows since slot 0 are summed as they come, and each time slot 0 is next, the sums of the last 1, 2, … n rows
 * are made once. The window is the rows since slot 0 and those of the round before that are not overwritten yet.
 *
 * Cost: O(k) per row, amortised over the n rows of a round. State: n·k + k + 1 numbers, and as many again that follow from them.
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
  /** Sums of the rows since slot 0. */
  readonly #newer: Float64Array;
  /** For each slot of the round before: the sums of its row and those after it, and of nothing for slot n. */
  readonly #older: Float64Array;
  /** Rows ever pushed. */
  #pushed = 0;

  constructor({ rowCount, channelCount }: RollingSumsOptions) {
    this.rowCount = rowCount;
    this.channelCount = channelCount;
    this.row = new Float64Array(channelCount);
    this.#ring = new Float64Array(rowCount * channelCount);
    this.#newer = new Float64Array(channelCount);
    this.#older = new Float64Array((rowCount + 1) * channelCount);
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
    const slot = this.#pushed % rowCount;
    const at = slot * channelCount;
    if (slot === 0) this.#startRound();
    for (let k = 0; k < channelCount; k++) {
      // −0 becomes 0, as which it would come back from a snapshot that was written as text.
      this.#ring[at + k] = row[k]! + 0;
      this.#newer[k]! += row[k]!;
    }
    this.#pushed++;
  }

  /** Sum of a channel. */
  sum(channel: number): number {
    const newest = this.#pushed === 0 ? this.rowCount - 1 : (this.#pushed - 1) % this.rowCount;
    return this.#newer[channel]! + this.#older[(newest + 1) * this.channelCount + channel]!;
  }

  /** A number of a row in the window; 0 is the newest row. */
  at(back: number, channel: number): number {
    const slot = (this.#pushed - 1 - back) % this.rowCount;
    return this.#ring[slot * this.channelCount + channel]!;
  }

  clear(): void {
    this.#pushed = 0;
    this.#ring.fill(0);
    this.#newer.fill(0);
    this.#older.fill(0);
  }

  #startRound(): void {
    this.#newer.fill(0);
    this.#sumOlder(0);
  }

  /** Make the sums of what is in the ring from a slot on. */
  #sumOlder(fromSlot: number): void {
    const { channelCount } = this;
    for (let at = this.#ring.length - 1; at >= fromSlot * channelCount; at--) {
      this.#older[at] = this.#ring[at]! + this.#older[at + channelCount]!;
    }
  }

  snapshot(): number[] {
    return [this.#pushed, ...this.#newer, ...this.#ring];
  }

  restore(state: readonly number[]): void {
    const { channelCount } = this;
    if (state.length !== 1 + channelCount + this.#ring.length) {
      throw new RangeError(
        `Cannot restore ${this.#ring.length} rolling numbers from ${state.length - 1 - channelCount}`,
      );
    }
    this.#pushed = state[0]!;
    this.#newer.set(state.slice(1, 1 + channelCount));
    this.#ring.set(state.slice(1 + channelCount));
    this.#older.fill(0);
    // What is not written yet in the first round stands as 0.
    this.#sumOlder(this.#pushed === 0 ? this.rowCount : (this.#pushed - 1) % this.rowCount + 1);
  }
}
