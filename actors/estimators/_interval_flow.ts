/**
 * Log returns of the mid over intervals of event time, each with what flowed in its interval.
 *
 * An interval runs from one multiple of its length since the epoch to the next, [kΔ, (k+1)Δ), and its return leads from the last mid
 * strictly before its start to the last one strictly before its end (`grid_returns.ts`). Without an event its flow is 0. An interval
 * over a closed market, or with no mid at an edge, is left out, and what flowed in it with it.
 *
 * Cost: O(1) amortised per event, a comparison for most; after a pause at most 1 h/Δ intervals are made up. State: 6 numbers.
 *
 * @module
 */
import type { Estimator } from "./estimator.ts";
import { GridReturns } from "./grid_returns.ts";

/** Takes an interval that has ended. */
export type OnInterval = (logReturn: number, flow: number) => void;

export class IntervalFlow implements Estimator {
  readonly intervalUs: number;
  readonly #returns: GridReturns;
  /** End of the interval that is under way. */
  #endUs = -1;
  /** What has flowed in the interval that is under way. */
  #flow = 0;

  constructor(intervalUs: number, onInterval: OnInterval) {
    this.intervalUs = intervalUs;
    this.#returns = new GridReturns({ gridUs: intervalUs }, (logReturn, edgeUs) => {
      // What flowed belongs to the first of the intervals that end together after a pause. NaN stands for a closed market.
      if (logReturn === logReturn) onInterval(logReturn, edgeUs === this.#endUs ? this.#flow : 0);
    });
  }

  /** What has flowed in the interval that is under way. */
  get flow(): number {
    return this.#flow;
  }

  /** The mid from this time on; NaN where there is none. */
  quote(timeUs: number, mid: number): void {
    this.advance(timeUs);
    this.#returns.update(timeUs, mid);
  }

  /** Something flowed at this time. What is no number, or would make the sum none, is left out. */
  add(timeUs: number, flow: number): void {
    this.advance(timeUs);
    if (Number.isFinite(this.#flow + flow)) this.#flow += flow;
  }

  /** Bring it to a time at which nothing happened. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs) return;
    this.#returns.advance(timeUs);
    this.#flow = 0;
    this.#endUs = Math.floor(timeUs / this.intervalUs) * this.intervalUs + this.intervalUs;
  }

  snapshot(): number[] {
    return [this.#endUs, this.#flow, ...this.#returns.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#endUs, this.#flow] = state as [number, number];
    this.#returns.restore(state.slice(2));
  }
}
