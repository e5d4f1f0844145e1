/**
 * What a round through three pairs would earn, for every triangle among the pairs.
 *
 * Formula: for a direct pair X/Y and its legs X/V and V/Y, bid* = bid(X/V)·bid(V/Y) and ask* = ask(X/V)·ask(V/Y) are what it costs to go
 * through V; edge = 1e4·max(bid* − ask, bid − ask*)/mid of the direct pair. Positive is an arbitrage before fees; in a quiet market it
 * is about minus the three half spreads. A pair that is quoted the other way round, Y/X, counts with bid 1/ask and ask 1/bid. V is
 * the one of the three currencies that stands first in the table of currencies (USD, EUR, GBP, …), so that the direct pair is the cross.
 * Warm-up: a quote of both sides on each leg. No value while a quote is older than `staleUs`, or lacks a side.
 * Cost: O(triangles of the pair) per quote, 6 for 28 pairs of 8 currencies. State: 3 numbers per pair and one per triangle.
 * Pitfall: stamps of different feeds that are apart make an edge of every move. A crossed quote of one pair makes one as well.
 * Source: Aiba, Hatano, Takayasu, Marumo, Shimizu (2002), Triangular arbitrage as an interaction among foreign exchange rates.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const triangles = new Triangles();
 * for (const pair of ["EURUSD", "USDJPY", "EURJPY"]) triangles.add(pair);
 * triangles.update(0, 0, 1.1, 1.1);
 * triangles.update(1, 0, 150, 150);
 * triangles.update(2, 0, 164, 164.5);
 * const [triangle] = triangles.list;
 * assert.equal(triangle!.direct, 2);
 * // 1.1·150 = 165 yen for a euro that costs 164.5.
 * assert(Math.abs(triangles.edgeBps(triangle!, 0)! - 1e4 * 0.5 / 164.25) < 1e-9);
 * ```
 *
 * @module
 */
import {
  ALL_CURRENCIES,
  BPS_PER_ONE,
  MARKET_PAIRS_MAX,
  type MarketAbsentReason,
  TRIANGLES_MAX,
  US_PER_SECOND,
} from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

export interface TrianglesOptions {
  /** A quote that is older takes part in no triangle, microseconds. @default {5_000_000} */
  staleUs?: number;
}

/** A triangle, by the numbers of its pairs. */
export interface Triangle {
  /** Number of the triangle, in order of appearance. */
  readonly index: number;
  readonly direct: number;
  /** The direct pair's base currency in the one through which it goes; and that one in the quote currency. */
  readonly legs: readonly [number, number];
  /** Whether each leg is quoted the other way round. */
  readonly inverted: readonly [boolean, boolean];
}

export class Triangles implements Estimator {
  /** The triangles, in order of appearance. */
  readonly list: readonly Triangle[];
  readonly #list: Triangle[] = [];
  readonly #staleUs: number;
  readonly #pairs: string[] = [];
  /** Triangles of each pair. */
  readonly #ofPair: Triangle[][] = [];
  readonly #bid = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly #ask = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  readonly #quotedUs = new Float64Array(MARKET_PAIRS_MAX).fill(NaN);
  /** Largest edge of each triangle since the last `renew`; NaN where there was none. */
  readonly #edgeMax = new Float64Array(TRIANGLES_MAX).fill(NaN);

  constructor({ staleUs = 5 * US_PER_SECOND }: TrianglesOptions = {}) {
    this.#staleUs = staleUs;
    this.list = this.#list;
  }

  /** A pair that was not there before, six letters; its number is how many there were. */
  add(pair: string): void {
    const number = this.#pairs.push(pair) - 1;
    this.#ofPair.push([]);
    for (let a = 0; a < number; a++) {
      for (let b = 0; b < a; b++) this.#connect([b, a, number]);
    }
  }

