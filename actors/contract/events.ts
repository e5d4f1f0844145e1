/**
 * Market events: the one shape in which quotes, book changes and trades travel.
 *
 * An event is a flat record of numbers, so that it can be a view over a wire frame: readers reuse one object and overwrite
 * it. Whoever wants to keep an event copies it. What `price2` and `size2` mean depends on the kind:
 *
 * | kind | side | price, size | price2, size2 |
 * |---|---|---|---|
 * | quote | – | best bid and its size | best ask and its size |
 * | level | bid or ask | level and its new total size, 0 removes it | – |
 * | trade | aggressor, where the flag says that it is known | price and size | ids of buyer and seller |
 * | clear | – (both sides) | – | – |
 * | order | bid or ask | limit and size that is left, 0 removes it | order id, – |
 * | status | a {@linkcode StatusCode} | – | – |
 *
 * A feed of single orders tells the levels that they make up too, in the same batch: an order says which, a level how much.
 *
 * A number that is not there is NaN: a quote without sizes, a quote with one side only, a trade without counterparties.
 *
 * @module
 */
import { US_PER_DAY } from "./units.ts";

/** What an event says. The numbers are those of the wire. */
export const EventKind = { quote: 1, level: 2, trade: 3, clear: 4, order: 5, status: 6 } as const;
export type EventKind = typeof EventKind[keyof typeof EventKind];

/** Side of a level or an order; of a trade, the aggressor's. The numbers are those of the wire. */
export const Side = { none: 0, bid: 1, ask: 2, buy: 1, sell: 2 } as const;

/** Bits of {@linkcode MarketEvent.flags}. */
export const EventFlag = {
  /** Part of a full picture of the book, not a change: no flow may be derived from it. */
  snapshot: 1 << 0,
  /** The last event of one source message: the book is consistent after it. */
  lastOfBatch: 1 << 1,
  /** The aggressor of this trade was told by the venue, not derived. */
  aggressorKnown: 1 << 2,
  /** The source marks the price as indicative, not executable. */
  indicative: 1 << 3,
  /** The source sends only so many of its prices: what happened between two of them is not known. */
  conflated: 1 << 4,
  /** The feed saw the bid above the ask after this event, within this source. */
  crossed: 1 << 5,
  /** The feed saw the bid equal to the ask after this event, within this source. */
  locked: 1 << 6,
  /** The feed found the price far from those before it. It is a mark, not a judgement: a detector judges. */
  badTick: 1 << 7,
} as const;

/** What a status event says of its feed, carried in {@linkcode MarketEvent.side}. */
export const StatusCode = { connected: 1, disconnected: 2, gap: 3, marketOpen: 4, marketClosed: 5 } as const;

/** One event. See the table at the top for what each number means by kind. */
export interface MarketEvent {
  kind: number;
  side: number;
  flags: number;
  /** When it happened at the source, microseconds since the epoch. */
  eventTimeUs: number;
  price: number;
  size: number;
  price2: number;
  size2: number;
}

/** Why an event is refused. The code is what counters and tables carry. */
export type RejectCode =
  | "kind-unknown"
  | "side-unknown"
  | "time-invalid"
  | "time-future"
  | "time-back"
  | "price-not-finite"
  | "price-not-positive"
  | "price-too-large"
  | "size-not-finite"
  | "size-negative"
  | "size-zero"
  | "size-too-large"
  | "quote-empty"
  | "pair-unknown"
  | "pair-other"
  | "line-malformed"
  | "line-too-long"
  | "column-missing";

/** No currency pair trades anywhere near this many quote units; a price beyond it is a scaling error. */
export const PRICE_MAX = 1e9;

/** Base units of one level or trade: a thousand times the daily turnover of all currencies. Beyond it, a source errs. */
export const SIZE_MAX = 1e16;

/** Event times must lie before 2100: beyond it a source confuses its units, and tables count seconds in 32 bits. */
export const EVENT_TIME_US_MAX = 4_102_444_800_000_000;

/** How far an event may lie after its receive time: a day covers any clock that is merely wrong by its zone. */
export const FUTURE_US_MAX = US_PER_DAY;

/** An event with every number absent, to be filled in. */
export function emptyEvent(): MarketEvent {
  return { kind: 0, side: 0, flags: 0, eventTimeUs: 0, price: NaN, size: NaN, price2: NaN, size2: NaN };
}

/**
 * Whether an event is well-formed, on its own. A crossed quote is: it belongs to a detector.
 *
 * @returns the reason to refuse it, or `undefined`.
 */
export function validateEvent(event: MarketEvent): RejectCode | undefined {
  const { eventTimeUs } = event;
  if (!(eventTimeUs > 0 && eventTimeUs < EVENT_TIME_US_MAX)) return "time-invalid";
  switch (event.kind) {
    case EventKind.quote: {
      const bidAbsent = event.price !== event.price;
      const askAbsent = event.price2 !== event.price2;
      if (bidAbsent && askAbsent) return "quote-empty";
      return (bidAbsent ? undefined : priceFault(event.price)) ?? sizeFault(event.size) ??
        (askAbsent ? undefined : priceFault(event.price2)) ?? sizeFault(event.size2);
    }
    case EventKind.level:
    case EventKind.order:
      if (event.side !== Side.bid && event.side !== Side.ask) return "side-unknown";
      return priceFault(event.price) ?? (event.size !== event.size ? "size-not-finite" : sizeFault(event.size));
    case EventKind.trade:
      if (event.side !== Side.none && event.side !== Side.buy && event.side !== Side.sell) return "side-unknown";
      if (event.size !== event.size) return priceFault(event.price) ?? "size-not-finite";
      return priceFault(event.price) ?? sizeFault(event.size) ?? (event.size === 0 ? "size-zero" : undefined);
    case EventKind.clear:
      return undefined;
    case EventKind.status:
      return isStatusCode(event.side) ? undefined : "side-unknown";
    default:
      return "kind-unknown";
  }
}

/** As {@linkcode validateEvent}, and not from the future of whoever received it. */
export function validateReceived(event: MarketEvent, receiveTimeUs: number): RejectCode | undefined {
  return validateEvent(event) ?? (event.eventTimeUs > receiveTimeUs + FUTURE_US_MAX ? "time-future" : undefined);
}

function priceFault(price: number): RejectCode | undefined {
  if (!Number.isFinite(price)) return "price-not-finite";
  if (price <= 0) return "price-not-positive";
  if (price > PRICE_MAX) return "price-too-large";
  return undefined;
}

/** NaN is allowed here: the size is unknown. */
function sizeFault(size: number): RejectCode | undefined {
  if (size < 0) return "size-negative";
  if (size === Infinity) return "size-not-finite";
  if (size > SIZE_MAX) return "size-too-large";
  return undefined;
}

function isStatusCode(side: number): boolean {
  return Number.isInteger(side) && side >= StatusCode.connected && side <= StatusCode.marketClosed;
}
