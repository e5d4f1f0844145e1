/**
 * The book of a simulated market: limit orders with owners, matched by price and time.
 *
 * Levels of a side lie best first under keys that rise away from the touch: the ask's key is its tick, the bid's is minus its tick. So
 * one piece of code serves both sides. Orders of a level are a chained list in the order of their arrival. What changes is noted in a
 * {@linkcode Batch}.
 *
 * Cost: a walk over at most {@linkcode SIDE_LEVELS_MAX} levels per change. Bounded: {@linkcode ORDERS_MAX} orders; one more is refused.
 *
 * @module
 */
import { Side } from "../../contract/mod.ts";
import type { Batch } from "./batch.ts";

/** Levels of a side. Overflow: an order that would make one more is refused. */
export const SIDE_LEVELS_MAX = 96;
/** Orders in a book. Overflow: one more is refused. */
export const ORDERS_MAX = 4_096;
const NONE = -1;

export class BookSide {
  readonly side: number;
  /** `tick = sign · key`. */
  readonly sign: 1 | -1;
  readonly keys = new Int32Array(SIDE_LEVELS_MAX);
  readonly sizes = new Float64Array(SIDE_LEVELS_MAX);
  /** First and last order of each level. */
  readonly heads = new Int32Array(SIDE_LEVELS_MAX);
  readonly tails = new Int32Array(SIDE_LEVELS_MAX);
  count = 0;

  constructor(side: typeof Side.bid | typeof Side.ask) {
    this.side = side;
    this.sign = side === Side.bid ? -1 : 1;
  }

  /** NaN where the side is empty. */
  get bestTick(): number {
    return this.count > 0 ? this.sign * this.keys[0]! : NaN;
  }

  get bestSize(): number {
    return this.count > 0 ? this.sizes[0]! : 0;
  }

  /** Index of the first level whose key is not below. */
  find(key: number): number {
    let at = 0;
    while (at < this.count && this.keys[at]! < key) at++;
    return at;
  }

  sizeAt(tick: number): number {
    const key = this.sign * tick;
    const at = this.find(key);
    return at < this.count && this.keys[at] === key ? this.sizes[at]! : 0;
  }

  depth(levels: number): number {
    let total = 0;
    for (let at = 0; at < Math.min(levels, this.count); at++) total += this.sizes[at]!;
    return total;
  }

  insert(at: number, key: number): void {
    for (const list of [this.keys, this.sizes, this.heads, this.tails]) list.copyWithin(at + 1, at, this.count);
    this.keys[at] = key;
    this.sizes[at] = 0;
    this.heads[at] = this.tails[at] = NONE;
    this.count++;
  }

  remove(at: number): void {
    for (const list of [this.keys, this.sizes, this.heads, this.tails]) list.copyWithin(at, at + 1, this.count);
    this.count--;
  }
}

export class OrderBook {
  readonly bids = new BookSide(Side.bid);
  readonly asks = new BookSide(Side.ask);
  readonly #batch: Batch;
  // Orders by slot; free slots are chained through `next`.
  readonly #ids = new Float64Array(ORDERS_MAX);
  readonly #ticks = new Int32Array(ORDERS_MAX);
  readonly #sizes = new Float64Array(ORDERS_MAX);
  readonly #owners = new Int32Array(ORDERS_MAX);
  readonly #sides = new Uint8Array(ORDERS_MAX);
  readonly #next = new Int32Array(ORDERS_MAX);
  readonly #previous = new Int32Array(ORDERS_MAX);
  readonly #slotOf = new Map<number, number>();
  #free = 0;
  #nextId = 1;

  constructor(batch: Batch) {
    this.#batch = batch;
    for (let slot = 0; slot < ORDERS_MAX; slot++) this.#next[slot] = slot + 1 < ORDERS_MAX ? slot + 1 : NONE;
  }

  of(side: number): BookSide {
    return side === Side.bid ? this.bids : this.asks;
  }

  get orderCount(): number {
    return this.#slotOf.size;
  }

  /** What is left of an order; 0 of one that is gone. */
  sizeOf(id: number): number {
    const slot = this.#slotOf.get(id);
    return slot === undefined ? 0 : this.#sizes[slot]!;
  }

  tickOf(id: number): number {
    const slot = this.#slotOf.get(id);
    return slot === undefined ? NaN : this.#ticks[slot]!;
  }

