/**
 * How fast a market recovers: after a depletion, the time until half of the gap to normal is closed.
 *
 * Formula: a depletion begins when the value crosses beyond the 95th percentile of its trailing window (or, where low is bad, below the
 * 5th) and beyond the median M of that window. While it deepens, its worst value w at time t_w counts; it ends at the first t with
 * |x(t) − M| ≤ |w − M|/2, or on the other side of M. Half-life t − t_w; the value is the median of the last n half-lives. M and the
 * percentile are those at the beginning. The window holds the value in force just before each point of a grid of W/720 (5 s for an hour),
 * so that it weighs time, not quotes; the value itself is watched at each change.
 * Warm-up: a twelfth of the window before a depletion is told from normal, then three half-lives.
 * Cost: O(1) per change of the value; a binary search and a move in 720 numbers per grid point. State: 729 + n numbers.
 * Pitfall: where most values are one, as a spread of one tick, the percentile is the median: a depletion must be strictly beyond it. A
 * recovery that takes longer than 10 minutes counts as 10 minutes: left out, the slowest would make the market look quick. One that
 * the value's absence, a closed market or a new picture of the book cuts short is dropped. A value that stands for more than 5 minutes
 * is sampled for 5 minutes. The half-lives are the last ones, however long ago.
 * Source: Kyle (1985), Continuous auctions and insider trading (resiliency); Degryse, de Jong, van Ravenswaaij, Wuyts (2005), Aggressive
 * orders and the resiliency of a limit order market; Large (2007), Measuring the resiliency of an electronic limit order book.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spread = new Resiliency({ windowUs: 60_000_000, count: 20, depleted: "high" });
 * for (let minute = 1; minute <= 4; minute++) {
 *   spread.update(minute * 60_000_000, 1);
 *   spread.update(minute * 60_000_000 + 50_000_000, 5);
 *   spread.update(minute * 60_000_000 + 50_200_000, 4); // a quarter of the gap
 *   spread.update(minute * 60_000_000 + 50_300_000, 2);
 * }
 * assert.equal(spread.halfLifeUs, 300_000);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_MINUTE } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingQuantiles } from "./rolling_quantiles.ts";

export interface ResiliencyOptions {
  /** What normal and depleted are measured against, microseconds. */
  windowUs: number;
  /** Points of the grid in that window. @default {720} */
  gridCount?: number;
  /** Half-lives in the median. */
  count: number;
  /** Which values are bad: high ones, as of a spread, or low ones, as of a depth. */
  depleted: "high" | "low";
}

/** A recovery counts as no longer than this. */
export const RECOVERY_US_MAX = 10 * US_PER_MINUTE;
/** A value that nobody has changed for longer than this is no longer sampled: a window must not fill up with a pause. */
export const STANDSTILL_US_MAX = 5 * US_PER_MINUTE;
/** Half-lives before there is a median. */
const HALF_LIVES_MIN = 3;
/** Share of the window that must be filled before it says what is normal. */
const WINDOW_SHARE_MIN = 1 / 12;
const DEPLETED_SHARE = 0.95;

export class Resiliency implements Estimator {
  readonly #gridUs: number;
  readonly #gridCount: number;
  readonly #sign: number;
  /** Of sign·value: high is bad. */
  readonly #window: RollingQuantiles;
  readonly #halfLives: RollingQuantiles;
  /** Time of the next grid point. */
  #nextUs = -1;
  #value = NaN;
  #valueUs = 0;
  /** The value has been seen within its normal range: it can cross. */
  #armed = false;
  /** Normal of the depletion under way; NaN where none is. */
  #median = NaN;
  /** Largest gap to it, and since when. */
  #gap = 0;
  #gapUs = 0;

  constructor({ windowUs, gridCount = 720, count, depleted }: ResiliencyOptions) {
    this.#gridUs = Math.max(1, Math.round(windowUs / gridCount));
    this.#gridCount = gridCount;
    this.#sign = depleted === "high" ? 1 : -1;
    this.#window = new RollingQuantiles({ count: gridCount });
    this.#halfLives = new RollingQuantiles({ count });
  }

  /** The value from this time on; NaN where there is none. */
  update(timeUs: number, value: number): void {
    const signed = Number.isFinite(value) ? this.#sign * value : NaN;
    if (timeUs >= this.#nextUs) this.#sample(timeUs);
    if (timeUs - this.#valueUs > CLOSED_MARKET_US) this.restart();
    this.#value = signed;
    this.#valueUs = timeUs;
    if (signed !== signed) this.restart();
    else if (this.#recovered(timeUs, signed)) this.#watch(timeUs, signed);
  }

  /** Drop the depletion under way, as when what follows is a new picture of the book. */
  restart(): void {
    this.#median = NaN;
    this.#armed = false;
  }

  /** Time of the last update; 0 before the first. */
  get updatedUs(): number {
    return this.#valueUs;
  }

  /** Median half-life of the last recoveries, microseconds. */
  get halfLifeUs(): number | undefined {
    return this.#halfLives.count < HALF_LIVES_MIN ? undefined : this.#halfLives.quantile(0.5);
  }

  /** Whether no depletion is under way, or the one that was ends here. */
  #recovered(timeUs: number, signed: number): boolean {
    const gap = signed - this.#median;
    if (gap !== gap) return true;
    const lastedUs = timeUs - this.#gapUs;
    if (lastedUs > RECOVERY_US_MAX) this.#halfLives.push(RECOVERY_US_MAX);
    else if (gap <= this.#gap / 2) this.#halfLives.push(lastedUs);
    else {
      if (gap > this.#gap) {
        this.#gap = gap;
        this.#gapUs = timeUs;
      }
      return false;
    }
    this.restart();
    return true;
  }

  /** See whether a depletion begins. */
  #watch(timeUs: number, signed: number): void {
    if (this.#window.count < WINDOW_SHARE_MIN * this.#gridCount) return;
    const median = this.#window.quantile(0.5)!;
    const depleted = signed > this.#window.quantile(DEPLETED_SHARE)! && signed > median;
    if (depleted && this.#armed) {
      this.#median = median;
      this.#gap = signed - median;
      this.#gapUs = timeUs;
    }
    this.#armed = !depleted;
  }

  /** Put the value that was in force into the window, once for each grid point up to a time. */
  #sample(timeUs: number): void {
    const newestUs = Math.floor(timeUs / this.#gridUs) * this.#gridUs;
    if (this.#nextUs >= 0 && this.#value === this.#value) {
      const untilUs = Math.min(newestUs, this.#valueUs + STANDSTILL_US_MAX);
      const points = Math.floor((untilUs - this.#nextUs) / this.#gridUs) + 1;
      // More of the same than the window holds changes nothing.
      for (let k = Math.min(points, this.#gridCount); k > 0; k--) this.#window.push(this.#value);
    }
    this.#nextUs = newestUs + this.#gridUs;
  }

  snapshot(): number[] {
    return [
      this.#nextUs,
      this.#value,
      this.#valueUs,
      Number(this.#armed),
      this.#median,
      this.#gap,
      this.#gapUs,
      ...this.#halfLives.snapshot(),
      ...this.#window.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    const [nextUs, value, valueUs, armed, median, gap, gapUs] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.#nextUs = nextUs;
    this.#value = value;
    this.#valueUs = valueUs;
    this.#armed = armed === 1;
    this.#median = median;
    this.#gap = gap;
    this.#gapUs = gapUs;
    const windowAt = state.length - 1 - this.#gridCount;
    this.#halfLives.restore(state.slice(7, windowAt));
    this.#window.restore(state.slice(windowAt));
  }
}
