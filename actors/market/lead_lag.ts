/**
 * Which of two pairs moves first, and by how much time.
 *
 * Formula: U(θ) = Σ_i Σ_j r_i·r′_j·1{I_i ∩ (I′_j − θ) ≠ ∅}, the Hayashi–Yoshida sum with the second pair's stamps put back by θ; the lag is
 * the θ of the grid −range, …, −step, 0, step, …, range with the largest |U(θ)|: positive where the second pair follows the first. Of equal
 * ones it is the one nearest to 0, the negative one first. `value` is U(lag)/√(Σr²·Σr′²). The lead-lag ratio is
 * Σ_{θ>0} U(θ)² / Σ_{θ<0} U(θ)²: above 1 where the first pair leads. Ticks are kept with their own stamps, of those in one stretch of
 * `thinUs` the last one.
 * Warm-up: `countMin` returns of each of the two in the window. Over more than an hour without a tick there is no return.
 * Cost: O(1) per tick. `turn` takes the next combinations in their turn, each O(ticks·shifts): at most 2·2,400 ticks and 41 shifts by
 * default. State: 2·ticks of the window per pair, at most 4,806 numbers, and 3 per combination.
 * Pitfall: a largest |U| there always is: without a correlation worth its name at the lag, the lag means nothing. Stamps of two feeds
 * that are apart by a constant show up as a lead. Where `thinUs` is longer than a shift, the lag is that of which ticks were kept.
 * Source: Hoffmann, Rosenbaum, Yoshida (2013), Estimation of the lead-lag parameter from non-synchronous data; the ratio is that of Huth,
 * Abergel (2014), High frequency lead/lag relationships.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const leadLag = new LeadLag({ windowUs: 100, rangeUs: 4, stepUs: 1, thinUs: 1, countMin: 2 });
 * // The second pair does what the first one did 3 µs before.
 * for (const [k, logMid] of [0, 1, -1, 2, 5, 4].entries()) {
 *   leadLag.update(0, 10 * k, logMid);
 *   leadLag.update(1, 10 * k + 3, logMid);
 * }
 * leadLag.turn(60, 1);
 * assert.equal(leadLag.lagUs(0, 1), 3);
 * assert(Math.abs(leadLag.value(0, 1)! - 1) < 1e-12);
 * assert(leadLag.ratio(0, 1)! > 1);
 * ```
 *
 * @module
 */
import {
  CLOSED_MARKET_US,
  combinationAt,
  combinationCount,
  combinationIndex,
  MARKET_PAIRS_MAX,
  US_PER_MS,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Estimator, finite } from "../estimators/mod.ts";

export interface LeadLagOptions {
  /** Ticks older than this take no part, microseconds. @default {120_000_000} */
  windowUs?: number;
  /** The largest shift. @default {2_000_000} */
  rangeUs?: number;
  /** Distance of two shifts. @default {100_000} */
  stepUs?: number;
  /** Of the ticks in a stretch of so many microseconds the last one is kept. @default {50_000} */
  thinUs?: number;
  /** Returns of each of two pairs before there is a value. @default {30} */
  countMin?: number;
  /** Pairs at most; a number beyond it is an error of the caller. @default {64} */
  pairCountMax?: number;
}

/** Ticks of one pair, oldest first. */
class Ticks {
  readonly timeUs: Float64Array;
  readonly path: Float64Array;
  count = 0;

  constructor(max: number) {
    this.timeUs = new Float64Array(max);
    this.path = new Float64Array(max);
  }
}

/** Numbers kept of each combination. */
const RESULTS = 4;

export class LeadLag implements Estimator {
  /** The shifts, ascending. */
  readonly shiftsUs: readonly number[];
  readonly #windowUs: number;
  readonly #thinUs: number;
  readonly #countMin: number;
  readonly #pairCountMax: number;
  /** Ticks kept of a pair: one of each stretch in the window, the two at its ends, and where it begins. */
  readonly #ringTicks: number;
  #pairCount = 0;
  /** Ticks ever kept of each pair. */
  readonly #pushed: Float64Array;
  readonly #timeUs: Float64Array;
  readonly #path: Float64Array;
  readonly #logMid: Float64Array;
  /** Lag, value, ratio and significance of each combination; NaN where there is none. */
  readonly #results: Float64Array;
  /** The combination whose turn is next. */
  #next = 0;
  readonly #first: Ticks;
  readonly #second: Ticks;
  readonly #sums: Float64Array;

