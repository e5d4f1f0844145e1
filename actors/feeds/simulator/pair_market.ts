/**
 * One simulated pair: makers, takers and patient orders that meet in one book, and whoever acts through its venue.
 *
 * The efficient price comes from the currencies; a traded million moves it a little. Makers lean towards the heavier side of the book,
 * takers of one kind follow it, and after a trade some of what is left on its side goes: so whoever shows a size that he does not mean
 * is answered, as in a real market. Every action is one batch of events, after which the book is not crossed.
 *
 * @module
 */
import { BPS_PER_ONE, type Pair, pairSpec, type Random, Side, US_PER_SECOND } from "../../contract/mod.ts";
import { Batch } from "./batch.ts";
import { CURRENCIES, currencyIndex } from "./currencies.ts";
import type { CurrencyFactors } from "./currency_factors.ts";
import { type FeedDetail, FeedTap } from "./feed_tap.ts";
import { Makers, type MakersView } from "./makers.ts";
import { OrderBook } from "./order_book.ts";
import { PatientOrders } from "./patient_orders.ts";
import { rollNearness } from "./sessions.ts";
import type { Schedule } from "./schedule.ts";
import { Takers } from "./takers.ts";
import type { Mood, UsualMarket } from "./venue.ts";

/** Sizes are whole steps of this, base currency units. */
export const SIZE_STEP = 100_000;
/** Sizes that are shown at a level. */
export const LEVEL_SIZE_MIN = 100_000;
export const LEVEL_SIZE_MAX = 40_000_000;
/** The spread at the quietest hour is this many times that of the busiest. */
const QUIET_SPREAD_FACTOR = 1.8;
/** At the roll in New York: how much slower everything is, and how much wider. */
const ROLL_CALM = 0.7;
const ROLL_SPREAD = 2.5;
/** The touch is the best of several makers: one of them alone keeps a wider spread. */
const MAKER_SPREAD_FACTOR = 1.7;
/** A bought million moves the efficient value up by this part of the pair's spread. */
const IMPACT_SPREADS_PER_MILLION = 0.05;
/** How far makers lean to the heavier side: half-spreads at an imbalance of 1. */
const LEAN = 0.35;
/** Levels whose sizes say which side is heavier. */
const LEAN_LEVELS = 3;
/** Levels of a side whose mean size is what a level usually shows. */
const NEAR_LEVELS = 5;
/** Trades for each update of the book. */
const TRADES_PER_UPDATE = 0.05;
/** What an update is, besides a maker's turn. */
const PATIENT_SHARE = 0.3;
/** Chance that what is left of the passive side goes after a trade, within a second. */
const SHY_SHARE = 0.12;
const SHY_US_MAX = US_PER_SECOND;
/** Share of the orders that the price has passed which are taken back at once. */
const FAST_SHARE = 0.8;
/** Somebody trades on a price that stands so many half-spreads, and ticks, behind the efficient one; not at every update. */
const ARBITRAGE_HALVES = 0.7;
const ARBITRAGE_TICKS = 1.5;
const ARBITRAGE_SHARE = 0.1;
const ARBITRAGE_SIZE = 1_000_000;
/** Signs are foreseen to this share: what everybody expected of a trade moves nothing. Weight of a trade in what is expected. */
const FORESEEN = 0.85;
const FORESEEN_WEIGHT = 0.08;

const MAKER_OWNERS = [101, 102, 103, 104, 105, 106];
const TAKER_OWNERS = Array.from({ length: 40 }, (_, i) => 201 + i);
const PATIENT_OWNERS = Array.from({ length: 40 }, (_, i) => 301 + i);
const ARBITRAGEUR = 401;
/** Owners that come later. */
const NEW_OWNERS_FROM = 1_001;

export interface PairMarketOptions {
  factors: CurrencyFactors;
  random: Random;
  schedule: Schedule;
  /** Scales the impact of trades, so that volatility does not depend on how many there are. */
  impactScale: number;
  ratePerSecond: number;
  detail: FeedDetail;
  counterparties: boolean;
  aggressors: boolean;
}

