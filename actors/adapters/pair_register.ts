/**
 * The register of pairs: which pairs are meant to be watched, in KV bucket `fx-pairs`, the same for every node and for people.
 *
 * A key is a pair and holds its record. Changes are compare-and-set on the key's revision, so two who change one pair at a time
 * both see what came of it. A pair that was removed leaves a marker: that is how seeding knows that somebody did not want it.
 *
 * @module
 */
import { jetstream, JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { Empty, headers, type NatsConnection } from "@nats-io/nats-core";
import { BUCKETS, type MetricOptions, type Pair, PairRecord } from "../contract/mod.ts";
import type { LogLine } from "../runtime/mod.ts";
import {
  isNotFound,
  isNotTaken,
  pairOfKey,
  PAIRS_STREAM,
  pairSubject,
  type ReadRecord,
  recordOf,
  SUBJECT_PREFIX,
} from "./_pair_bucket.ts";
import { ensureStorage } from "./nats.ts";
import { watchPairs } from "./pair_watch.ts";

/** Requests at once where many pairs are read or written. */
const AT_ONCE_MAX = 64;
/** How often a change is tried anew because somebody else changed the pair meanwhile. */
const CHANGE_TRIES_MAX = 8;

export type PairState = PairRecord["state"];

/** What came of a change. No state stands for a pair that is not in the register, or whose record could not be read. */
export interface PairChange {
  readonly pair: Pair;
  readonly isChanged: boolean;
  readonly before: PairState | undefined;
  readonly after: PairState | undefined;
}

/** What a change makes of a pair that is there, or is not. */
type Wanted = "as it is" | "gone" | PairRecord;

export class PairRegister {
  readonly #nc: NatsConnection;
  readonly #logLine: LogLine;
  /** Every pair that was to be seeded, for a bucket that is made anew. */
  readonly #seeds = new Set<Pair>();

  constructor(nc: NatsConnection, options: { logLine?: LogLine } = {}) {
    this.#nc = nc;
    this.#logLine = options.logLine ?? (() => {});
  }

  /** Add each pair that has never been there. One that was removed stays removed. @returns the pairs that are new. */
  async seed(pairs: Iterable<Pair>): Promise<Pair[]> {
    const wanted = [...new Set(pairs)];
    for (const pair of wanted) this.#seeds.add(pair);
    const seeded = await orUndefined(this.#putNew(wanted.map((pair) => [pair, ACTIVE])), isNotTaken);
    if (seeded !== undefined) return seeded;
    await ensureStorage(this.#nc);
    return await this.#putNew(wanted.map((pair) => [pair, ACTIVE]));
  }

  /** The pairs that are in the register now, by name. */
  async list(): Promise<ReadonlyMap<Pair, PairRecord>> {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false });
    const info = await orUndefined(manager.streams.info(PAIRS_STREAM, { subjects_filter: ">" }), isNotFound);
    const pairs = Object.keys(info?.state.subjects ?? {}).flatMap((subject) =>
      pairOfKey(subject.slice(SUBJECT_PREFIX.length)) ?? []
    ).sort();
    const bucket = await this.#bucket();
    const records = new Map<Pair, PairRecord>();
    await inBatches(pairs, async (pair) => {
      const entry = await bucket.get(pair);
      const read = recordOf(entry);
      if (read !== undefined) records.set(pair, read.record);
      if (read?.fault !== undefined) {
        this.#logLine("warn", `the record of ${pair} cannot be read whole (${read.fault})`);
      }
      if (read === undefined && entry?.operation === "PUT") {
        this.#logLine("warn", `the record of ${pair} cannot be read`);
      }
    });
    return new Map([...records].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** Watch a pair. One that is there already, active or paused, is left as it is. */
  add(pair: Pair): Promise<PairChange> {
    return this.#change(pair, (read) => read?.raw ?? ACTIVE);
  }

  /** Stop watching a pair until it is resumed. */
  pause(pair: Pair): Promise<PairChange> {
    return this.#change(pair, (read, isThere) => isThere ? { ...(read?.raw ?? ACTIVE), state: "paused" } : "as it is");
  }

  /** Watch a paused pair again. */
  resume(pair: Pair): Promise<PairChange> {
    return this.#change(pair, (read, isThere) => isThere ? { ...(read?.raw ?? ACTIVE), state: "active" } : "as it is");
  }

  /** Take a pair out. Seeding does not bring it back, adding does. */
  remove(pair: Pair): Promise<PairChange> {
    return this.#change(pair, (_, isThere) => isThere ? "gone" : "as it is");
  }

  /** Compute a pair's metrics with these options, or with the defaults again. Their windows begin anew. */
  setOptions(pair: Pair, options: MetricOptions | undefined): Promise<PairChange> {
    return this.#change(pair, (read, isThere) => isThere ? { ...(read?.record ?? ACTIVE), options } : "as it is");
  }

  /**
   * Tell all pairs once they are known, then again with every change, until the signal aborts. Whatever happens to the server or the
   * bucket, the newest known pairs hold until others are known. A bucket that is gone is made anew with them in it, and one that was
   * seeded and is not among them stays removed.
   */
  watch(signal: AbortSignal, onChange: (pairs: ReadonlyMap<Pair, PairRecord>) => void): Promise<void> {
    return watchPairs(this.#nc, {
      signal,
      onChange,
      logLine: this.#logLine,
      restore: (known) => this.#restore(known),
    });
  }

  async #change(
    pair: Pair,
    want: (read: ReadRecord | undefined, isThere: boolean) => Wanted,
  ): Promise<PairChange> {
    const bucket = await this.#bucket();
    for (let tries = 1;; tries++) {
      const entry = await orUndefined(bucket.get(pair), isNotFound) ?? null;
      const read = recordOf(entry);
      const before = read?.record.state;
      const wanted = want(read, entry?.operation === "PUT");
      const isSame = wanted === "as it is" || (read !== undefined && wanted !== "gone" && isEqual(wanted, read));
      if (isSame) return { pair, isChanged: false, before, after: before };
      const previousSeq = entry?.revision ?? 0;
      try {
        if (wanted === "gone") await bucket.delete(pair, { previousSeq });
        else await bucket.put(pair, textOf(wanted), { previousSeq });
        return { pair, isChanged: true, before, after: wanted === "gone" ? undefined : wanted.state };
      } catch (error) {
        if (tries === CHANGE_TRIES_MAX || !(isConflict(error) || isNotTaken(error))) throw error;
        if (isNotTaken(error)) await ensureStorage(this.#nc);
      }
    }
  }

  /** Fill a bucket that was made anew. Other nodes may do the same at the same time: whoever comes first is right. */
  async #restore(known: ReadonlyMap<Pair, PairRecord> | undefined): Promise<void> {
    if (known === undefined) return void await this.#putNew([...this.#seeds].map((pair) => [pair, ACTIVE]));
    // First what is not wanted: who sees the pairs and seeds then must see the markers, too.
    const removed = [...this.#seeds].filter((pair) => !known.has(pair));
    const client = jetstream(this.#nc);
    await inBatches(removed, async (pair) => {
      const marker = headers();
      marker.set("KV-Operation", "DEL");
      const options = { headers: marker, expect: { lastSubjectSequence: 0 } };
      await orUndefined(client.publish(pairSubject(pair), Empty, options), isConflict);
    });
    await this.#putNew([...known]);
  }

  /** Write the keys that have never been there: a marker of one that was removed counts as having been. */
  async #putNew(entries: readonly (readonly [Pair, PairRecord])[]): Promise<Pair[]> {
    const bucket = await this.#bucket();
    const created: Pair[] = [];
    await inBatches(entries, async ([pair, record]) => {
      const revision = await orUndefined(bucket.put(pair, textOf(record), { previousSeq: 0 }), isConflict);
      if (revision !== undefined) created.push(pair);
    });
    return created;
  }

  #bucket(): Promise<KV> {
    return new Kvm(this.#nc).open(BUCKETS.pairs.name);
  }
}

const ACTIVE: PairRecord = { v: 1, state: "active" };
const textOf = (record: PairRecord) => JSON.stringify(record);

/** Whether a record says what is there already, however it is written there. */
function isEqual(wanted: PairRecord, { record, raw, fault }: ReadRecord): boolean {
  return fault === undefined ? textOf(PairRecord.parse(wanted)) === textOf(record) : textOf(wanted) === textOf(raw);
}

/** Whether a key had another revision than the one that a write expected. */
function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown);
}

/** The result of a promise, or `undefined` where it failed as expected. */
async function orUndefined<T>(promise: Promise<T>, isExpected: (error: unknown) => boolean): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}

async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE_MAX) await Promise.all(items.slice(i, i + AT_ONCE_MAX).map(act));
}
