/**
 * What the runtime needs from the world. Adapters provide it; simulations provide it in memory.
 *
 * @module
 */
import type { LogEntry } from "./actor.ts";

/** One message of the log. */
export interface LogMessage extends LogEntry {
  readonly subject: string;
  /** When the log stored it, by the log's clock. */
  readonly timeMs: number;
  /** Messages that were waiting behind this one when it was sent. */
  readonly pendingCount: number;
}

export interface LogExtent {
  /** Sequences of the oldest and newest entry kept; both 0 where there never was one. */
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
  /** Sequence of the newest entry on a subject; 0 where there is none. */
  newestSequence(subject: string): Promise<number>;
  /**
   * Every message from a sequence on, in order. Ends when the signal aborts.
   *
   * @throws {LogRewoundError} where the log turns out to be another one, or to end before what was read of it.
   */
  read(fromSequence: number, options: ReadOptions): LogReading;
}

export interface ReadOptions {
  signal: AbortSignal;
  /** Only messages of this subject. @default all of the log */
  subject?: string;
  /** Which log is meant, where that was learned before. @default the one that is there */
  createdMs?: number;
  /** Messages received ahead of the reader at most. Overflow: the log waits until the reader has taken some. @default {1_000} */
  aheadMax?: number;
}

/** A reading of the log that is under way. */
export interface LogReading extends AsyncIterable<LogMessage> {
  /** Messages received and not taken yet. */
  readonly depth: number;
}

export interface Output {
  readonly subject: string;
  readonly payload: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** `actor:log:input sequence:index` */
  readonly messageId: string;
}

/** A message was to follow another one on its subject, but that one is not the newest there. */
export class NotNewestError extends Error {
  override readonly name = "NotNewestError";
}

/** Where outputs go: each subject is a chain in which a message is stored only as the successor of the one its writer knows. */
export interface Outlet {
  /** The newest message on a subject, `undefined` where there is none. */
  newest(subject: string): Promise<{ sequence: number; messageId: string | undefined } | undefined>;
  /**
   * Store an output as the successor of message `after` on its subject, 0 for the first one. One that is there already, by its
   * id, is not stored again.
   *
   * @returns its sequence among the stored messages
   * @throws {NotNewestError} where another message is the newest
   */
  store(output: Output, after: number): Promise<number>;
}

/** Bytes by name, of any size. */
export interface SnapshotStore {
  /** `undefined` where there is nothing of that name, or not all of it. */
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
  /** Every name that is there. */
  names(): Promise<string[]>;
}

/** A key of a register does not have the revision that its writer knows. */
export class RevisionError extends Error {
  override readonly name = "RevisionError";
}

export interface RegisterEntry {
  readonly value: string;
  readonly revision: number;
}

export type RegisterChange =
  /** Everything known so far is void: what is there now follows. */
  | { readonly type: "reset" }
  | {
    readonly type: "put";
    readonly key: string;
    readonly value: string;
    readonly revision: number;
    /** When it was written, by the register's clock. */
    readonly timeMs: number;
  }
  | { readonly type: "gone"; readonly key: string; readonly revision: number }
  /** Everything that was there has been told; changes follow. */
  | { readonly type: "current" };

/** A few keys that many nodes write, each change a compare-and-set, and that all of them watch. */
export interface Register {
  get(key: string): Promise<RegisterEntry | undefined>;
  /**
   * Write a key that has a revision, 0 where it must not be there.
   *
   * @returns its new revision
   * @throws {RevisionError}
   */
  put(key: string, value: string, revision: number): Promise<number>;
  /** @throws {RevisionError} */
  delete(key: string, revision: number): Promise<void>;
  /** Every key and every change, for ever: after an outage it begins again with `reset`. Ends when the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<RegisterChange>;
}

/** Whether other nodes are reachable, asked directly. */
export interface Peers {
  /** `gone`: its connection is closed. `silent`: no answer in time. */
  ask(session: string): Promise<"alive" | "gone" | "silent">;
  /** Answer those who ask for this session, until the signal aborts. */
  answer(session: string, signal: AbortSignal): void;
}

/** A cache of the newest state for others to look at. Losing it loses nothing. */
export interface ViewCache {
  put(key: string, payload: string): Promise<void>;
}

export interface Clock {
  /** Wall time: for people and records, never to decide anything between nodes. */
  nowMs(): number;
  /** Time since some moment; never set back. */
  elapsedMs(): number;
  /** Call back again and again until the signal aborts. */
  every(intervalMs: number, callback: () => void, signal: AbortSignal): void;
  /** Resolves after a time, or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One line of a log that people read. Never given a secret. */
export type LogLine = (level: "debug" | "info" | "warn" | "error", text: string) => void;
