/**
 * Microprice: the mid that is to be expected after all moves to come, given the imbalance and the spread of the touch.
 *
 * Formula: P = m + G*(x), x the state of the touch: imbalance J = (qb − qa)/(qb + qa) in eleven buckets of equal width, spread in five (1,
 * 2 to 3, 4 to 7, 8 to 15, from 16 ticks on). Each change of the touch is a step of a Markov chain; with Q its steps that leave the mid, R₂
 * those that move it, r the expected change of the mid in a step: G¹ = (I − Q)⁻¹·r, B = (I − Q)⁻¹·R₂, G* = Σ Bᵏ·G¹ (the paper's recursion).
 * The sum is solved at once: (I − Q − R₂)·G* = r. The chain is symmetrised, each step counting as its mirror image too (J → −J, Δm → −Δm), so
 * that G* is odd in J, 0 in the middle bucket, and 25 unknowns remain of 55. Counts halve every h of event time; the solution is
 * renewed at the first change in each minute. P is kept between bid and ask.
 * Warm-up: 50 changes of the mid within the weights, and the end of that minute; until then `undefined`.
 * Cost: O(1) per change of the touch; once a minute of event time 25³/3 multiplications (about 3 µs). State: 709 numbers.
 * Pitfall: each state has one invented step after which nothing is expected, so a state seldom seen stays near the mid. A step that moves
 * the mid further than ten spreads, a crossed, one-sided or sizeless touch, a new picture of the book and an hour without
 * a quote break the chain: no step leads over them. A pause ages the counts by no more than an hour.
 * Source: Stoikov (2018), The micro-price: a high frequency estimator of future prices, Quantitative Finance 18(12).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * // The bid is three times the ask, then both prices rise by a tick and sizes are equal: again and again.
 * const microprice = new Microprice({ tickSize: 0.01, halfLifeUs: 3_600_000_000 });
 * for (let step = 0; step <= 400; step++) {
 *   const bid = 1 + Math.floor(step / 2) / 100;
 *   const sizes = step % 2 === 0 ? [3e6, 1e6] : [2e6, 2e6];
 *   const price = step % 2 === 0 ? bid : bid + 0.01;
 *   microprice.update(step * 1_000_000, price, sizes[0]!, price + 0.02, sizes[1]!);
 * }
 * assert(Math.abs(microprice.value! - (3 + 0.01 + 0.01)) < 2e-4); // almost surely a tick above the mid
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_MINUTE } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";

export interface MicropriceOptions {
  /** Smallest change of a price, quote currency. */
  tickSize: number;
  /** Event time in which the weight of a step halves. */
  halfLifeUs: number;
  /** Event time between two solutions. @default {60_000_000} */
  fitUs?: number;
  /** Changes of the mid before there is a solution. @default {50} */
  moveCountMin?: number;
}

/** Buckets of the imbalance; odd, so that a balanced touch is in the middle of one. */
const IMBALANCE_BUCKETS = 11;
/** Buckets on one side of the middle. */
const SIDE_BUCKETS = (IMBALANCE_BUCKETS - 1) / 2;
const SPREAD_BUCKETS = 5;
/** States with more bid than offered; their mirror images follow from them, the middle is 0. */
const STATES = SIDE_BUCKETS * SPREAD_BUCKETS;
/** The middle bucket, as a state. */
const MIDDLE = -1;
/** No state: the touch cannot be used. */
const NONE = -2;
/** A step that moves the mid further is a gap, not a move; in spreads before it, of one tick at least. */
const MOVE_SPREADS_MAX = 10;
/** Part of a tick that a mid must change by to have moved. */
const MOVED_TICKS = 0.25;
/** Steps of each state that are invented, to nowhere. */
const PRIOR_STEPS = 1;
const STEP = 0;
const DRIFT = 1;
const ADJUSTMENT = 2;
const TRANSITION = 3;
const SCALARS = 9;

export class Microprice implements Estimator {
  readonly #tickSize: number;
  readonly #halfLifeUs: number;
  readonly #fitUs: number;
  readonly #moveCountMin: number;
  /** Per state: steps from it, Σ Δm in ticks, the solution in ticks, and steps to each state less those to its mirror image. */
  readonly #table = new Float64Array(STATES * (TRANSITION + STATES));
  readonly #equations = new Float64Array(STATES * (STATES + 1));
  /** Weighted changes of the mid. */
  #moves = 0;
  #solved = false;
  #nextFitUs = -1;
  #timeUs = 0;
  #state = NONE;
  /** 1 where more is bid, −1 where more is offered. */
  #sign = 1;
  #mid = NaN;
  #spreadTicks = NaN;
  /** State before the newest touch may be followed. */
  #linked = false;

  constructor({ tickSize, halfLifeUs, fitUs = US_PER_MINUTE, moveCountMin = 50 }: MicropriceOptions) {
    this.#tickSize = tickSize;
    this.#halfLifeUs = halfLifeUs;
    this.#fitUs = fitUs;
    this.#moveCountMin = moveCountMin;
  }

