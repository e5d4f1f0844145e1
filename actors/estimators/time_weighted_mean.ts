/**
 * Time-weighted mean of a value that holds until the next one, such as the quoted spread.
 *
 * Formula: x̄ = ∫x dt / ∫dt over the window [⌊t/Δ⌋·Δ − W, t], W = 60 s in slots of Δ = 1 s by default. Time in which the value is
 * absent (NaN: a one-sided book) counts in neither integral. A value that has stood for more than an hour is of a closed market: the
 * window is empty from then on, until the next value.
 * Warm-up: none; `undefined` before any time has passed.
 * Cost: O(1) per update; two numbers of state per slot, and five.
 * Pitfall: between two updates the value holds until `value(now)`, not until the last update.
 * Source: the definition of a time average; McInish, Wood (1992), An analysis of intraday patterns in bid/ask spreads.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spread = new TimeWeightedMean();
 * spread.update(10_000_000, 0.2); // holds for 3 s
 * spread.update(13_000_000, 1.0); // holds for 1 s
 * assert(Math.abs(spread.value(14_000_000)! - (0.2 * 3 + 1.0 * 1) / 4) < 1e-12);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

export interface TimeWeightedMeanOptions {
  /** Width of a slot, microseconds. @default {1_000_000} */
  slotUs?: number;
  /** Slots in the window. @default {60} */
  slotCount?: number;
}

const INTEGRAL = 0;
const DURATION = 1;

export class TimeWeightedMean implements Estimator {
  readonly #window: SlottedWindow;
  #timeUs = -1;
  #held = NaN;
  /** Since when it holds. */
  #sinceUs = 0;

  constructor(options: TimeWeightedMeanOptions = {}) {
    this.#window = new SlottedWindow({
      slotUs: options.slotUs ?? 1_000_000,
      slotCount: options.slotCount ?? 60,
      channelCount: 2,
    });
  }

  /** The value from this time on; NaN where there is none. */
  update(timeUs: number, value: number): void {
    this.#hold(timeUs);
    this.#held = value;
    this.#sinceUs = timeUs;
  }

  /** The mean up to a time, which must not lie before the last update; `undefined` before any time has passed. */
  value(nowUs: number): number | undefined {
    this.#hold(nowUs);
    return finite(this.#window.sum(INTEGRAL) / this.#window.sum(DURATION));
  }

  /** Spread the held value over the slots between the last time and this one. */
  #hold(untilUs: number): void {
    const window = this.#window;
    if (this.#timeUs < 0) {
      this.#timeUs = untilUs;
      window.advance(untilUs);
      return;
    }
    if (untilUs - this.#sinceUs > CLOSED_MARKET_US) {
      window.clear();
      window.advance(untilUs);
      this.#held = NaN;
    } else if (untilUs < window.slotEndUs) {
      this.#accrue(untilUs - this.#timeUs);
    } else {
      this.#accrue(window.slotEndUs - this.#timeUs);
      // Slots that the window has left behind would be forgotten again: start with the oldest one inside.
      const oldestUs = (Math.floor(untilUs / window.slotUs) - window.slotCount) * window.slotUs;
      let fromUs = Math.max(window.slotEndUs, oldestUs);
      while (fromUs <= untilUs) {
        window.advance(fromUs);
        const toUs = Math.min(window.slotEndUs, untilUs);
        this.#accrue(toUs - fromUs);
        fromUs = window.slotEndUs;
      }
    }
    this.#timeUs = untilUs;
  }

  #accrue(durationUs: number): void {
    if (this.#held !== this.#held || durationUs <= 0) return;
    this.#window.add(INTEGRAL, this.#held * durationUs);
    this.#window.add(DURATION, durationUs);
  }

  snapshot(): number[] {
    return [this.#timeUs, this.#held, this.#sinceUs, ...this.#window.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#timeUs, this.#held, this.#sinceUs] = state as [number, number, number];
    this.#window.restore(state.slice(3));
  }
}