  constructor(options: LeadLagOptions = {}) {
    const { stepUs = 100 * US_PER_MS, rangeUs = 2 * US_PER_SECOND, pairCountMax = MARKET_PAIRS_MAX } = options;
    const side = Math.floor(rangeUs / stepUs);
    this.shiftsUs = Array.from({ length: 2 * side + 1 }, (_, k) => (k - side) * stepUs);
    this.#windowUs = options.windowUs ?? 120 * US_PER_SECOND;
    this.#thinUs = options.thinUs ?? 50 * US_PER_MS;
    this.#countMin = options.countMin ?? 30;
    this.#pairCountMax = pairCountMax;
    this.#ringTicks = Math.ceil(this.#windowUs / this.#thinUs) + 3;
    this.#pushed = new Float64Array(pairCountMax);
    this.#timeUs = new Float64Array(pairCountMax * this.#ringTicks);
    this.#path = new Float64Array(pairCountMax * this.#ringTicks);
    this.#logMid = new Float64Array(pairCountMax);
    this.#results = new Float64Array(RESULTS * combinationCount(pairCountMax)).fill(NaN);
    this.#first = new Ticks(this.#ringTicks);
    this.#second = new Ticks(this.#ringTicks);
    this.#sums = new Float64Array(this.shiftsUs.length);
  }