  /** Every order, level by level, the best first. */
  *orders(side: BookSide): Generator<{ id: number; tick: number; size: number; owner: number }> {
    for (let at = 0; at < side.count; at++) {
      for (let slot = side.heads[at]!; slot !== NONE; slot = this.#next[slot]!) {
        yield { id: this.#ids[slot]!, tick: this.#ticks[slot]!, size: this.#sizes[slot]!, owner: this.#owners[slot]! };
      }
    }
  }

  /** Leave an order; one that would cross waits at the best tick that does not. Answers its id, 0 where it is refused. */
  place(sideCode: number, tick: number, size: number, owner: number): number {
    const side = this.of(sideCode);
    const other = side === this.bids ? this.asks : this.bids;
    if (other.count > 0) {
      tick = side === this.bids ? Math.min(tick, other.bestTick - 1) : Math.max(tick, other.bestTick + 1);
    }
    if (!(size > 0) || this.#free === NONE) return 0;
    const key = side.sign * tick;
    const at = side.find(key);
    if (at === side.count || side.keys[at] !== key) {
      if (side.count === SIDE_LEVELS_MAX) return 0;
      side.insert(at, key);
    }
    const slot = this.#free;
    this.#free = this.#next[slot]!;
    const id = this.#nextId++;
    this.#slotOf.set(id, slot);
    this.#ids[slot] = id;
    this.#ticks[slot] = tick;
    this.#sizes[slot] = size;
    this.#owners[slot] = owner;
    this.#sides[slot] = sideCode;
    this.#next[slot] = NONE;
    this.#previous[slot] = side.tails[at]!;
    if (side.tails[at] === NONE) side.heads[at] = slot;
    else this.#next[side.tails[at]!] = slot;
    side.tails[at] = slot;
    side.sizes[at]! += size;
    this.#batch.level(sideCode, tick, side.sizes[at]!);
    this.#batch.order(id, sideCode, tick, size);
    return id;
  }

  /** Take an order back; answers what was left of it. */
  cancel(id: number): number {
    const slot = this.#slotOf.get(id);
    if (slot === undefined) return 0;
    const size = this.#sizes[slot]!;
    this.#reduce(slot, size);
    return size;
  }

  /** Take back what lies beyond a price, best first, of those owners that `goes` says; ends at a level of which something stays. */
  takeBackBeyond(side: BookSide, tick: number, goes: (owner: number) => boolean): void {
    while (side.count > 0 && side.sign * (side.bestTick - tick) < 0) {
      const { bestTick } = side;
      for (let slot = side.heads[0]!, next: number; slot !== NONE; slot = next) {
        next = this.#next[slot]!;
        if (goes(this.#owners[slot]!)) this.#reduce(slot, this.#sizes[slot]!);
      }
      if (side.count > 0 && side.bestTick === bestTick) return;
    }
  }

  /**
   * Take from a side, best first, as far as a limit; own orders are passed over by being taken back.
   *
   * @param selfTrade whether own orders are taken like any other
   * @returns the size that was filled
   */
  take(
    aggressor: number,
    size: number,
    { owner, limitTick, selfTrade = false }: { owner: number; limitTick?: number; selfTrade?: boolean },
  ): number {
    const side = aggressor === Side.buy ? this.asks : this.bids;
    let left = size;
    while (left > 0 && side.count > 0) {
      const tick = side.bestTick;
      if (limitTick !== undefined && side.sign * (tick - limitTick) > 0) break;
      const slot = side.heads[0]!;
      if (this.#owners[slot] === owner && !selfTrade) {
        this.#reduce(slot, this.#sizes[slot]!);
        continue;
      }
      const filled = Math.min(left, this.#sizes[slot]!);
      const passive = this.#owners[slot]!;
      const [buyer, seller] = aggressor === Side.buy ? [owner, passive] : [passive, owner];
      this.#batch.trade(tick, filled, aggressor, buyer, seller);
      this.#reduce(slot, filled);
      left -= filled;
    }
    return size - left;
  }

  #reduce(slot: number, size: number): void {
    const sideCode = this.#sides[slot]!;
    const side = this.of(sideCode);
    const tick = this.#ticks[slot]!;
    const at = side.find(side.sign * tick);
    const left = this.#sizes[slot]! - size;
    this.#sizes[slot] = left;
    side.sizes[at]! -= size;
    this.#batch.order(this.#ids[slot]!, sideCode, tick, left);
    if (left <= 0) this.#unlink(side, at, slot);
    if (side.heads[at] === NONE) {
      side.remove(at);
      this.#batch.level(sideCode, tick, 0);
    } else this.#batch.level(sideCode, tick, side.sizes[at]!);
  }

  #unlink(side: BookSide, at: number, slot: number): void {
    const previous = this.#previous[slot]!;
    const next = this.#next[slot]!;
    if (previous === NONE) side.heads[at] = next;
    else this.#next[previous] = next;
    if (next === NONE) side.tails[at] = previous;
    else this.#previous[next] = previous;
    this.#slotOf.delete(this.#ids[slot]!);
    this.#next[slot] = this.#free;
    this.#free = slot;
  }
}