  /** The touch from this time on. */
  update(timeUs: number, bid: number, bidSize: number, ask: number, askSize: number): void {
    if (timeUs >= this.#nextFitUs) this.#renew(timeUs);
    const mid = (bid + ask) / 2;
    const spreadTicks = Math.round((ask - bid) / this.#tickSize);
    // In buckets, 5.5 to 11. Multiplied first, so that mirrored sizes on the edge of a bucket round alike.
    const share = (IMBALANCE_BUCKETS * Math.max(bidSize, askSize)) / (bidSize + askSize);
    const usable = spreadTicks >= 0 && Number.isFinite(mid) && share >= SIDE_BUCKETS && share <= IMBALANCE_BUCKETS;
    const state = usable ? stateOf(Math.floor(share) - SIDE_BUCKETS, spreadTicks) : NONE;
    const sign = bidSize < askSize ? -1 : 1;
    if (this.#linked && state !== NONE && timeUs - this.#timeUs <= CLOSED_MARKET_US) {
      this.#step(state, sign, (mid - this.#mid) / this.#tickSize);
    }
    this.#timeUs = timeUs;
    this.#state = state;
    this.#sign = sign;
    this.#mid = mid;
    this.#spreadTicks = spreadTicks;
    this.#linked = state !== NONE;
  }

  /** Break the chain: what comes next is no consequence of the last touch. */
  restart(): void {
    this.#linked = false;
  }

  /** The microprice at the newest touch, quote currency. */
  get value(): number | undefined {
    if (!this.#solved || this.#state === NONE) return undefined;
    if (this.#state === MIDDLE) return finite(this.#mid);
    const ticks = this.#sign * this.#table[this.#state * (TRANSITION + STATES) + ADJUSTMENT]!;
    const limit = this.#spreadTicks / 2;
    return finite(this.#mid + Math.max(-limit, Math.min(limit, ticks)) * this.#tickSize);
  }

  /** Count a step from the last touch; by symmetry as seen from the side on which more was bid. */
  #step(state: number, sign: number, moveTicks: number): void {
    const from = this.#state;
    if (Math.abs(moveTicks) > MOVE_SPREADS_MAX * Math.max(1, this.#spreadTicks)) return;
    if (Math.abs(moveTicks) > MOVED_TICKS) this.#moves++;
    // From the middle, a step and its mirror image cancel out.
    if (from === MIDDLE) return;
    const table = this.#table;
    const row = from * (TRANSITION + STATES);
    table[row + STEP]!++;
    table[row + DRIFT]! += this.#sign * moveTicks;
    if (state !== MIDDLE) table[row + TRANSITION + state]! += this.#sign * sign;
  }

  #renew(timeUs: number): void {
    const fitAtUs = Math.floor(timeUs / this.#fitUs) * this.#fitUs;
    if (this.#nextFitUs >= 0) {
      this.#solved = this.#moves >= this.#moveCountMin;
      if (this.#solved) this.#solve();
      const agedUs = Math.min(fitAtUs + this.#fitUs - this.#nextFitUs, CLOSED_MARKET_US);
      this.#age(2 ** (-agedUs / this.#halfLifeUs));
    }
    this.#nextFitUs = fitAtUs + this.#fitUs;
  }

  #age(weight: number): void {
    const table = this.#table;
    this.#moves *= weight;
    for (let row = 0; row < table.length; row += TRANSITION + STATES) {
      table[row + STEP]! *= weight;
      table[row + DRIFT]! *= weight;
      for (let to = 0; to < STATES; to++) table[row + TRANSITION + to]! *= weight;
    }
  }

  /** (n + 1)·G(x) − Σ A(x, y)·G(y) = Σ Δm: rows are dominated by their diagonal, so elimination needs no pivots. */
  #solve(): void {
    const table = this.#table;
    const equations = this.#equations;
    const width = STATES + 1;
    for (let x = 0; x < STATES; x++) {
      const row = x * (TRANSITION + STATES);
      for (let y = 0; y < STATES; y++) equations[x * width + y] = -table[row + TRANSITION + y]!;
      equations[x * width + x]! += table[row + STEP]! + PRIOR_STEPS;
      equations[x * width + STATES] = table[row + DRIFT]!;
    }
    for (let pivot = 0; pivot < STATES; pivot++) {
      for (let x = pivot + 1; x < STATES; x++) {
        const factor = equations[x * width + pivot]! / equations[pivot * width + pivot]!;
        if (factor === 0) continue;
        for (let y = pivot + 1; y < width; y++) equations[x * width + y]! -= factor * equations[pivot * width + y]!;
      }
    }
    for (let x = STATES - 1; x >= 0; x--) {
      let sum = equations[x * width + STATES]!;
      for (let y = x + 1; y < STATES; y++) sum -= equations[x * width + y]! * equations[y * width + STATES]!;
      equations[x * width + STATES] = sum / equations[x * width + x]!;
      table[x * (TRANSITION + STATES) + ADJUSTMENT] = equations[x * width + STATES]!;
    }
  }

  snapshot(): number[] {
    return [
      this.#moves,
      Number(this.#solved),
      this.#nextFitUs,
      this.#timeUs,
      this.#state,
      this.#sign,
      this.#mid,
      this.#spreadTicks,
      Number(this.#linked),
      ...this.#table,
    ];
  }

  restore(state: readonly number[]): void {
    if (state.length !== SCALARS + this.#table.length) {
      throw new RangeError(
        `Cannot restore a microprice of ${this.#table.length} counts from ${state.length - SCALARS}`,
      );
    }
    const [moves, solved, nextFitUs, timeUs, from, sign, mid, spreadTicks, linked] = state as [
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
    this.#moves = moves;
    this.#solved = solved === 1;
    this.#nextFitUs = nextFitUs;
    this.#timeUs = timeUs;
    this.#state = from;
    this.#sign = sign;
    this.#mid = mid;
    this.#spreadTicks = spreadTicks;
    this.#linked = linked === 1;
    this.#table.set(state.slice(SCALARS));
  }
}

/** Of a touch by the distance of its imbalance from the middle, in buckets, and its spread. */
function stateOf(side: number, spreadTicks: number): number {
  if (side === 0) return MIDDLE;
  const ticks = Math.max(1, Math.min(1 << (SPREAD_BUCKETS - 1), spreadTicks));
  return (Math.min(SIDE_BUCKETS, side) - 1) * SPREAD_BUCKETS + 31 - Math.clz32(ticks);
}
