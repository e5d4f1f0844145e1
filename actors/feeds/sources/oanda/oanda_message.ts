/**
 * What OANDA's v20 API sends, as far as it is read here.
 *
 * @module
 */
import { parseTimeUs, US_PER_SECOND } from "../../../contract/mod.ts";

export interface PriceLevel {
  readonly price: number;
  /** Base units. */
  readonly size: number;
}

export interface PriceData {
  readonly kind: "price";
  readonly symbol: string;
  readonly timeUs: number;
  readonly isTradeable: boolean;
  /** Best first. */
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

/** `incomplete`: a price that lacks what a price must have. */
export type OandaMessage =
  | PriceData
  | { readonly kind: "heartbeat" }
  | { readonly kind: "incomplete" }
  | { readonly kind: "unknown" };

const HEARTBEAT: OandaMessage = { kind: "heartbeat" };
const INCOMPLETE: OandaMessage = { kind: "incomplete" };
const UNKNOWN: OandaMessage = { kind: "unknown" };

// deno-lint-ignore no-explicit-any -- a message may be anything, and every field that is used is checked.
type Any = any;

/** @throws {SyntaxError} where the line is no JSON. */
export function readMessage(line: string): OandaMessage {
  const message: Any = JSON.parse(line);
  switch (message?.type) {
    case "HEARTBEAT":
      return HEARTBEAT;
    case "PRICE":
      return readPrice(message);
    default:
      return UNKNOWN;
  }
}

function readPrice({ instrument: symbol, time, status, tradeable, bids, asks }: Any): OandaMessage {
  const timeUs = timeOf(time);
  const bidLevels = levelsOf(bids, -1);
  const askLevels = levelsOf(asks, 1);
  if (typeof symbol !== "string" || timeUs === undefined || bidLevels === undefined || askLevels === undefined) {
    return INCOMPLETE;
  }
  // `tradeable` is the newer of the two; older streams have `status` only.
  const isTradeable = typeof tradeable === "boolean" ? tradeable : status !== "non-tradeable";
  return { kind: "price", symbol, timeUs, isTradeable, bids: bidLevels, asks: askLevels };
}

/** Levels best first; one price that is given twice counts once, with both sizes. */
function levelsOf(buckets: Any, order: number): PriceLevel[] | undefined {
  if (!Array.isArray(buckets)) return undefined;
  const sizes = new Map<number, number>();
  for (const bucket of buckets) {
    const price = numberOf(bucket?.price);
    const size = numberOf(bucket?.liquidity);
    if (!(price > 0 && price < Infinity && size >= 0 && size < Infinity)) return undefined;
    sizes.set(price, (sizes.get(price) ?? 0) + size);
  }
  return [...sizes].map(([price, size]) => ({ price, size })).sort((a, b) => (a.price - b.price) * order);
}

/** Prices come as texts, liquidity as a number or, where it is no whole one, as a text. */
function numberOf(value: Any): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/** RFC 3339 with up to nine decimals, or seconds since the epoch where the account is set so. */
function timeOf(time: Any): number | undefined {
  if (typeof time !== "string") return undefined;
  const [, seconds, fraction = ""] = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(time) ?? [];
  if (seconds === undefined) return parseTimeUs(time);
  return Number(seconds) * US_PER_SECOND + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** Names of the instruments that an account may trade. @throws {SyntaxError} where the text is no such list. */
export function readInstruments(text: string): Set<string> {
  const answer: Any = JSON.parse(text);
  if (!Array.isArray(answer?.instruments)) throw new SyntaxError("no list of instruments");
  return new Set(answer.instruments.map((one: Any) => one?.name).filter((name: Any) => typeof name === "string"));
}

/** What an answer says is wrong; `undefined` where it does not say. */
export function readError(text: string): string | undefined {
  try {
    const answer: Any = JSON.parse(text);
    return typeof answer?.errorMessage === "string" ? answer.errorMessage : undefined;
  } catch {
    return undefined;
  }
}
