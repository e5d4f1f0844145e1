/**
 * Watching the register of pairs through whatever happens to the server and the bucket.
 *
 * A watch of the bucket tells changes at once, but it falls silent when its bucket is deleted, made anew or put back from a backup.
 * So the stream behind the bucket is looked at as well: one that was made at another time, or has entries that the watch never
 * told, or has lost some, is read anew. Until then, and until all of it is read, the newest known pairs hold: an actor must not
 * stop because half a list was taken for the whole.
 *
 * @module
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm, type KvWatchEntry } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { BUCKETS, type Pair, type PairRecord } from "../contract/mod.ts";
import type { LogLine } from "../runtime/mod.ts";
import { isNotFound, pairOfKey, PAIRS_STREAM, recordOf } from "./_pair_bucket.ts";
import { systemClock } from "./clock.ts";
import { ensureStorage } from "./nats.ts";
import { untilAborted } from "./until_aborted.ts";

/** Time between two looks at the stream. */
const CHECK_INTERVAL_MS = 1_000;
/** Looks in a row at which the watch may be behind. */
const BEHIND_CHECKS_MAX = 2;
/** Pause before the bucket is read anew. */
const RETRY_MS = 500;
/** Time for an orderly end after the signal: a server that is away must not hold it. */
const STOP_GRACE_MS = 500;
/** Warnings that were given; beyond it what is malformed is not named. */
const WARNED_MAX = 1_000;

export interface PairWatchOptions {
  signal: AbortSignal;
  onChange: (pairs: ReadonlyMap<Pair, PairRecord>) => void;
  logLine: LogLine;
  /** Fill a bucket that was made anew; `undefined` before anything was known. */
  restore: (known: ReadonlyMap<Pair, PairRecord> | undefined) => Promise<void>;
}

/** Resolves when the signal has aborted. */
export async function watchPairs(nc: NatsConnection, options: PairWatchOptions): Promise<void> {
  const watch = new PairWatch(nc, options);
  const { signal, logLine } = options;
  // One warning for each outage, however often it is tried.
  let isWarned = false;
  while (!signal.aborted && !nc.isClosed()) {
    try {
      await untilAborted(watch.follow(() => isWarned = false), { signal, graceMs: STOP_GRACE_MS });
    } catch (error) {
      if (!isWarned && !signal.aborted) {
        logLine("warn", `reading the register of pairs anew: ${(error as Error).message}`);
      }
      isWarned = true;
    }
    await systemClock.sleep(RETRY_MS, signal);
  }
}

class PairWatch {
  readonly #nc: NatsConnection;
  readonly #options: PairWatchOptions;
  readonly #warned = new Set<string>();
  /** The pairs told last. */
  #known: ReadonlyMap<Pair, PairRecord> | undefined;
  /** When the bucket was made that is known to be filled. */
  #created: string | undefined;

  constructor(nc: NatsConnection, options: PairWatchOptions) {
    this.#nc = nc;
    this.#options = options;
  }

