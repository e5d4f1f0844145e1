/**
 * Trades put together to what somebody took: the fills of one aggressor at one time are one taking.
 *
 * Cost: O(1) per trade. State: five numbers.
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";
import type { TapeTrade } from "./flow_tape.ts";

export class TakeGatherer implements Estimator {
  timeUs = 0;
  sign = 0;
  size = 0;
  /** Who took; NaN where that is not told. */
  owner = NaN;
  #open = false;

  /** Take a trade; `finished` is told what was under way where this one is of another. */
  add(timeUs: number, { sign, size, buyer, seller }: TapeTrade, finished: () => void): void {
    const owner = sign > 0 ? buyer : seller;
    if (this.#open && (timeUs !== this.timeUs || sign !== this.sign || !Object.is(owner, this.owner))) {
      this.finish(finished);
    }
    if (!this.#open) {
      this.timeUs = timeUs;
      this.sign = sign;
      this.owner = owner;
      this.size = 0;
      this.#open = true;
    }
    this.size += size;
  }

  /** A batch has ended: whatever is under way is whole. */
  finish(finished: () => void): void {
    if (!this.#open) return;
    this.#open = false;
    finished();
  }

  snapshot(): number[] {
    return [this.timeUs, this.sign, this.size, this.owner, Number(this.#open)];
  }

  restore(state: readonly number[]): void {
    [this.timeUs, this.sign, this.size, this.owner] = state as [number, number, number, number];
    this.#open = state[4] === 1;
  }
}
