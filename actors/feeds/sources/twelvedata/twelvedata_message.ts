/**
 * What Twelve Data's WebSocket sends, as far as it is read here.
 *
 * @module
 */
import { US_PER_SECOND } from "../../../contract/mod.ts";

export interface FailedSymbol {
  readonly symbol: string;
  readonly reason: string;
}

export type TwelveDataMessage =
  | {
    readonly kind: "price";
    readonly symbol: string;
    readonly timeUs: number;
    /** NaN where it is not there: of what has no order book there is only a price. */
    readonly bid: number;
    readonly ask: number;
  }
  | {
    readonly kind: "subscribed";
    readonly isError: boolean;
    readonly success: readonly string[];
    readonly fails: readonly FailedSymbol[];
    readonly message: string;
  }
  | { readonly kind: "error"; readonly code: number | undefined; readonly message: string }
  | { readonly kind: "heartbeat" }
  | { readonly kind: "incomplete" }
  | { readonly kind: "unknown" };

// deno-lint-ignore no-explicit-any -- a message may be anything, and every field that is used is checked.
type Any = any;

/** @throws {SyntaxError} where the text is no JSON. */
export function readMessage(text: string): TwelveDataMessage {
  const message: Any = JSON.parse(text);
  if (typeof message !== "object" || message === null) return { kind: "unknown" };
  const isError = message.status === "error";
  switch (message.event) {
    case "price":
      return readPrice(message);
    case "heartbeat":
      return { kind: "heartbeat" };
    case "subscribe-status":
      return {
        kind: "subscribed",
        isError,
        success: listOf(message.success, (one) => typeof one?.symbol === "string" ? one.symbol : undefined),
        fails: listOf(message.fails, failedOf),
        message: messageOf(message),
      };
  }
  if (!isError) return { kind: "unknown" };
  const code = Number.isInteger(message.code) ? message.code as number : undefined;
  return { kind: "error", code, message: messageOf(message) };
}

function readPrice({ symbol, timestamp, bid, ask }: Any): TwelveDataMessage {
  if (typeof symbol !== "string" || typeof timestamp !== "number") return { kind: "incomplete" };
  const timeUs = Math.round(timestamp * US_PER_SECOND);
  return { kind: "price", symbol, timeUs, bid: numberOf(bid), ask: numberOf(ask) };
}

const numberOf = (value: Any): number => typeof value === "number" ? value : NaN;

/** A list may be `null` where it is empty. */
function listOf<T>(list: Any, read: (one: Any) => T | undefined): T[] {
  return Array.isArray(list) ? list.map(read).filter((one) => one !== undefined) : [];
}

function failedOf(one: Any): FailedSymbol | undefined {
  if (typeof one?.symbol !== "string") return undefined;
  const reason = one.message ?? one.msg;
  return { symbol: one.symbol, reason: typeof reason === "string" ? reason : "Twelve Data does not serve it" };
}

function messageOf({ message, messages }: Any): string {
  if (typeof message === "string") return message;
  const all = listOf(messages, (one) => typeof one === "string" ? one : undefined);
  return all.length > 0 ? all.join("; ") : "no reason given";
}
