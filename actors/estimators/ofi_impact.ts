/**
 * How far order flow moves the mid: the price-impact coefficient of the book.
 *
 * A thin book moves far for little: the slope goes with the inverse of the depth. Where the mid follows from the flow R² is high (0.5
 * for a share, 0.8 for EURUSD, in intervals of 10 s); where it falls, prices move for reasons that the touch does not show.
 *
 * Formula: Δm_k = α + β·OFI_k over the last n intervals of length Δ on the grid of event time. OFI_k = Σe of the quotes in
 * [(k−1)Δ, kΔ) (`order_flow_imbalance.ts`), in millions of base units; Δm_k = 1e4·(m(kΔ) − m((k−1)Δ))/m((k−1)Δ) in bps, m(kΔ) the
 * last mid strictly before kΔ. β in bps per million by ordinary least squares, with its t-statistic and R² (`rolling_regression.ts`).
 * Warm-up: 10 whole intervals. `undefined` where the flows are all the same.
 * Cost: O(1) per quote, O(1) per interval, at most n intervals are made up for a pause. State: 5·n + 16 numbers.
 * Pitfall: an interval in which the market was open but quiet counts as (0, 0). One counts for nothing where its flow is not wholly
 * known: the chain of quotes broke in it (a side or a size was absent, the book was pictured anew, the market was closed), or it
 * ends more than an hour after the last quote.
 * Source: Cont, Kukanov, Stoikov (2014), The price impact of order book events, Journal of Financial Econometrics 12(1), section 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const impact = new OfiImpact({ intervalUs: 1_000_000, count: 20 });
 * let bid = 1.1;
 * for (let second = 0; second < 30; second++) {
 *   // Every second quote lifts the bid by a pip with a size of 2 million: half a pip of mid for it.
 *   if (second % 2 === 1) bid += 0.0001;
 *   impact.update(second * 1_000_000, bid, 2e6, 1.11, 1e6);
 * }
 * assert.equal(impact.count, 20);
 * assert(Math.abs(impact.slope! - 0.2262) < 0.001); // 0.5 bps / 1.105 / 2
 * assert(impact.r2! > 0.99);
 * ```
 *
 * @module
 */
import { BPS_PER_ONE, CLOSED_MARKET_US, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { touchFlow } from "./order_flow_imbalance.ts";
import { RollingRegression } from "./rolling_regression.ts";

export interface OfiImpactOptions {
  /** Length of an interval, microseconds. @default {10_000_000} */
  intervalUs?: number;
  /** Intervals in the regression. @default {60} */
  count?: number;
  /** Intervals before there is a value. @default {10} */
  countMin?: number;
}

const BASE_UNITS_PER_MILLION = 1e6;

export class OfiImpact implements Estimator {
  readonly #intervalUs: number;
  readonly #countMax: number;
  readonly #countMin: number;
  readonly #regression: RollingRegression;
  /** End of the interval under way; −1 before the first time. */
  #endUs = -1;
  /** Mid at its start; NaN where there was none. */
  #startMid = NaN;
  #flow = 0;
  /** The flow of the interval under way is known so far: 1 or 0. */
  #whole = 0;
  /** The next quote is linked to the one before it: 1 or 0. */
  #linked = 0;
  #timeUs = 0;
  #bid = NaN;
  #bidSize = NaN;
  #ask = NaN;
  #askSize = NaN;

  constructor({ intervalUs = 10 * US_PER_SECOND, count = 60, countMin = 10 }: OfiImpactOptions = {}) {
    this.#intervalUs = intervalUs;
    this.#countMax = count;
    this.#countMin = Math.min(countMin, count);
    this.#regression = new RollingRegression({ count, countMin: this.#countMin });
  }

  /** The best quote from this time on; sizes in base units. */
  update(timeUs: number, bid: number, bidSize: number, ask: number, askSize: number): void {
    if (timeUs >= this.#endUs) this.advance(timeUs);
    const flow = touchFlow(this.#bid, this.#bidSize, this.#ask, this.#askSize, bid, bidSize, ask, askSize);
    if (flow === flow && this.#linked === 1 && timeUs - this.#timeUs <= CLOSED_MARKET_US) this.#flow += flow;
    else this.#whole = 0;
    this.#linked = 1;
    this.#timeUs = timeUs;
    this.#bid = bid;
    this.#bidSize = bidSize;
    this.#ask = ask;
    this.#askSize = askSize;
  }

  /** The next quote is part of a new picture of the book: it starts a new chain, and its interval counts for nothing. */
  restart(): void {
    this.#linked = 0;
  }

  /** Close the intervals that end up to a time. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs) return;
    const intervalUs = this.#intervalUs;
    const startUs = Math.floor(timeUs / intervalUs) * intervalUs;
    if (this.#endUs >= 0) this.#close(startUs);
    this.#endUs = startUs + intervalUs;
  }

  /** Close the interval under way and the quiet ones after it, up to the one that starts at a time. */
  #close(startUs: number): void {
    // Whether an interval counts follows from the quotes alone, not from how often time is told.
    const openUntilUs = Math.min(startUs, this.#timeUs + CLOSED_MARKET_US);
    const known = this.#bid + this.#bidSize + this.#ask + this.#askSize;
    const mid = openUntilUs >= this.#endUs && known === known ? (this.#bid + this.#ask) / 2 : NaN;
    if (this.#whole === 1) this.#push(this.#flow, mid);
    this.#startMid = openUntilUs === startUs ? mid : NaN;
    this.#flow = 0;
    this.#whole = 1;
    if (mid !== mid) return;
    const quiet = Math.floor((openUntilUs - this.#endUs) / this.#intervalUs);
    for (let i = Math.min(quiet, this.#countMax); i > 0; i--) this.#regression.push(0, 0);
  }

  /** An interval without a mid at its start or end is NaN here, which the regression leaves out. */
  #push(flow: number, mid: number): void {
    this.#regression.push(flow / BASE_UNITS_PER_MILLION, (BPS_PER_ONE * (mid - this.#startMid)) / this.#startMid);
  }

  /** Intervals in the regression. */
  get count(): number {
    return this.#regression.count;
  }

  /** Whether there are intervals enough for a value. */
  get warm(): boolean {
    return this.count >= this.#countMin;
  }

  /** Move of the mid for a million base units of order flow, bps. */
  get slope(): number | undefined {
    return this.#regression.slope;
  }

  /** The slope in standard errors. */
  get tStatistic(): number | undefined {
    return this.#regression.tStatistic;
  }

  /** Share of the variance of the moves that order flow explains, 0 to 1. */
  get r2(): number | undefined {
    return this.#regression.r2;
  }

  snapshot(): number[] {
    return [
      this.#endUs,
      this.#startMid,
      this.#flow,
      this.#whole,
      this.#linked,
      this.#timeUs,
      this.#bid,
      this.#bidSize,
      this.#ask,
      this.#askSize,
      ...this.#regression.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    const [endUs, startMid, flow, whole, linked, timeUs, bid, bidSize, ask, askSize] = state as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.#endUs = endUs;
    this.#startMid = startMid;
    this.#flow = flow;
    this.#whole = whole;
    this.#linked = linked;
    this.#timeUs = timeUs;
    this.#bid = bid;
    this.#bidSize = bidSize;
    this.#ask = ask;
    this.#askSize = askSize;
    this.#regression.restore(state.slice(10));
  }
}
