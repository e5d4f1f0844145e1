/**
 * What happened to the leases, and when each actor was seen to go on, by the server's own clock.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { BUCKETS, type LeaseRecord, type Pair } from "../../actors/contract/mod.ts";
import { parseLease } from "../../actors/runtime/lease.ts";

export interface LeaseChange {
  readonly pair: Pair;
  readonly storedMs: number;
  readonly record: LeaseRecord;
  /** Newest entry of the log in the newest snapshot; 0 where there is none. */
  readonly snapshotSequence: number;
}

/** The view of an actor as it was cached. */
export interface SeenView {
  readonly storedMs: number;
  /** Newest entry in the state. */
  readonly sequence: number;
}

export class Recorder {
  /** Changes of each pair's lease, in order. */
  readonly leases = new Map<Pair, LeaseChange[]>();
  readonly views = new Map<Pair, SeenView[]>();
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(nc: NatsConnection, pairs: readonly Pair[]) {
    for (const pair of pairs) {
      this.leases.set(pair, []);
      this.views.set(pair, []);
    }
    this.#done = Promise.all([this.#watchLeases(nc), this.#watchViews(nc)]);
    this.#done.catch(() => {}); // told by `stop()`
  }

  /** Pairs that a node owns as far as is known. */
  ownedBy(node: string): Pair[] {
    return [...this.leases].filter(([, changes]) => changes.at(-1)?.record.owner?.node === node).map(([pair]) => pair);
  }

  /** @throws where what was watched had been put back to an earlier state. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #watchLeases(nc: NatsConnection): Promise<void> {
    const log = new JetStreamLog(nc, `KV_${BUCKETS.leases.name}`);
    for await (const { subject, data, timeMs } of log.read(1, { signal: this.#stop.signal })) {
      const changes = this.leases.get(/\.pair\.(\w+)$/.exec(subject)?.[1] as Pair);
      const record = parseLease(new TextDecoder().decode(data));
      if (changes === undefined || record === undefined) continue;
      const { snapshots } = record.data as { snapshots?: { sequence: number }[] } ?? {};
      changes.push({
        pair: /\.pair\.(\w+)$/.exec(subject)![1] as Pair,
        storedMs: timeMs,
        record,
        snapshotSequence: snapshots?.[0]?.sequence ?? 0,
      });
    }
  }

  async #watchViews(nc: NatsConnection): Promise<void> {
    const log = new JetStreamLog(nc, `KV_${BUCKETS.latest.name}`);
    for await (const { subject, data, timeMs } of log.read(1, { signal: this.#stop.signal })) {
      const [, pair, what] = /\.(\w+)\.(\w+)$/.exec(subject) ?? [];
      if (what !== "book") continue;
      // The head of a book is enough: parsing all of it would cost more than the rest of the harness.
      const sequence = /"sequence":(\d+)/.exec(new TextDecoder().decode(data.subarray(0, 200)))?.[1];
      if (sequence !== undefined) this.views.get(pair as Pair)?.push({ storedMs: timeMs, sequence: Number(sequence) });
    }
  }
}
