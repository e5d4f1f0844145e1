/**
 * What a live source is, and what the feed that runs it does for it.
 *
 * A source knows one protocol: what to ask, and how to turn what it hears into events. Connecting again, watching for silence,
 * waiting for a slow log, counting and telling are the feed's, the same for all.
 *
 * @module
 */
import type { FeedFault, FeedPairReport, FeedReport, MarketEvent, Pair, RejectCode } from "../../contract/mod.ts";

export interface LiveSource {
  /** Names it in the cluster, in reports and in message ids: `kraken`. */
  readonly name: string;
  readonly gives: FeedReport["gives"];
  /** Whether it sends only so many of its prices. */
  readonly conflated: boolean;
  /** What it calls each of the pairs that are asked for. */
  readonly symbols: ReadonlyMap<Pair, string>;
  /**
   * Longest that it ever keeps silent, milliseconds, its heartbeats included. Behind that the connection is taken for dead.
   */
  readonly silenceMsMax: number;
  /** Serve one connection until it ends. @throws {FeedFault} saying why. */
  run(link: FeedLink): Promise<void>;
}

/** One connection's way to the feed. */
export interface FeedLink {
  /** Aborts when the connection is to end. */
  readonly signal: AbortSignal;
  /** Receive time of the message under way, microseconds. */
  readonly receiveTimeUs: number;
  /**
   * Connect by WebSocket, and hand each message to `onText` when its turn has come: while the log is slow the messages wait, and then
   * the wire does. Resolves when the socket is over; an error that `onText` throws ends it, a `SyntaxError` only the message.
   */
  socket(url: string, handlers: SocketHandlers): Promise<void>;
  /** Lines of an answer that does not end, each in its turn. Resolves at its end. @throws {FeedFault} for any status but 200. */
  lines(url: string, handlers: LineHandlers): Promise<void>;
  /** One answer as text, up to a bound. Counts as one message. @throws {FeedFault} where there is none. */
  text(url: string, options?: TextOptions): Promise<TextAnswer>;
  /** Wait, to poll later, for as long as it takes: nothing is expected to be heard in between. */
  sleep(ms: number): Promise<void>;
  /** Everything emitted so far goes to the log; resolves when there is room for more. */
  flush(): Promise<void>;

  /** An event of the message under way. The event may be reused. */
  emit(pair: Pair, event: MarketEvent): void;
  /** Tell a status of a pair, in the source's time as well as it is known. */
  status(pair: Pair, code: number): void;
  /** A message, or a part of it, that cannot be used. */
  refuse(code: RejectCode, describe: () => string): void;
  /** Something of a pair came again, or too late, and was dropped. */
  duplicate(): void;
  /** Something of a pair is missing: counted, and told to whoever reads the pair. */
  gap(pair: Pair, why: "gap" | "checksum"): void;
  /** The source answers as it should: the feed is live. */
  live(): void;
  pair(pair: Pair, state: FeedPairReport["state"], fault?: string): void;
  /** The smallest time that an event of the pair may carry now, and the source's present time as well as it is known. */
  sourceTimeUs(pair: Pair): number;
  /**
   * The source's clock shows at least this time: what the feed tells by itself is dated by it. Events tell so by themselves; say it of
   * answers and of pictures that may be old.
   */
  sourceShows(timeUs: number): void;
  log(level: "debug" | "info" | "warn", text: string): void;
}

export interface SocketHandlers {
  headers?: Readonly<Record<string, string>>;
  /** Shown instead of the URL's host and path. */
  shownUrl?: string;
  onOpen?(send: (text: string) => void): void;
  onText(text: string, send: (text: string) => void): void;
  /** Called every so many milliseconds while the socket is open. */
  every?: { ms: number; call(send: (text: string) => void): void };
}

export interface LineHandlers {
  headers?: Readonly<Record<string, string>>;
  /** Shown instead of the URL's host and path. */
  shownUrl?: string;
  onLine(line: string): void;
  /** What an answer with another status than 200 means; left out, or `undefined`, its status says it. */
  onRefused?(answer: TextAnswer): FeedFault | undefined;
}

export interface TextOptions {
  headers?: Readonly<Record<string, string>>;
  /** Shown instead of the URL's host and path. */
  shownUrl?: string;
}

export interface TextAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}
