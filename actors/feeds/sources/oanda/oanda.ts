/**
 * OANDA, v20 pricing stream: the touch of each pair and the ladder behind it, at most four times a second and pair.
 *
 * The account's list of instruments says which pairs it may see; the others are refused, and only for those that are left the stream
 * is opened. Each price is a full picture: what differs from the one before goes out as levels, a level that went with size 0, and
 * the touch as a quote, all in one batch. The sizes of the ladder are what OANDA offers up to that price.
 *
 * Source: developer.oanda.com, "Pricing Endpoints", "Pricing Definitions".
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FeedFault,
  httpFault,
  type Pair,
  Side,
  StatusCode,
  US_PER_MS,
} from "../../../contract/mod.ts";
import {
  addressOf,
  type FeedLink,
  type LiveSource,
  Secrets,
  symbolsOf,
  type TextAnswer,
  ToldTimes,
} from "../../live/mod.ts";
import { type PriceData, type PriceLevel, readError, readInstruments, readMessage } from "./oanda_message.ts";

/** Hosts of the two environments. */
export const OANDA_URLS = {
  practice: { rest: "https://api-fxpractice.oanda.com", stream: "https://stream-fxpractice.oanda.com" },
  live: { rest: "https://api-fxtrade.oanda.com", stream: "https://stream-fxtrade.oanda.com" },
} as const;

/** A heartbeat comes every 5 s. */
const SILENCE_MS_MAX = 15_000;

export interface OandaOptions {
  pairs: readonly Pair[];
  token: string;
  account: string;
  /** @default {OANDA_URLS.practice} */
  urls?: { readonly rest: string; readonly stream: string };
  /** @default {SILENCE_MS_MAX} */
  silenceMsMax?: number;
}

export function oandaSource(options: OandaOptions): LiveSource {
  const { pairs, token, account, urls = OANDA_URLS.practice, silenceMsMax = SILENCE_MS_MAX } = options;
  const headers = { authorization: `Bearer ${token}`, "accept-datetime-format": "RFC3339" };
  const secrets = new Secrets(token, account);
  const path = `v3/accounts/${encodeURIComponent(account)}`;
  const rest = urls.rest.replace(/\/+$/, "");
  const stream = urls.stream.replace(/\/+$/, "");
  // A market that closed on one connection may open on another.
  const closed = new Set<Pair>();
  return {
    name: "oanda",
    gives: ["quotes", "levels"],
    conflated: true,
    symbols: symbolsOf(pairs, (pair) => `${pair.slice(0, 3)}_${pair.slice(3)}`),
    silenceMsMax,
    run(link) {
      return secrets.guard(async () => {
        const answer = await link.text(`${rest}/${path}/instruments`, { headers, shownUrl: addressOf(rest) });
        const followed = listed(link, { answer, symbols: this.symbols, secrets });
        const session = new OandaSession(link, { followed, closed });
        const instruments = encodeURIComponent([...followed.keys()].join(","));
        await link.lines(`${stream}/${path}/pricing/stream?instruments=${instruments}`, {
          headers,
          shownUrl: addressOf(stream),
          onLine: (line) => session.take(line),
          onRefused: (refusal) => faultOf(refusal, { link, secrets }),
        });
      });
    },
  };
}

/** What the account may see of what is asked for, by symbol. @throws {FeedFault} where that is nothing. */
function listed(
  link: FeedLink,
  { answer, symbols, secrets }: { answer: TextAnswer; symbols: ReadonlyMap<Pair, string>; secrets: Secrets },
): Map<string, Pair> {
  if (answer.status !== 200) throw faultOf(answer, { link, secrets });
  let names: Set<string>;
  try {
    names = readInstruments(answer.text);
  } catch (error) {
    throw new FeedFault("protocol", `OANDA's list of instruments cannot be read: ${(error as Error).message}`);
  }
  const followed = new Map<string, Pair>();
  for (const [pair, symbol] of symbols) {
    if (names.has(symbol)) {
      followed.set(symbol, pair);
      link.pair(pair, "waiting");
    } else {
      link.pair(pair, "refused", "the account does not list it");
      link.log("warn", `${symbol} is not served: the account does not list it`);
    }
  }
  if (followed.size === 0) {
    throw new FeedFault("refused", "OANDA: the account lists none of the pairs that are asked for");
  }
  return followed;
}

function faultOf(
  { status, text, retryAfter }: TextAnswer,
  { link, secrets }: { link: FeedLink; secrets: Secrets },
): FeedFault {
  const told = httpFault(status, { what: "OANDA", retryAfter, nowMs: link.receiveTimeUs / US_PER_MS });
  const reason = readError(text);
  // Nothing but the configuration makes a request that is not understood, or an account that is not there.
  const code = status === 400 || status === 404 ? "refused" : told.code;
  return new FeedFault(code, secrets.hide(reason === undefined ? told.message : `${told.message}: ${reason}`), {
    retryAfterMs: told.retryAfterMs,
  });
}

