/**
 * One simulated pair: a ten-level book that market makers keep around the efficient mid, and traders who hit it.
 *
 * An update first takes away what lies on the wrong side of the makers' price, then puts their price at the touch, lets one
 * level come, go or change its size, and fills the book up to ten levels again. A trade walks the book from the touch, with a
 * known aggressor whose side persists, and moves the efficient value of the currencies a little its way.
 *
 * Every batch leaves the book uncrossed, on the tick grid, ten levels deep. Prices are integer ticks inside and divided once.
 *
 * @module
 */
import {
  BPS_PER_ONE,
  emptyEvent,
  EventFlag,
  EventKind,
  type Pair,
  pairSpec,
  Side,
  StatusCode,
} from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import type { Random } from "../random.ts";
import { CURRENCIES, currencyIndex } from "./currencies.ts";
import type { CurrencyFactors } from "./currency_factors.ts";
import { BOOK_LEVELS, BookChanges, BookSide } from "./level_book.ts";

/** Sizes are whole steps of this, base currency units. */
export const SIZE_STEP = 500_000;
/** Sizes that makers show at a level. */
export const LEVEL_SIZE_MIN = 1_000_000;
export const LEVEL_SIZE_MAX = 20_000_000;
/** The spread at the quietest hour is this many times that of the busiest. */
const QUIET_SPREAD_FACTOR = 1.8;
/** Log of the spread's own noise: standard deviation and what is left of it after one update. */
const SPREAD_NOISE_SD = 0.2;
const SPREAD_NOISE_KEPT = 0.97;
/** Sizes of trades, millions of base currency, and their shares. */
const TRADE_SIZES_MILLION = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10];
const TRADE_SHARES = cumulate([10, 8, 16, 34, 14, 7, 8, 3]);
/** How often a trade is on the side of the one before. */
const TRADE_SIDE_PERSISTENCE = 0.62;
/** A bought million moves the efficient value up by this part of the pair's spread. */
const IMPACT_SPREADS_PER_MILLION = 0.1;
/** What an update does besides following the price: change a size, take a level away, add one; rarely the touch goes. */
const RESIZE_SHARE = 0.55;
const CANCEL_SHARE = 0.2;
const TOUCH_CANCEL_SHARE = 0.02;
/** How much nearer to the touch things happen: probability to stop at each level, from the touch. */
const NEAR_TOUCH = 0.3;

export interface PairMarketOptions {
  factors: CurrencyFactors;
  random: Random;
  /** Scales the impact of trades, so that volatility does not depend on how many there are. @default {1} */
  impactScale?: number;
}

export class PairMarket {
  readonly pair: Pair;
  readonly base: number;
  readonly quote: number;
  readonly #factors: CurrencyFactors;
  readonly #random: Random;
  readonly #ticksPerUnit: number;
  readonly #spreadBps: number;
  readonly #impactPerMillion: number;
  readonly #depthScale: number;
  readonly #changes = new BookChanges();
  readonly #bids = new BookSide(Side.bid, this.#changes);
  readonly #asks = new BookSide(Side.ask, this.#changes);
  readonly #event = emptyEvent();
  /** The touch as it was told last. */
  readonly #told = { bidTick: 0, bidSize: 0, askTick: 0, askSize: 0 };
  #spreadNoise = 0;
  #buyerIsAggressor = true;

  constructor(pair: Pair, options: PairMarketOptions) {
    const { base, quote, priceDecimals } = pairSpec(pair);
    this.pair = pair;
    this.base = currencyIndex(base);
    this.quote = currencyIndex(quote);
    this.#factors = options.factors;
    this.#random = options.random;
    this.#ticksPerUnit = 10 ** priceDecimals;
    this.#spreadBps = CURRENCIES[this.base]!.spreadBps + CURRENCIES[this.quote]!.spreadBps;
    this.#impactPerMillion = IMPACT_SPREADS_PER_MILLION * this.#spreadBps / BPS_PER_ONE * (options.impactScale ?? 1);
    this.#depthScale = Math.max(0.4, 1.2 / (1 + this.#spreadBps));
  }

