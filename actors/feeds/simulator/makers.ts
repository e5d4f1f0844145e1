/**
 * Market makers: each keeps a ladder of orders on both sides around its own idea of the price.
 *
 * A maker's price is the efficient one, leaned towards the heavier side of the book and against its inventory; its spread has noise of
 * its own. At its turn it follows the price, changes the size of an order, or now and then quotes everything anew.
 *
 * @module
 */
import { type Random, Side } from "../../contract/mod.ts";
import type { OrderBook } from "./order_book.ts";

/** What makers are told of their market at each turn. */
export interface MakersView {
  /** Efficient price in ticks, with whatever the book says of where it goes. */
  fairTick: number;
  /** Half of the spread that one of them keeps, ticks, before its noise. */
  halfTicks: number;
  /** Distance of their levels, ticks, on average. */
  gapTicks: number;
  /** Scale of sizes. */
  size: number;
}

const LEVELS_MIN = 4;
const LEVELS_MAX = 7;
/** Log of a maker's spread: standard deviation and what is left of it after one turn. */
const SPREAD_NOISE_SD = 0.25;
const SPREAD_NOISE_KEPT = 0.95;
/** What a maker does at its turn, beside following: change a size; everything anew. */
const RESIZE_SHARE = 0.3;
const REQUOTE_SHARE = 0.006;
/** How much nearer to the touch sizes change: probability to stop at each level. */
const NEAR_TOUCH = 0.35;

interface Maker {
  readonly owner: number;
  readonly levels: number;
  readonly appetite: number;
  /** Ids of its orders, the best first. */
  readonly bids: number[];
  readonly asks: number[];
  noise: number;
  inventoryLean: number;
}

export class Makers {
  readonly #book: OrderBook;
  readonly #random: Random;
  readonly #all: Maker[];
  readonly #sizeOf: (depth: number, scale: number) => number;

  constructor(
    book: OrderBook,
    { random, owners, sizeOf }: {
      random: Random;
      owners: readonly number[];
      sizeOf: (depth: number, scale: number) => number;
    },
  ) {
    this.#book = book;
    this.#random = random;
    this.#sizeOf = sizeOf;
    this.#all = owners.map((owner) => ({
      owner,
      levels: LEVELS_MIN + random.below(LEVELS_MAX - LEVELS_MIN + 1),
      appetite: 0.7 + 0.6 * random.uniform(),
      bids: [],
      asks: [],
      noise: SPREAD_NOISE_SD * random.normal(),
      inventoryLean: 0,
    }));
  }

  /** Everybody quotes: the market opens. */
  open(view: MakersView): void {
    for (const maker of this.#all) this.#follow(maker, view);
  }

  /** The turn of one of them. */
  turn(view: MakersView): void {
    const random = this.#random;
    const maker = this.#all[random.below(this.#all.length)]!;
    const what = random.uniform();
    if (what < REQUOTE_SHARE) {
      for (const id of [...maker.bids, ...maker.asks]) this.#book.cancel(id);
      maker.bids.length = maker.asks.length = 0;
    } else if (what < REQUOTE_SHARE + RESIZE_SHARE) return this.#resize(maker, view);
    maker.noise = SPREAD_NOISE_KEPT * maker.noise +
      SPREAD_NOISE_SD * Math.sqrt(1 - SPREAD_NOISE_KEPT ** 2) * random.normal();
    maker.inventoryLean = 0.9 * maker.inventoryLean + 0.3 * random.normal();
    this.#follow(maker, view);
  }

  /** One side of everything, or all, goes. */
  pull(side?: number): void {
    for (const maker of this.#all) {
      for (const list of [maker.bids, maker.asks]) {
        if (side !== undefined && (list === maker.bids) !== (side === Side.bid)) continue;
        for (const id of list) this.#book.cancel(id);
        list.length = 0;
      }
    }
  }

  /** One maker's order near the touch of a side; 0 where there is none. */
  someOrder(side: number): number {
    const maker = this.#all[this.#random.below(this.#all.length)]!;
    return (side === Side.bid ? maker.bids : maker.asks)[0] ?? 0;
  }

  #follow(maker: Maker, view: MakersView): void {
    const half = Math.max(0.5, view.halfTicks * Math.exp(maker.noise));
    const fair = view.fairTick + Math.max(-0.4, Math.min(0.4, maker.inventoryLean)) * half;
    this.#followSide(maker, maker.bids, { sideCode: Side.bid, best: Math.floor(fair - half), view });
    this.#followSide(maker, maker.asks, { sideCode: Side.ask, best: Math.ceil(fair + half), view });
  }

  #followSide(
    maker: Maker,
    list: number[],
    { sideCode, best: wanted, view }: { sideCode: number; best: number; view: MakersView },
  ): void {
    const book = this.#book;
    const sign = sideCode === Side.bid ? 1 : -1;
    const other = book.of(sideCode === Side.bid ? Side.ask : Side.bid);
    const best = other.count === 0 ? wanted : sign * Math.min(sign * wanted, sign * other.bestTick - 1);
    // Filled ones are gone; those before the best go.
    for (let i = 0; i < list.length;) {
      const tick = book.tickOf(list[i]!);
      if (tick === tick && sign * (tick - best) <= 0) i++;
      else {
        if (tick === tick) book.cancel(list[i]!);
        list.splice(i, 1);
      }
    }
    if (list.length === 0 || book.tickOf(list[0]!) !== best) {
      const id = book.place(sideCode, best, this.#size(maker, 0, view), maker.owner);
      if (id !== 0) list.unshift(id);
    }
    while (list.length > maker.levels) book.cancel(list.pop()!);
    while (list.length < maker.levels && list.length > 0) {
      const tick = book.tickOf(list.at(-1)!) - sign * (1 + this.#random.geometric(1 / (1 + view.gapTicks)));
      const id = book.place(sideCode, tick, this.#size(maker, list.length, view), maker.owner);
      if (id === 0) break;
      list.push(id);
    }
  }

  #resize(maker: Maker, view: MakersView): void {
    const sideCode = this.#random.below(2) === 0 ? Side.bid : Side.ask;
    const list = sideCode === Side.bid ? maker.bids : maker.asks;
    if (list.length === 0) return this.#follow(maker, view);
    const at = Math.min(list.length - 1, this.#random.geometric(NEAR_TOUCH));
    const tick = this.#book.tickOf(list[at]!);
    this.#book.cancel(list[at]!);
    const id = tick === tick ? this.#book.place(sideCode, tick, this.#size(maker, at, view), maker.owner) : 0;
    if (id === 0) list.splice(at, 1);
    else list[at] = id;
  }

  #size(maker: Maker, depth: number, { size }: MakersView): number {
    return this.#sizeOf(depth, maker.appetite * size);
  }
}
