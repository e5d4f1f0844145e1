/**
 * Who took how much of late: whether a burst of trades is of one hand or of many.
 *
 * Cost: O(1) per trade, 64² comparisons where it is asked. State: three numbers a taking.
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";
import type { TapeTrade } from "./flow_tape.ts";

/** Takings that are remembered. Overflow: the oldest is forgotten. */
const TAKES_MAX = 64;

export class RecentTakers implements Estimator {
  readonly #timesUs = new Float64Array(TAKES_MAX);
  readonly #owners = new Float64Array(TAKES_MAX).fill(NaN);
  /** Bought above zero, sold below. */
  readonly #sizes = new Float64Array(TAKES_MAX);
  #next = 0;

  add(timeUs: number, { sign, size, buyer, seller }: TapeTrade): void {
    if (sign === 0) return;
    const owner = sign > 0 ? buyer : seller;
    const last = (this.#next + TAKES_MAX - 1) % TAKES_MAX;
    if (this.#timesUs[last] === timeUs && Object.is(this.#owners[last], owner) && this.#sizes[last]! * sign > 0) {
      this.#sizes[last]! += sign * size;
      return;
    }
    this.#timesUs[this.#next] = timeUs;
    this.#owners[this.#next] = owner;
    this.#sizes[this.#next] = sign * size;
    this.#next = (this.#next + 1) % TAKES_MAX;
  }

  /** Of what was taken one way since a time, the share of the largest taker; NaN where owners are not told. */
  largestShare(sinceUs: number, sign: number): number {
    let [all, largest] = [0, NaN];
    for (let at = 0; at < TAKES_MAX; at++) {
      if (!this.#isOf(at, sinceUs, sign)) continue;
      all += this.#sizes[at]!;
      const owner = this.#owners[at]!;
      let own = 0;
      for (let other = 0; other < TAKES_MAX; other++) {
        if (this.#owners[other] === owner && this.#isOf(other, sinceUs, sign)) own += this.#sizes[other]!;
      }
      if (own !== 0 && !(Math.abs(own) <= Math.abs(largest))) largest = own;
    }
    return largest / all;
  }

  #isOf(at: number, sinceUs: number, sign: number): boolean {
    return this.#timesUs[at]! >= sinceUs && this.#sizes[at]! * sign > 0;
  }

  snapshot(): number[] {
    return [this.#next, ...this.#timesUs, ...this.#owners, ...this.#sizes];
  }

  restore(state: readonly number[]): void {
    this.#next = state[0]!;
    [this.#timesUs, this.#owners, this.#sizes].forEach((list, k) =>
      list.set(state.slice(1 + k * TAKES_MAX, 1 + (k + 1) * TAKES_MAX))
    );
  }
}
