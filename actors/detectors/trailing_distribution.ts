/**
 * The trailing distribution of a positive number, and how far out in its tail a value lies.
 *
 * Values fall into bins of equal width in their logarithm; the weight of each halves every h of event time. A quantile is read off
 * the bins; beyond the 90 % quantile q the tail is the larger of the empirical share and what a Pareto tail gives that Hill's
 * estimator fits to the bins above q: P(X > x) = 0.1·(x/q)^−α, 1/α the weighted mean of ln(x/q) there. So a value that never was
 * before still has a tail probability, and a larger one has a smaller.
 *
 * Cost: a logarithm per value, O(bins) per quantile or tail. State: bins + 3 numbers.
 * Warm-up: its user's; `weight` says how many values count, in values of now.
 * Source: Hill (1975), A simple general approach to inference about the tail of a distribution.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spreads = new TrailingDistribution({ min: 0.01, max: 100, halfLifeUs: 60e6 });
 * for (let i = 1; i <= 100; i++) spreads.add(i * 1e4, i / 10);
 * assert(Math.abs(spreads.quantile(0.5)! - 5) < 0.5);
 * assert(spreads.tail(9.9)! < 0.05 && spreads.tail(50)! < spreads.tail(20)!);
 * ```
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";

export interface TrailingDistributionOptions {
  /** Values below count as this one. */
  min: number;
  /** Values above count as this one. */
  max: number;
  /** Half-life of a value's weight in event time, microseconds. */
  halfLifeUs: number;
  /** Bins for a factor of ten. @default {32} */
  perDecade?: number;
}

/** Weights grow with time instead of decaying; beyond this they are scaled back. */
const GROWTH_MAX = 2 ** 40;
/** Share of the values that the tail is fitted to. */
const TAIL_SHARE = 0.1;
/** A tail thinner than this many standard exponents is no tail that was seen. */
const ALPHA_MAX = 12;

export class TrailingDistribution implements Estimator {
  readonly #halfLifeUs: number;
  readonly #logMin: number;
  readonly #perLog: number;
  readonly #bins: Float64Array;
  #total = 0;
  /** Time at which a new value has weight 1. */
  #originUs = 0;
  #growth = 1;
  #growthUs = 0;

  constructor({ min, max, halfLifeUs, perDecade = 32 }: TrailingDistributionOptions) {
    this.#halfLifeUs = halfLifeUs;
    this.#logMin = Math.log(min);
    this.#perLog = perDecade / Math.LN10;
    this.#bins = new Float64Array(Math.ceil(Math.log(max / min) * this.#perLog) + 1);
  }

  /** Values that count, each as much as its weight is of a new one's. */
  get weight(): number {
    return this.#total / this.#growth;
  }

  /** Take a value; NaN is left out. */
  add(timeUs: number, value: number): void {
    if (value !== value) return;
    const growth = this.#growthAt(timeUs);
    this.#bins[this.#binOf(value)]! += growth;
    this.#total += growth;
  }

  #binOf(value: number): number {
    const bin = Math.floor((Math.log(value) - this.#logMin) * this.#perLog);
    return bin >= 0 ? Math.min(bin, this.#bins.length - 1) : 0;
  }

  /** Weight of a value that comes now. Time in between that is shorter than a hundredth of the half-life counts as none. */
  #growthAt(timeUs: number): number {
    if (this.#originUs === 0) this.#originUs = this.#growthUs = timeUs;
    if (timeUs - this.#growthUs < this.#halfLifeUs / 100) return this.#growth;
    this.#growthUs = timeUs;
    this.#growth = 2 ** ((timeUs - this.#originUs) / this.#halfLifeUs);
    if (this.#growth > GROWTH_MAX) this.#scaleBack(timeUs);
    return this.#growth;
  }

  #scaleBack(timeUs: number): void {
    const bins = this.#bins;
    this.#total = 0;
    for (let i = 0; i < bins.length; i++) this.#total += bins[i]! /= this.#growth;
    this.#originUs = timeUs;
    this.#growth = 1;
  }

  /** The value that a share `p` lies below; `undefined` without values. */
  quantile(p: number): number | undefined {
    if (!(this.#total > 0)) return undefined;
    let left = p * this.#total;
    const bins = this.#bins;
    let i = 0;
    while (i < bins.length - 1 && left > bins[i]!) left -= bins[i++]!;
    const within = bins[i]! > 0 ? Math.min(1, Math.max(0, left / bins[i]!)) : 0;
    return Math.exp(this.#logMin + (i + within) / this.#perLog);
  }

  /** Chance of a value above this one, in (0, 1]; `undefined` without values. */
  tail(value: number): number | undefined {
    if (!(this.#total > 0)) return undefined;
    const threshold = this.quantile(1 - TAIL_SHARE)!;
    const at = this.#binOf(value);
    let above = 0;
    for (let i = this.#bins.length - 1; i > at; i--) above += this.#bins[i]!;
    const empirical = above / this.#total;
    if (value <= threshold) return Math.max(empirical, TAIL_SHARE);
    return Math.max(empirical, TAIL_SHARE * (value / threshold) ** -this.#alpha(threshold));
  }

  /** Share of the values below one; 1 without values. */
  shareBelow(value: number): number {
    if (!(this.#total > 0)) return 1;
    let below = 0;
    for (let i = this.#binOf(value) - 1; i >= 0; i--) below += this.#bins[i]!;
    return below / this.#total;
  }

  /** Hill's exponent of what lies above a threshold. */
  #alpha(threshold: number): number {
    const bins = this.#bins;
    const logThreshold = Math.log(threshold);
    let weight = 0;
    let sum = 0;
    for (let i = this.#binOf(threshold); i < bins.length; i++) {
      weight += bins[i]!;
      sum += bins[i]! * Math.max(0, this.#logMin + (i + 0.5) / this.#perLog - logThreshold);
    }
    return sum > 0 ? Math.min(ALPHA_MAX, weight / sum) : ALPHA_MAX;
  }

  snapshot(): number[] {
    return [this.#originUs, this.#growthUs, this.#growth, this.#total, ...this.#bins];
  }

  restore(state: readonly number[]): void {
    if (state.length !== 4 + this.#bins.length) {
      throw new RangeError(`Cannot restore a distribution of ${this.#bins.length} bins from ${state.length - 4}`);
    }
    [this.#originUs, this.#growthUs, this.#growth, this.#total] = state as [number, number, number, number];
    this.#bins.set(state.slice(4));
  }
}
