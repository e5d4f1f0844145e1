/**
 * Trades put together to what somebody took: the fills of one aggressor at one time are one taking.
 *
 * Cost: O(1) per trade. State: four numbers.
 *
 * @module
 */
import type { TapeTrade } from "./flow_tape.ts";
import type { Estimator } from "../estimators/mod.ts";

export class TakeGatherer implements Estimator {
  timeUs = 0;
  sign = 0;
  size = 0;
  #open = false;

  /** Take a trade; `finished` is told what was under way where this one is of another. */
  add(timeUs: number, { sign, size }: TapeTrade, finished: () => void): void {
    if (this.#open && (timeUs !== this.timeUs || sign !== this.sign)) this.finish(finished);
    if (!this.#open) {
      this.timeUs = timeUs;
      this.sign = sign;
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
    return [this.timeUs, this.sign, this.size, Number(this.#open)];
  }

  restore(state: readonly number[]): void {
    [this.timeUs, this.sign, this.size] = state as [number, number, number];
    this.#open = state[3] === 1;
  }
}
