/**
 * The band in which nine tenths of a number's recent values lie, and how far out of it a value is.
 *
 * The 5 % and the 95 % quantile go up and down by steps in proportion to the band: Robbins and Monro's stochastic approximation of a
 * quantile, which forgets as it goes. A value x is placed at z = (x − middle) / half the band, so that ±1 is its edge.
 *
 * Cost: O(1). State: 3 numbers. Source: Robbins, Monro (1951), A stochastic approximation method.
 *
 * @module
 */
import type { Estimator } from "../../estimators/mod.ts";

const LOW = 0.05;
const HIGH = 0.95;
/** Part of the band that a quantile moves by for a value that is wholly unexpected. */
const STEP = 0.02;
/** First steps are larger: the band has to be found. */
const FIRST_STEP = 0.5;
/** A band is never narrower than this: of a number that stands still, a tenth more or less is nothing. */
const BAND_MIN = 0.2;

export class QuantileBand implements Estimator {
  #low = NaN;
  #high = NaN;
  #count = 0;

  get band(): number {
    return Math.max(BAND_MIN, this.#high - this.#low);
  }

  /** Half bands from the middle; 0 before the first value, and for no value. */
  place(value: number): number {
    const z = (2 * (value - (this.#low + this.#high) / 2)) / this.band;
    return z === z ? z : 0;
  }

  /** Take a value; NaN is left out. */
  learn(value: number): void {
    if (!(value === value)) return;
    if (this.#count++ === 0) {
      this.#low = this.#high = value;
      return;
    }
    const step = Math.max(STEP, FIRST_STEP / this.#count);
    // A band of nothing grows by the distance to the value.
    const scale = step *
      Math.max(this.#high - this.#low, this.#count < 2 / STEP ? Math.abs(value - (this.#low + this.#high) / 2) : 0);
    this.#low += scale * (value < this.#low ? LOW - 1 : LOW);
    this.#high += scale * (value < this.#high ? HIGH - 1 : HIGH);
    if (this.#high < this.#low) this.#low = this.#high = (this.#low + this.#high) / 2;
  }

  snapshot(): number[] {
    return [this.#low, this.#high, this.#count];
  }

  restore(state: readonly number[]): void {
    [this.#low, this.#high, this.#count] = state as [number, number, number];
  }
}
