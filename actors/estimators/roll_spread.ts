/**
 * Roll's spread: what trade prices alone say of the spread, from how they bounce between bid and ask.
 *
 * Formula: 2·√(−cov(Δp_t, Δp_{t−1})) over the last n trades, which have n − 1 price changes and n − 2 pairs of consecutive ones; relative to the
 * mid before the newest trade, or to its price where there was no quote, in bps. cov is the sample covariance: the product of the
 * deviations from each series' own mean, over n − 3. `undefined` where it is 0 or above, as in a trend: Roll's model has no spread then.
 * No change leads over an hour without trades.
 *
 * Warm-up: 18 pairs (20 trades in a row), or the whole window where it is shorter.
 * Cost: O(1) amortised per trade (`rolling_sums.ts`); prices are whole ticks, so the sums are exact. State: 3·(n − 2) + 9 numbers.
 * Pitfall: a model of one spread and an efficient price: momentum hides the spread, and a burst of trades that walks the book is momentum.
 * Source: Roll (1984), A simple implicit measure of the effective bid-ask spread in an efficient market. Checked against the rows of
 * mlfinlab, which takes the root of |cov|.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const roll = new RollSpread({ tradeCount: 6, tickSize: 0.01 });
 * // Changes 2, −2, 2, −2, 0: pairs (−2, 2), (2, −2), (−2, 2), (0, −2) with means −0.5 and 0, Σxy = −12, cov = −12/3.
 * [100, 100.02, 100, 100.02, 100, 100].forEach((price, i) => roll.update(i, price, 100));
 * assert(Math.abs(roll.valueBps! - 4) < 1e-9); // 2·√4 ticks of 0.01
 * ```
 *
 * @module
 */
import { BPS_PER_ONE, CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

export interface RollSpreadOptions {
  /** Trades in the window, 4 or more. */
  tradeCount: number;
  /** Prices are rounded to whole numbers of it, quote currency. */
  tickSize: number;
}

const CHANGE = 0;
const CHANGE_BEFORE = 1;
const PRODUCT = 2;
const PAIR_COUNT_MIN = 18;
/** The product of two changes up to this is an exact integer; a larger one is an error of the feed, and no change. */
const CHANGE_TICKS_MAX = 2 ** 26;

export class RollSpread implements Estimator {
  readonly #tickSize: number;
  readonly #pairs: RollingSums;
  #timeUs = -1;
  #ticks = NaN;
  #change = NaN;
  /** What the spread is relative to. */
  #level = NaN;

  constructor({ tradeCount, tickSize }: RollSpreadOptions) {
    this.#tickSize = tickSize;
    this.#pairs = new RollingSums({ rowCount: tradeCount - 2, channelCount: 3 });
  }

  /** A trade's price; `mid` strictly before it, NaN where there was none. */
  update(timeUs: number, price: number, mid: number): void {
    const ticks = Math.round(price / this.#tickSize);
    const open = timeUs - this.#timeUs <= CLOSED_MARKET_US;
    const change = open ? ticks - this.#ticks : NaN;
    const before = this.#change;
    this.#timeUs = timeUs;
    this.#ticks = ticks;
    this.#level = mid === mid ? mid : price;
    this.#change = Math.abs(change) <= CHANGE_TICKS_MAX ? change : NaN;
    const product = this.#change * before;
    if (product !== product) return;
    const { row } = this.#pairs;
    row[CHANGE] = this.#change;
    row[CHANGE_BEFORE] = before;
    row[PRODUCT] = product + 0; // −0 would not come back from JSON
    this.#pairs.push();
  }

  /** Whether there ever was a trade. */
  get started(): boolean {
    return this.#timeUs >= 0;
  }

  /** Whether there are trades enough; without a value still where consecutive changes do not oppose each other. */
  get warm(): boolean {
    return this.#pairs.count >= Math.min(PAIR_COUNT_MIN, this.#pairs.rowCount);
  }

  get valueBps(): number | undefined {
    const pairs = this.#pairs;
    const { count } = pairs;
    if (!this.warm || count < 2) return undefined;
    const covariance = (count * pairs.sum(PRODUCT) - pairs.sum(CHANGE) * pairs.sum(CHANGE_BEFORE)) /
      (count * (count - 1));
    if (covariance >= 0) return undefined;
    return finite((BPS_PER_ONE * 2 * Math.sqrt(-covariance) * this.#tickSize) / this.#level);
  }

  snapshot(): number[] {
    return [this.#timeUs, this.#ticks, this.#change, this.#level, ...this.#pairs.snapshot()];
  }

  restore(state: readonly number[]): void {
    this.#pairs.restore(state.slice(4));
    [this.#timeUs, this.#ticks, this.#change, this.#level] = state as [number, number, number, number];
  }
}
