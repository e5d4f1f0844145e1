/**
 * What the runtime needs from the world. Adapters provide it; tests provide it in memory.
 *
 * @module
 */
import type { LogEntry } from "./actor.ts";

/** One message of the log. */
export interface LogMessage extends LogEntry {
  readonly subject: string;
  /** No further message is waiting behind this one right now. */
  readonly caughtUp: boolean;
}

export interface LogExtent {
  /** Sequences of the oldest and newest entry kept; both 0 where there is none. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** When the log was created: sequences count anew in a log that was made again. */
  readonly createdMs: number;
}

/** The log is not what its reader has read so far: made anew, or put back to an earlier state. */
export class LogRewoundError extends Error {
  override readonly name = "LogRewoundError";
}

/** The log: read in order, from a position, without end. */
export interface Log {
  extent(): Promise<LogExtent>;
  /**
   * Every message from a sequence on, in order. Ends when the signal aborts.
   *
   * @throws {LogRewoundError} where the log turns out to be another one, or to end before what was read of it.
   */
  read(fromSequence: number, signal: AbortSignal): AsyncIterable<LogMessage>;
}

/**
 * Where outputs go. Those of one subject are stored in the order in which they were sent, without holes: the host takes the
 * newest id on a subject as proof that everything before it is stored too.
 */
export interface Outlet {
  /** Send one output. Resolves when it has a place in the window of unacknowledged ones, not when it is stored. */
  publish(subject: string, payload: string, messageId: string): Promise<void>;
  /** Resolves when everything sent so far is stored; rejects where something could not be. */
  drain(): Promise<void>;
  /** Id of the newest output stored on a subject. */
  lastMessageId(subject: string): Promise<string | undefined>;
}

export interface StoredSnapshot {
  /** The snapshot reflects the log up to this sequence. */
  readonly sequence: number;
  /** Which log it reflects: {@linkcode LogExtent.createdMs}. */
  readonly logCreatedMs: number;
  readonly bytes: Uint8Array;
}

export interface SnapshotStore {
  load(actor: string): Promise<StoredSnapshot | undefined>;
  save(actor: string, snapshot: StoredSnapshot): Promise<void>;
}

/** A cache of the newest state for others to look at. Losing it loses nothing. */
export interface ViewCache {
  put(key: string, payload: string): Promise<void>;
}

export interface Clock {
  nowMs(): number;
  /** Call back again and again until the signal aborts. */
  every(intervalMs: number, callback: () => void, signal: AbortSignal): void;
}

/** One line of a log that people read. Never given a secret. */
export type LogLine = (level: "debug" | "info" | "warn" | "error", text: string) => void;
