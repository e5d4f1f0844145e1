/**
 * The cluster in one answer: the live nodes, who owns which task, how well it runs, and what ought to run and does not.
 *
 * Four buckets, each true for itself, are folded at the moment of the question: `fx-nodes` says who lives, `fx-leases` who owns
 * what, `fx-reports` how it runs, `fx-pairs` what is wanted. A lease counts as long as the very session that holds it lives; a
 * report counts for a task only while its writer owns it.
 *
 * @module
 */
import {
  type ClusterAnswer,
  type ClusterNode,
  type ClusterTask,
  LeaseRecord,
  NodeRecord,
  NodeReport,
  PairRecord,
  type TaskReport,
} from "../../actors/contract/mod.ts";
import { BucketRecords, type StoredRecord } from "./bucket_records.ts";

const PAIR_TASK = /^pair\.([A-Z]{6})$/;
const keyOf = ({ group, node }: { group: string; node: string }) => `${group}.${node}`;

/** A node, and the tasks of its newest report by name. */
interface Seen {
  readonly node: ClusterNode;
  readonly tasks: ReadonlyMap<string, TaskReport>;
}

export class ClusterView {
  readonly nodes = new BucketRecords<NodeRecord>(NodeRecord, { keyOf });
  readonly leases = new BucketRecords<LeaseRecord>(LeaseRecord);
  readonly reports = new BucketRecords<NodeReport>(NodeReport, { keyOf });
  readonly pairs = new BucketRecords<PairRecord>(PairRecord);
  readonly #buckets = [this.nodes, this.leases, this.reports, this.pairs];
  readonly #nowMs: () => number;

  constructor(options: { nowMs: () => number }) {
    this.#nowMs = options.nowMs;
  }

  /** Whether all four buckets are known and their changes arrive. */
  get followed(): boolean {
    return this.#buckets.every(({ followed }) => followed);
  }

  /** Whether all four buckets were read: before, an answer would miss most of what there is. */
  get known(): boolean {
    return this.#buckets.every(({ known }) => known);
  }

  /** Records that were left out, by bucket. */
  get rejected(): Record<"nodes" | "leases" | "reports" | "pairs", number> {
    return {
      nodes: this.nodes.rejectedCount,
      leases: this.leases.rejectedCount,
      reports: this.reports.rejectedCount,
      pairs: this.pairs.rejectedCount,
    };
  }

  /** The newest report of each node that lives. */
  get liveReports(): NodeReport[] {
    return [...this.reports.entries()].flatMap(([key, { record }]) => this.#lives(key, record.session) ? [record] : []);
  }

  answer(): ClusterAnswer {
    const seen = this.#seeNodes();
    const tasks = new Map<string, ClusterTask>();
    for (const [name, { record }] of this.leases.entries()) {
      const task = this.#leasedTask(name, record, seen);
      if (task !== undefined) tasks.set(name, task);
    }
    for (const [pair, { record }] of this.pairs.entries()) {
      const name = `pair.${pair}`;
      if (!tasks.has(name)) tasks.set(name, { ...NO_TASK, name, pair, state: stateOf(record) ?? "unowned" });
    }
    return {
      followed: this.followed,
      nodes: [...seen.values()].map(({ node }) => node)
        .sort((a, b) => compare(a.group, b.group) || compare(a.node, b.node)),
      tasks: [...tasks.values()].sort((a, b) => compare(a.name, b.name)),
    };
  }

  #lives(key: string, session: string): boolean {
    return this.nodes.get(key)?.record.session === session;
  }

