/**
 * How fast events arrive.
 *
 * Formula: rate = events in [⌊t/Δ⌋·Δ − W, t] / W, Δ = W/40, per second. Mean inter-arrival time, exponentially weighted over events:
 * g ← g + (Δt − g)/32.
 * Warm-up: a tenth of the window for the rate, two events for the mean; until the window is full, the rate is over what has been seen.
 * Cost: O(1) per event. State: 45 numbers.
 * Pitfall: the current slot counts before it is over, so a rate is up to 1/40 too high; a pause of more than an hour is a closed
 * market, no inter-arrival time.
 * Source: any text on point processes: the empirical rate of a counting process.
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
import { CLOSED_MARKET_US, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

export interface ArrivalRateOptions {
  /** Window of the rate, microseconds. @default {10_000_000} */
  windowUs?: number;
}

const SLOTS = 40;
const WARM_SLOTS = 4;
/** Weight of one event in the mean inter-arrival time. */
const GAP_WEIGHT = 1 / 32;

export class ArrivalRate implements Estimator {
  readonly #window: SlottedWindow;
  #timeUs = -1;
  #gapUs = NaN;

  constructor({ windowUs = 10 * US_PER_SECOND }: ArrivalRateOptions = {}) {
    this.#window = new SlottedWindow({ slotUs: Math.round(windowUs / SLOTS), slotCount: SLOTS, channelCount: 1 });
  }

  /** One event. */
  update(timeUs: number): void {
    if (timeUs >= this.#window.slotEndUs) this.#window.advance(timeUs);
    this.#window.add(0, 1);
    const gapUs = timeUs - this.#timeUs;
    if (this.#timeUs >= 0 && gapUs <= CLOSED_MARKET_US) {
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
    return seen < WARM_SLOTS ? undefined : this.#window.sum(0) / ((seen * this.#window.slotUs) / US_PER_SECOND);
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
