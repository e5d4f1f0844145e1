/**
 * Sizes that are shown near the touch, how long they rest, what trades meanwhile, and how they go: what spoofing and layering are made of.
 *
 * A size is what a level grew by within a moment; where the feed tells single orders, it is the orders themselves, up to four of one price.
 * It has gone when four fifths of what trades left of it were withdrawn in one go, that is within a third of a second. One that leaves in
 * pieces, is filled or rests for too long is forgotten: it was meant. With single orders it is known too whether an order of the other side
 * that came to the touch just before the size, and is smaller, was filled by half while it stood: whoever shows what is not meant wants
 * that one, and soon.
 *
 * Cost: one comparison per change that is too small, else a walk over the {@linkcode SHOWN_MAX} slots. State: 25 numbers a slot.
 * Limits: on a book of levels, what others add and take at the same price in the same moment counts as part of it.
 *
 * @module
 */
import { BPS_PER_ONE, Side, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import type { OrderChange } from "./order_tape.ts";

/** Sizes that are watched at once. Overflow: the smallest is forgotten. */
export const SHOWN_MAX = 32;
/** A withdrawal in one go takes so long at most, and so much of what is left. */
const GO_US = 300 * US_PER_MS;
const GO_SHARE = 0.8;
/** A trade explains what goes of its price for so long. */
const CREDIT_US = 500 * US_PER_MS;
/** What has gone is remembered for so long. */
const GONE_US = 3 * US_PER_SECOND;
/** A genuine order comes before the size by so much at most, is so large against it, and is filled by so much. */
const GENUINE_US = US_PER_SECOND;
const GENUINE_SIZE = 0.7;
const GENUINE_SHARE = 0.5;
/** A trade of the other side counts that came so long before the size. */
const EARLY_US = US_PER_SECOND;
/** A like size on the other side that comes within so long makes the two a maker's. */
const PAIRED_US = 300 * US_PER_MS;
const PAIRED_SHARE = 0.4;
/** Trades whose orders may still be told. Overflow: the oldest explains nothing more. */
const TRADES_MAX = 8;
/** Orders that came to the touch of late. Overflow: the oldest was not there. */
const TOUCHING_MAX = 64;
const TRADE_FIELDS = 4;

const FIELDS = [
  "side",
  "price",
  "size",
  "unit",
  "bornUs",
  "sequence",
  "distanceBps",
  "spreads",
  "filled",
  "goingSize",
  "goingUs",
  "goneUs",
  "goneSpreads",
  "oppositeSize",
  "oppositeUs",
  "ownUs",
  "genuineUs",
  "paired",
  "replaced",
  "alone",
  "judged",
  "id0",
  "id1",
  "id2",
  "id3",
] as const;
const IDS = ["id0", "id1", "id2", "id3"] as const;

/**
 * One size. `side` is 0 in a slot that is free; `unit` is the usual size of a level, `spreads` the distance from the touch in usual
 * spreads, `goneSpreads` the same when it went, `ownUs` the newest trade of its own side. Of what went: `replaced` is what its side was given in the same batch, over the size,
 * and `alone` the size over what its side lost there. `genuineUs` is 0 while no genuine order was filled; `paired` is 1 where a
 * like size came on the other side with it; `judged` is its user's.
 */
export type ShownSize = Record<typeof FIELDS[number], number>;

export interface ShownSizesOptions {
  /** Smallest growth that is part of one, in usual sizes of a level. */
  pieceRatio: number;
  /** Furthest from the touch, bps. */
  distanceBps: number;
  /** Time in which it grows, microseconds. */
  growUs: number;
  /** One that rests longer was meant, microseconds. */
  restUs: number;
}

interface Growth {
  side: number;
  price: number;
  added: number;
  distanceBps: number;
  id: number;
}

const empty = (): ShownSize => Object.fromEntries(FIELDS.map((name) => [name, 0])) as ShownSize;

export class ShownSizes implements Estimator {
  readonly slots: readonly ShownSize[] = Array.from({ length: SHOWN_MAX }, empty);
  readonly #options: ShownSizesOptions;
  /** What the sides were given in the batch under way, and lost: bid, ask; bid, ask. */
  readonly #batch = new Float64Array(4);
  /** Newest trades: side, price, time, and what of them no order has explained. */
  readonly #trades = new Float64Array(TRADES_MAX * TRADE_FIELDS);
  #nextTrade = 0;
  /** Orders that came to the touch, or made it, by their ids. */
  readonly #touching = new Float64Array(TOUCHING_MAX);
  #nextTouching = 0;
  /** The newest trade of each side: when, and its size; bid, ask. */
  readonly #newest = new Float64Array(4);

  constructor(options: ShownSizesOptions) {
    this.#options = options;
  }

  /** A level changed. Answers whether a size has gone with it. */
  level(change: LevelChange, market: MarketView): boolean {
    const { side, price, after, added, removed, distanceBps } = change;
    const at = side === Side.bid ? 0 : 1;
    this.#batch[at]! += added;
    this.#batch[2 + at]! += removed;
    if (market.orders.count > 0) return false;
    if (added > 0) {
      this.#grow({ side, price, added, distanceBps, id: 0 }, market);
      return false;
    }
    const slot = this.#at(side, price, 0);
    if (slot === undefined) return false;
    slot.filled += change.traded;
    if (this.#going(slot, change.withdrawn, market.timeUs)) {
      slot.goneSpreads = distanceBps / (market.usual.spreadBps ?? NaN);
      return true;
    }
    // The level is too small to hold it: it left by and by.
    if (after < (1 - GO_SHARE) * slot.size || slot.filled > 0.5 * slot.size) slot.side = 0;
    return false;
  }

  /** An order changed, where the feed tells them. Answers whether a size has gone with it. */
  order(change: OrderChange, market: MarketView): boolean {
    const { side, price, id, before, after } = change;
    if (before === 0) {
      const distanceBps = awayBps(side, price, market);
      if (distanceBps <= 0) this.#touching[this.#nextTouching++ % TOUCHING_MAX] = id;
      this.#grow({ side, price, added: after, distanceBps, id }, market);
      return false;
    }
    if (after >= before) return false;
    const { timeUs } = market;
    const traded = this.#tradedOf(side, price, before - after, timeUs);
    if (traded > 0 && after <= (1 - GENUINE_SHARE) * change.peak && this.#touching.includes(id)) {
      this.#genuine(change, timeUs);
    }
    const slot = this.#at(side, price, id);
    if (slot === undefined) return false;
    slot.filled += traded;
    if (this.#going(slot, before - after - traded, timeUs)) {
      slot.goneSpreads = awayBps(side, price, market) / (market.usual.spreadBps ?? NaN);
      return true;
    }
    if (slot.filled > 0.5 * slot.size) slot.side = 0;
    return false;
  }

  trade({ price, size, passiveSide, explains }: TapeTrade, { timeUs, orders }: MarketView): void {
    if (passiveSide === Side.none) return;
    const at = passiveSide === Side.bid ? 0 : 2;
    this.#newest[at] = timeUs;
    this.#newest[at + 1] = size;
    if (orders.count > 0) {
      this.#trades.set([passiveSide, price, timeUs, size], this.#nextTrade * TRADE_FIELDS);
      this.#nextTrade = (this.#nextTrade + 1) % TRADES_MAX;
    }
    for (const slot of this.slots) {
      if (slot.side === 0) continue;
      if (slot.goneUs !== 0) {
        if (slot.side === passiveSide && slot.price === price) slot.filled += explains;
      } else if (slot.side === passiveSide) slot.ownUs = timeUs;
      else {
        slot.oppositeSize += size;
        slot.oppositeUs = timeUs;
      }
    }
  }

  /** A batch has ended: what went in it is set against what else its side lost, and was given. */
  settle(timeUs: number): void {
    const batch = this.#batch;
    for (const slot of this.slots) {
      if (slot.side === 0 || slot.goneUs !== timeUs || slot.alone > 0) continue;
      const at = slot.side === Side.bid ? 0 : 1;
      slot.replaced = batch[at]! / slot.size;
      slot.alone = slot.size / Math.max(slot.size, batch[2 + at]!);
    }
    this.clearBatch();
  }

  /** A batch has ended with which nothing went. */
  clearBatch(): void {
    this.#batch.fill(0);
  }

  interrupt(): void {
    for (const slot of this.slots) slot.side = 0;
    this.#trades.fill(0);
    this.#touching.fill(0);
    this.#newest.fill(0);
    this.clearBatch();
  }

  /** Of so much that went of a price, what trades explain. */
  #tradedOf(side: number, price: number, size: number, timeUs: number): number {
    const trades = this.#trades;
    let left = size;
    for (let at = 0; at < trades.length && left > 0; at += TRADE_FIELDS) {
      if (trades[at] !== side || trades[at + 1] !== price || timeUs - trades[at + 2]! > CREDIT_US) continue;
      const taken = Math.min(left, trades[at + 3]!);
      trades[at + 3]! -= taken;
      left -= taken;
    }
    return size - left;
  }

  /** An order was filled by half: was it there just before a size of the other side? */
  #genuine({ side, bornUs, peak }: OrderChange, timeUs: number): void {
    for (const slot of this.slots) {
      if (slot.side === 0 || slot.side === side || slot.goneUs !== 0 || slot.genuineUs !== 0) continue;
      const leadUs = slot.bornUs - bornUs;
      if (leadUs > 0 && leadUs < GENUINE_US && peak < GENUINE_SIZE * slot.size) slot.genuineUs = timeUs;
    }
  }

  /** So much was withdrawn. @returns whether all of it has gone in one go. */
  #going(slot: ShownSize, withdrawn: number, timeUs: number): boolean {
    if (!(withdrawn > 0)) return false;
    if (timeUs - slot.goingUs > GO_US) {
      slot.goingSize = 0;
      slot.goingUs = timeUs;
    }
    slot.goingSize += withdrawn;
    if (slot.goingSize < GO_SHARE * (slot.size - slot.filled)) return false;
    slot.goneUs = timeUs;
    return true;
  }

  /** The size that stands at a price; of single orders, the one that this is of. */
  #at(side: number, price: number, id: number): ShownSize | undefined {
    for (const slot of this.slots) {
      if (slot.price !== price || slot.side !== side || slot.goneUs !== 0) continue;
      if (slot.id0 === id || slot.id1 === id || slot.id2 === id || slot.id3 === id) return slot;
    }
    return undefined;
  }

  #grow({ side, price, added, distanceBps, id }: Growth, { timeUs, sequence, usual }: MarketView): void {
    const { levelSize: unit, spreadBps } = usual;
    if (unit === undefined || spreadBps === undefined || added < this.#options.pieceRatio * unit) return;
    if (!(distanceBps <= this.#options.distanceBps)) return;
    for (const slot of this.slots) {
      if (slot.price !== price || slot.side !== side || slot.goneUs !== 0) continue;
      if (timeUs - slot.bornUs > this.#options.growUs) {
        // On a book of levels the two cannot be told apart: the larger is watched.
        if (id === 0 && slot.size >= added) return;
        if (id === 0) slot.side = 0;
        continue;
      }
      const free = id === 0 ? "id0" : IDS.find((name) => slot[name] === 0);
      if (free === undefined) continue;
      slot[free] = id;
      slot.size += added;
      this.#pair(slot);
      return;
    }
    const slot = this.#free(timeUs, added);
    if (slot === undefined) return;
    for (const name of FIELDS) slot[name] = 0;
    slot.side = side;
    slot.price = price;
    slot.size = added;
    slot.unit = unit;
    slot.bornUs = timeUs;
    slot.sequence = sequence;
    slot.distanceBps = distanceBps;
    slot.spreads = distanceBps / spreadBps;
    slot.id0 = id;
    const at = side === Side.bid ? 2 : 0;
    if (timeUs - this.#newest[at]! <= EARLY_US) {
      slot.oppositeUs = this.#newest[at]!;
      slot.oppositeSize = this.#newest[at + 1]!;
    }
    this.#pair(slot);
  }

  #pair(slot: ShownSize): void {
    for (const one of this.slots) {
      if (one.side === 0 || one.side === slot.side || Math.abs(one.bornUs - slot.bornUs) > PAIRED_US) continue;
      if (Math.min(one.size, slot.size) > PAIRED_SHARE * Math.max(one.size, slot.size)) one.paired = slot.paired = 1;
    }
  }

  /** A slot for one more: a free one, else the smallest where that is smaller. */
  #free(timeUs: number, size: number): ShownSize | undefined {
    let smallest: ShownSize | undefined;
    for (const slot of this.slots) {
      if (slot.side === 0) return slot;
      if (slot.goneUs !== 0 ? timeUs - slot.goneUs > GONE_US : timeUs - slot.bornUs > this.#options.restUs) return slot;
      if (smallest === undefined || slot.size < smallest.size) smallest = slot;
    }
    return smallest!.size < size ? smallest : undefined;
  }

  snapshot(): number[] {
    const slots = this.slots.flatMap((slot) => FIELDS.map((name) => slot[name]));
    const head = [this.#nextTrade, this.#nextTouching];
    return [...head, ...this.#batch, ...this.#newest, ...this.#trades, ...this.#touching, ...slots];
  }

  restore(state: readonly number[]): void {
    [this.#nextTrade, this.#nextTouching] = state as [number, number];
    let at = 2;
    for (const list of [this.#batch, this.#newest, this.#trades, this.#touching]) {
      list.set(state.slice(at, at += list.length));
    }
    this.slots.forEach((slot, k) => FIELDS.forEach((name, i) => slot[name] = state[at + k * FIELDS.length + i]!));
  }
}

/** Distance of a price behind the touch of its side, bps of the mid. */
export function awayBps(side: number, price: number, { book: { bid, ask }, mid }: MarketView): number {
  return (BPS_PER_ONE * (side === Side.bid ? bid - price : price - ask)) / mid;
}
