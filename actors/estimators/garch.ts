/**
 * GARCH(1,1): how long a burst of volatility lasts, and what it is expected to be next.
 *
 * Formula: h_{t+1} = ω + α·r_t² + β·h_t with ω = (1 − α − β)·s², s² the mean of r² in the window (variance targeting); α and β maximise the
 * Gaussian likelihood −½·Σ(ln h_t + r_t²/h_t), h_1 = s², over 0 ≤ α ≤ α + β ≤ 0.9999. Persistence α + β; the forecast h_{t+1} in % per year is
 * 100·√(h/Δ·24·3600·5·52).
 * Warm-up: 100 returns. NaN, which stands for a closed market, begins the window anew. `undefined` where all returns are 0; there is no
 * persistence where a constant variance is as likely.
 * Cost: O(1) per return. Every 10 min of event time a fit by search over α and α + β from fixed starts, its steps bounded: 300 returns take
 * about 1 ms. State: n + 7 numbers.
 * Pitfall: 300 returns tell α + β to about 0.1 at best: read it with `archP`.
 * Source: Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity; targeting as in Engle, Mezrich (1996), GARCH
 * for groups.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const garch = new Garch();
 * for (let k = 0; k < 200; k++) {
 *   const wild = Math.floor(k / 20) % 2 === 1;
 *   garch.update(Math.sin(k) * (wild ? 1e-3 : 1e-4), k * 60_000_000);
 * }
 * assert(garch.persistence! > 0.5 && garch.persistence! < 1);
 * assert(garch.forecast! > 0);
 * ```
 *
 * @module
 */
import { TRADING_SECONDS_PER_YEAR, US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface GarchOptions {
  /** Time that a return spans, microseconds. @default {60_000_000} */
  gridUs?: number;
  /** Returns that a fit is made on. @default {300} */
  count?: number;
  /** Returns before the first fit. @default {100} */
  countMin?: number;
}

const REFIT_US = 10 * US_PER_MINUTE;
const PERSISTENCE_MAX = 0.9999;
/** Where the search may start: α, and α + β. */
const STARTS_ALPHA = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7];
const STARTS_PERSISTENCE = [0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.96, 0.99, 0.9999];
const STEP_FIRST = 0.05;
const STEP_LAST = 1e-7;
/** Likelihoods in one search at most: it ends with the best so far. */
const TRIES_MAX = 2_000;
/** Log likelihood that a fit must gain over a constant variance to be one. */
const GAIN_MIN = 1e-6;
/** Directions of the search in α and α + β. */
const DIRECTIONS = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]] as const;

export class Garch implements Estimator {
  readonly #perYear: number;
  readonly #countMin: number;
  /** Returns, by turns. */
  readonly #ring: Float64Array;
  /** Squares of the window's returns over their mean, the oldest first. */
  readonly #squares: Float64Array;
  #pushed = 0;
  #nextFitUs = 0;
  #alpha = NaN;
  #persistence = NaN;
  /** s². */
  #target = NaN;
  /** h of the next return. */
  #next = NaN;
  #gain = NaN;

  constructor({ gridUs = US_PER_MINUTE, count = 300, countMin = 100 }: GarchOptions = {}) {
    this.#perYear = (TRADING_SECONDS_PER_YEAR * US_PER_SECOND) / gridUs;
    this.#ring = new Float64Array(count);
    this.#squares = new Float64Array(count);
    this.#countMin = Math.min(countMin, count);
  }

  /** A log return and the time at which it ends; NaN for a closed market. */
  update(logReturn: number, timeUs: number): void {
    if (!(logReturn * logReturn < Infinity)) {
      this.#pushed = this.#nextFitUs = 0;
      this.#alpha =
        this.#persistence =
        this.#target =
        this.#next =
        this.#gain =
          NaN;
      return;
    }
    this.#ring[this.#pushed % this.#ring.length] = logReturn;
    this.#pushed++;
    if (this.warm && timeUs >= this.#nextFitUs) {
      this.#fit();
      this.#nextFitUs = (Math.floor(timeUs / REFIT_US) + 1) * REFIT_US;
    } else {
      const beta = this.#persistence - this.#alpha;
      this.#next = (1 - this.#persistence) * this.#target + this.#alpha * logReturn * logReturn + beta * this.#next;
    }
  }

