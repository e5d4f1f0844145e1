/**
 * Kraken, WebSocket API v2, without a key: books of levels and signed trades of every currency pair that it lists.
 *
 * `instrument` says which pairs there are and in which units; then `book` and `trade` are subscribed to. Each update of a book is
 * checked against the checksum that comes with it before it is published; where they differ the book is cleared, the gap is told,
 * and the book is asked for anew. Trades carry numbers that rise by one: what is missing is told, what comes again is dropped.
 *
 * Source: docs.kraken.com, "Spot WebSocket v2".
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FeedFault,
  type MarketEvent,
  type Pair,
  pairLabel,
  Side,
  StatusCode,
  US_PER_MS,
} from "../../../contract/mod.ts";
import { type FeedLink, type LiveSource, symbolsOf } from "../../live/mod.ts";
import { touchMark } from "../../normaliser.ts";
import { KrakenBook } from "./kraken_book.ts";
import { type BookData, type BookLevel, KrakenMessage, type TradeData } from "./kraken_message.ts";

export const KRAKEN_URL = "wss://ws.kraken.com/v2";
/** Levels a side that can be asked for. */
export const KRAKEN_DEPTHS = [10, 25, 100, 500, 1000] as const;
/** A heartbeat comes every second where nothing else does. */
const SILENCE_MS_MAX = 10_000;
/** How long a book may be under way before it is asked for again. */
const SNAPSHOT_MS_MAX = 15_000;
/** Looks at what did not come within that time. */
const SNAPSHOT_LOOKS = 3;
/** Times that a pair is asked for before it counts as refused; a book that came starts the count anew. */
const TRIES_MAX = 5;
/** Books of one pair in a row that did not hold, before the connection is given up. */
const BROKEN_MAX = 5;
/** Pairs in one request. */
const SYMBOLS_PER_REQUEST_MAX = 50;

export interface KrakenOptions {
  pairs: readonly Pair[];
  /** @default {KRAKEN_URL} */
  url?: string;
  /** Levels a side. @default {10} */
  depth?: number;
  /** How long a book may be under way before it is asked for again. @default {SNAPSHOT_MS_MAX} */
  snapshotMsMax?: number;
}

export function krakenSource(options: KrakenOptions): LiveSource {
  const { pairs, url = KRAKEN_URL, depth = 10, snapshotMsMax = SNAPSHOT_MS_MAX } = options;
  return {
    name: "kraken",
    gives: ["levels", "trades"],
    conflated: false,
    symbols: symbolsOf(pairs, pairLabel),
    silenceMsMax: SILENCE_MS_MAX,
    async run(link) {
      const session = new KrakenSession(link, { symbols: this.symbols, depth, snapshotMsMax });
      await link.socket(url, {
        onOpen: (send) => session.open(send),
        onText: (text, send) => session.take(text, send),
        every: { ms: snapshotMsMax / SNAPSHOT_LOOKS, call: (send) => session.look(send) },
      });
    },
  };
}

type Send = (text: string) => void;

/** What is known of a pair on this connection. */
interface Followed {
  readonly pair: Pair;
  readonly symbol: string;
  book: KrakenBook | undefined;
  /** Whether the book is whole: its snapshot came, and nothing was missed since. */
  isWhole: boolean;
  askedUs: number;
  tries: number;
  brokenCount: number;
  lastTradeId: number;
}

class KrakenSession {
  readonly #link: FeedLink;
  readonly #depth: number;
  readonly #snapshotUsMax: number;
  readonly #followed = new Map<string, Followed>();
  readonly #event = emptyEvent();
  /** Changes of the message under way, published when its checksum holds. */
  readonly #changes: { side: number; price: number; size: number }[] = [];
  #changeCount = 0;
  #isOnline = true;
  #requestId = 0;

