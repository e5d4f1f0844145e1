/**
 * Sizes that are shown near the touch, how long they rest, what trades on the other side meanwhile, and how they go: what spoofing and
 * layering are made of.
 *
 * A size is what a level grew by within a moment; where the feed tells single orders, it is the orders themselves, up to four of one price.
 * It has gone when four fifths of what trades left of it were withdrawn in one go, that is within a third of a second. One that leaves in
 * pieces, is filled or rests for too long is forgotten: it was meant.
 *
 * Cost: one comparison per change that is too small, else a walk over the {@linkcode SHOWN_MAX} slots. State: 20 numbers a slot.
 * Limits: on a book of levels, what others add and take at the same price in the same moment counts as part of it.
 *
 * @module
 */
import { Side, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import type { LevelChange, TapeTrade } from "./flow_tape.ts";
import type { MarketView } from "./market_view.ts";
import type { OrderChange } from "./order_tape.ts";

/** Sizes that are watched at once. Overflow: the smallest is forgotten. */
export const SHOWN_MAX = 24;
/** A withdrawal in one go takes so long at most, and so much of what is left. */
const GO_US = 300 * US_PER_MS;
const GO_SHARE = 0.8;
/** A trade explains what goes of its price for so long. */
const CREDIT_US = 500 * US_PER_MS;
/** What has gone is remembered for so long. */
const GONE_US = 3 * US_PER_SECOND;

const FIELDS = [
  "side",
  "price",
  "size",
  "unit",
  "bornUs",
  "sequence",
  "grownUs",
  "distanceBps",
  "filled",
  "credit",
  "creditUs",
  "goingSize",
  "goingUs",
  "goneUs",
  "oppositeSize",
  "oppositeUs",
  "id0",
  "id1",
  "id2",
  "id3",
] as const;
const IDS = ["id0", "id1", "id2", "id3"] as const;

/** One size. `side` is 0 in a slot that is free. */
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

const empty = (): ShownSize => Object.fromEntries(FIELDS.map((name) => [name, 0])) as ShownSize;

export class ShownSizes implements Estimator {
  readonly slots: readonly ShownSize[] = Array.from({ length: SHOWN_MAX }, empty);
  readonly #options: ShownSizesOptions;

  constructor(options: ShownSizesOptions) {
    this.#options = options;
  }

  /** A level changed, on a book of levels. Answers the size that has gone with it. */
  level(change: LevelChange, market: MarketView): ShownSize | undefined {
    const { side, price, after, added, distanceBps } = change;
    if (added > 0) {
      const unit = market.usual.levelSize;
      if (unit === undefined || added < this.#options.pieceRatio * unit) return undefined;
      if (distanceBps <= this.#options.distanceBps) {
        this.#grow(market, { side, price, added, distanceBps, unit, id: 0 });
      }
      return undefined;
    }
    const slot = this.#at(side, price);
    if (slot === undefined) return undefined;
    slot.filled += change.traded;
    if (this.#going(slot, change.withdrawn, market.timeUs)) return slot;
    // The level is too small to hold it: it left by and by.
    if (after < (1 - GO_SHARE) * slot.size || slot.filled > 0.5 * slot.size) slot.side = 0;
    return undefined;
  }

  /** An order changed, where the feed tells them. Answers the size that has gone with it. */
  order(change: OrderChange, market: MarketView): ShownSize | undefined {
    const { side, price, id, before, after } = change;
    if (before === 0) {
      const unit = market.usual.levelSize;
      if (unit === undefined || after < this.#options.pieceRatio * unit) return undefined;
      const { bid, ask } = market.book;
      const distanceBps = (1e4 * (side === Side.bid ? bid - price : price - ask)) / market.mid;
      if (distanceBps <= this.#options.distanceBps) {
        this.#grow(market, { side, price, added: after, distanceBps, unit, id });
      }
      return undefined;
    }
    if (after >= before) return undefined;
    const slot = this.#at(side, price);
    if (slot === undefined || !IDS.some((name) => slot[name] === id)) return undefined;
    const credit = market.timeUs - slot.creditUs <= CREDIT_US ? slot.credit : 0;
    const traded = Math.min(credit, before - after);
    slot.credit = credit - traded;
    slot.filled += traded;
    // What is made smaller bit by bit is worked, or filled by trades that are told later.
    if (this.#going(slot, before - after - traded, market.timeUs)) return slot;
    if (slot.filled > 0.5 * slot.size) slot.side = 0;
    return undefined;
  }

  trade({ price, size, passiveSide, explains }: TapeTrade, { timeUs }: MarketView): void {
    if (passiveSide === Side.none) return;
    for (const slot of this.slots) {
      if (slot.side === 0) continue;
      if (slot.side !== passiveSide) {
        if (slot.goneUs !== 0) continue;
        slot.oppositeSize += size;
        slot.oppositeUs = timeUs;
      } else if (slot.price === price) {
        if (slot.goneUs !== 0) slot.filled += explains;
        else {
          slot.credit = (timeUs - slot.creditUs <= CREDIT_US ? slot.credit : 0) + size;
          slot.creditUs = timeUs;
        }
      }
    }
  }

  /** How many of a side, as large as this one, were shown within a time of it. */
  companions(of: ShownSize, withinUs: number): number {
    let count = 0;
    for (const slot of this.slots) {
      if (slot === of || slot.side !== of.side || Math.abs(slot.bornUs - of.bornUs) > withinUs) continue;
      if (slot.size >= 0.5 * of.size && slot.size <= 2 * of.size) count++;
    }
    return count;
  }

  interrupt(): void {
    for (const slot of this.slots) slot.side = 0;
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

  #at(side: number, price: number): ShownSize | undefined {
    for (const slot of this.slots) {
      if (slot.price === price && slot.side === side && slot.goneUs === 0) return slot;
    }
    return undefined;
  }

  #grow(
    { timeUs, sequence }: MarketView,
    { side, price, added, distanceBps, unit, id }: {
      side: number;
      price: number;
      added: number;
      distanceBps: number;
      unit: number;
      id: number;
    },
  ): void {
    const known = this.#at(side, price);
    if (known !== undefined && timeUs - known.bornUs <= this.#options.growUs) {
      const free = IDS.find((name) => known[name] === 0);
      if (free !== undefined) {
        known[free] = id;
        known.size += added;
        known.grownUs = timeUs;
        return;
      }
    }
    const slot = known !== undefined && added > known.size ? known : this.#free(timeUs, added);
    if (slot === undefined) return;
    for (const name of FIELDS) slot[name] = 0;
    slot.side = side;
    slot.price = price;
    slot.size = added;
    slot.unit = unit;
    slot.bornUs = slot.grownUs = timeUs;
    slot.sequence = sequence;
    slot.distanceBps = distanceBps;
    slot.id0 = id;
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
    return this.slots.flatMap((slot) => FIELDS.map((name) => slot[name]));
  }

  restore(state: readonly number[]): void {
    this.slots.forEach((slot, k) => FIELDS.forEach((name, i) => slot[name] = state[k * FIELDS.length + i]!));
  }
}
