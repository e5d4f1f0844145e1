/**
 * How far each currency moved against all others: the factors that explain the moves of all pairs best.
 *
 * Formula: min_f Σ_p (y_p − (f_base(p) − f_quote(p)))², y_p = ln m_p − ln m_p at the base time, with Σ f = 0 over the currencies that pairs
 * connect; in bps. The normal equations are L·f = Bᵀy, L the Laplacian of the graph of pairs. Two base times: the trading day's
 * beginning at 17:00 in New York, and the minute of the grid a window before the newest one. What a pair stood at then is its last mid
 * before; where that is more than an hour old the market was closed, and the day begins with the first mid that comes.
 * Warm-up: for a currency, one of its pairs with a mid at the base time and since.
 * Cost: O(1) per tick, O(n) per minute; a reading costs O(c²) for c currencies, and O(c³) once where the set of pairs changed.
 * State: 3 numbers per pair and one per minute of the window and pair.
 * Pitfall: all pairs count alike, liquid or not. In a triangle whose pairs agree the fit is exact: of 28 pairs 7 are free.
 * Source: Bapat (2010), Graphs and Matrices, ch. 4 (Laplacian); Hirani, Kalyanaraman, Watts (2010), Least squares ranking on graphs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const strength = new CurrencyStrength();
 * for (const pair of ["EURUSD", "USDJPY"]) strength.add(pair);
 * strength.update(0, 0, 0);
 * strength.update(1, 0, 5);
 * strength.update(0, 1e6, 0.0003);
 * // The euro rose by 3 bps against the others, which stood still: 2, −1, −1.
 * assert.deepEqual(strength.dayBps().map((bps) => Math.round(bps! * 1e6) / 1e6), [2, -1, -1]);
 * ```
 *
 * @module
 */
import { BPS_PER_ONE, CLOSED_MARKET_US, MARKET_PAIRS_MAX, SessionClock, US_PER_MINUTE } from "../contract/mod.ts";
import { type Estimator, finite } from "../estimators/mod.ts";
import { LaplacianSolver } from "./_laplacian.ts";

export interface CurrencyStrengthOptions {
  /** Minutes of the rolling window. @default {60} */
  windowMinutes?: number;
}

export class CurrencyStrength implements Estimator {
  /** Currencies in order of their first appearance. */
  readonly currencies: string[] = [];
  readonly #windowMinutes: number;
  readonly #clock = new SessionClock();
  readonly #edges: (readonly [number, number])[] = [];
  readonly #daySolver = new LaplacianSolver();
  readonly #windowSolver = new LaplacianSolver();
  /** Newest log mid of each pair, its time, and what it was when the day began; NaN where there is none. */
  readonly #logMid = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly #midUs = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly #dayLog = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  /** Log mids at the newest minutes of the grid: pair k's at minute·MARKET_PAIRS_MAX + k, a ring. */
  readonly #minutes: Float64Array;
  #dayStartUs = -1;
  /** Number of the newest minute of the grid; −1 before the first time. */
  #minute = -1;
  #nextMinuteUs = 0;

  constructor({ windowMinutes = 60 }: CurrencyStrengthOptions = {}) {
    this.#windowMinutes = windowMinutes;
    this.#minutes = new Float64Array((windowMinutes + 1) * MARKET_PAIRS_MAX).fill(NaN);
  }

  /** A pair that was not there before, six letters; its number is how many there were. */
  add(pair: string): void {
    const ends = [pair.slice(0, 3), pair.slice(3)].map((currency) => {
      if (!this.currencies.includes(currency)) this.currencies.push(currency);
      return this.currencies.indexOf(currency);
    });
    this.#edges.push(ends as [number, number]);
  }

