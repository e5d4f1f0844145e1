/**
 * The book of one pair as Kraken's `book` channel keeps it, with the checksum that it sends along.
 *
 * Prices and sizes are whole numbers of the smallest units that the `instrument` channel gives: exact, where decimal fractions are
 * not, and their digits are just what the checksum is made of. The checksum is the CRC-32 of the digits of price and size, without
 * dot and leading zeros, of the best ten asks and then the best ten bids, best first.
 *
 * Each side is a pair of sorted arrays, the best level at their end, where nearly all changes happen. A change costs a binary
 * search and a short move; a checksum some 2 µs. Source: docs.kraken.com, "Book checksum (WebSocket v2)".
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { Side } from "../../../contract/mod.ts";

/** Levels a side that the checksum speaks of. */
const CHECKSUM_LEVELS = 10;
/** Digits of a whole number at most. */
const DIGITS_MAX = 16;
/** A decimal fraction times a power of ten is sure to be exact below this. Beyond it the checksum cannot be made. */
export const EXACT_UNITS_MAX = 2 ** 51;

export interface KrakenBookOptions {
  /** Levels a side that were subscribed to; further ones are dropped, as the venue does. */
  depth: number;
  priceDecimals: number;
  sizeDecimals: number;
}

/** Levels of one side, in whole units. */
class BookSide {
  readonly keys: Float64Array;
  readonly sizes: Float64Array;
  /** 1 where a higher price is better, −1 where a lower one is. */
  readonly sign: number;
  count = 0;

  constructor(readonly side: number, depth: number) {
    this.sign = side === Side.bid ? 1 : -1;
    // One message may bring as many new levels as there are, before what is too deep is dropped.
    this.keys = new Float64Array(2 * depth + 1);
    this.sizes = new Float64Array(2 * depth + 1);
  }

  /** Set the size at a price, 0 removes it. `false` where there is no room for it. */
  set(ticks: number, units: number): boolean {
    const { keys, sizes } = this;
    const key = ticks * this.sign;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    const isThere = low < this.count && keys[low] === key;
    if (units > 0) {
      if (!isThere) {
        if (this.count === keys.length) return false;
        keys.copyWithin(low + 1, low, this.count);
        sizes.copyWithin(low + 1, low, this.count);
        this.count++;
      }
      keys[low] = key;
      sizes[low] = units;
    } else if (isThere) {
      keys.copyWithin(low, low + 1, this.count);
      sizes.copyWithin(low, low + 1, this.count);
      this.count--;
    }
    return true;
  }

  /** Price of a level in ticks, 0 the best. */
  ticks(depth: number): number {
    return this.keys[this.count - 1 - depth]! * this.sign;
  }

  /** Drop the worst levels beyond so many. */
  dropBeyond(depth: number): void {
    const drop = this.count - depth;
    if (drop <= 0) return;
    this.keys.copyWithin(0, drop, this.count);
    this.sizes.copyWithin(0, drop, this.count);
    this.count = depth;
  }
}

/** Takes one level: its side, price in quote currency and size in base units; 0 where it went. */
export type LevelSink = (side: number, price: number, size: number) => void;

export class KrakenBook {
  readonly #options: KrakenBookOptions;
  readonly #bids: BookSide;
  readonly #asks: BookSide;
  readonly #priceUnit: number;
  readonly #sizeUnit: number;
  readonly #digits = new Uint8Array(2 * 2 * CHECKSUM_LEVELS * DIGITS_MAX);
  #digitCount = 0;

  constructor(options: KrakenBookOptions) {
    this.#options = options;
    this.#bids = new BookSide(Side.bid, options.depth);
    this.#asks = new BookSide(Side.ask, options.depth);
    this.#priceUnit = 10 ** options.priceDecimals;
    this.#sizeUnit = 10 ** options.sizeDecimals;
  }

  /** Whether it counts in these units. */
  hasUnits(priceDecimals: number, sizeDecimals: number): boolean {
    return this.#options.priceDecimals === priceDecimals && this.#options.sizeDecimals === sizeDecimals;
  }

  clear(): void {
    this.#bids.count = this.#asks.count = 0;
  }

  /** Take a level. `false` where it is none, or one message brings more levels than a book has. */
  set(side: number, price: number, size: number): boolean {
    const ticks = Math.round(price * this.#priceUnit);
    const units = Math.round(size * this.#sizeUnit);
    if (!(ticks > 0 && units >= 0 && ticks < Infinity && units < Infinity)) return false;
    return (side === Side.bid ? this.#bids : this.#asks).set(ticks, units);
  }

  /** Drop what is deeper than was subscribed to: the venue speaks of it no more. Tells of each level that goes. */
  truncate(sink: LevelSink): void {
    for (const levels of [this.#bids, this.#asks]) {
      const { depth } = this.#options;
      for (let at = levels.count - 1; at >= depth; at--) sink(levels.side, levels.ticks(at) / this.#priceUnit, 0);
      levels.dropBeyond(depth);
    }
  }

  /** Tell of every level, best first. */
  each(sink: LevelSink): void {
    for (const levels of [this.#bids, this.#asks]) {
      for (let depth = 0; depth < levels.count; depth++) {
        sink(
          levels.side,
          levels.ticks(depth) / this.#priceUnit,
          levels.sizes[levels.count - 1 - depth]! / this.#sizeUnit,
        );
      }
    }
  }

  /** Best price of a side; NaN where it is empty. */
  best(side: number): number {
    const levels = side === Side.bid ? this.#bids : this.#asks;
    return levels.count === 0 ? NaN : levels.ticks(0) / this.#priceUnit;
  }

  /** CRC-32 of the best ten levels; `undefined` where a size is too large to know all its digits. */
  checksum(): number | undefined {
    this.#digitCount = 0;
    for (const levels of [this.#asks, this.#bids]) {
      const end = Math.max(0, levels.count - CHECKSUM_LEVELS);
      for (let at = levels.count - 1; at >= end; at--) {
        const units = levels.sizes[at]!;
        if (units >= EXACT_UNITS_MAX) return undefined;
        this.#write(levels.keys[at]! * levels.sign);
        this.#write(units);
      }
    }
    return crc32(this.#digits.subarray(0, this.#digitCount));
  }

  #write(whole: number): void {
    const digits = this.#digits;
    let at = this.#digitCount;
    for (let rest = whole; rest > 0;) {
      const next = Math.floor(rest / 10);
      digits[at++] = 48 + rest - next * 10;
      rest = next;
    }
    for (let from = this.#digitCount, to = at - 1; from < to; from++, to--) {
      const digit = digits[from]!;
      digits[from] = digits[to]!;
      digits[to] = digit;
    }
    this.#digitCount = at;
  }
}