  /** Whether there are returns enough; what is `undefined` then has no value. */
  get warm(): boolean {
    return this.#pushed >= this.#countMin;
  }

  get alpha(): number | undefined {
    return this.#alpha > 0 ? this.#alpha : undefined;
  }

  /** α + β. */
  get persistence(): number | undefined {
    return this.#alpha > 0 ? this.#persistence : undefined;
  }

  /** Log likelihood that the last fit has gained over a constant variance. */
  get gain(): number | undefined {
    return finite(this.#gain);
  }

  /** Variance of the next return. */
  get forecast(): number | undefined {
    return finite(this.#next);
  }

  /** √{@linkcode forecast} in % per year. */
  get forecastPct(): number | undefined {
    return finite(100 * Math.sqrt(this.#next * this.#perYear));
  }

  #fit(): void {
    const count = Math.min(this.#pushed, this.#ring.length);
    const squares = this.#squares;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const logReturn = this.#ring[(this.#pushed - count + k) % this.#ring.length]!;
      sum += squares[k] = logReturn * logReturn;
    }
    this.#target = sum > 0 ? sum / count : NaN;
    for (let k = 0; k < count; k++) squares[k]! /= this.#target;
    const window = squares.subarray(0, count);
    [this.#alpha, this.#persistence, this.#gain] = sum > 0 ? fitGarch(window) : [NaN, NaN, NaN];
    this.#next = this.#target * nextVariance(window, this.#alpha, this.#persistence);
  }

  snapshot(): number[] {
    return [
      this.#pushed,
      this.#nextFitUs,
      this.#alpha,
      this.#persistence,
      this.#target,
      this.#next,
      this.#gain,
      ...this.#ring,
    ];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 7 + this.#ring.length) {
      throw new RangeError(`Cannot restore ${this.#ring.length} returns from ${state.length - 7}`);
    }
    [this.#pushed, this.#nextFitUs] = state as [number, number];
    [this.#alpha, this.#persistence, this.#target, this.#next, this.#gain] = state.slice(2, 7) as [
      number,
      number,
      number,
      number,
      number,
    ];
    this.#ring.set(state.slice(7));
  }
}

/** Log likelihood of squared returns whose mean is 1, without its constant. */
export function garchLogLikelihood(squares: Float64Array, alpha: number, persistence: number): number {
  const omega = 1 - persistence;
  const beta = persistence - alpha;
  let variance = 1;
  let sum = 0;
  for (let k = 0; k < squares.length; k++) {
    sum += Math.log(variance) + squares[k]! / variance;
    variance = omega + alpha * squares[k]! + beta * variance;
  }
  return -sum / 2;
}

/** h after the last return, in units of the mean square. */
function nextVariance(squares: Float64Array, alpha: number, persistence: number): number {
  let variance = 1;
  for (let k = 0; k < squares.length; k++) {
    variance = 1 - persistence + alpha * squares[k]! + (persistence - alpha) * variance;
  }
  return variance;
}

/** α and α + β of the largest likelihood, and what it gains; all 0 where a constant variance is as likely. */
function fitGarch(squares: Float64Array): [alpha: number, persistence: number, gain: number] {
  let alpha = 0;
  let persistence = 0;
  let best = -Infinity;
  const constant = garchLogLikelihood(squares, 0, 0);
  let tries = 0;
  // A step over the edge ends on it: the best is often there.
  const improves = (toAlpha: number, toPersistence: number): boolean => {
    const p = Math.max(0, Math.min(PERSISTENCE_MAX, toPersistence));
    const a = Math.max(0, Math.min(p, toAlpha));
    tries++;
    const likelihood = garchLogLikelihood(squares, a, p);
    if (!(likelihood > best)) return false;
    [alpha, persistence, best] = [a, p, likelihood];
    return true;
  };
  for (const a of STARTS_ALPHA) {
    for (const p of STARTS_PERSISTENCE) improves(a, p);
  }
  for (let step = STEP_FIRST; step >= STEP_LAST && tries < TRIES_MAX;) {
    const [a, p] = [alpha, persistence];
    let moved = false;
    for (const [da, dp] of DIRECTIONS) moved = improves(a + da * step, p + dp * step) || moved;
    step = moved ? Math.min(STEP_FIRST, step * 2) : step / 2;
  }
  return best > constant + GAIN_MIN ? [alpha, persistence, best - constant] : [0, 0, 0];
}
