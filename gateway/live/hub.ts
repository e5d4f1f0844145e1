/**
 * Pushes the live view to pages: latest wins, nothing is queued.
 *
 * A client has, of each pair, at most one unsent change: whatever came since the last push goes out together at the next tick. A
 * client that reads too slowly is skipped until its socket has room again and then gets the newest state; it costs memory for
 * one push, never more.
 *
 * @module
 */
import {
  type LiveBook,
  type LiveMessage,
  LiveRequest,
  type Pair,
  type PairInfo,
  pairLabel,
  pairSpec,
  parsePair,
} from "../../actors/contract/mod.ts";
import type { ClusterFeed } from "./cluster_feed.ts";
import type { FeedsFeed } from "./feeds_feed.ts";
import type { LatestStates } from "./latest.ts";
import { listSample } from "./list_sample.ts";
import type { MarketFeed } from "./market_feed.ts";
import type { RecentFeed } from "./recent_feed.ts";

/** Time between two pushes. */
export const PUSH_INTERVAL_MS = 100;
/** Longest silence: a page that hears nothing for a few of these takes the line for dead. */
export const HEARTBEAT_INTERVAL_MS = 1_000;
/** Clients at once. One more is answered 503. */
export const LIVE_CLIENTS_MAX = 500;
/** Bytes a client's socket may hold unsent; above it the client is skipped. */
export const LIVE_BUFFER_BYTES_MAX = 256 * 1024;
/** Characters of a client's request; a longer one closes its socket. */
const REQUEST_CHARS_MAX = 1024;
const CLOSE_POLICY = 1008;
const CLOSE_GOING_AWAY = 1001;

interface Client {
  readonly socket: WebSocket;
  readonly dirtyBooks: Set<Pair>;
  readonly dirtySamples: Set<Pair>;
  detail: Pair | undefined;
  /** Of each feed, the change up to which it knows everything. */
  readonly changes: number[];
  sentAtMs: number;
}

export interface LiveHubOptions {
  nowMs: () => number;
  /** The pairs that are meant to have data. */
  pairs: readonly Pair[];
  /** What is told beside books and samples. @default {nothing} */
  feeds?: readonly Pick<ClusterFeed | MarketFeed | RecentFeed | FeedsFeed, "since">[];
}

export class LiveHub {
  readonly #latest: LatestStates;
  readonly #pairs: readonly Pair[];
  readonly #feeds: NonNullable<LiveHubOptions["feeds"]>;
  readonly #clients = new Set<Client>();
  readonly #nowMs: () => number;
  readonly #unlisten: () => void;
  readonly stats = { pushCount: 0, skippedCount: 0, refusedCount: 0 };

  constructor(latest: LatestStates, options: LiveHubOptions) {
    this.#latest = latest;
    this.#nowMs = options.nowMs;
    this.#pairs = options.pairs;
    this.#feeds = options.feeds ?? [];
    this.#unlisten = latest.listen((pair, what) => {
      for (const client of this.#clients) (what === "book" ? client.dirtyBooks : client.dirtySamples).add(pair);
    });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get full(): boolean {
    return this.#clients.size >= LIVE_CLIENTS_MAX;
  }

  /** The pairs that are meant to have data, and whichever else have. */
  get shownPairs(): Pair[] {
    return [...new Set([...this.#pairs, ...this.#latest.pairs])];
  }

  /** Serve a socket until it closes. */
  add(socket: WebSocket): void {
    const client: Client = {
      socket,
      dirtyBooks: new Set(this.#latest.pairs),
      dirtySamples: new Set(this.#latest.pairs),
      detail: undefined,
      changes: this.#feeds.map(() => 0),
      sentAtMs: 0,
    };
    socket.onopen = () => {
      this.#clients.add(client);
      this.#send(client, { type: "hello", v: 1, serverTimeMs: this.#nowMs(), pairs: this.shownPairs.map(pairInfo) });
      this.#pushTo(client);
      this.#pushFeedsTo(client);
    };
    socket.onmessage = ({ data }) => this.#onRequest(client, data);
    socket.onclose = socket.onerror = () => this.#clients.delete(client);
  }

  /** Send every client what changed for it. To be called every {@linkcode PUSH_INTERVAL_MS}. */
  push(): void {
    for (const client of this.#clients) {
      this.#pushTo(client);
      this.#pushFeedsTo(client);
    }
  }

  close(): void {
    this.#unlisten();
    for (const { socket } of this.#clients) socket.close(CLOSE_GOING_AWAY, "gateway stops");
    this.#clients.clear();
  }

  #pushTo(client: Client): void {
    const { socket, dirtyBooks, dirtySamples } = client;
    const changed = dirtyBooks.size > 0 || dirtySamples.size > 0;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!changed && this.#nowMs() - client.sentAtMs < HEARTBEAT_INTERVAL_MS) return;
    if (socket.bufferedAmount > LIVE_BUFFER_BYTES_MAX) {
      this.stats.skippedCount++;
      return;
    }
    const books: LiveBook[] = [];
    for (const pair of dirtyBooks) {
      const book = this.#latest.book(pair);
      if (book === undefined) continue;
      const changedAtMs = this.#latest.changedAtMs(pair);
      const ageMs = changedAtMs === undefined ? undefined : Math.max(0, this.#nowMs() - changedAtMs);
      books.push(pair === client.detail ? { ...book, ageMs } : { ...book, ageMs, bids: [], asks: [] });
    }
    const samples = [...dirtySamples].flatMap((pair) => {
      const sample = this.#latest.sample(pair);
      return sample === undefined ? [] : pair === client.detail ? sample : listSample(sample);
    });
    dirtyBooks.clear();
    dirtySamples.clear();
    this.#send(client, { type: "update", serverTimeMs: this.#nowMs(), books, samples });
    this.stats.pushCount++;
  }

  #pushFeedsTo(client: Client): void {
    const { socket } = client;
    if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > LIVE_BUFFER_BYTES_MAX) return;
    this.#feeds.forEach((feed, at) => {
      const news = feed.since(client.changes[at]!);
      if (news === undefined) return;
      client.changes[at] = news.change;
      socket.send(news.text);
    });
  }

  #onRequest(client: Client, data: unknown): void {
    if (typeof data !== "string" || data.length > REQUEST_CHARS_MAX) return this.#refuse(client);
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return this.#refuse(client);
    }
    const request = LiveRequest.safeParse(value);
    const pair = request.success && request.data.pair !== null ? parsePair(request.data.pair) : undefined;
    if (!request.success || (request.data.pair !== null && pair === undefined)) return this.#refuse(client);
    client.detail = pair;
    if (pair !== undefined && this.#latest.book(pair) !== undefined) {
      client.dirtyBooks.add(pair);
      client.dirtySamples.add(pair);
      this.#pushTo(client);
    }
  }

  #refuse(client: Client): void {
    this.stats.refusedCount++;
    client.socket.close(CLOSE_POLICY, 'expected {"type":"detail","pair":"EURUSD"}');
  }

  #send(client: Client, message: LiveMessage): void {
    client.sentAtMs = message.serverTimeMs;
    client.socket.send(JSON.stringify(message));
  }
}

/** The conventions of a pair, as pages and API clients get them. */
export function pairInfo(pair: Pair): PairInfo {
  const { base, quote, pipSize, priceDecimals } = pairSpec(pair);
  return { pair, label: pairLabel(pair), base, quote, pipSize, priceDecimals };
}
