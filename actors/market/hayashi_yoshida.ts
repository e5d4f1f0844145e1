/**
 * Correlation of every two pairs from their ticks as they come, without a grid.
 *
 * Formula: ρ = Σ_i Σ_j r_i·r′_j·1{I_i ∩ I′_j ≠ ∅} / √(Σ r_i² · Σ r′_j²), r_i = ln(m(t_i)/m(t_{i−1})) over I_i = (t_{i−1}, t_i], the times at
 * which a pair's mid changed; of several mids at one time the last one counts. A grid would drive the correlation of ticks that do not
 * come together to zero (Epps); here each product of two returns whose intervals overlap counts exactly once, when the later of the two is
 * complete. With c the sum of a pair's returns so far, the returns of B that overlap A's interval (s, t] and are complete add up to
 * c_B(t) − c_B(s), so that a tick costs one product per other pair. Products and squares belong to the slot in which they are complete.
 * Warm-up: `countMin` returns of each of the two pairs in the window. Its windows are whole slots and the current one; the long one is
 * made of wider slots. Between two ticks more than an hour apart the market was closed: there is no return.
 * Cost: O(n) per tick of n pairs, O(n²·slots) per reading of all. State: n²·(slots + long slots)/2 + 2·n² numbers, 42,000 for 28 pairs.
 * Pitfall: unlike a sum over a grid it is no positive semi-definite matrix, and for few returns it lies a little beyond ±1. The bounce
 * of quotes stays in the squares and drives it towards 0: at 100 quotes a second by five times. Feed it what `tick_thinner.ts` keeps.
 * Source: Hayashi, Yoshida (2005), On covariance estimation of non-synchronously observed diffusion processes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const correlations = new HayashiYoshida({ countMin: 2 });
 * for (const [timeUs, pair, logMid] of [[0, 0, 0], [0, 1, 0], [2, 0, 1], [3, 1, 2], [4, 0, 3], [5, 1, 1]] as const) {
 *   correlations.update(pair, timeUs, logMid);
 * }
 * // Returns 1 over (0, 2] and 2 over (2, 4]; 2 over (0, 3] and −1 over (3, 5]: 1·2 + 2·2 − 2·1 = 4 of √(5·5).
 * assert(Math.abs(correlations.read("value").of(0, 1)! - 0.8) < 1e-12);
 * ```
 *
 * @module
 */
