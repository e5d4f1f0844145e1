/**
 * How common each of many values is: fading counts by value, of a bounded number of them.
 *
 * A count weighs 1 when it is added and halves every so many additions. Weights grow instead of fading, so that adding costs O(1).
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";

export interface SharesOptions {
  /** Values that are known at once. Overflow: the rarest is forgotten, by a walk over all. */
  valuesMax: number;
  /** Additions after which a count weighs half. */
  halfLifeCount: number;
}

/** Weights are scaled back beyond this. */
const GROWTH_MAX = 2 ** 40;

export class Shares implements Estimator {
  readonly #valuesMax: number;
  readonly #growthStep: number;
  readonly #counts = new Map<number, number>();
  #total = 0;
  #growth = 1;

  constructor({ valuesMax, halfLifeCount }: SharesOptions) {
    this.#valuesMax = valuesMax;
    this.#growthStep = 2 ** (1 / halfLifeCount);
  }

  /** Additions that count, in weights of now. */
  get total(): number {
    return this.#total / this.#growth;
  }

  add(value: number): void {
    this.#growth *= this.#growthStep;
    if (this.#growth > GROWTH_MAX) this.#scaleBack();
    this.#total += this.#growth;
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + this.#growth);
    if (this.#counts.size > this.#valuesMax) this.#forgetRarest(value);
  }

  /** Count of a value. */
  of(value: number): number {
    return (this.#counts.get(value) ?? 0) / this.#growth;
  }

  /** Count of the values within a share of one. A walk over all. */
  near(value: number, tolerance: number): number {
    let sum = 0;
    for (const [known, count] of this.#counts) if (Math.abs(known / value - 1) <= tolerance) sum += count;
    return sum / this.#growth;
  }

  #forgetRarest(kept: number): void {
    let rarest = NaN;
    let least = Infinity;
    for (const [value, count] of this.#counts) {
      if (value === kept || count >= least) continue;
      rarest = value;
      least = count;
    }
    this.#counts.delete(rarest);
  }

  #scaleBack(): void {
    this.#total /= this.#growth;
    for (const [value, count] of this.#counts) this.#counts.set(value, count / this.#growth);
    this.#growth = 1;
  }

  snapshot(): number[] {
    return [this.#total, this.#growth, ...[...this.#counts].flat()];
  }

  restore(state: readonly number[]): void {
    [this.#total, this.#growth] = state as [number, number];
    this.#counts.clear();
    for (let at = 2; at + 1 < state.length; at += 2) this.#counts.set(state[at]!, state[at + 1]!);
  }
}
