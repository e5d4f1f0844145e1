/**
 * Integrated order-flow imbalance: the flows of all levels as one number, weighted by what they have in common.
 *
 * Positive where demand pushed the book, in units of the mean size of a level. Flows of neighbouring levels are strongly related, so
 * that a single component holds most of what ten of them say.
 *
 * Formula: ofi_k = Σe_k / Q over an interval of W = 10 s, e_k the flow of level k (`multi_level_ofi.ts`), Q the mean size of a level over
 * both sides, the levels and the steps of the interval. x = (ofi_1 … ofi_N) of each interval on the grid of event time that had
 * a step updates mean and covariance by μ ← μ + a·d, C ← (1 − a)·(C + a·d·dᵀ), d = x − μ, a = max(1/n, 1 − 2^(−1/h)), n the intervals so
 * far, h = 360. w is the first eigenvector of C, Σ|w_k| = 1, Σw_k > 0 (where that is 0, w_1 > 0). Value: Σ w_k·ofi_k over the
 * window [⌊t/Δ⌋·Δ − W, t], Δ = W/40.
 * Warm-up: 30 intervals with a step, 5 min of an open market. `undefined` while the window has no step, or C is 0.
 * Cost: O(levels) per step. At the end of an interval O(levels³), at most 50 products of a 10×10 matrix, 1 to 50 µs every 10 s of event
 * time. O(40·levels) per value. State: levels² + 43·levels + 86 numbers.
 * Pitfall: a level that the book lacks has no flow, and its weight goes to 0. Where two components are equally strong, the weights
 * say little.
 * Source: Cont, Cucuringu, Zhang (2023), Cross-impact of order flow imbalance in equity markets, Quantitative Finance 23(10),
 * section 2; there the weights are those of a whole history, here they follow it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const ofi = new IntegratedOfi({ levels: 2, warmupCount: 3 });
 * // Both levels move alike, the second twice as much, at a mean level size of 10.
 * for (const [interval, flow] of [3, -1, 2, 0].entries()) ofi.update(interval * 10_000_000, [flow, 2 * flow], 10);
 * assert(Math.abs(ofi.weight(2)! - 2 / 3) < 1e-12);
 * ofi.update(49_000_000, [6, 12], 10);
 * assert(Math.abs(ofi.value! - (1 / 3 * 0.6 + 2 / 3 * 1.2)) < 1e-12);
 * ```
 *
 * @module
 */
