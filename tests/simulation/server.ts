/**
 * What outlives every node, as the real servers keep it: the log, the stored outputs, snapshots, and two buckets.
 *
 * Everything here is the effect of a request that has arrived; delays, losses and repeats are made by the nodes' network
 * (`node.ts`).
 *
 * @module
 */
import {
  type LogExtent,
  NotNewestError,
  type Output,
  type RegisterChange,
  type RegisterEntry,
  RevisionError,
} from "../../actors/runtime/mod.ts";
import type { Scheduler } from "./scheduler.ts";

/** As long as JetStream remembers ids. */
const DUPLICATE_WINDOW_MS = 120_000;

export interface StoredOutput {
  readonly subject: string;
  readonly payload: string;
  readonly messageId: string;
  readonly timeMs: number;
}

export class Bucket {
  readonly watchers = new Set<(change: RegisterChange) => void>();
  readonly #scheduler: Scheduler;
  readonly #ttlMs: number;
  #entries = new Map<string, RegisterEntry>();
  #revision = 0;

  constructor(scheduler: Scheduler, ttlMs: number) {
    this.#scheduler = scheduler;
    this.#ttlMs = ttlMs;
  }

  get entries(): ReadonlyMap<string, RegisterEntry> {
    return this.#entries;
  }

  put(key: string, value: string, revision: number): number {
    this.#expect(key, revision);
    const entry = { value, revision: ++this.#revision };
    this.#entries.set(key, entry);
    this.#tell({ type: "put", key, ...entry, timeMs: this.#scheduler.nowMs });
    if (this.#ttlMs > 0) {
      this.#scheduler.at(this.#ttlMs, () => {
        if (this.#entries.get(key) === entry) this.#remove(key);
      });
    }
    return entry.revision;
  }

  delete(key: string, revision: number): void {
    this.#expect(key, revision);
    if (this.#entries.has(key)) this.#remove(key);
  }

  /** Somebody deletes the bucket, and a node makes it again. */
  wipe(): void {
    this.#entries = new Map();
    this.#revision = 0;
    for (const change of this.contents()) this.#tell(change);
  }

  /** What a watch that begins is told. */
  contents(): RegisterChange[] {
    const puts = [...this.#entries].map(([key, entry]) => ({ type: "put" as const, key, ...entry, timeMs: 0 }));
    return [{ type: "reset" }, ...puts, { type: "current" }];
  }

  #expect(key: string, revision: number): void {
    const current = this.#entries.get(key)?.revision ?? 0;
    if (current !== revision) throw new RevisionError(`${key}: ${current}, not ${revision}`);
  }

  #remove(key: string): void {
    this.#entries.delete(key);
    this.#tell({ type: "gone", key, revision: ++this.#revision });
  }

  #tell(change: RegisterChange): void {
    for (const watcher of this.watchers) watcher(change);
  }
}

export class Server {
  readonly log: { subject: string; data: Uint8Array; timeMs: number }[] = [];
  readonly outputs: StoredOutput[] = [];
  readonly snapshots = new Map<string, Uint8Array>();
  readonly nodes: Bucket;
  readonly leases: Bucket;
  /** Away: nothing that is sent to it arrives. */
  isAway = false;
  duplicateCount = 0;
  readonly #scheduler: Scheduler;
  readonly #bySubject = new Map<string, number[]>();
  readonly #newest = new Map<string, number>();
  readonly #recentIds = new Map<string, { sequence: number; timeMs: number }>();
  #growers: (() => void)[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.nodes = new Bucket(scheduler, 4_000);
    this.leases = new Bucket(scheduler, 0);
  }

  append(subject: string, data: Uint8Array): void {
    this.log.push({ subject, data, timeMs: this.#scheduler.nowMs });
    const sequences = this.#bySubject.get(subject) ?? [];
    sequences.push(this.log.length);
    this.#bySubject.set(subject, sequences);
    for (const grow of this.#growers.splice(0)) grow();
  }

  onGrowth(grow: () => void): void {
    this.#growers.push(grow);
  }

  extent(): LogExtent {
    return { firstSequence: Math.min(1, this.log.length), lastSequence: this.log.length, createdMs: 1 };
  }

  /** Up to so many sequences of a subject, from one on. */
  sequencesFrom(subject: string, from: number, count: number): number[] {
    const sequences = this.#bySubject.get(subject) ?? [];
    const start = sequences.findIndex((sequence) => sequence >= from);
    return start === -1 ? [] : sequences.slice(start, start + count);
  }

  newestSequence(subject: string): number {
    return this.#bySubject.get(subject)?.at(-1) ?? 0;
  }

  newest(subject: string): { sequence: number; messageId: string } | undefined {
    const sequence = this.#newest.get(subject);
    return sequence === undefined ? undefined : { sequence, messageId: this.outputs[sequence - 1]!.messageId };
  }

  store({ subject, payload, messageId }: Output, after: number): number {
    const timeMs = this.#scheduler.nowMs;
    const known = this.#recentIds.get(messageId);
    if (known !== undefined && timeMs - known.timeMs < DUPLICATE_WINDOW_MS) {
      this.duplicateCount++;
      return known.sequence;
    }
    if ((this.#newest.get(subject) ?? 0) !== after) throw new NotNewestError(subject);
    const text = typeof payload === "string" ? payload : `dead ${payload.join(",")}`;
    this.outputs.push({ subject, payload: text, messageId, timeMs });
    this.#newest.set(subject, this.outputs.length);
    this.#recentIds.set(messageId, { sequence: this.outputs.length, timeMs });
    return this.outputs.length;
  }

  countOn(subject: string): number {
    return this.outputs.reduce((count, output) => count + Number(output.subject === subject), 0);
  }
}
