/**
 * What a venue tells of its market: batches as events, in the detail that it gives, and everything that can go wrong on the way.
 *
 * A batch is told as its trades, then its levels and orders, then the touch where it changed. While the feed stalls, the levels that
 * change are noted and told as they are when it goes on.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, type Pair, Side, StatusCode } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import type { Batch } from "./batch.ts";
import type { OrderBook } from "./order_book.ts";

/** What a feed gives: the touch, the levels, every order. */
export type FeedDetail = "l1" | "l2" | "l3";

export interface FeedTapOptions {
  pair: Pair;
  book: OrderBook;
  ticksPerUnit: number;
  detail: FeedDetail;
  counterparties: boolean;
  aggressors: boolean;
}

/** Trades that may be told twice. */
const REPEATS_MAX = 1_000;

export class FeedTap {
  /** Takes the events; set while time is moved on. */
  sink: EventSink = () => {};
  readonly #options: FeedTapOptions;
  readonly #event = emptyEvent();
  /** The touch as it was told last. */
  readonly #told = { bid: NaN, bidSize: NaN, ask: NaN, askSize: NaN };
  /** Levels that changed while nothing was told, as signed ticks. */
  readonly #unheard = new Set<number>();
  #silent = false;
  #crossTicks: number | undefined;
  #repeats = 0;

  constructor(options: FeedTapOptions) {
    this.#options = options;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** Tell what an action changed. */
  tell(batch: Batch, timeUs: number): void {
    if (this.#silent) {
      for (let i = 0; i < batch.levelCount; i++) {
        this.#unheard.add(batch.levelSides[i] === Side.bid ? -batch.levelTicks[i]! : batch.levelTicks[i]!);
      }
      return;
    }
    const { detail } = this.#options;
    const touched = this.#touched();
    let left = batch.tradeCount + (touched ? 1 : 0) + (detail === "l1" ? 0 : batch.levelCount) +
      (detail === "l3" ? batch.orderCount : 0);
    const flag = () => --left === 0 ? EventFlag.lastOfBatch : 0;
    for (let i = 0; i < batch.tradeCount; i++) this.#tellTrade(batch, i, timeUs, flag());
    if (detail === "l3") {
      for (let i = 0; i < batch.orderCount; i++) {
        const event = this.#event;
        event.side = batch.orderSides[i]!;
        event.price = this.#price(batch.orderTicks[i]!);
        event.size = Math.max(0, batch.orderSizes[i]!);
        event.price2 = batch.orderIds[i]!;
        this.#emit(EventKind.order, flag(), timeUs);
      }
    }
    if (detail !== "l1") {
      for (let i = 0; i < batch.levelCount; i++) {
        this.#tellLevel(batch.levelSides[i]!, batch.levelTicks[i]!, batch.levelSizes[i]!, flag(), timeUs);
      }
    }
    if (touched) this.#tellTouch(EventFlag.lastOfBatch, timeUs);
  }

  #tellTrade(batch: Batch, i: number, timeUs: number, flags: number): void {
    const { counterparties, aggressors } = this.#options;
    const times = this.#repeats > 0 ? 2 : 1;
    if (this.#repeats > 0) this.#repeats--;
    for (let time = 0; time < times; time++) {
      const event = this.#event;
      event.side = aggressors ? batch.tradeSides[i]! : Side.none;
      event.price = this.#price(batch.tradeTicks[i]!);
      event.size = batch.tradeSizes[i]!;
      if (counterparties) {
        event.price2 = batch.buyers[i]!;
        event.size2 = batch.sellers[i]!;
      }
      this.#emit(EventKind.trade, flags | (aggressors ? EventFlag.aggressorKnown : 0), timeUs);
    }
  }

  #tellLevel(side: number, tick: number, size: number, flags: number, timeUs: number): void {
    this.#event.side = side;
    this.#event.price = this.#price(tick);
    this.#event.size = size;
    this.#emit(EventKind.level, flags, timeUs);
  }