  /** The logarithm of a pair's mid changed; times never go back. */
  update(pair: number, timeUs: number, logMid: number): void {
    if (timeUs >= this.#nextMinuteUs) this.advance(timeUs);
    this.#logMid[pair] = logMid;
    this.#midUs[pair] = timeUs;
    if (this.#dayLog[pair] !== this.#dayLog[pair]) this.#dayLog[pair] = logMid;
  }

  /** Pass the minutes and the trading days that begin up to a time. */
  advance(timeUs: number): void {
    if (timeUs < this.#nextMinuteUs) return;
    this.#clock.advance(timeUs);
    if (this.#clock.dayStartUs !== this.#dayStartUs) {
      this.#dayStartUs = this.#clock.dayStartUs;
      this.#dayLog.fill(NaN);
      this.#standing(this.#dayStartUs, this.#dayLog, 0);
    }
    const minute = Math.floor(timeUs / US_PER_MINUTE);
    const ring = this.#windowMinutes + 1;
    const passed = this.#minute < 0 ? 1 : Math.min(minute - this.#minute, ring);
    for (let k = passed - 1; k >= 0; k--) {
      const at = ((minute - k) % ring) * MARKET_PAIRS_MAX;
      this.#minutes.fill(NaN, at, at + MARKET_PAIRS_MAX);
      this.#standing((minute - k) * US_PER_MINUTE, this.#minutes, at);
    }
    this.#minute = minute;
    this.#nextMinuteUs = (minute + 1) * US_PER_MINUTE;
  }

  /** Write down where each pair stands at a time after its newest tick, unless the market was closed then. */
  #standing(timeUs: number, into: Float64Array, at: number): void {
    for (let pair = 0; pair < this.#edges.length; pair++) {
      if (timeUs - this.#midUs[pair]! <= CLOSED_MARKET_US) into[at + pair] = this.#logMid[pair]!;
    }
  }

  /** Move of each currency since the trading day began, bps. */
  dayBps(): (number | undefined)[] {
    return this.#factors(this.#daySolver, this.#dayLog, 0);
  }

  /** Move of each currency over the rolling window, bps. */
  windowBps(): (number | undefined)[] {
    const ring = this.#windowMinutes + 1;
    const oldest = this.#minute < 0 ? 0 : (this.#minute + 1) % ring;
    return this.#factors(this.#windowSolver, this.#minutes, oldest * MARKET_PAIRS_MAX);
  }

  #factors(solver: LaplacianSolver, from: Float64Array, at: number): (number | undefined)[] {
    const moves = this.#edges.map((_, pair) => BPS_PER_ONE * (this.#logMid[pair]! - from[at + pair]!));
    return solver.solve(this.currencies.length, this.#edges, moves).map(finite);
  }

  snapshot(): number[] {
    const count = this.#edges.length;
    const state = [this.#dayStartUs, this.#minute];
    for (const list of [this.#logMid, this.#midUs, this.#dayLog]) state.push(...list.subarray(0, count));
    for (let at = 0; at < this.#minutes.length; at += MARKET_PAIRS_MAX) {
      state.push(...this.#minutes.subarray(at, at + count));
    }
    return state;
  }

  /** The same pairs must have been added before, in the same order. */
  restore(state: readonly number[]): void {
    const count = this.#edges.length;
    if (state.length !== 2 + (3 + this.#windowMinutes + 1) * count) {
      throw new RangeError(`Cannot restore the strength of ${count} pairs from ${state.length} numbers`);
    }
    [this.#dayStartUs, this.#minute] = state as [number, number];
    this.#nextMinuteUs = this.#minute < 0 ? 0 : (this.#minute + 1) * US_PER_MINUTE;
    let from = 2;
    for (const list of [this.#logMid, this.#midUs, this.#dayLog]) {
      list.fill(NaN);
      list.set(state.slice(from, from += count));
    }
    this.#minutes.fill(NaN);
    for (let at = 0; at < this.#minutes.length; at += MARKET_PAIRS_MAX) {
      this.#minutes.set(state.slice(from, from += count), at);
    }
  }
}
