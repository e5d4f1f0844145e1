/**
 * Keeps the selected pair's book over time and its trades: history when a pair is chosen, what comes live after that.
 *
 * @module
 */
import type { DepthAnswer } from "../actors/contract/api.ts";
import type { LiveBook, LiveMessage } from "../actors/contract/live.ts";
import { US_PER_MS } from "../actors/contract/units.ts";
import type { Api } from "./feed/api.ts";
import { isHistoryAnswer } from "./feed/history.ts";
import { type DepthColumn, DepthMap } from "./model/depth_map.ts";
import { isOtherRecording } from "./model/event_time.ts";
import type { ChartSpan } from "./model/location.ts";

/** How long a column is, by the span that is shown. */
const STEPS_US: Readonly<Record<ChartSpan, number>> = {
  "5m": 500 * US_PER_MS,
  "15m": 1_000 * US_PER_MS,
  "1h": 5_000 * US_PER_MS,
};
/** Trades that are kept. Overflow: the oldest go. */
export const TRADES_KEPT_MAX = 5_000;
/** The archive writes in blocks: what was too new for the first look is there after this. */
const SECOND_LOOK_MS = 6_000;

export interface ShownTrade {
  readonly timeUs: number;
  readonly price: number;
  readonly size: number;
  /** Of the aggressor, where that is known. */
  readonly side: "buy" | "sell" | undefined;
}

export class DepthFeed implements Disposable {
  readonly #api: Pick<Api, "get">;
  #map = new DepthMap(STEPS_US["15m"]);
  #trades: ShownTrade[] = [];
  #pair: string | undefined;
  #spanUs = 0;
  #newestUs: number | undefined;
  #lastTrade: LiveBook["lastTrade"];
  #request: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, "get">) {
    this.#api = api;
  }

  get stepUs(): number {
    return this.#map.stepUs;
  }

  /** Shows a pair over a span of event time that ends at `newestUs`, or with its first live book. */
  show(
    pair: string | undefined,
    { span, spanUs, newestUs }: { span: ChartSpan; spanUs: number; newestUs: number | undefined },
  ): void {
    if (pair === this.#pair && STEPS_US[span] === this.#map.stepUs) return;
    this[Symbol.dispose]();
    this.#map = new DepthMap(STEPS_US[span]);
    this.#trades = [];
    this.#lastTrade = undefined;
    this.#pair = pair;
    this.#spanUs = spanUs;
    this.#newestUs = newestUs;
    if (newestUs !== undefined) this.refill();
  }

  /** Takes live books of the shown pair. */
  receive(message: LiveMessage): void {
    if (message.type !== "update") return;
    for (const book of message.books) {
      if (book.pair !== this.#pair || book.bids.length + book.asks.length === 0) continue;
      const isFirst = this.#newestUs === undefined || isOtherRecording(this.#newestUs, book.timeUs);
      this.#newestUs = book.timeUs;
      this.#map.addBook(book);
      this.#takeTrade(book);
      if (isFirst) this.refill();
    }
  }

  /** Asks history for what is lacking: at first, after a reconnect, or when somebody asks again. */
  refill(): void {
    this[Symbol.dispose]();
    void this.#load().then((loaded) => {
      if (loaded) this.#timer = setTimeout(() => void this.#load(), SECOND_LOOK_MS);
    });
  }

  columns(fromUs: number): DepthColumn[] {
    return this.#map.columns(fromUs);
  }

  trades(fromUs: number): ShownTrade[] {
    const at = this.#trades.findIndex(({ timeUs }) => timeUs >= fromUs);
    return at < 0 ? [] : this.#trades.slice(at);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  #takeTrade({ timeUs, lastTrade }: LiveBook): void {
    const before = this.#lastTrade;
    this.#lastTrade = lastTrade;
    // What stands in the first book is of before.
    if (lastTrade === undefined || before === undefined) return;
    if (before.price === lastTrade.price && before.size === lastTrade.size && before.side === lastTrade.side) return;
    this.#trades.push({ timeUs, price: lastTrade.price, size: lastTrade.size, side: lastTrade.side });
    if (this.#trades.length > TRADES_KEPT_MAX) this.#trades.shift();
  }

  async #load(): Promise<boolean> {
    const [pair, newestUs] = [this.#pair, this.#newestUs];
    if (pair === undefined || newestUs === undefined) return false;
    const request = this.#request = new AbortController();
    const { signal } = request;
    const window = { from: newestUs - this.#spanUs, to: newestUs };
    const path = `pairs/${encodeURIComponent(pair)}`;
    const [depth, trades] = await Promise.all([
      this.#api.get(`${path}/depth`, {
        query: { ...window, columns: Math.ceil(this.#spanUs / this.#map.stepUs) },
        is: isDepthAnswer,
        signal,
      }),
      this.#api.get(`${path}/trades`, { query: { ...window, limit: TRADES_KEPT_MAX }, is: isHistoryAnswer, signal }),
    ]);
    if (signal.aborted) return false;
    // A map without its past is better than none: what failed is told by the chart, which asks the same archive.
    if (depth.ok) this.#map.addHistory(depth.value);
    if (trades.ok) this.#addTrades(trades.value.columns);
    return depth.ok && trades.ok;
  }

  #addTrades({ timeUs = [], price = [], size = [], side = [] }: Record<string, (number | string | null)[]>): void {
    const told = timeUs.map((time, at): ShownTrade => ({
      timeUs: Number(time),
      price: Number(price[at]),
      size: Number(size[at]),
      side: side[at] === "buy" || side[at] === "sell" ? side[at] : undefined,
    }));
    const lastUs = told.at(-1)?.timeUs ?? 0;
    this.#trades = [...told, ...this.#trades.filter((trade) => trade.timeUs > lastUs)].slice(-TRADES_KEPT_MAX);
  }
}

function isDepthAnswer(body: unknown): body is DepthAnswer {
  const answer = body as Partial<DepthAnswer> | null;
  return typeof answer === "object" && answer !== null && Array.isArray(answer.bids) && Array.isArray(answer.asks) &&
    typeof answer.stepUs === "number" && typeof answer.fromUs === "number";
}