  constructor(
    link: FeedLink,
    { symbols, depth, snapshotMsMax }: { symbols: ReadonlyMap<Pair, string>; depth: number; snapshotMsMax: number },
  ) {
    this.#link = link;
    this.#depth = depth;
    this.#snapshotUsMax = snapshotMsMax * US_PER_MS;
    for (const [pair, symbol] of symbols) {
      this.#followed.set(symbol, {
        pair,
        symbol,
        book: undefined,
        isWhole: false,
        askedUs: Infinity,
        tries: 0,
        brokenCount: 0,
        lastTradeId: 0,
      });
    }
  }

  open(send: Send): void {
    this.#request(send, "subscribe", { channel: "instrument", snapshot: true });
  }

  /** @throws {SyntaxError} where the text is no JSON. */
  take(text: string, send: Send): void {
    const message = KrakenMessage.read(text);
    switch (message.kind) {
      case "book":
        for (const data of message.data) this.#takeBook(data, message.isSnapshot, send);
        return;
      case "trades":
        for (const data of message.data) this.#takeTrade(data);
        return;
      case "instruments":
        return this.#takeInstruments(message.data, send);
      case "status":
        return this.#takeStatus(message.isOnline);
      case "answer":
        if (message.timeUs !== undefined) this.#link.sourceShows(message.timeUs);
        if (message.error !== undefined) this.#takeRefusal(message.symbol, message.error);
        return;
      case "unknown":
        return this.#link.refuse("kind-unknown", () => text.slice(0, 200));
    }
  }

  /** Ask again for books that did not come. */
  look(send: Send): void {
    const again: Followed[] = [];
    for (const followed of this.#followed.values()) {
      if (this.#link.receiveTimeUs - followed.askedUs < this.#snapshotUsMax) continue;
      if (followed.tries < TRIES_MAX) again.push(followed);
      else this.#giveUp(followed, `no book came after asking ${TRIES_MAX} times`);
    }
    if (again.length > 0) this.#ask(again, send, { anew: true });
  }

  #takeInstruments(data: Extract<KrakenMessage, { kind: "instruments" }>["data"], send: Send): void {
    const fresh: Followed[] = [];
    for (const { symbol, status, priceDecimals, sizeDecimals } of data.pairs) {
      const followed = this.#followed.get(symbol);
      if (followed === undefined || followed.book?.hasUnits(priceDecimals, sizeDecimals)) continue;
      if (status === "delisted") continue;
      followed.book = new KrakenBook({ depth: this.#depth, priceDecimals, sizeDecimals });
      followed.isWhole = false;
      fresh.push(followed);
    }
    if (data.isWhole) {
      for (const followed of this.#followed.values()) {
        if (followed.book === undefined) this.#giveUp(followed, "Kraken does not list it");
      }
    }
    if (fresh.length > 0) this.#ask(fresh, send, { anew: fresh.some(({ tries }) => tries > 0) });
  }

  #takeBook(data: BookData, isSnapshot: boolean, send: Send): void {
    const followed = this.#followed.get(data.symbol);
    const book = followed?.book;
    if (followed === undefined || book === undefined) {
      return this.#link.refuse("pair-unknown", () => `${data.symbol} was not asked for`);
    }
    // What comes between a gap and the new book changes a book that nobody has.
    if (!isSnapshot && !followed.isWhole) return;
    if (isSnapshot) book.clear();
    this.#changeCount = 0;
    const isRead = this.#apply(book, Side.bid, data.bids) && this.#apply(book, Side.ask, data.asks);
    book.truncate((side, price, size) => this.#note(side, price, size));
    const checksum = isRead ? book.checksum() : NaN;
    if (checksum !== undefined && checksum !== data.checksum) return this.#breakOff(followed, data, checksum, send);
    followed.brokenCount = 0;
    this.#publish(followed.pair, book, data.timeUs, isSnapshot);
    if (!isSnapshot) return;
    followed.isWhole = true;
    followed.askedUs = Infinity;
    followed.tries = 0;
    this.#link.live();
  }

  #apply(book: KrakenBook, side: number, levels: readonly BookLevel[]): boolean {
    for (const { price, qty } of levels) {
      if (!book.set(side, price, qty)) return false;
      this.#note(side, price, qty);
    }
    return true;
  }

  #note(side: number, price: number, size: number): void {
    const change = this.#changes[this.#changeCount++];
    if (change === undefined) this.#changes.push({ side, price, size });
    else {
      change.side = side;
      change.price = price;
      change.size = size;
    }
  }

  #publish(pair: Pair, book: KrakenBook, timeUs: number | undefined, isSnapshot: boolean): void {
    const link = this.#link;
    const event = this.#event;
    event.price2 = event.size2 = NaN;
    event.eventTimeUs = timeUs ?? link.sourceTimeUs(pair);
    if (isSnapshot) {
      if (timeUs !== undefined) link.sourceShows(timeUs);
      link.pair(pair, "live");
      // A book that did not change for long is as old as its last change; it is told now.
      event.eventTimeUs = link.sourceTimeUs(pair);
      event.kind = EventKind.clear;
      event.side = Side.none;
      event.price = event.size = NaN;
      event.flags = EventFlag.snapshot;
      link.emit(pair, event);
      this.#changeCount = 0;
      book.each((side, price, size) => this.#note(side, price, size));
    }
    event.kind = EventKind.level;
    const mark = touchMark(book.best(Side.bid), book.best(Side.ask));
    for (let i = 0; i < this.#changeCount; i++) {
      const { side, price, size } = this.#changes[i]!;
      event.side = side;
      event.price = price;
      event.size = size;
      event.flags = isSnapshot ? EventFlag.snapshot : 0;
      if (i === this.#changeCount - 1) event.flags |= EventFlag.lastOfBatch | mark;
      link.emit(pair, event);
    }
  }

  #breakOff(followed: Followed, { symbol, checksum: told }: BookData, found: number, send: Send): void {
    const link = this.#link;
    followed.isWhole = false;
    link.log("warn", `${symbol}: the book does not hold, checksum ${found}, told ${told}; asking for it anew`);
    link.gap(followed.pair, "checksum");
    this.#clear(followed.pair);
    if (++followed.brokenCount > BROKEN_MAX) {
      throw new FeedFault("protocol", `${followed.brokenCount} books of ${symbol} in a row do not hold their checksum`);
    }
    link.pair(followed.pair, "resyncing", "its book did not hold its checksum");
    this.#ask([followed], send, { anew: true });
  }

  #clear(pair: Pair): void {
    const event: MarketEvent = emptyEvent();
    event.kind = EventKind.clear;
    event.flags = EventFlag.snapshot | EventFlag.lastOfBatch;
    event.eventTimeUs = this.#link.sourceTimeUs(pair);
    this.#link.emit(pair, event);
  }

  #takeTrade(trade: TradeData): void {
    const link = this.#link;
    const followed = this.#followed.get(trade.symbol);
    if (followed === undefined) return link.refuse("pair-unknown", () => `${trade.symbol} was not asked for`);
    const { lastTradeId } = followed;
    if (trade.id <= lastTradeId) return link.duplicate();
    if (lastTradeId > 0 && trade.id > lastTradeId + 1) link.gap(followed.pair, "gap");
    followed.lastTradeId = trade.id;
    const event = this.#event;
    event.kind = EventKind.trade;
    event.side = trade.side;
    event.flags = EventFlag.lastOfBatch | (trade.side === Side.none ? 0 : EventFlag.aggressorKnown);
    event.eventTimeUs = trade.timeUs ?? link.sourceTimeUs(followed.pair);
    event.price = trade.price;
    event.size = trade.qty;
    event.price2 = event.size2 = NaN;
    link.emit(followed.pair, event);
  }

  #takeStatus(isOnline: boolean): void {
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    for (const { pair, isWhole } of this.#followed.values()) {
      if (isWhole) this.#link.status(pair, isOnline ? StatusCode.marketOpen : StatusCode.marketClosed);
    }
  }

  /** A refusal may pass, as of too many requests: the pair is asked for again in a while. */
  #takeRefusal(symbol: string | undefined, error: string): void {
    const followed = symbol === undefined ? undefined : this.#followed.get(symbol);
    this.#link.log("warn", `${symbol ?? "a request"} was refused: ${error}`);
    if (followed === undefined || followed.isWhole || followed.book === undefined) return;
    if (followed.tries >= TRIES_MAX) this.#giveUp(followed, error);
    else this.#link.pair(followed.pair, "waiting", error);
  }

  /** @throws {FeedFault} where no pair is left. */
  #giveUp(followed: Followed, reason: string): void {
    this.#followed.delete(followed.symbol);
    this.#link.pair(followed.pair, "refused", reason);
    this.#link.log("warn", `${followed.symbol} is not served: ${reason}`);
    if (this.#followed.size === 0) throw new FeedFault("refused", `no pair is served; ${followed.symbol}: ${reason}`);
  }

  #ask(asked: readonly Followed[], send: Send, { anew }: { anew: boolean }): void {
    for (let from = 0; from < asked.length; from += SYMBOLS_PER_REQUEST_MAX) {
      const symbol = asked.slice(from, from + SYMBOLS_PER_REQUEST_MAX).map((followed) => followed.symbol);
      const book = { channel: "book", symbol, depth: this.#depth };
      if (anew) this.#request(send, "unsubscribe", book);
      this.#request(send, "subscribe", { ...book, snapshot: true });
      if (!anew) this.#request(send, "subscribe", { channel: "trade", symbol, snapshot: false });
    }
    for (const followed of asked) {
      followed.askedUs = this.#link.receiveTimeUs;
      followed.tries++;
    }
  }

  #request(send: Send, method: "subscribe" | "unsubscribe", params: Record<string, unknown>): void {
    send(JSON.stringify({ method, params, req_id: ++this.#requestId }));
  }
}
