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
