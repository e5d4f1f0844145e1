/**
 * Writes the records of a cluster as its nodes do, into the real buckets: for tests of those who read them.
 *
 * @module
 */
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  BUCKETS,
  type FeedReport,
  type LeaseRecord,
  type NodeRecord,
  type NodeReport,
  type PairRecord,
  type TaskReport,
} from "../../actors/contract/mod.ts";

type Buckets = Readonly<Record<"nodes" | "leases" | "reports" | "pairs" | "latest" | "feeds", KV>>;

/** Well below the age at which a node's record goes. */
const RENEW_MS = 1_000;
const GROUP = "actors";

export interface WriteNodeOptions {
  draining?: boolean;
  session?: string;
  failoverCount?: number;
  startedMs?: number;
}

export function nodeRecord(node: string, options: WriteNodeOptions = {}): NodeRecord {
  const { draining = false, session = `${node}-1`, startedMs = 0 } = options;
  return { v: 1, group: GROUP, node, session, capacity: 1, draining, startedMs };
}

export function nodeReport(node: string, tasks: TaskReport[], options: WriteNodeOptions = {}): NodeReport {
  const { failoverCount = 0 } = options;
  return {
    ...nodeRecord(node, options),
    timeMs: 0,
    memoryBytes: 123_456_789,
    failoverCount,
    handoverCount: 0,
    lostCount: 0,
    tasks,
  };
}

export function taskReport(name: string, overrides: Partial<TaskReport> = {}): TaskReport {
  return {
    name,
    sequence: 1,
    lagMessages: 0,
    lagMs: 0,
    eventTimeUs: 0,
    mailboxDepth: 0,
    unstoredOutputs: 0,
    snapshotAgeMs: null,
    deadCount: 0,
    restartCount: 0,
    ...overrides,
  };
}

export function lease(node: string | null, overrides: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    v: 1,
    owner: node === null ? null : { group: GROUP, node, session: `${node}-1` },
    term: 1,
    sinceMs: 0,
    cause: "start",
    from: null,
    failoverCount: 0,
    handoverCount: 0,
    data: null,
    ...overrides,
  };
}

export class ClusterWriter implements AsyncDisposable {
  readonly nc: NatsConnection;
  readonly #buckets: Buckets;
  readonly #renewals = new Map<string, ReturnType<typeof setInterval>>();

  private constructor(nc: NatsConnection, buckets: Buckets) {
    this.nc = nc;
    this.#buckets = buckets;
  }

  static async open(url: string): Promise<ClusterWriter> {
    const nc = await connectNats({ url, name: "cluster-writer" });
    await ensureStorage(nc);
    const kvm = new Kvm(nc);
    const open = async (name: keyof Buckets) => [name, await kvm.open(BUCKETS[name].name)] as const;
    const names = ["nodes", "leases", "reports", "pairs", "latest", "feeds"] as const;
    return new ClusterWriter(nc, Object.fromEntries(await Promise.all(names.map(open))) as Buckets);
  }

  /** Resolves when the connection, lost from now on, is back. */
  async reconnected(): Promise<void> {
    for await (const { type } of this.nc.status()) if (type === "reconnect") return;
  }

  /** Puts any text under any key. */
  async put(bucket: keyof Buckets, key: string, record: unknown): Promise<void> {
    await this.#buckets[bucket].put(key, typeof record === "string" ? record : JSON.stringify(record));
  }

  async delete(bucket: keyof Buckets, key: string): Promise<void> {
    await this.#buckets[bucket].delete(key);
  }

  pair(pair: string, state: PairRecord["state"] = "active"): Promise<void> {
    return this.put("pairs", pair, { v: 1, state } satisfies PairRecord);
  }

  lease(task: string, record: LeaseRecord): Promise<void> {
    return this.put("leases", task, record);
  }

  /** Lets a node report: the report is renewed until there is another one, or the node is killed. */
  report(report: NodeReport): Promise<void> {
    return this.#renew("reports", `${report.group}.${report.node}`, report);
  }

  /** Lets a node live: its record is renewed until there is another one, or the node is killed. */
  live(record: NodeRecord): Promise<void> {
    return this.#renew("nodes", `${record.group}.${record.node}`, record);
  }

  /** Lets a feed report: the report is renewed until there is another one, or the feed is silenced. */
  feed(report: FeedReport): Promise<void> {
    return this.#renew("feeds", report.source, report);
  }

  /** Its report is renewed no more, and goes by its age. */
  silence(source: string): void {
    clearInterval(this.#renewals.get(`feeds ${source}`));
  }

  /** Its records are renewed no more, and go by their age. */
  kill(node: string): void {
    for (const bucket of ["nodes", "reports"]) clearInterval(this.#renewals.get(`${bucket} ${GROUP}.${node}`));
  }

  async #renew(bucket: keyof Buckets, key: string, record: unknown): Promise<void> {
    const name = `${bucket} ${key}`;
    clearInterval(this.#renewals.get(name));
    await this.put(bucket, key, record);
    this.#renewals.set(name, setInterval(() => void this.put(bucket, key, record).catch(() => {}), RENEW_MS));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#renewals.values()) clearInterval(timer);
    await this.nc.close();
  }
}
