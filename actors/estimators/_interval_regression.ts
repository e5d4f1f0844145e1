/**
 * Regression of the mid's changes on a flow, both over intervals of event time.
 *
 * y is the change of the mid over an interval in bps of the mid at its start, x what flowed in it (`_interval_flow.ts`). An interval in
 * which nothing flowed counts, with x = 0: the market was open and stood still. One over a closed market does not.
 *
 * Cost: O(1) amortised per event, a comparison for most; after a pause at most 1 h/Δ intervals are made up.
 * State: 5·n + 14 numbers.
 *
 * @module
 */
import { BPS_PER_ONE, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { IntervalFlow } from "./_interval_flow.ts";
import { RollingRegression } from "./rolling_regression.ts";

export interface IntervalRegressionOptions {
  /** Length of an interval, microseconds. @default {10_000_000} */
  intervalUs?: number;
  /** Intervals in the regression. @default {60} */
  count?: number;
  /** Intervals before there is a value. @default {10} */
  countMin?: number;
}

const FLOW_STATE = 6;

export class IntervalRegression implements Estimator {
  readonly #countMin: number;
  readonly #flow: IntervalFlow;
  readonly #regression: RollingRegression;
  /** Intervals that have ended since the newest event, and since the newest one of known direction; up to `#never`. */
  #sinceEvent: number;
  #sinceDirection: number;
  readonly #never: number;

  constructor({ intervalUs = 10 * US_PER_SECOND, count = 60, countMin = 10 }: IntervalRegressionOptions = {}) {
    this.#countMin = Math.min(countMin, count);
    this.#never = count + 1;
    this.#sinceEvent = this.#sinceDirection = this.#never;
    this.#regression = new RollingRegression({ count, countMin: this.#countMin });
    this.#flow = new IntervalFlow(intervalUs, (logReturn, flow) => {
      this.#regression.push(flow, BPS_PER_ONE * Math.expm1(logReturn));
      this.#sinceEvent = Math.min(this.#sinceEvent + 1, this.#never);
      this.#sinceDirection = Math.min(this.#sinceDirection + 1, this.#never);
    });
  }

  /** The mid from this time on; NaN where there is none. */
  quote(timeUs: number, mid: number): void {
    this.#flow.quote(timeUs, mid);
  }

  /** Something flowed at this time; 0 where its direction is unknown. What is no number is left out. */
  add(timeUs: number, flow: number): void {
    if (!Number.isFinite(flow)) return;
    this.#flow.add(timeUs, flow);
    this.#sinceEvent = 0;
    if (flow !== 0) this.#sinceDirection = 0;
  }

  /** Bring it to a time at which nothing happened. */
  advance(timeUs: number): void {
    this.#flow.advance(timeUs);
  }

  /** Bps of the mid per unit of flow. */
  get slope(): number | undefined {
    return this.#regression.slope;
  }

  /** The slope in standard errors. */
  get tStatistic(): number | undefined {
    return this.#regression.tStatistic;
  }

  /** Share of the variance of the mid's changes that the flow explains. */
  get r2(): number | undefined {
    return this.#regression.r2;
  }

  /** Intervals in the regression. */
  get count(): number {
    return this.#regression.count;
  }

  /** Whether there are intervals enough for a value. */
  get warm(): boolean {
    return this.count >= this.#countMin;
  }

  /** Whether anything happened in the regression's intervals or the one under way, its direction known or not. */
  get hasEvents(): boolean {
    return this.#sinceEvent < this.#never;
  }

  /** The same for what had a direction. */
  get hasDirection(): boolean {
    return this.#sinceDirection < this.#never;
  }

  snapshot(): number[] {
    return [this.#sinceEvent, this.#sinceDirection, ...this.#flow.snapshot(), ...this.#regression.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#sinceEvent, this.#sinceDirection] = state as [number, number];
    this.#flow.restore(state.slice(2, 2 + FLOW_STATE));
    this.#regression.restore(state.slice(2 + FLOW_STATE));
  }
}
