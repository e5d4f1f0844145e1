/**
 * Messages of Kraken's WebSocket API v2 as far as they are read here, checked by hand: a schema per message would cost more than
 * everything else.
 *
 * @module
 */
import { parseTimeUs, Side } from "../../../contract/mod.ts";

export interface BookLevel {
  readonly price: number;
  readonly qty: number;
}

export interface BookData {
  readonly symbol: string;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly checksum: number;
  readonly timeUs: number | undefined;
}

export interface TradeData {
  readonly symbol: string;
  readonly price: number;
  readonly qty: number;
  /** Taker's side. */
  readonly side: number;
  readonly id: number;
  readonly timeUs: number | undefined;
}

export interface InstrumentData {
  readonly symbol: string;
  readonly status: string;
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
}

export type KrakenMessage =
  | { kind: "book"; isSnapshot: boolean; data: BookData[] }
  | { kind: "trades"; data: TradeData[] }
  | { kind: "instruments"; data: { isWhole: boolean; pairs: InstrumentData[] } }
  | { kind: "status"; isOnline: boolean }
  | { kind: "answer"; symbol: string | undefined; error: string | undefined; timeUs: number | undefined }
  | { kind: "heartbeat" }
  | { kind: "unknown" };

const UNKNOWN: KrakenMessage = { kind: "unknown" };
const HEARTBEAT: KrakenMessage = { kind: "heartbeat" };
const DECIMALS_MAX = 15;

// deno-lint-ignore no-explicit-any -- a message may be anything, and every field that is used is checked.
type Any = any;

export const KrakenMessage = {
  /** @throws {SyntaxError} where the text is no JSON. */
  read(text: string): KrakenMessage {
    const message: Any = JSON.parse(text);
    if (typeof message !== "object" || message === null) return UNKNOWN;
    switch (message.channel) {
      case "book":
        return readAll(
          message.data,
          bookOf,
          (data) => ({ kind: "book", isSnapshot: message.type === "snapshot", data }),
        );
      case "trade":
        return readAll(message.data, tradeOf, (data) => ({ kind: "trades", data }));
      case "instrument":
        return readAll(message.data?.pairs, instrumentOf, (pairs) => ({
          kind: "instruments",
          data: { isWhole: message.type === "snapshot", pairs },
        }));
      case "status":
        return { kind: "status", isOnline: message.data?.[0]?.system === "online" };
      case "heartbeat":
        return HEARTBEAT;
    }
    if (typeof message.method !== "string" && typeof message.error !== "string") return UNKNOWN;
    const symbol = message.symbol ?? message.result?.symbol;
    return {
      kind: "answer",
      symbol: typeof symbol === "string" ? symbol : undefined,
      timeUs: timeOf(message.time_out),
      error: message.success === false || typeof message.error === "string" ? String(message.error) : undefined,
    };
  },
};

function readAll<T>(
  data: Any,
  read: (one: Any) => T | undefined,
  make: (all: T[]) => KrakenMessage,
): KrakenMessage {
  if (!Array.isArray(data)) return UNKNOWN;
  const all: T[] = [];
  for (const one of data) {
    const value = typeof one === "object" && one !== null ? read(one) : undefined;
    if (value === undefined) return UNKNOWN;
    all.push(value);
  }
  return make(all);
}

function bookOf(one: Any): BookData | undefined {
  const { symbol, bids, asks, checksum } = one;
  if (typeof symbol !== "string" || typeof checksum !== "number") return undefined;
  if (!isLevels(bids) || !isLevels(asks)) return undefined;
  return { symbol, bids, asks, checksum, timeUs: timeOf(one.timestamp) };
}

function isLevels(levels: Any): levels is BookLevel[] {
  if (!Array.isArray(levels)) return false;
  for (const level of levels) {
    if (typeof level?.price !== "number" || typeof level.qty !== "number") return false;
  }
  return true;
}

function tradeOf({ symbol, price, qty, side, trade_id: id, timestamp }: Any): TradeData | undefined {
  if (typeof symbol !== "string" || typeof price !== "number" || typeof qty !== "number") return undefined;
  if (typeof id !== "number") return undefined;
  const taker = side === "buy" ? Side.buy : side === "sell" ? Side.sell : Side.none;
  return { symbol, price, qty, side: taker, id, timeUs: timeOf(timestamp) };
}

function instrumentOf(one: Any): InstrumentData | undefined {
  const { symbol, status, price_precision: priceDecimals, qty_precision: sizeDecimals } = one;
  if (typeof symbol !== "string" || !isDecimals(priceDecimals) || !isDecimals(sizeDecimals)) return undefined;
  return { symbol, status: String(status), priceDecimals, sizeDecimals };
}

const isDecimals = (value: Any): value is number => Number.isInteger(value) && value >= 0 && value <= DECIMALS_MAX;

const timeOf = (text: Any): number | undefined => typeof text === "string" ? parseTimeUs(text) : undefined;
