/**
 * What the feeds need from outside: a clock, files, and a way out for their frames.
 *
 * @module
 */
import type { MarketEvent, Pair } from "../contract/mod.ts";

/** Takes one event. The event is reused by its source: whoever keeps it copies it. */
export type EventSink = (pair: Pair, event: MarketEvent) => void;

/** Takes frames, at most a window of them in flight. */
export interface FrameOutlet {
  /**
   * Hand over a frame. Resolves when there is room in the window, not when the frame is acknowledged. A frame that comes again
   * with the same message id is stored once.
   */
  publish(pair: Pair, frame: Uint8Array, messageId: string): Promise<void>;
  /** Resolves when every frame is acknowledged; rejects where one failed. */
  drain(): Promise<void>;
}

/** The time of the machine. */
export interface Clock {
  /** Microseconds since the epoch, an integer. */
  nowUs(): number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A file that is open for reading. */
export interface OpenedFile {
  readonly stream: ReadableStream<Uint8Array>;
  /** Size as it lies on the disk, compressed where it is; 0 where it is not known, as of a pipe. */
  readonly sizeBytes: number;
}

/** Opens a file by its path; rejects where it cannot. */
export type OpenFile = (path: string) => Promise<OpenedFile>;

/** A WebSocket to a source. */
export interface FeedSocket {
  send(text: string): void;
  /** Read nothing more from the wire for now: what the peer sends waits on its side. */
  pause(): void;
  resume(): void;
  /** End it at once. */
  terminate(): void;
  /** Resolves when it is over, with the peer's code and reason where it gave some. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface SocketOptions {
  headers?: Readonly<Record<string, string>>;
  /** Takes each text message, in order. */
  onText(text: string): void;
  /** Told of pings and pongs of the peer: signs of life. */
  onSign?(): void;
  signal: AbortSignal;
}

export interface RequestOptions {
  headers?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** An answer whose body is not read yet. */
export interface FeedResponse {
  readonly status: number;
  header(name: string): string | null;
  readonly body: ReadableStream<Uint8Array>;
}

/** How live feeds reach their sources. */
export interface FeedTransport {
  /** @throws {FeedFault} where there is no connection. */
  openSocket(url: string, options: SocketOptions): Promise<FeedSocket>;
  /** A GET, without following it elsewhere. @throws {FeedFault} where there is no answer. */
  request(url: string, options: RequestOptions): Promise<FeedResponse>;
}