export class PairMarket {
  readonly pair: Pair;
  readonly base: number;
  readonly quote: number;
  readonly book: OrderBook;
  readonly tap: FeedTap;
  readonly mood: Mood = { spread: 1, size: 1, pace: 1, trades: 1, volatility: 1 };
  readonly random: Random;
  readonly schedule: Schedule;
  readonly #factors: CurrencyFactors;
  readonly #ratePerSecond: number;
  readonly #ticksPerUnit: number;
  readonly #spreadBps: number;
  readonly #impactPerMillion: number;
  readonly #depthScale: number;
  readonly #batch = new Batch();
  readonly #makers: Makers;
  readonly #takers: Takers;
  readonly #patient: PatientOrders;
  readonly #view: MakersView = { fairTick: NaN, halfTicks: 1, gapTicks: 1, size: 1 };
  /** A deviation of this pair alone, log, that halves in so long. */
  readonly #apart = { log: 0, halfLifeUs: 1, sinceUs: 0 };
  #expectedSign = 0;
  #newOwner = NEW_OWNERS_FROM;

  constructor(pair: Pair, options: PairMarketOptions) {
    const { base, quote, priceDecimals } = pairSpec(pair);
    const { random, schedule } = options;
    this.pair = pair;
    this.base = currencyIndex(base);
    this.quote = currencyIndex(quote);
    this.random = random;
    this.schedule = schedule;
    this.#factors = options.factors;
    this.#ratePerSecond = options.ratePerSecond;
    this.#ticksPerUnit = 10 ** priceDecimals;
    this.#spreadBps = CURRENCIES[this.base]!.spreadBps + CURRENCIES[this.quote]!.spreadBps;
    this.#impactPerMillion = IMPACT_SPREADS_PER_MILLION * this.#spreadBps / BPS_PER_ONE * options.impactScale;
    this.#depthScale = Math.max(0.4, 1.2 / (1 + this.#spreadBps));
    this.book = new OrderBook(this.#batch);
    this.tap = new FeedTap({ ...options, pair, book: this.book, ticksPerUnit: this.#ticksPerUnit });
    const sizeOf = (depth: number, scale: number) => this.#levelSize(depth, scale);
    this.#makers = new Makers(this.book, { random, owners: MAKER_OWNERS, sizeOf });
    this.#takers = new Takers({ random, owners: TAKER_OWNERS });
    this.#patient = new PatientOrders({ market: this, owners: PATIENT_OWNERS, sizeOf });
  }

  get timeUs(): number {
    return this.schedule.timeUs;
  }

  /** How busy the pair is now: the mean of its currencies' paces. */
  get pace(): number {
    return (this.#factors.pace[this.base]! + this.#factors.pace[this.quote]!) / 2 *
      (1 - ROLL_CALM * rollNearness(this.timeUs));
  }

  /** Updates of the book and trades a second, on average. */
  get eventsPerSecond(): number {
    const { pace, trades } = this.mood;
    return this.#ratePerSecond * this.pace * (pace + TRADES_PER_UPDATE * trades);
  }

  get efficientMid(): number {
    return this.#factors.mid(this.base, this.quote) * Math.exp(this.#apartNow);
  }

  get efficientTick(): number {
    return this.efficientMid * this.#ticksPerUnit;
  }

  get #apartNow(): number {
    const { log, halfLifeUs, sinceUs } = this.#apart;
    return log === 0 ? 0 : log * 2 ** (-(this.timeUs - sinceUs) / halfLifeUs);
  }

  dislocate(ticks: number, halfLifeUs: number): void {
    this.#apart.log = this.#apartNow + Math.log1p(ticks / this.efficientTick);
    this.#apart.halfLifeUs = halfLifeUs;
    this.#apart.sinceUs = this.timeUs;
  }

  push(ticks: number): void {
    this.#factors.push(this.base, this.quote, Math.log1p(ticks / this.efficientTick));
  }

  /** The currencies have moved to a time. */
  step(stepSeconds: number): void {
    const { volatility } = this.mood;
    if (volatility <= 1) return;
    const sigma = this.#sigmaLog * Math.sqrt((volatility ** 2 - 1) * stepSeconds);
    this.#factors.push(this.base, this.quote, sigma * this.random.normal());
  }

  get #sigmaLog(): number {
    return this.#factors.sigmaOf(this.base, this.quote);
  }

  /** What is usual here at this hour. */
  get usual(): UsualMarket {
    const { pace } = this;
    const perSecond = this.#ratePerSecond * pace;
    return {
      levelSize: Math.max(
        SIZE_STEP,
        (this.book.bids.depth(NEAR_LEVELS) + this.book.asks.depth(NEAR_LEVELS)) / (2 * NEAR_LEVELS),
      ),
      tradeSize: Takers.medianSize,
      spreadTicks: Math.max(1, 2 * this.#halfTicks / MAKER_SPREAD_FACTOR),
      updatesPerSecond: perSecond,
      tradesPerSecond: perSecond * TRADES_PER_UPDATE,
      sigmaTicks: Math.max(0.1, this.#sigmaLog * this.efficientTick),
    };
  }

  /** The book is filled; nothing is told. */
  open(): void {
    this.#makers.open(this.#see());
    for (let i = 0; i < 20; i++) this.#patient.arrive(this.#view);
    this.#batch.clear();
  }

  /** Makers and patient orders of a market that stood still: as after a pause. */
  reopen(): void {
    this.#makers.pull();
    this.#patient.pull();
    this.open();
  }

  /** Makers take all back and quote anew, in one go. */
  requote(): void {
    this.#makers.pull();
    this.#makers.open(this.#see());
    this.tell();
  }

  pull(side?: number): void {
    this.#makers.pull(side);
    this.#patient.pull(side);
    this.tell();
  }

  /** The next update or trade of ordinary participants. */
  fire(): void {
    const { pace, trades } = this.mood;
    const tradeShare = TRADES_PER_UPDATE * trades / (pace + TRADES_PER_UPDATE * trades);
    const what = this.random.uniform();
    if (what < tradeShare) this.#trade();
    else {
      const view = this.#see();
      for (const side of [this.book.bids, this.book.asks]) this.book.takeBackBeyond(side, view.fairTick, this.#isFast);
      this.#arbitrage(view);
      if (this.random.uniform() < PATIENT_SHARE) this.#patient.arrive(view);
      else this.#makers.turn(view);
    }
    this.tell();
  }

  /** Whether whoever has an order that the price has passed takes it back; those who act on a plan of their own do not. */
  readonly #isFast = (owner: number): boolean => owner < NEW_OWNERS_FROM && this.random.uniform() < FAST_SHARE;

  /** Tell what the last action changed. */
  tell(): void {
    if (this.#batch.levelCount + this.#batch.tradeCount > 0) this.tap.tell(this.#batch, this.timeUs);
    this.#batch.clear();
  }

  /** Prices of a trade that does not meet the book. */
  print(tick: number, size: number, aggressor: number, buyer: number, seller: number): void {
    this.#batch.trade(tick, size, aggressor, buyer, seller);
    this.#afterTrade(aggressor, size);
    this.tell();
  }

  /** Take from the book for somebody; it moves the price as any trade does. */
  take(
    aggressor: number,
    size: number,
    options: { owner: number; limitTick?: number; selfTrade?: boolean },
  ): number {
    const filled = this.book.take(aggressor, size, options);
    if (filled > 0) this.#afterTrade(aggressor, filled);
    return filled;
  }

  newOwner(): number {
    return this.#newOwner++;
  }

  someOwner(): number {
    return this.random.below(2) === 0
      ? TAKER_OWNERS[this.random.below(TAKER_OWNERS.length)]!
      : PATIENT_OWNERS[this.random.below(PATIENT_OWNERS.length)]!;
  }

  #trade(): void {
    const { aggressor, size, owner } = this.#takers.next(this.#imbalance);
    // Nobody empties a book that is thin: half of a side at most.
    const side = this.book.of(aggressor === Side.buy ? Side.ask : Side.bid);
    const most = Math.max(SIZE_STEP, Math.floor(side.depth(10) / 2 / SIZE_STEP) * SIZE_STEP);
    this.take(aggressor, Math.min(size, most), { owner });
  }

  #afterTrade(aggressor: number, size: number): void {
    const sign = aggressor === Side.buy ? 1 : -1;
    const surprise = sign - FORESEEN * this.#expectedSign;
    this.#expectedSign += FORESEEN_WEIGHT * (sign - this.#expectedSign);
    this.#factors.push(this.base, this.quote, surprise * (size / 1e6) * this.#impactPerMillion);
    if (this.random.uniform() >= SHY_SHARE) return;
    const id = this.#makers.someOrder(aggressor === Side.buy ? Side.ask : Side.bid);
    this.schedule.add(this.timeUs + Math.floor(this.random.uniform() ** 2 * SHY_US_MAX), () => {
      this.book.cancel(id);
      this.tell();
    });
  }

  /** Whoever sees a price that the market has left takes it. */
  #arbitrage({ fairTick, halfTicks }: MakersView): void {
    const { bids, asks } = this.book;
    const ticks = ARBITRAGE_TICKS + ARBITRAGE_HALVES * halfTicks;
    if (this.random.uniform() > ARBITRAGE_SHARE) return;
    if (asks.count > 0 && asks.bestTick < fairTick - ticks) {
      this.book.take(Side.buy, ARBITRAGE_SIZE, { owner: ARBITRAGEUR, limitTick: Math.floor(fairTick) });
    } else if (bids.count > 0 && bids.bestTick > fairTick + ticks) {
      this.book.take(Side.sell, ARBITRAGE_SIZE, { owner: ARBITRAGEUR, limitTick: Math.ceil(fairTick) });
    }
  }

  get #imbalance(): number {
    const bid = this.book.bids.depth(LEAN_LEVELS);
    const ask = this.book.asks.depth(LEAN_LEVELS);
    return bid + ask === 0 ? 0 : (bid - ask) / (bid + ask);
  }

  get #halfTicks(): number {
    const quiet = QUIET_SPREAD_FACTOR - (QUIET_SPREAD_FACTOR - 1) * this.pace;
    return Math.max(
      0.5,
      MAKER_SPREAD_FACTOR * this.#spreadBps / BPS_PER_ONE / 2 * this.efficientTick * quiet *
        Math.sqrt(this.#factors.volatility) * (1 + ROLL_SPREAD * rollNearness(this.timeUs)),
    );
  }

  #see(): MakersView {
    const view = this.#view;
    view.halfTicks = this.#halfTicks * this.mood.spread;
    view.fairTick = this.efficientTick + LEAN * this.#imbalance * view.halfTicks;
    view.gapTicks = 0.3 * Math.max(1, this.#halfTicks);
    view.size = this.mood.size;
    return view;
  }

  #meanLevelSize(depth: number): number {
    return this.#depthScale * (1 + this.pace) * (0.5 + 0.35 * Math.min(depth, 6)) * 1e6;
  }

  /** A size for an order: log-normal, larger away from the touch and in tight pairs, mostly round. */
  #levelSize(depth: number, scale: number): number {
    const size = this.#meanLevelSize(depth) * scale * Math.exp(0.55 * this.random.normal() - 0.15);
    const step = size > 1.5e6 && this.random.uniform() < 0.6
      ? 1e6
      : size > 4e5 && this.random.uniform() < 0.7
      ? 5e5
      : SIZE_STEP;
    return Math.min(LEVEL_SIZE_MAX, Math.max(LEVEL_SIZE_MIN, step * Math.round(size / step)));
  }
}