  /** How busy the pair is now: the mean of its currencies' paces. */
  get pace(): number {
    return (this.#factors.pace[this.base]! + this.#factors.pace[this.quote]!) / 2;
  }

  get efficientMid(): number {
    return this.#factors.mid(this.base, this.quote);
  }

  /** Tell the whole book anew: clear, then every level and the touch, marked as a snapshot. */
  snapshot(timeUs: number, sink: EventSink): void {
    this.#follow();
    this.#fill();
    this.#changes.count = 0;
    this.#emit(EventKind.clear, EventFlag.snapshot, timeUs, sink);
    const event = this.#event;
    for (const side of [this.#bids, this.#asks]) {
      for (let at = 0; at < side.count; at++) {
        event.side = side.side;
        event.price = side.sign * side.keys[at]! / this.#ticksPerUnit;
        event.size = side.sizes[at]!;
        this.#emit(EventKind.level, EventFlag.snapshot, timeUs, sink);
      }
    }
    this.#emitQuote(EventFlag.snapshot, timeUs, sink);
  }

  /** Tell that events are missing before this time. */
  gap(timeUs: number, sink: EventSink): void {
    this.#event.side = StatusCode.gap;
    this.#emit(EventKind.status, EventFlag.lastOfBatch, timeUs, sink);
  }

  /** One update of the book: a batch of at least one level and, where the touch changed, a quote. */
  update(timeUs: number, sink: EventSink): void {
    this.#follow();
    this.#stir();
    this.#fill();
    this.#emitChanges(timeUs, sink);
  }

  /** One trade against the book, over as many levels as its size takes. */
  trade(timeUs: number, sink: EventSink): void {
    const random = this.#random;
    if (random.uniform() > TRADE_SIDE_PERSISTENCE) this.#buyerIsAggressor = !this.#buyerIsAggressor;
    const buys = this.#buyerIsAggressor;
    const side = buys ? this.#asks : this.#bids;
    const event = this.#event;
    let left = TRADE_SIZES_MILLION[random.pick(TRADE_SHARES)]! * 1e6;
    let filledMillion = 0;
    while (left > 0 && side.count > 1) {
      const key = side.keys[0]!;
      const filled = Math.min(left, side.bestSize);
      left -= filled;
      filledMillion += filled / 1e6;
      event.side = buys ? Side.buy : Side.sell;
      event.price = side.sign * key / this.#ticksPerUnit;
      event.size = filled;
      this.#emit(EventKind.trade, EventFlag.aggressorKnown, timeUs, sink);
      side.set(key, side.bestSize - filled);
    }
    this.#factors.push(this.base, this.quote, (buys ? 1 : -1) * filledMillion * this.#impactPerMillion);
    this.#fill();
    this.#emitChanges(timeUs, sink);
  }

  /** Bring the touch to the makers' price. What they no longer stand for goes first, so that no step is crossed. */
  #follow(): void {
    const mid = this.efficientMid * this.#ticksPerUnit;
    this.#spreadNoise = SPREAD_NOISE_KEPT * this.#spreadNoise +
      SPREAD_NOISE_SD * Math.sqrt(1 - SPREAD_NOISE_KEPT ** 2) * this.#random.normal();
    const quiet = QUIET_SPREAD_FACTOR - (QUIET_SPREAD_FACTOR - 1) * this.pace;
    const half = Math.max(
      0.5,
      this.#spreadBps / BPS_PER_ONE / 2 * mid * quiet * Math.sqrt(this.#factors.volatility) *
        Math.exp(this.#spreadNoise),
    );
    const bidKey = -Math.floor(mid - half);
    const askKey = Math.ceil(mid + half);
    this.#withdraw(this.#bids, bidKey);
    this.#withdraw(this.#asks, askKey);
    if (!this.#bids.has(bidKey)) this.#bids.set(bidKey, this.#levelSize(0));
    if (!this.#asks.has(askKey)) this.#asks.set(askKey, this.#levelSize(0));
  }

  #withdraw(side: BookSide, bestKey: number): void {
    while (side.count > 0 && side.keys[0]! < bestKey) side.set(side.keys[0]!, 0);
  }

  /** One level comes, goes or changes. */
  #stir(): void {
    const random = this.#random;
    const side = random.uniform() < 0.5 ? this.#bids : this.#asks;
    const action = random.uniform();
    const at = Math.min(random.geometric(NEAR_TOUCH), side.count - 1);
    if (action < RESIZE_SHARE) side.set(side.keys[at]!, this.#levelSize(at));
    else if (action < RESIZE_SHARE + CANCEL_SHARE) {
      if (at > 0) side.set(side.keys[at]!, 0);
    } else if (action < 1 - TOUCH_CANCEL_SHARE) {
      const key = side.keys[0]! + 1 + random.below(Math.max(1, side.worstKey - side.keys[0]!));
      if (!side.has(key)) side.set(key, this.#levelSize(at));
    } else if (side.count > 1) side.set(side.keys[0]!, 0);
  }

  /** Ten levels on each side: the furthest go where there are more, new ones come behind where there are fewer. */
  #fill(): void {
    for (const side of [this.#bids, this.#asks]) {
      while (side.count > BOOK_LEVELS) side.set(side.worstKey, 0);
      while (side.count < BOOK_LEVELS) {
        side.set(side.worstKey + 1 + this.#random.geometric(this.#levelGapChance()), this.#levelSize(side.count));
      }
    }
  }

  /** Levels lie a few ticks apart, further where the spread is wide. */
  #levelGapChance(): number {
    const spreadTicks = this.#asks.keys[0]! + this.#bids.keys[0]!;
    return 1 / (1 + 0.15 * Math.max(1, spreadTicks));
  }

  /** A size for a level, larger away from the touch and in tight pairs: whole steps within the bounds. */
  #levelSize(depth: number): number {
    const meanSteps = this.#depthScale * (1 + this.pace) * (1.5 + 0.8 * Math.min(depth, BOOK_LEVELS)) * 1e6 / SIZE_STEP;
    const size = LEVEL_SIZE_MIN + SIZE_STEP * this.#random.geometric(1 / (1 + meanSteps));
    return Math.min(size, LEVEL_SIZE_MAX);
  }

  #emitChanges(timeUs: number, sink: EventSink): void {
    const { count, sides, ticks, sizes } = this.#changes;
    const told = this.#told;
    const touched = told.bidTick !== this.#bids.bestTick || told.bidSize !== this.#bids.bestSize ||
      told.askTick !== this.#asks.bestTick || told.askSize !== this.#asks.bestSize;
    const event = this.#event;
    for (let i = 0; i < count; i++) {
      event.side = sides[i]!;
      event.price = ticks[i]! / this.#ticksPerUnit;
      event.size = sizes[i]!;
      const last = i === count - 1 && !touched;
      this.#emit(EventKind.level, last ? EventFlag.lastOfBatch : 0, timeUs, sink);
    }
    this.#changes.count = 0;
    if (touched) this.#emitQuote(0, timeUs, sink);
  }

  #emitQuote(flags: number, timeUs: number, sink: EventSink): void {
    const told = this.#told;
    const event = this.#event;
    told.bidTick = this.#bids.bestTick;
    told.bidSize = this.#bids.bestSize;
    told.askTick = this.#asks.bestTick;
    told.askSize = this.#asks.bestSize;
    event.price = told.bidTick / this.#ticksPerUnit;
    event.size = told.bidSize;
    event.price2 = told.askTick / this.#ticksPerUnit;
    event.size2 = told.askSize;
    this.#emit(EventKind.quote, flags | EventFlag.lastOfBatch, timeUs, sink);
  }

  /** Hand the event on; its numbers are absent again afterwards. */
  #emit(kind: number, flags: number, timeUs: number, sink: EventSink): void {
    const event = this.#event;
    event.kind = kind;
    event.flags = flags;
    event.eventTimeUs = timeUs;
    sink(this.pair, event);
    event.side = Side.none;
    event.price =
      event.size =
      event.price2 =
      event.size2 =
        NaN;
  }
}

function cumulate(shares: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(shares, (share) => sum += share);
}