  /** The logarithm of a pair's mid changed; times of a pair never go back. */
  update(pair: number, timeUs: number, logMid: number): void {
    if (pair >= this.#pairCount) this.#pairCount = pair + 1;
    const ring = this.#ringTicks;
    const pushed = this.#pushed[pair]!;
    const newest = pair * ring + (pushed + ring - 1) % ring;
    let path = 0;
    let at = newest;
    if (pushed === 0) at = pair * ring;
    else {
      const newestUs = this.#timeUs[newest]!;
      const beforeUs = pushed === 1 ? -Infinity : this.#timeUs[pair * ring + (pushed - 2) % ring]!;
      // A tick at which the first return begins, or the first after a closed market, stands where it is.
      const begins = newestUs - beforeUs > CLOSED_MARKET_US;
      const moves = timeUs - newestUs <= CLOSED_MARKET_US && !(begins && timeUs === newestUs);
      path = this.#path[newest]! + (moves ? logMid - this.#logMid[pair]! : 0);
      const stretches = Math.floor(timeUs / this.#thinUs) - Math.floor(newestUs / this.#thinUs);
      if (stretches > 0 || (begins && timeUs > newestUs)) at = pair * ring + pushed % ring;
    }
    if (pushed === 0 || at !== newest) this.#pushed[pair] = pushed + 1;
    this.#timeUs[at] = timeUs;
    this.#path[at] = path;
    this.#logMid[pair] = logMid;
  }

  /** Look at the next so many combinations, as of a time. */
  turn(nowUs: number, count: number): void {
    const total = combinationCount(this.#pairCount);
    for (let k = Math.min(count, total); k > 0; k--) {
      if (this.#next >= total) this.#next = 0;
      this.#evaluate(this.#next++, nowUs);
    }
  }

  /** How far the second pair follows the first, microseconds; negative where it leads. */
  lagUs(first: number, second: number): number | undefined {
    const lagUs = this.#result(first, second, 0);
    return lagUs === undefined || first < second || lagUs === 0 ? lagUs : -lagUs;
  }

  /** Correlation at the lag. */
  value(a: number, b: number): number | undefined {
    return this.#result(a, b, 1);
  }

  /** Above 1 where the first pair leads. */
  ratio(first: number, second: number): number | undefined {
    const ratio = this.#result(first, second, 2);
    return ratio === undefined || first < second ? ratio : finite(1 / ratio);
  }

  /** The correlation at the lag in standard errors of one that is 0, about: |value|·√n, n the returns of the pair that has fewer. */
  significance(a: number, b: number): number | undefined {
    return this.#result(a, b, 3);
  }

  /** Correlation of two pairs at each of the shifts, as of a time; `undefined` before it is warm. */
  curve(first: number, second: number, nowUs: number): number[] | undefined {
    const scale = this.#sum(first, second, nowUs);
    return scale === undefined ? undefined : [...this.#sums].map((sum) => sum / scale);
  }

  #result(a: number, b: number, which: number): number | undefined {
    return finite(this.#results[RESULTS * combinationIndex(a, b) + which]!);
  }

  #evaluate(combination: number, nowUs: number): void {
    const [first, second] = combinationAt(combination);
    const results = this.#results;
    const at = RESULTS * combination;
    results.fill(NaN, at, at + RESULTS);
    const scale = this.#sum(first, second, nowUs);
    if (scale === undefined) return;
    const sums = this.#sums;
    const zero = (sums.length - 1) / 2;
    let best = zero;
    let [negative, positive] = [0, 0];
    for (let k = 1; k <= zero; k++) {
      for (const index of [zero - k, zero + k]) {
        if (Math.abs(sums[index]!) > Math.abs(sums[best]!)) best = index;
      }
      negative += sums[zero - k]! ** 2;
      positive += sums[zero + k]! ** 2;
    }
    results[at] = this.shiftsUs[best]!;
    results[at + 1] = sums[best]! / scale;
    results[at + 2] = positive / negative;
    results[at + 3] = Math.abs(results[at + 1]!) * Math.sqrt(Math.min(this.#first.count, this.#second.count) - 1);
  }

  /** U at every shift into the sums; answers √(Σr²·Σr′²), or `undefined` where it is 0 or the pairs are not warm. */
  #sum(first: number, second: number, nowUs: number): number | undefined {
    const scale = Math.sqrt(this.#load(this.#first, first, nowUs)) * Math.sqrt(this.#load(this.#second, second, nowUs));
    if (!(scale > 0)) return undefined;
    for (let k = 0; k < this.shiftsUs.length; k++) {
      this.#sums[k] = overlappingProducts(this.#first, this.#second, this.shiftsUs[k]!);
    }
    return scale;
  }

  /** Copy a pair's ticks of the window, oldest first; answers Σr², NaN before it is warm. */
  #load(into: Ticks, pair: number, nowUs: number): number {
    const ring = this.#ringTicks;
    const pushed = this.#pushed[pair]!;
    let oldest = pushed;
    while (oldest > 0 && oldest > pushed - ring) {
      if (this.#timeUs[pair * ring + (oldest - 1) % ring]! < nowUs - this.#windowUs) break;
      oldest--;
    }
    into.count = pushed - oldest;
    let squares = 0;
    for (let k = 0; k < into.count; k++) {
      const at = pair * ring + (oldest + k) % ring;
      into.timeUs[k] = this.#timeUs[at]!;
      into.path[k] = this.#path[at]!;
      if (k > 0) squares += (into.path[k]! - into.path[k - 1]!) ** 2;
    }
    return into.count > this.#countMin ? squares : NaN;
  }

  snapshot(): number[] {
    const ring = this.#ringTicks;
    const state = [this.#pairCount, this.#next];
    for (let pair = 0; pair < this.#pairCount; pair++) {
      const pushed = this.#pushed[pair]!;
      state.push(pushed, this.#logMid[pair]!);
      for (let k = 0; k < Math.min(pushed, ring); k++) {
        state.push(this.#timeUs[pair * ring + k]!, this.#path[pair * ring + k]!);
      }
    }
    for (let k = 0; k < RESULTS * combinationCount(this.#pairCount); k++) state.push(this.#results[k]!);
    return state;
  }

  restore(state: readonly number[]): void {
    const ring = this.#ringTicks;
    [this.#pairCount, this.#next] = state as [number, number];
    for (const list of [this.#pushed, this.#logMid, this.#timeUs, this.#path]) list.fill(0);
    this.#results.fill(NaN);
    let from = 2;
    for (let pair = 0; pair < this.#pairCount; pair++) {
      const pushed = this.#pushed[pair] = state[from++]!;
      this.#logMid[pair] = state[from++]!;
      for (let k = 0; k < Math.min(pushed, ring); k++) {
        this.#timeUs[pair * ring + k] = state[from++]!;
        this.#path[pair * ring + k] = state[from++]!;
      }
    }
    for (let k = 0; k < RESULTS * combinationCount(this.#pairCount); k++) this.#results[k] = state[from++]!;
    if (from !== state.length) throw new RangeError(`Cannot restore lead-lags from ${state.length} numbers`);
  }
}

/** Σ_i Σ_j r_i·r′_j over overlapping intervals, the second pair's stamps put back by a shift: one walk along both. */
function overlappingProducts(first: Ticks, second: Ticks, shiftUs: number): number {
  const { timeUs: otherUs, path: otherPath } = second;
  const last = second.count - 1;
  let total = 0;
  /** Newest tick of the second at or before the interval's start, and oldest one at or after its end. */
  let from = 0;
  let to = 0;
  for (let k = 1; k < first.count; k++) {
    const startUs = first.timeUs[k - 1]! + shiftUs;
    const endUs = first.timeUs[k]! + shiftUs;
    while (from < last && otherUs[from + 1]! <= startUs) from++;
    while (to < last && otherUs[to]! < endUs) to++;
    total += (first.path[k]! - first.path[k - 1]!) * (otherPath[to]! - otherPath[from]!);
  }
  return total;
}
