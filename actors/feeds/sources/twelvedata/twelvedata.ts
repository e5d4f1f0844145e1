/**
 * Twelve Data, WebSocket: the latest price of each pair with its bid and ask, dated to the second.
 *
 * What is sent without bid and ask is no quote and is refused. The key stands in the URL; the URL is never shown.
 *
 * Source: twelvedata.com/docs, "WebSocket".
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, FeedFault, httpFault, type Pair, pairLabel } from "../../../contract/mod.ts";
import { type FeedLink, type LiveSource, Secrets, symbolsOf, ToldTimes } from "../../live/mod.ts";
import { readMessage, type TwelveDataMessage } from "./twelvedata_message.ts";

export const TWELVEDATA_URL = "wss://ws.twelvedata.com/v1/quotes/price";
/** The connection is kept open by a heartbeat of ours this often; each is answered. */
const HEARTBEAT_MS = 10_000;
const SILENCE_MS_MAX = 35_000;
/** Heartbeats by which the subscription is answered. */
const SUBSCRIBED_HEARTBEATS_MAX = 3;

export interface TwelveDataOptions {
  pairs: readonly Pair[];
  key: string;
  /** @default {TWELVEDATA_URL} */
  url?: string;
  /** @default {HEARTBEAT_MS} */
  heartbeatMs?: number;
  /** @default {SILENCE_MS_MAX} */
  silenceMsMax?: number;
}

export function twelveDataSource(options: TwelveDataOptions): LiveSource {
  const { pairs, key, url = TWELVEDATA_URL, heartbeatMs = HEARTBEAT_MS, silenceMsMax = SILENCE_MS_MAX } = options;
  const secrets = new Secrets(key);
  const keyed = new URL(url);
  keyed.searchParams.set("apikey", key);
  return {
    name: "twelvedata",
    gives: ["quotes"],
    conflated: true,
    symbols: symbolsOf(pairs, pairLabel),
    silenceMsMax,
    run(link) {
      const session = new TwelveDataSession(link, { symbols: this.symbols, secrets });
      return secrets.guard(() =>
        link.socket(keyed.href, {
          onOpen: (send) => session.open(send),
          onText: (text) => session.take(text),
          every: { ms: heartbeatMs, call: (send) => session.beat(send) },
        })
      );
    },
  };
}

class TwelveDataSession {
  readonly #link: FeedLink;
  readonly #secrets: Secrets;
  readonly #followed = new Map<string, Pair>();
  readonly #times = new ToldTimes();
  readonly #event = emptyEvent();
  #isAnswered = false;
  #heartbeatCount = 0;

  constructor(link: FeedLink, { symbols, secrets }: { symbols: ReadonlyMap<Pair, string>; secrets: Secrets }) {
    this.#link = link;
    this.#secrets = secrets;
    this.#event.kind = EventKind.quote;
    for (const [pair, symbol] of symbols) this.#followed.set(symbol, pair);
  }

  open(send: (text: string) => void): void {
    const symbols = [...this.#followed.keys()].join(",");
    send(JSON.stringify({ action: "subscribe", params: { symbols } }));
  }

  /** @throws {FeedFault} where the subscription was never answered. */
  beat(send: (text: string) => void): void {
    send(JSON.stringify({ action: "heartbeat" }));
    if (!this.#isAnswered && ++this.#heartbeatCount > SUBSCRIBED_HEARTBEATS_MAX) {
      throw new FeedFault("protocol", "Twelve Data does not answer the subscription");
    }
  }

  /** @throws {SyntaxError} where the text is no JSON. @throws {FeedFault} where the source does not serve. */
  take(text: string): void {
    const link = this.#link;
    const message = readMessage(text);
    switch (message.kind) {
      case "price":
        return this.#takePrice(message);
      case "subscribed":
        return this.#takeStatus(message);
      case "error":
        return this.#takeError(message);
      case "heartbeat":
        return;
      case "incomplete":
        return link.refuse("column-missing", () => this.#secrets.hide(text.slice(0, 200)));
      case "unknown":
        return link.refuse("kind-unknown", () => this.#secrets.hide(text.slice(0, 200)));
    }
  }

  #takePrice({ symbol, timeUs, bid, ask }: Extract<TwelveDataMessage, { kind: "price" }>): void {
    const link = this.#link;
    const pair = this.#followed.get(symbol);
    if (pair === undefined) return link.refuse("pair-unknown", () => `${symbol} was not asked for`);
    if (Number.isNaN(bid) || Number.isNaN(ask)) {
      return link.refuse("column-missing", () => `${symbol}: a price without bid and ask is no quote`);
    }
    link.live();
    const isFirst = !this.#times.has(pair);
    if (isFirst) link.pair(pair, "live");
    const toldUs = this.#times.tell(pair, timeUs, link.sourceTimeUs(pair));
    if (toldUs === undefined) return link.duplicate();
    const event = this.#event;
    event.eventTimeUs = toldUs;
    event.flags = EventFlag.conflated | EventFlag.lastOfBatch | (isFirst ? EventFlag.snapshot : 0);
    event.price = bid;
    event.price2 = ask;
    link.emit(pair, event);
  }

  #takeStatus({ isError, success, fails, message }: Extract<TwelveDataMessage, { kind: "subscribed" }>): void {
    this.#isAnswered = true;
    const reason = this.#secrets.hide(message);
    if (isError && success.length === 0 && fails.length === 0) {
      throw new FeedFault("refused", `Twelve Data refuses the subscription: ${reason}`);
    }
    for (const { symbol, reason } of fails) this.#giveUp(symbol, this.#secrets.hide(reason));
    if (success.length > 0) this.#link.live();
  }

  #takeError({ code, message }: Extract<TwelveDataMessage, { kind: "error" }>): void {
    const reason = this.#secrets.hide(message);
    const fault = code === undefined ? undefined : httpFault(code, { what: "Twelve Data", nowMs: 0 });
    if (fault?.code === "auth" || fault?.code === "rate-limited") {
      throw new FeedFault(fault.code, `${fault.message}: ${reason}`);
    }
    this.#link.log("warn", `an error is told: ${reason}`);
    this.#link.refuse("kind-unknown", () => `error ${code ?? "without a code"}: ${reason}`);
  }

  /** @throws {FeedFault} where no pair is left. */
  #giveUp(symbol: string, reason: string): void {
    const pair = this.#followed.get(symbol);
    if (pair === undefined) return;
    this.#followed.delete(symbol);
    this.#link.pair(pair, "refused", reason);
    this.#link.log("warn", `${symbol} is not served: ${reason}`);
    if (this.#followed.size === 0) throw new FeedFault("refused", `no pair is served; ${symbol}: ${reason}`);
  }
}