  /** Three pairs are a triangle where they have three currencies, each twice. */
  #connect(pairs: readonly number[]): void {
    const letters = pairs.map((pair) => this.#pairs[pair]!);
    const currencies = [...new Set(letters.flatMap((pair) => [pair.slice(0, 3), pair.slice(3)]))];
    const unlike = new Set(letters.map((pair) => [pair.slice(0, 3), pair.slice(3)].sort().join("")));
    if (currencies.length !== 3 || unlike.size !== 3 || this.#list.length === TRIANGLES_MAX) return;
    const through = currencies.sort((a, b) => ALL_CURRENCIES.indexOf(a) - ALL_CURRENCIES.indexOf(b))[0]!;
    const direct = pairs.find((pair) => !this.#pairs[pair]!.includes(through))!;
    const [base, quote] = [this.#pairs[direct]!.slice(0, 3), this.#pairs[direct]!.slice(3)];
    const near = pairs.find((pair) => pair !== direct && this.#has(pair, base))!;
    const far = pairs.find((pair) => pair !== direct && this.#has(pair, quote))!;
    const triangle: Triangle = {
      index: this.#list.length,
      direct,
      legs: [near, far],
      inverted: [this.#pairs[near]!.startsWith(through), this.#pairs[far]!.endsWith(through)],
    };
    this.#list.push(triangle);
    for (const pair of pairs) this.#ofPair[pair]!.push(triangle);
  }

  #has(pair: number, currency: string): boolean {
    const letters = this.#pairs[pair]!;
    return letters.startsWith(currency) || letters.endsWith(currency);
  }

  /** A pair is quoted, again or anew; NaN for a side that is not there. */
  update(pair: number, timeUs: number, bid: number, ask: number): void {
    const moved = bid !== this.#bid[pair] || ask !== this.#ask[pair];
    const woke = !(timeUs - this.#quotedUs[pair]! <= this.#staleUs);
    this.#bid[pair] = bid;
    this.#ask[pair] = ask;
    this.#quotedUs[pair] = timeUs;
    if (!moved && !woke) return;
    for (const triangle of this.#ofPair[pair]!) {
      if (this.absence(triangle, timeUs) !== undefined) continue;
      const edge = this.#edge(triangle);
      if (!(edge <= this.#edgeMax[triangle.index]!) && Number.isFinite(edge)) this.#edgeMax[triangle.index] = edge;
    }
  }

  /** Why a triangle has no edge at a time; `undefined` where it has one. */
  absence({ direct, legs: [near, far] }: Triangle, nowUs: number): MarketAbsentReason | undefined {
    const quotedUs = this.#quotedUs;
    const oldestUs = Math.min(quotedUs[direct]!, quotedUs[near]!, quotedUs[far]!);
    if (oldestUs !== oldestUs) return "warming";
    if (nowUs - oldestUs > this.#staleUs) return "stale";
    return this.#bothSides(direct) && this.#bothSides(near) && this.#bothSides(far) ? undefined : "one-sided";
  }

  #bothSides(pair: number): boolean {
    return this.#bid[pair]! > 0 && this.#ask[pair]! > 0;
  }

  #edge({ direct, legs: [near, far], inverted }: Triangle): number {
    const bid = this.#bid[direct]!;
    const ask = this.#ask[direct]!;
    const nearBid = inverted[0] ? 1 / this.#ask[near]! : this.#bid[near]!;
    const nearAsk = inverted[0] ? 1 / this.#bid[near]! : this.#ask[near]!;
    const farBid = inverted[1] ? 1 / this.#ask[far]! : this.#bid[far]!;
    const farAsk = inverted[1] ? 1 / this.#bid[far]! : this.#ask[far]!;
    return BPS_PER_ONE * Math.max(nearBid * farBid - ask, bid - nearAsk * farAsk) / ((bid + ask) / 2);
  }

  /** Edge of a triangle at a time. */
  edgeBps(triangle: Triangle, nowUs: number): number | undefined {
    if (this.absence(triangle, nowUs) !== undefined) return undefined;
    const edge = this.#edge(triangle);
    return Number.isFinite(edge) ? edge : undefined;
  }

  /** The largest edge since the last `renew`, of the times at which a leg of the triangle moved. */
  edgeBpsMax({ index }: Triangle): number | undefined {
    const edge = this.#edgeMax[index]!;
    return edge === edge ? edge : undefined;
  }

  /** Begin the largest edges anew, with those of now. */
  renew(nowUs: number): void {
    for (const triangle of this.#list) this.#edgeMax[triangle.index] = this.edgeBps(triangle, nowUs) ?? NaN;
  }

  snapshot(): number[] {
    const count = this.#pairs.length;
    return [
      ...this.#bid.subarray(0, count),
      ...this.#ask.subarray(0, count),
      ...this.#quotedUs.subarray(0, count),
      ...this.#edgeMax.subarray(0, this.#list.length),
    ];
  }

  /** The same pairs must have been added before, in the same order. */
  restore(state: readonly number[]): void {
    const count = this.#pairs.length;
    if (state.length !== 3 * count + this.#list.length) {
      throw new RangeError(`Cannot restore triangles of ${count} pairs from ${state.length} numbers`);
    }
    this.#bid.set(state.slice(0, count));
    this.#ask.set(state.slice(count, 2 * count));
    this.#quotedUs.set(state.slice(2 * count, 3 * count));
    this.#edgeMax.set(state.slice(3 * count));
  }
}
