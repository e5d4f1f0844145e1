/**
 * Exponentially weighted mean and variance in event time of a value that holds until the next one.
 *
 * Formula: w = 1 − 2^(−Δt/h), x the value that held for Δt: d = x − m, m ← m + w·d, s² ← (1 − w)·(s² + w·d²). The weight of an instant
 * halves every h of event time, so a burst of quotes counts no more than the time it lasts. Time in which the value is absent
 * (NaN) does not count. A value that has stood, or been absent, for more than an hour is of a closed market: mean and variance begin
 * anew behind it.
 * Warm-up: one half-life of held time.
 * Cost: O(1) per update, a power when time has passed; six numbers of state.
 * Pitfall: the first value has weight one until others have held for long; that is why the warm-up is in time, not in quotes.
 * Source: Finch (2009), Incremental calculation of weighted mean and variance, section 9.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const mean = new EwMean({ halfLifeUs: 1_000_000 });
 * mean.update(0, 2);
 * mean.update(1_000_000, 4); // 2 has held for one half-life: it is the mean
 * mean.update(2_000_000, 4); // 4 has held for one half-life: half of the weight
 * assert.equal(mean.mean, 3);
 * assert.equal(mean.std, 1);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface EwMeanOptions {
  /** Half-life in event time, microseconds. @default {5_000_000} */
  halfLifeUs?: number;
}

export class EwMean implements Estimator {
  readonly #halfLifeUs: number;
  #timeUs = 0;
  #held = NaN;
  /** Since when it holds, or is absent. */
  #sinceUs = 0;
  #mean = NaN;
  #variance = 0;
  #heldUs = 0;

  constructor(options: EwMeanOptions = {}) {
    this.#halfLifeUs = options.halfLifeUs ?? 5_000_000;
  }

  /** The value from this time on; NaN where there is none. Call it with the held value itself to bring the mean up to now. */
  update(timeUs: number, value: number): void {
    this.advance(timeUs);
    // How long a value has been absent counts from the first time without one.
    if (value !== value && this.#held !== this.#held) return;
    this.#held = value;
    this.#sinceUs = timeUs;
  }

  /** Count the held value up to a time. */
  advance(timeUs: number): void {
    const durationUs = timeUs - this.#timeUs;
    this.#timeUs = timeUs;
    if (timeUs - this.#sinceUs > CLOSED_MARKET_US) {
      this.#held = this.#mean = NaN;
      this.#variance = this.#heldUs = 0;
      return;
    }
    const held = this.#held;
    if (held !== held || durationUs <= 0) return;
    this.#heldUs += durationUs;
    if (this.#mean !== this.#mean) {
      this.#mean = held;
      return;
    }
    const weight = 1 - 2 ** (-durationUs / this.#halfLifeUs);
    const deviation = held - this.#mean;
    this.#mean += weight * deviation;
    this.#variance = (1 - weight) * (this.#variance + weight * deviation * deviation);
  }

  /** `undefined` until values have held for one half-life. */
  get mean(): number | undefined {
    return this.#heldUs >= this.#halfLifeUs ? finite(this.#mean) : undefined;
  }

  /** Standard deviation that goes with the mean, same unit. */
  get std(): number | undefined {
    return this.#heldUs >= this.#halfLifeUs ? finite(Math.sqrt(this.#variance)) : undefined;
  }

  snapshot(): number[] {
    return [this.#timeUs, this.#held, this.#mean, this.#variance, this.#heldUs, this.#sinceUs];
  }

  restore(state: readonly number[]): void {
    [this.#timeUs, this.#held, this.#mean, this.#variance, this.#heldUs, this.#sinceUs] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  }
}