import {
  CLOSED_MARKET_US,
  combinationCount,
  combinationIndex,
  MARKET_PAIRS_MAX,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { type Estimator, finite } from "../estimators/mod.ts";
import { MomentWindow } from "./_moment_window.ts";

export interface HayashiYoshidaOptions {
  /** Width of a slot, microseconds. @default {5_000_000} */
  slotUs?: number;
  /** Slots of the window. @default {60} */
  slotCount?: number;
  /** Slots of the short window. @default {12} */
  shortSlotCount?: number;
  /** Width of a slot of the long window, a whole number of the others. @default {60_000_000} */
  longSlotUs?: number;
  /** Slots of the long window. @default {30} */
  longSlotCount?: number;
  /** Returns of each of two pairs before there is a value. @default {30} */
  countMin?: number;
  /** Pairs at most; a number beyond it is an error of the caller. @default {64} */
  pairCountMax?: number;
}

export type CorrelationWindow = "value" | "short" | "long";

/** Correlations of all pairs over one window. */
export class Correlations {
  readonly products: Float64Array;
  readonly squares: Float64Array;
  readonly counts: Float64Array;
  readonly #countMin: number;

  constructor(pairCount: number, countMin: number) {
    this.products = new Float64Array(combinationCount(pairCount));
    this.squares = new Float64Array(pairCount);
    this.counts = new Float64Array(pairCount);
    this.#countMin = countMin;
  }

  /** Returns of the one of two pairs that has fewer. */
  count(a: number, b: number): number {
    return Math.min(this.counts[a] ?? 0, this.counts[b] ?? 0);
  }

  /** Whether two pairs have returns enough. */
  warm(a: number, b: number): boolean {
    return this.count(a, b) >= this.#countMin;
  }

  /** Sum of the products of two different pairs, log returns squared. */
  covariance(a: number, b: number): number {
    return this.products[combinationIndex(a, b)] ?? 0;
  }

  /** Correlation of two different pairs. */
  of(a: number, b: number): number | undefined {
    if (!this.warm(a, b)) return undefined;
    return finite(this.covariance(a, b) / (Math.sqrt(this.squares[a]!) * Math.sqrt(this.squares[b]!)));
  }
}

export class HayashiYoshida implements Estimator {
  readonly #window: MomentWindow;
  readonly #long: MomentWindow;
  readonly #shortSlotCount: number;
  readonly #countMin: number;
  readonly #pairCountMax: number;
  #pairCount = 0;
  /** Time and log of each pair's newest mid; NaN before the first. */
  readonly #tickUs: Float64Array;
  readonly #logMid: Float64Array;
  /** Sum of a pair's returns so far. */
  readonly #path: Float64Array;
  /** The return that ends at the newest tick; NaN where none does. */
  readonly #return: Float64Array;
  /** Path of pair b as it was at pair a's newest tick, at a·n + b; and at a's tick before that one. */
  readonly #pathAtTick: Float64Array;
  readonly #pathAtTickBefore: Float64Array;

  constructor(options: HayashiYoshidaOptions = {}) {
    const pairCountMax = this.#pairCountMax = options.pairCountMax ?? MARKET_PAIRS_MAX;
    const slotUs = options.slotUs ?? 5 * US_PER_SECOND;
    this.#window = new MomentWindow({ slotUs, slotCount: options.slotCount ?? 60, pairCountMax });
    const longSlotUs = options.longSlotUs ?? US_PER_MINUTE;
    this.#long = new MomentWindow({ slotUs: longSlotUs, slotCount: options.longSlotCount ?? 30, pairCountMax });
    this.#shortSlotCount = options.shortSlotCount ?? 12;
    this.#countMin = options.countMin ?? 30;
    this.#tickUs = new Float64Array(pairCountMax).fill(NaN);
    this.#logMid = new Float64Array(pairCountMax);
    this.#path = new Float64Array(pairCountMax);
    this.#return = new Float64Array(pairCountMax).fill(NaN);
    this.#pathAtTick = new Float64Array(pairCountMax * pairCountMax);
    this.#pathAtTickBefore = new Float64Array(pairCountMax * pairCountMax);
  }

  /** Forget what left the windows; times never go back. */
  advance(timeUs: number): void {
    const window = this.#window;
    if (timeUs < window.endUs) return;
    if (window.endUs > 0) this.#long.absorb(window, this.#pairCount);
    window.advance(timeUs);
    this.#long.advance(timeUs);
  }

  /** The logarithm of a pair's mid changed. */
  update(pair: number, timeUs: number, logMid: number): void {
    if (timeUs >= this.#window.endUs) this.advance(timeUs);
    if (pair >= this.#pairCount) this.#pairCount = pair + 1;
    const beforeUs = this.#tickUs[pair]!;
    const change = logMid - this.#logMid[pair]!;
    const last = this.#return[pair]!;
    this.#logMid[pair] = logMid;
    this.#tickUs[pair] = timeUs;
    if (timeUs === beforeUs) {
      // Another mid at the time of the newest one takes its place: the return that ends here is longer by the change.
      if (last === last) this.#multiply(pair, timeUs, change);
    } else if (timeUs - beforeUs <= CLOSED_MARKET_US) {
      this.#begin(pair);
      this.#return[pair] = 0;
      this.#window.counts[this.#window.pairsAt + pair]! += 1;
      this.#multiply(pair, timeUs, change);
    } else {
      this.#begin(pair);
      this.#return[pair] = NaN;
    }
  }

  /** The pair's next interval begins now. */
  #begin(pair: number): void {
    const max = this.#pairCountMax;
    const at = pair * max;
    const count = this.#pairCount;
    for (let other = 0; other < count; other++) {
      this.#pathAtTickBefore[at + other] = this.#pathAtTick[at + other]!;
      this.#pathAtTick[at + other] = this.#path[other]!;
    }
  }

  /** Add to the return that ends now: times what the other pairs moved since its interval began. */
  #multiply(pair: number, timeUs: number, change: number): void {
    const max = this.#pairCountMax;
    const count = this.#pairCount;
    const path = this.#path;
    const since = this.#pathAtTickBefore;
    const { products, productsAt, squares, pairsAt } = this.#window;
    const moved = path[pair]! + change;
    path[pair] = moved;
    const total = this.#return[pair]! + change;
    squares[pairsAt + pair]! += (total + this.#return[pair]!) * change;
    this.#return[pair] = total;
    const at = pair * max;
    let cell = productsAt + combinationCount(pair);
    for (let other = 0; other < pair; other++) {
      products[cell++]! += change * (path[other]! - since[at + other]!);
      // Its next interval begins after this tick of the same time.
      if (this.#tickUs[other] === timeUs) this.#pathAtTick[other * max + pair] = moved;
    }
    cell = productsAt + combinationCount(pair + 1) + pair;
    for (let other = pair + 1; other < count; other++) {
      products[cell]! += change * (path[other]! - since[at + other]!);
      cell += other;
      if (this.#tickUs[other] === timeUs) this.#pathAtTick[other * max + pair] = moved;
    }
  }

  /** The correlations over a window, as of the newest time. */
  read(window: CorrelationWindow): Correlations {
    const correlations = new Correlations(this.#pairCount, this.#countMin);
    if (window === "long") {
      this.#long.sum(this.#long.slotCount, this.#pairCount, correlations);
      this.#window.sum(0, this.#pairCount, correlations);
    } else {
      const slots = window === "short" ? this.#shortSlotCount : this.#window.slotCount;
      this.#window.sum(slots, this.#pairCount, correlations);
    }
    return correlations;
  }

  snapshot(): number[] {
    const count = this.#pairCount;
    const state = [count];
    for (const list of [this.#tickUs, this.#logMid, this.#path, this.#return]) state.push(...list.subarray(0, count));
    for (const matrix of [this.#pathAtTick, this.#pathAtTickBefore]) {
      for (let pair = 0; pair < count; pair++) {
        const at = pair * this.#pairCountMax;
        state.push(...matrix.subarray(at, at + count));
      }
    }
    this.#window.write(state, count);
    this.#long.write(state, count);
    return state;
  }

  restore(state: readonly number[]): void {
    const count = this.#pairCount = state[0]!;
    let from = 1;
    const take = (into: Float64Array, at: number) => into.set(state.slice(from, from += count), at);
    for (const list of [this.#tickUs, this.#logMid, this.#path, this.#return]) {
      list.fill(list === this.#tickUs || list === this.#return ? NaN : 0);
      take(list, 0);
    }
    for (const matrix of [this.#pathAtTick, this.#pathAtTickBefore]) {
      matrix.fill(0);
      for (let pair = 0; pair < count; pair++) take(matrix, pair * this.#pairCountMax);
    }
    from = this.#window.read(state, from, count);
    if (this.#long.read(state, from, count) !== state.length) {
      throw new RangeError(`Cannot restore correlations from ${state.length} numbers`);
    }
  }
}
