/**
 * Puts the ticks of all pairs in order of event time.
 *
 * Each pair's ticks come in order already, so that each has a queue and only the heads compete: a heap of at most as many heads as there
 * are pairs. Of ticks of one time those of the pair with the lower number come first, so that the order does not depend on how the log
 * mixed the pairs. At most {@linkcode REORDER_TICKS_MAX} ticks wait; whoever pushes takes one out before where it is `full`.
 *
 * Cost: O(1) per push, O(log pairs) per tick that leaves. State: 3 numbers per tick that waits, and one per pair.
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";

/** Ticks that wait at most: 250 ms of 260,000 ticks a second. Overflow: the oldest one leaves early, and is counted. */
export const REORDER_TICKS_MAX = 65_536;

const NONE = -1;

export interface ReorderBufferOptions {
  pairCountMax: number;
  /** @default {65_536} */
  tickCountMax?: number;
}

export class ReorderBuffer implements Estimator {
  /** The tick that left last. */
  pair = 0;
  timeUs = 0;
  bid = NaN;
  ask = NaN;
  readonly #pairCountMax: number;
  readonly #times: Float64Array;
  readonly #bids: Float64Array;
  readonly #asks: Float64Array;
  /** The tick behind each tick, in its pair's queue or among those that are free. */
  readonly #behind: Int32Array;
  #free = 0;
  #count = 0;
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  /** Pairs with a tick that waits, a heap by time of the head and number. */
  readonly #heap: Int32Array;
  #heapCount = 0;

  constructor({ pairCountMax, tickCountMax = REORDER_TICKS_MAX }: ReorderBufferOptions) {
    this.#pairCountMax = pairCountMax;
    this.#times = new Float64Array(tickCountMax);
    this.#bids = new Float64Array(tickCountMax);
    this.#asks = new Float64Array(tickCountMax);
    this.#behind = new Int32Array(tickCountMax);
    this.#head = new Int32Array(pairCountMax);
    this.#tail = new Int32Array(pairCountMax);
    this.#heap = new Int32Array(pairCountMax);
    this.clear();
  }

  /** Ticks that wait. */
  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#free === NONE;
  }

  /** Time of the oldest tick that waits; Infinity where none does. */
  get oldestUs(): number {
    return this.#heapCount === 0 ? Infinity : this.#headUs(this.#heap[0]!);
  }

  /** Take a tick that is no older than the pair's one before. */
  push(pair: number, timeUs: number, bid: number, ask: number): void {
    const at = this.#free;
    if (at === NONE) throw new RangeError(`Cannot hold more than ${this.#times.length} ticks: take one out before`);
    this.#free = this.#behind[at]!;
    this.#count++;
    this.#times[at] = timeUs;
    this.#bids[at] = bid;
    this.#asks[at] = ask;
    this.#behind[at] = NONE;
    if (this.#head[pair] === NONE) {
      this.#head[pair] = at;
      this.#rise(pair);
    } else this.#behind[this.#tail[pair]!] = at;
    this.#tail[pair] = at;
  }

  /** Take the oldest tick out, into `pair`, `timeUs`, `bid` and `ask`; there must be one. */
  pop(): void {
    const pair = this.#heap[0]!;
    const at = this.#head[pair]!;
    this.pair = pair;
    this.timeUs = this.#times[at]!;
    this.bid = this.#bids[at]!;
    this.ask = this.#asks[at]!;
    this.#head[pair] = this.#behind[at]!;
    this.#behind[at] = this.#free;
    this.#free = at;
    this.#count--;
    this.#sink(this.#head[pair] === NONE ? this.#heap[--this.#heapCount]! : pair);
  }

  clear(): void {
    const last = this.#behind.length - 1;
    for (let at = 0; at < last; at++) this.#behind[at] = at + 1;
    this.#behind[last] = NONE;
    this.#free = 0;
    this.#count = this.#heapCount = 0;
    this.#head.fill(NONE);
  }

  #headUs(pair: number): number {
    return this.#times[this.#head[pair]!]!;
  }

  /** Whether the head of one pair leaves before that of another. */
  #before(a: number, b: number): boolean {
    const aUs = this.#headUs(a);
    const bUs = this.#headUs(b);
    return aUs < bUs || (aUs === bUs && a < b);
  }

  /** Put a pair into the heap. */
  #rise(pair: number): void {
    const heap = this.#heap;
    let at = this.#heapCount++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(pair, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = pair;
  }

  /** Put a pair into the place of the heap's top. */
  #sink(pair: number): void {
    const heap = this.#heap;
    const count = this.#heapCount;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, pair)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = pair;
  }

  snapshot(): number[] {
    const state: number[] = [];
    for (let pair = 0; pair < this.#pairCountMax; pair++) {
      const countAt = state.push(0) - 1;
      for (let at = this.#head[pair]!; at !== NONE; at = this.#behind[at]!) {
        state.push(this.#times[at]!, this.#bids[at]!, this.#asks[at]!);
        state[countAt]!++;
      }
    }
    return state;
  }

  restore(state: readonly number[]): void {
    this.clear();
    let from = 0;
    for (let pair = 0; pair < this.#pairCountMax; pair++) {
      for (let left = state[from++]!; left > 0; left--, from += 3) {
        this.push(pair, state[from]!, state[from + 1]!, state[from + 2]!);
      }
    }
    if (from !== state.length) throw new RangeError(`Cannot restore waiting ticks from ${state.length} numbers`);
  }
}