  /** Tell the whole book anew: clear, then every level and order and the touch, marked as a picture. */
  picture(timeUs: number): void {
    const { book, detail } = this.#options;
    this.#unheard.clear();
    if (this.#silent) return;
    this.#emit(EventKind.clear, EventFlag.snapshot, timeUs);
    for (const side of [book.bids, book.asks]) {
      if (detail === "l3") {
        for (const { id, tick, size } of book.orders(side)) {
          const event = this.#event;
          event.side = side.side;
          event.price = this.#price(tick);
          event.size = size;
          event.price2 = id;
          this.#emit(EventKind.order, EventFlag.snapshot, timeUs);
        }
      }
      if (detail === "l1") continue;
      for (let at = 0; at < side.count; at++) {
        this.#tellLevel(side.side, side.sign * side.keys[at]!, side.sizes[at]!, EventFlag.snapshot, timeUs);
      }
    }
    this.#tellTouch(EventFlag.snapshot | EventFlag.lastOfBatch, timeUs);
  }

  status(code: number, timeUs: number): void {
    if (this.#silent) return;
    this.#event.side = code;
    this.#emit(EventKind.status, EventFlag.lastOfBatch, timeUs);
  }

  disconnect(timeUs: number): void {
    this.status(StatusCode.disconnected, timeUs);
    this.#silent = true;
  }

  connect(timeUs: number): void {
    this.#silent = false;
    this.status(StatusCode.connected, timeUs);
    this.picture(timeUs);
  }

  stall(): void {
    this.#silent = true;
  }

  /** Go on: what changed meanwhile is told as it is now. */
  goOn(timeUs: number): void {
    this.#silent = false;
    const { book, detail } = this.#options;
    const unheard = detail === "l1" ? [] : [...this.#unheard];
    this.#unheard.clear();
    const touched = this.#touched();
    unheard.forEach((signed, i) => {
      const side = signed < 0 ? book.bids : book.asks;
      const tick = Math.abs(signed);
      const last = i === unheard.length - 1 && !touched;
      this.#tellLevel(side.side, tick, side.sizeAt(tick), last ? EventFlag.lastOfBatch : 0, timeUs);
    });
    if (touched) this.#tellTouch(EventFlag.lastOfBatch, timeUs);
  }

  /** Tell a touch for one event that is not there. */
  badTick(ticks: number, timeUs: number): void {
    const { bids, asks } = this.#options.book;
    if (this.#silent || bids.count === 0 || asks.count === 0) return;
    const event = this.#event;
    event.price = this.#price(bids.bestTick + ticks);
    event.size = bids.bestSize;
    event.price2 = this.#price(asks.bestTick + ticks);
    event.size2 = asks.bestSize;
    this.#told.bid = NaN; // so that the next batch tells the true one
    this.#emit(EventKind.quote, EventFlag.lastOfBatch, timeUs);
  }

  /** Tell quotes with the bid so many ticks at or above the ask until told otherwise. */
  cross(ticks: number | undefined, timeUs: number): void {
    this.#crossTicks = ticks;
    if (!this.#silent) this.#tellTouch(EventFlag.lastOfBatch, timeUs);
  }

  repeatTrades(count: number): void {
    this.#repeats = Math.min(REPEATS_MAX, this.#repeats + count);
  }

  #touched(): boolean {
    const { bids, asks } = this.#options.book;
    const told = this.#told;
    return !Object.is(told.bid, bids.bestTick) || told.bidSize !== bids.bestSize ||
      !Object.is(told.ask, asks.bestTick) || told.askSize !== asks.bestSize;
  }

  #tellTouch(flags: number, timeUs: number): void {
    const { bids, asks } = this.#options.book;
    const told = this.#told;
    told.bid = bids.bestTick;
    told.bidSize = bids.bestSize;
    told.ask = asks.bestTick;
    told.askSize = asks.bestSize;
    // Nothing to say of a market without orders.
    if (bids.count + asks.count === 0) return;
    const event = this.#event;
    const crossed = this.#crossTicks !== undefined && bids.count > 0 && asks.count > 0;
    event.price = this.#price(crossed ? asks.bestTick + this.#crossTicks! : bids.bestTick);
    event.size = bids.count > 0 ? bids.bestSize : NaN;
    event.price2 = this.#price(asks.bestTick);
    event.size2 = asks.count > 0 ? asks.bestSize : NaN;
    this.#emit(EventKind.quote, flags, timeUs);
  }

  #price(tick: number): number {
    return tick / this.#options.ticksPerUnit;
  }

  /** Hand the event on; its numbers are absent again afterwards. */
  #emit(kind: number, flags: number, timeUs: number): void {
    const event = this.#event;
    event.kind = kind;
    event.flags = flags;
    event.eventTimeUs = timeUs;
    this.sink(this.#options.pair, event);
    event.side = Side.none;
    event.price =
      event.size =
      event.price2 =
      event.size2 =
        NaN;
  }
}
