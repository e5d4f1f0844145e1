/**
 * How fast events arrive.
 *
 * Rates are counts over the window [⌊t/Δ⌋·Δ − W, t] divided by its length, W = 10 s, Δ = 250 ms, in events per second. The mean
 * inter-arrival time is exponentially weighted over events: g ← g + (Δt − g)/32. O(1) per event, 45 numbers of state. Warm after
 * the first second.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const arrival = new ArrivalRate();
 * for (let i = 0; i <= 20; i++) arrival.update(i * 100_000);
 * arrival.advance(2_000_000);
 * assert.equal(arrival.perSecond, 10.5); // 21 events in 2 s
 * assert.equal(arrival.interArrivalUs, 100_000);
 * ```
 *
 * @module
 */
import { US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

const SLOT_US = 250_000;
const SLOTS = 40;
const WARM_SLOTS = 4;
/** Weight of one event in the mean inter-arrival time. */
const GAP_WEIGHT = 1 / 32;

export class ArrivalRate implements Estimator {
  readonly #window = new SlottedWindow({ slotUs: SLOT_US, slotCount: SLOTS, channelCount: 1 });
  #timeUs = -1;
  #gapUs = NaN;

  /** One event. */
  update(timeUs: number): void {
    if (timeUs >= this.#window.slotEndUs) this.#window.advance(timeUs);
    this.#window.add(0, 1);
    if (this.#timeUs >= 0) {
      const gapUs = timeUs - this.#timeUs;
      this.#gapUs = this.#gapUs === this.#gapUs ? this.#gapUs + (gapUs - this.#gapUs) * GAP_WEIGHT : gapUs;
    }
    this.#timeUs = timeUs;
  }

  /** Bring the window to a time without an event. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
  }

  /** Events per second over as much of the window as has been seen, counted to the last whole slot. */
  get perSecond(): number | undefined {
    const seen = this.#window.seenSlots;
    return seen < WARM_SLOTS ? undefined : this.#window.sum(0) / ((seen * SLOT_US) / US_PER_SECOND);
  }

  /** Whether there was ever an event. */
  get seen(): boolean {
    return this.#timeUs >= 0;
  }

  /** Mean time between events, microseconds. */
  get interArrivalUs(): number | undefined {
    return this.#gapUs === this.#gapUs ? this.#gapUs : undefined;
  }

  snapshot(): number[] {
    return [this.#timeUs, this.#gapUs, ...this.#window.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#timeUs, this.#gapUs] = state as [number, number];
    this.#window.restore(state.slice(2));
  }
}