  /** The nodes that live, and those gone that have left something behind: a lease, or a report of one that did not mean to go. */
  #seeNodes(): Map<string, Seen> {
    const seen = new Map<string, Seen>();
    const see = (key: string, node: NodeRecord | NonNullable<LeaseRecord["owner"]>, alive: boolean) => {
      const report = this.reports.get(key);
      seen.set(key, this.#see(node, { alive, report: report?.record.session === node.session ? report : undefined }));
    };
    for (const [key, { record }] of this.nodes.entries()) see(key, record, true);
    for (const [key, { record }] of this.reports.entries()) {
      if (!seen.has(key) && !record.draining) see(key, record, false);
    }
    for (const [name, { record: { owner } }] of this.leases.entries()) {
      if (owner !== null && !seen.has(keyOf(owner)) && this.#isWanted(name)) see(keyOf(owner), owner, false);
    }
    return seen;
  }

  #see(
    node: NodeRecord | NonNullable<LeaseRecord["owner"]>,
    { alive, report }: { alive: boolean; report: StoredRecord<NodeReport> | undefined },
  ): Seen {
    const record = "capacity" in node ? node : report?.record;
    const told = report?.record;
    return {
      tasks: new Map(told?.tasks.map((task) => [task.name, task])),
      node: {
        group: node.group,
        node: node.node,
        session: node.session,
        alive,
        capacity: record?.capacity ?? null,
        draining: record?.draining ?? false,
        sinceMs: record?.startedMs ?? null,
        taskCount: 0,
        lagMessages: null,
        lagMs: null,
        memoryBytes: told?.memoryBytes ?? null,
        failoverCount: told?.failoverCount ?? null,
        handoverCount: told?.handoverCount ?? null,
        lostCount: told?.lostCount ?? null,
        reportAgeMs: report === undefined ? null : Math.max(0, this.#nowMs() - report.createdMs),
      },
    };
  }

  /** The task of a lease, counted at its node; `undefined` where nobody has it and nobody wants it. */
  #leasedTask(name: string, lease: LeaseRecord, seen: ReadonlyMap<string, Seen>): ClusterTask | undefined {
    const { owner, sinceMs, cause, from, failoverCount, handoverCount } = lease;
    const pair = PAIR_TASK.exec(name)?.[1] ?? null;
    const holder = owner === null ? undefined : seen.get(keyOf(owner));
    const isHeld = holder !== undefined && holder.node.session === owner?.session;
    const isRun = isHeld && holder.node.alive;
    if (!isRun && !this.#isWanted(name)) return undefined;
    const report = isRun ? holder.tasks.get(name) : undefined;
    if (isHeld) count(holder.node, report);
    return {
      ...NO_TASK,
      name,
      pair,
      state: (pair === null ? undefined : stateOf(this.pairs.get(pair)?.record)) ??
        (isRun ? "running" : owner === null ? "unowned" : "failing-over"),
      owner: owner?.node ?? null,
      sinceMs,
      cause,
      from,
      failoverCount,
      handoverCount,
      ...(report === undefined ? {} : {
        lagMessages: report.lagMessages,
        lagMs: report.lagMs,
        eventTimeUs: report.eventTimeUs,
        mailboxDepth: report.mailboxDepth,
        snapshotAgeMs: report.snapshotAgeMs,
        deadCount: report.deadCount,
        restartCount: report.restartCount,
        fault: report.fault ?? null,
      }),
    };
  }

  /** A pair's task is wanted while the pair has a record; every other task always is. */
  #isWanted(name: string): boolean {
    const pair = PAIR_TASK.exec(name)?.[1];
    return pair === undefined || this.pairs.get(pair) !== undefined;
  }
}

const NO_TASK = {
  owner: null,
  sinceMs: null,
  cause: null,
  from: null,
  failoverCount: 0,
  handoverCount: 0,
  lagMessages: null,
  lagMs: null,
  eventTimeUs: null,
  mailboxDepth: null,
  snapshotAgeMs: null,
  deadCount: null,
  restartCount: null,
  fault: null,
} as const satisfies Partial<ClusterTask>;

/** What a pair's record alone says of its task. */
function stateOf(record: PairRecord | undefined): "paused" | undefined {
  return record?.state === "paused" ? "paused" : undefined;
}

function count(node: ClusterNode, report: TaskReport | undefined): void {
  node.taskCount++;
  if (report === undefined) return;
  node.lagMessages = Math.max(node.lagMessages ?? 0, report.lagMessages);
  node.lagMs = Math.max(node.lagMs ?? 0, report.lagMs);
}

/** By code unit: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
