/**
 * Volatility from the ranges of bars of the mid.
 *
 * Formula: with open O, high H, low L and close C of n bars on the event-time grid, Parkinson = √(Σ(ln H/L)²/(4·n·ln 2)) and
 * Garman–Klass = √(Σ[½(ln H/L)² − (2 ln 2 − 1)(ln C/O)²]/n), per bar; in % per year 100·√(variance/bar·24·3600·5·52). A bar opens with the mid
 * that holds when it begins, so nothing is lost between two bars; one in which the mid stood still counts with 0.
 * Warm-up: 2 bars. The bar in which the first mid came, and one in which there was none for a while, are left out. A mid that
 * has stood or been absent for more than an hour is of a closed market: the window begins anew behind it.
 * Cost: two comparisons per mid, two logarithms per bar, O(1) amortised; a pause costs no more than the bars of the window. State: 2·n + 9 numbers.
 * Pitfall: the mid is seen when it changes, not always, so ranges of a slow feed are too small; both assume no drift within a bar.
 * Source: Parkinson (1980), The extreme value method for estimating the variance of the rate of return; Garman, Klass (1980),
 * On the estimation of security price volatilities from historical data (the practical one, σ̂²₅ without the opening gap).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const ranges = new RangeVolatility({ barUs: 60_000_000, barCount: 2 });
 * ranges.update(59_000_000, 1); // holds when the bar from 1 min on begins
 * ranges.update(70_000_000, Math.exp(0.002));
 * ranges.update(80_000_000, Math.exp(-0.001));
 * ranges.update(110_000_000, 1); // the bar from 2 min on stands still
 * ranges.advance(180_000_000);
 * const parkinson = Math.sqrt(0.003 ** 2 / (4 * 2 * Math.LN2));
 * assert(Math.abs(ranges.parkinson! - parkinson) < 1e-12);
 * assert(Math.abs(ranges.garmanKlass! - Math.sqrt(0.003 ** 2 / 2 / 2)) < 1e-12);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, TRADING_SECONDS_PER_YEAR, US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface RangeVolatilityOptions {
  /** Length of a bar, microseconds. @default {60_000_000} */
  barUs?: number;
  /** Bars in the window. @default {60} */
  barCount?: number;
  /** Bars before there is a value. @default {2} */
  barCountMin?: number;
}

const RANGE = 0;
const KLASS = 1;

export class RangeVolatility implements Estimator {
  readonly #barUs: number;
  readonly #barCountMin: number;
  readonly #bars: RollingSums;
  /** End of the current bar. */
  #endUs = -1;
  #mid = NaN;
  #midUs = 0;
  /** NaN where the bar does not count. */
  #open = NaN;
  #high = NaN;
  #low = NaN;

  constructor({ barUs = US_PER_MINUTE, barCount = 60, barCountMin = 2 }: RangeVolatilityOptions = {}) {
    this.#barUs = barUs;
    this.#barCountMin = barCountMin;
    this.#bars = new RollingSums({ rowCount: barCount, channelCount: 2 });
  }

  /** The mid from this time on; NaN where there is none. */
  update(timeUs: number, mid: number): void {
    if (timeUs >= this.#endUs) this.advance(timeUs);
    if (timeUs - this.#midUs > CLOSED_MARKET_US) this.#close();
    const known = mid > 0 && mid < Infinity;
    // How long a mid has been absent counts from the first quote without one.
    if (!known && this.#mid !== this.#mid && this.#midUs > 0) return;
    this.#midUs = timeUs;
    if (known) {
      this.#mid = mid;
      if (mid > this.#high) this.#high = mid;
      if (mid < this.#low) this.#low = mid;
    } else {
      this.#mid = this.#open = NaN;
    }
  }

  /** Close the bars that end at a time or before. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs) return;
    const startUs = Math.floor(timeUs / this.#barUs) * this.#barUs;
    if (this.#endUs >= 0) {
      if (startUs > this.#midUs + CLOSED_MARKET_US) {
        this.#close();
      } else {
        this.#push();
        // The bars in which the mid stood still all along.
        const passed = (startUs - this.#endUs) / this.#barUs;
        this.#open = this.#high = this.#low = this.#mid;
        for (let k = Math.min(Math.round(passed), this.#bars.rowCount); k > 0; k--) this.#push();
      }
    }
    this.#open = this.#high = this.#low = startUs > this.#midUs + CLOSED_MARKET_US ? NaN : this.#mid;
    this.#endUs = startUs + this.#barUs;
  }

  #push(): void {
    if (this.#open !== this.#open) return;
    const { row } = this.#bars;
    const range = this.#high > this.#low ? Math.log(this.#high) - Math.log(this.#low) : 0;
    const change = this.#mid === this.#open ? 0 : Math.log(this.#mid) - Math.log(this.#open);
    row[RANGE] = range * range;
    row[KLASS] = 0.5 * range * range - (2 * Math.LN2 - 1) * change * change;
    this.#bars.push();
  }

  #close(): void {
    this.#bars.clear();
    this.#open = NaN;
  }

  /** Bars in the window. */
  get count(): number {
    return this.#bars.count;
  }

  /** Standard deviation per bar, from high and low. */
  get parkinson(): number | undefined {
    return this.#perBar(RANGE, 4 * Math.LN2);
  }

  /** Standard deviation per bar, from open, high, low and close. */
  get garmanKlass(): number | undefined {
    return this.#perBar(KLASS, 1);
  }

  /** {@linkcode parkinson} in % per year. */
  get parkinsonPct(): number | undefined {
    return this.#annualPct(this.parkinson);
  }

  /** {@linkcode garmanKlass} in % per year. */
  get garmanKlassPct(): number | undefined {
    return this.#annualPct(this.garmanKlass);
  }

  #perBar(channel: number, divisor: number): number | undefined {
    const { count } = this;
    if (count < this.#barCountMin) return undefined;
    return finite(Math.sqrt(this.#bars.sum(channel) / (count * divisor)));
  }

  #annualPct(perBar: number | undefined): number | undefined {
    if (perBar === undefined) return undefined;
    return finite(100 * perBar * Math.sqrt((TRADING_SECONDS_PER_YEAR * US_PER_SECOND) / this.#barUs));
  }

  snapshot(): number[] {
    return [
      this.#endUs,
      this.#mid,
      this.#midUs,
      this.#open,
      this.#high,
      this.#low,
      ...this.#bars.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#endUs, this.#mid, this.#midUs, this.#open, this.#high, this.#low] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.#bars.restore(state.slice(6));
  }
}
