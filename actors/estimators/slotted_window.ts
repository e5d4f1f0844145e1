/**
 * Sums over a rolling window of event time, in slots.
 *
 * The window covers the slot of the newest time and the `slotCount` slots before it: [⌊t/Δ⌋·Δ − W, t] with W = slotCount·Δ. An
 * update adds to the current slot; a sum adds the slots up anew, so nothing drifts.
 *
 * Cost: O(1) per update whatever the rate, O(slotCount) per sum; (slotCount + 1)·channels + 2 numbers of state whatever the number of
 * events: a longer window takes wider slots, not more.
 *
 * @module
 */
import type { Estimator } from "./estimator.ts";

export interface SlottedWindowOptions {
  /** Width of a slot, microseconds of event time. */
  slotUs: number;
  /** Whole slots in the window, beside the current one. */
  slotCount: number;
  /** Sums kept side by side. */
  channelCount: number;
}

export class SlottedWindow implements Estimator {
  readonly slotUs: number;
  readonly slotCount: number;
  readonly #channelCount: number;
  readonly #sums: Float64Array;
  /** Number of the newest slot since the epoch; −1 before the first time. */
  #slot = -1;
  /** Number of the first slot that was ever advanced to. */
  #firstSlot = -1;
  #endUs = 0;

  constructor(options: SlottedWindowOptions) {
    this.slotUs = options.slotUs;
    this.slotCount = options.slotCount;
    this.#channelCount = options.channelCount;
    this.#sums = new Float64Array((options.slotCount + 1) * options.channelCount);
  }

  /** End of the current slot: an event before it needs no `advance`. */
  get slotEndUs(): number {
    return this.#endUs;
  }

  /** Bring the window to an event time; times never go back. Slots that leave the window are forgotten. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs) return;
    const slot = Math.floor(timeUs / this.slotUs);
    const ring = this.slotCount + 1;
    if (this.#slot < 0) this.#firstSlot = slot;
    const passed = this.#slot < 0 ? ring : Math.min(slot - this.#slot, ring);
    for (let k = 0; k < passed; k++) {
      const at = ((slot - k) % ring) * this.#channelCount;
      this.#sums.fill(0, at, at + this.#channelCount);
    }
    this.#slot = slot;
    this.#endUs = (slot + 1) * this.slotUs;
  }

  /** Forget what was added; the time stays. */
  clear(): void {
    this.#sums.fill(0);
  }

  /** Add to a channel in the current slot. */
  add(channel: number, amount: number): void {
    this.#sums[(this.#slot % (this.slotCount + 1)) * this.#channelCount + channel]! += amount;
  }

  /** A channel's sum over the newest `slots` whole slots and the current one. */
  sum(channel: number, slots: number = this.slotCount): number {
    if (this.#slot < 0) return 0;
    const sums = this.#sums;
    const step = this.#channelCount;
    let at = (this.#slot % (this.slotCount + 1)) * step + channel;
    let total = 0;
    for (let k = Math.min(slots, this.slotCount, this.#slot); k >= 0; k--) {
      total += sums[at]!;
      at -= step;
      if (at < 0) at += sums.length;
    }
    return total;
  }

  /** Whole slots that have been seen, up to the window's: the warm-up. */
  get seenSlots(): number {
    return this.#slot < 0 ? 0 : Math.min(this.#slot - this.#firstSlot, this.slotCount);
  }

  snapshot(): number[] {
    return [this.#slot, this.#firstSlot, ...this.#sums];
  }

  restore(state: readonly number[]): void {
    if (state.length !== this.#sums.length + 2) {
      throw new RangeError(`Cannot restore a window of ${this.#sums.length} sums from ${state.length - 2}`);
    }
    [this.#slot, this.#firstSlot] = state as [number, number];
    this.#sums.set(state.slice(2));
    this.#endUs = this.#slot < 0 ? 0 : (this.#slot + 1) * this.slotUs;
  }
}