import { US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

export interface IntegratedOfiOptions {
  /** Levels, from the touch. @default {10} */
  levels?: number;
  /** Length of an interval and of the window, microseconds. @default {10_000_000} */
  windowUs?: number;
  /** Intervals after which one counts half as much for the weights. @default {360} */
  halfLifeCount?: number;
  /** Intervals before there are weights. @default {30} */
  warmupCount?: number;
}

const SLOTS = 40;
/** Squarings of the covariance at most: components that differ by 1e-13 of their variance are told apart. */
const SQUARINGS_MAX = 50;
/** A matrix of trace 1 whose square has this trace has one component and nothing else. */
const ONE_COMPONENT_TRACE = 1 - 1e-14;
/** A sum of weights that is smaller is 0 but for rounding. */
const SIGN_SUM_MIN = 1e-9;

export class IntegratedOfi implements Estimator {
  readonly levels: number;
  readonly #windowUs: number;
  readonly #shareMin: number;
  readonly #warmupCount: number;
  /** Flow of level k in channel k, then the sum of mean sizes, then the steps. */
  readonly #window: SlottedWindow;
  readonly #mean: Float64Array;
  readonly #covariance: Float64Array;
  /** All 0 while there are none. */
  readonly #weights: Float64Array;
  /** End of the interval under way; −1 before the first time. */
  #endUs = -1;
  /** Intervals that count. */
  #count = 0;
  // Scratch of one interval's end.
  readonly #difference: Float64Array;
  readonly #power: Float64Array;
  readonly #square: Float64Array;

  constructor(options: IntegratedOfiOptions = {}) {
    const { levels = 10, windowUs = 10 * US_PER_SECOND, halfLifeCount = 360, warmupCount = 30 } = options;
    this.levels = levels;
    this.#windowUs = windowUs;
    this.#shareMin = 1 - 2 ** (-1 / halfLifeCount);
    this.#warmupCount = warmupCount;
    this.#window = new SlottedWindow({ slotUs: windowUs / SLOTS, slotCount: SLOTS, channelCount: levels + 2 });
    this.#mean = new Float64Array(levels);
    this.#covariance = new Float64Array(levels * levels);
    this.#weights = new Float64Array(levels);
    this.#difference = new Float64Array(levels);
    this.#power = new Float64Array(levels * levels);
    this.#square = new Float64Array(levels * levels);
  }

  /** One step of the book: the flow of each level and the mean size of a level, base units. */
  update(timeUs: number, flows: ArrayLike<number>, depthSize: number): void {
    const window = this.#window;
    if (timeUs >= window.slotEndUs) this.advance(timeUs);
    const { levels } = this;
    for (let k = 0; k < levels; k++) if (flows[k] !== 0) window.add(k, flows[k]!);
    window.add(levels, depthSize);
    window.add(levels + 1, 1);
  }

  /** Bring the window to a time without a step. */
  advance(timeUs: number): void {
    if (timeUs >= this.#endUs) {
      if (this.#endUs >= 0) this.#close();
      this.#endUs = (Math.floor(timeUs / this.#windowUs) + 1) * this.#windowUs;
    }
    this.#window.advance(timeUs);
  }

  /** Learn from the interval that ends. */
  #close(): void {
    const { levels } = this;
    const window = this.#window;
    const mean = this.#mean;
    const covariance = this.#covariance;
    const difference = this.#difference;
    // The slots of the interval are then the newest ones, the current one among them.
    window.advance(this.#endUs - 1);
    const depth = window.sum(levels, SLOTS - 1) / window.sum(levels + 1, SLOTS - 1);
    let squares = 0;
    for (let k = 0; k < levels; k++) {
      difference[k] = window.sum(k, SLOTS - 1) / depth - mean[k]!;
      squares += difference[k]! ** 2;
    }
    // No step, no size, or numbers beyond what can be squared.
    if (!Number.isFinite(squares)) return;
    this.#count++;
    const share = Math.max(1 / this.#count, this.#shareMin);
    for (let k = 0; k < levels; k++) {
      mean[k]! += share * difference[k]!;
      for (let j = 0; j < levels; j++) {
        const at = k * levels + j;
        covariance[at] = (1 - share) * (covariance[at]! + share * difference[k]! * difference[j]!);
      }
    }
    if (this.#count >= this.#warmupCount) this.#weigh();
  }

  /**
   * The first component, by squaring: Cⁿ over its trace becomes w·wᵀ, whatever w one would have begun with, and each square does as
   * much as all before it.
   */
  #weigh(): void {
    const { levels } = this;
    const weights = this.#weights;
    const scale = trace(this.#covariance, levels);
    weights.fill(0);
    if (!(scale > Number.MIN_VALUE / Number.EPSILON && scale < Infinity)) return;
    let power = this.#power;
    let square = this.#square;
    for (let at = 0; at < power.length; at++) power[at] = this.#covariance[at]! / scale;
    for (let i = 0; i < SQUARINGS_MAX; i++) {
      multiply(power, levels, square);
      const left = trace(square, levels);
      for (let at = 0; at < square.length; at++) square[at]! /= left;
      [power, square] = [square, power];
      if (left > ONE_COMPONENT_TRACE) break;
    }
    let column = 0;
    for (let k = 1; k < levels; k++) if (power[k * levels + k]! > power[column * levels + column]!) column = k;
    let sum = 0;
    let size = 0;
    for (let k = 0; k < levels; k++) {
      sum += power[k * levels + column]!;
      size += Math.abs(power[k * levels + column]!);
    }
    const sign = Math.abs(sum) > SIGN_SUM_MIN * size ? Math.sign(sum) : Math.sign(power[column]!) || 1;
    for (let k = 0; k < levels; k++) weights[k] = (sign * power[k * levels + column]!) / size;
  }

  /** Whether there have been enough intervals, and the window has a step. */
  get warm(): boolean {
    return this.#count >= this.#warmupCount && this.#window.sum(this.levels + 1) > 0;
  }

  /** Weight of a level, level 1 being the touch. */
  weight(level: number): number | undefined {
    return this.#weights.some((weight) => weight !== 0) ? this.#weights[level - 1] : undefined;
  }

  /** Over the window, in units of the mean size of a level. */
  get value(): number | undefined {
    const { levels } = this;
    const window = this.#window;
    if (!this.warm || this.weight(1) === undefined) return undefined;
    let total = 0;
    for (let k = 0; k < levels; k++) total += this.#weights[k]! * window.sum(k);
    return finite(total / (window.sum(levels) / window.sum(levels + 1)));
  }

  snapshot(): number[] {
    return [
      this.#endUs,
      this.#count,
      ...this.#mean,
      ...this.#covariance,
      ...this.#weights,
      ...this.#window.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#endUs, this.#count] = state as [number, number];
    let at = 2;
    for (const list of [this.#mean, this.#covariance, this.#weights]) {
      list.set(state.slice(at, at + list.length));
      at += list.length;
    }
    this.#window.restore(state.slice(at));
  }
}

function trace(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += matrix[k * size + k]!;
  return sum;
}

/** The square of a symmetric matrix, which is symmetric again. */
function multiply(matrix: Float64Array, size: number, square: Float64Array): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * matrix[j * size + k]!;
      square[i * size + j] = square[j * size + i] = sum;
    }
  }
}