  /** Read the bucket as it is and follow it, until the signal aborts or it must be read anew. */
  async follow(onRead: () => void): Promise<void> {
    const { signal } = this.#options;
    const start = await this.#openStream();
    const entries = await (await new Kvm(this.#nc).open(BUCKETS.pairs.name)).watch();
    const turn = new AbortController();
    const stop = () => {
      turn.abort();
      entries.stop();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();

    const keys = new Map<string, KvWatchEntry>();
    const reading = { seen: start.lastSequence, isRead: start.messageCount === 0, isTold: false };
    const tell = () => {
      reading.isTold = true;
      onRead();
      this.#tell(keys);
    };
    let fault: Error | undefined;
    const checking = this.#check(start.created, { reading, keys, tell, signal: turn.signal })
      .catch((error: Error) => fault = error)
      .finally(stop);
    try {
      if (reading.isRead) tell();
      for await (const entry of entries) {
        reading.seen = Math.max(reading.seen, entry.revision);
        keys.set(entry.key, entry);
        reading.isRead ||= entry.delta === 0;
        reading.isTold = false;
        // What comes in one go is told in one go.
        if (entry.delta === 0) tell();
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
      await checking;
    }
    if (fault !== undefined) throw fault;
  }

  /** The stream as it is; one that is gone is made anew, and one that is not the one known is filled first. */
  async #openStream(): Promise<StreamState> {
    let state = await this.#state();
    if (state === undefined) {
      this.#options.logLine("warn", `bucket ${BUCKETS.pairs.name} is gone: making it anew`);
      await ensureStorage(this.#nc);
      state = await this.#state();
    }
    if (state !== undefined && state.created !== this.#created) {
      await this.#options.restore(this.#known);
      this.#created = state.created;
      state = await this.#state();
    }
    if (state === undefined) throw new Error(`bucket ${BUCKETS.pairs.name} is gone`);
    return state;
  }

  /** Resolves when the bucket must be read anew. */
  async #check(
    created: string,
    { reading, keys, tell, signal }: {
      reading: { seen: number; isRead: boolean; isTold: boolean };
      keys: ReadonlyMap<string, KvWatchEntry>;
      tell: () => void;
      signal: AbortSignal;
    },
  ): Promise<void> {
    let behindCount = 0;
    for (;;) {
      await systemClock.sleep(CHECK_INTERVAL_MS, signal);
      if (signal.aborted) return;
      const state = await this.#state();
      if (state === undefined || state.created !== created) return;
      if (state.lastSequence < reading.seen || state.keyCount < keys.size) return;
      behindCount = state.lastSequence > reading.seen || !reading.isRead ? behindCount + 1 : 0;
      if (behindCount === BEHIND_CHECKS_MAX) return;
      if (reading.isRead && !reading.isTold) tell();
    }
  }

  async #state(): Promise<StreamState | undefined> {
    try {
      const { created, state } = await (await jetstreamManager(this.#nc, { checkAPI: false })).streams.info(
        PAIRS_STREAM,
      );
      const { messages: messageCount, last_seq: lastSequence, num_subjects: keyCount = 0 } = state;
      return { created, messageCount, lastSequence, keyCount };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #tell(keys: ReadonlyMap<string, KvWatchEntry>): void {
    const pairs = new Map<Pair, PairRecord>();
    for (const [key, entry] of [...keys].sort(([a], [b]) => a < b ? -1 : 1)) {
      if (entry.operation !== "PUT") continue;
      const pair = pairOfKey(key);
      const read = recordOf(entry);
      if (pair === undefined) this.#warn(`key "${key}"`, "is no pair, it is left out");
      else if (read === undefined) this.#warn(`the record of ${pair}`, "cannot be read, it is left out");
      else if (read.fault === undefined) pairs.set(pair, read.record);
      else {
        this.#warn(`the record of ${pair}`, `cannot be read whole, its options stay as they were (${read.fault})`);
        pairs.set(pair, { ...read.record, options: this.#known?.get(pair)?.options });
      }
    }
    if (this.#known !== undefined && isSame(this.#known, pairs)) return;
    this.#options.onChange(pairs);
    this.#known = pairs;
  }

  /** Name what is malformed, once. */
  #warn(what: string, why: string): void {
    const text = `bucket ${BUCKETS.pairs.name}: ${what} ${why}`;
    if (this.#warned.has(text) || this.#warned.size >= WARNED_MAX) return;
    this.#warned.add(text);
    this.#options.logLine("warn", text);
  }
}

interface StreamState {
  readonly created: string;
  readonly messageCount: number;
  readonly lastSequence: number;
  readonly keyCount: number;
}

function isSame(a: ReadonlyMap<Pair, PairRecord>, b: ReadonlyMap<Pair, PairRecord>): boolean {
  return a.size === b.size && [...a].every(([pair, record]) => JSON.stringify(record) === JSON.stringify(b.get(pair)));
}
