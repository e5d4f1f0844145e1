/**
 * The last tick of each stretch of time, of every pair, in order of their stamps.
 *
 * Quotes bounce between the ticks of a true price. Taken tick by tick, the squares of returns are mostly that bounce, the more quotes the
 * more of it, and a correlation over them goes to 0; the last tick of a second carries as much of the price's move and little of the bounce.
 * A tick keeps its own stamp: nothing is put on a grid or made up between two ticks. A pair whose mid is back where it was kept last has
 * no tick.
 *
 * Cost: O(1) per tick, O(p²) per stretch for the p pairs that ticked in it, in order already for the most part. State: 3 numbers per pair.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const kept: number[][] = [];
 * const thinner = new TickThinner({ thinUs: 100 }, (...tick) => kept.push(tick));
 * for (const [pair, timeUs, logMid] of [[0, 10, 1], [1, 20, 5], [0, 30, 2], [0, 130, 3]] as const) {
 *   thinner.update(pair, timeUs, logMid);
 * }
 * assert.deepEqual(kept, [[1, 20, 5], [0, 30, 2]]);
 * ```
 *
 * @module
 */
import { MARKET_PAIRS_MAX } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

export interface TickThinnerOptions {
  /** Length of a stretch, microseconds; 0 keeps every tick. */
  thinUs: number;
  /** Pairs at most. @default {64} */
  pairCountMax?: number;
}

/** Takes a tick that is kept. */
export type OnTick = (pair: number, timeUs: number, logMid: number) => void;

export class TickThinner implements Estimator {
  readonly #thinUs: number;
  readonly #onTick: OnTick;
  /** Newest tick of the stretch; NaN where a pair has none. */
  readonly #timeUs: Float64Array;
  readonly #logMid: Float64Array;
  /** What was kept last. */
  readonly #keptLogMid: Float64Array;
  /** Pairs with a tick in the stretch. */
  readonly #pairs: Int32Array;
  #endUs = 0;

  constructor({ thinUs, pairCountMax = MARKET_PAIRS_MAX }: TickThinnerOptions, onTick: OnTick) {
    this.#thinUs = thinUs;
    this.#onTick = onTick;
    this.#timeUs = new Float64Array(pairCountMax).fill(NaN);
    this.#logMid = new Float64Array(pairCountMax).fill(NaN);
    this.#keptLogMid = new Float64Array(pairCountMax).fill(NaN);
    this.#pairs = new Int32Array(pairCountMax);
  }

  /** The logarithm of a pair's mid changed; times never go back. */
  update(pair: number, timeUs: number, logMid: number): void {
    if (this.#thinUs === 0) return this.#onTick(pair, timeUs, logMid);
    if (timeUs >= this.#endUs) this.advance(timeUs);
    this.#timeUs[pair] = timeUs;
    this.#logMid[pair] = logMid;
  }

  /** Let the ticks of the stretches that are over go. */
  advance(timeUs: number): void {
    if (timeUs < this.#endUs || this.#thinUs === 0) return;
    const pairs = this.#pairs;
    const times = this.#timeUs;
    let count = 0;
    for (let pair = 0; pair < times.length; pair++) {
      if (times[pair] !== times[pair]) continue;
      let at = count++;
      for (; at > 0 && times[pairs[at - 1]!]! > times[pair]!; at--) pairs[at] = pairs[at - 1]!;
      pairs[at] = pair;
    }
    for (let k = 0; k < count; k++) {
      const pair = pairs[k]!;
      const logMid = this.#logMid[pair]!;
      if (logMid !== this.#keptLogMid[pair]) this.#onTick(pair, times[pair]!, logMid);
      this.#keptLogMid[pair] = logMid;
    }
    times.fill(NaN);
    this.#endUs = (Math.floor(timeUs / this.#thinUs) + 1) * this.#thinUs;
  }

  snapshot(): number[] {
    return [this.#endUs, ...this.#timeUs, ...this.#logMid, ...this.#keptLogMid];
  }

  restore(state: readonly number[]): void {
    const count = this.#timeUs.length;
    if (state.length !== 1 + 3 * count) {
      throw new RangeError(`Cannot restore thinned ticks from ${state.length} numbers`);
    }
    this.#endUs = state[0]!;
    this.#timeUs.set(state.slice(1, 1 + count));
    this.#logMid.set(state.slice(1 + count, 1 + 2 * count));
    this.#keptLogMid.set(state.slice(1 + 2 * count));
  }
}