/** What is known of a pair on this connection. */
interface Known {
  /** When its newest price was made: no two are made at the same microsecond. */
  timeUs: number;
  isTradeable: boolean | undefined;
  /** Levels as they were told, sizes by price; `undefined` while each price has but one level a side. */
  ladder: { bids: Map<number, number>; asks: Map<number, number> } | undefined;
}

class OandaSession {
  readonly #link: FeedLink;
  readonly #followed: ReadonlyMap<string, Pair>;
  readonly #closed: Set<Pair>;
  readonly #known = new Map<Pair, Known>();
  readonly #times = new ToldTimes();
  readonly #event = emptyEvent();

  constructor(link: FeedLink, { followed, closed }: { followed: ReadonlyMap<string, Pair>; closed: Set<Pair> }) {
    this.#link = link;
    this.#followed = followed;
    this.#closed = closed;
  }

  /** @throws {SyntaxError} where the line is no JSON. */
  take(line: string): void {
    const link = this.#link;
    const message = readMessage(line);
    if (message.kind === "unknown") return link.refuse("kind-unknown", () => line.slice(0, 200));
    link.live();
    if (message.kind === "heartbeat") return;
    if (message.kind === "incomplete") return link.refuse("column-missing", () => line.slice(0, 200));
    const pair = this.#followed.get(message.symbol);
    if (pair === undefined) return link.refuse("pair-unknown", () => `${message.symbol} was not asked for`);
    this.#takePrice(pair, message);
  }

  #takePrice(pair: Pair, price: PriceData): void {
    const link = this.#link;
    const isFirst = !this.#times.has(pair);
    if (isFirst) link.pair(pair, "live");
    let known = this.#known.get(pair);
    if (known === undefined) this.#known.set(pair, known = { timeUs: 0, isTradeable: undefined, ladder: undefined });
    const timeUs = this.#times.tell(pair, price.timeUs, link.sourceTimeUs(pair));
    if (timeUs === undefined || price.timeUs === known.timeUs) return link.duplicate();
    known.timeUs = price.timeUs;
    this.#tellStatus(pair, known, price.isTradeable);
    const event = this.#event;
    event.eventTimeUs = timeUs;
    const flags = EventFlag.conflated | (price.isTradeable ? 0 : EventFlag.indicative);
    this.#tellLadder(pair, { known, price, flags });
    const bid = price.bids[0];
    const ask = price.asks[0];
    event.kind = EventKind.quote;
    event.side = Side.none;
    event.flags = flags | EventFlag.lastOfBatch | (isFirst ? EventFlag.snapshot : 0);
    event.price = bid?.price ?? NaN;
    event.size = bid?.size ?? NaN;
    event.price2 = ask?.price ?? NaN;
    event.size2 = ask?.size ?? NaN;
    link.emit(pair, event);
  }

  #tellStatus(pair: Pair, known: Known, isTradeable: boolean): void {
    if (isTradeable === known.isTradeable) return;
    known.isTradeable = isTradeable;
    if (!isTradeable) {
      this.#closed.add(pair);
      this.#link.status(pair, StatusCode.marketClosed);
    } else if (this.#closed.delete(pair)) this.#link.status(pair, StatusCode.marketOpen);
  }

  /** Levels come before the quote: whoever reads the quote finds the ladder that belongs to it. */
  #tellLadder(pair: Pair, { known, price, flags }: { known: Known; price: PriceData; flags: number }): void {
    const { bids, asks } = price;
    const event = this.#event;
    let all = flags;
    if (known.ladder === undefined) {
      if (bids.length <= 1 && asks.length <= 1) return;
      known.ladder = { bids: new Map(), asks: new Map() };
      all |= EventFlag.snapshot;
      event.kind = EventKind.clear;
      event.side = Side.none;
      event.flags = all;
      event.price =
        event.size =
        event.price2 =
        event.size2 =
          NaN;
      this.#link.emit(pair, event);
    }
    event.kind = EventKind.level;
    event.flags = all;
    event.price2 = event.size2 = NaN;
    this.#tellSide(pair, known.ladder.bids, bids, Side.bid);
    this.#tellSide(pair, known.ladder.asks, asks, Side.ask);
  }

  #tellSide(pair: Pair, told: Map<number, number>, levels: readonly PriceLevel[], side: number): void {
    const event = this.#event;
    event.side = side;
    for (const price of told.keys()) {
      if (levels.some((level) => level.price === price)) continue;
      told.delete(price);
      event.price = price;
      event.size = 0;
      this.#link.emit(pair, event);
    }
    for (const { price, size } of levels) {
      if (told.get(price) === size) continue;
      told.set(price, size);
      event.price = price;
      event.size = size;
      this.#link.emit(pair, event);
    }
  }
}
