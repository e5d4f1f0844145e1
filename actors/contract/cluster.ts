/**
 * What nodes tell each other and the page: who lives, who runs what, and how well.
 *
 * Work is split into tasks, each run by at most one node of a group: `pair.EURUSD` by the nodes of group `actors`,
 * `archive.MARKET` by those of group `gateways`. A session is one life of one process under a node's name.
 *
 * @module
 */
import { z } from "zod";
import { MetricOptions } from "./metric_options.ts";

const group = z.string().regex(/^[a-z]{1,32}$/);
const node = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const session = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/).describe("One life of one process");

/** A live node: key `<group>.<node>` of `fx-nodes`. It goes by itself when the node no longer renews it. */
export const NodeRecord = z.object({
  v: z.literal(1),
  group,
  node,
  session,
  capacity: z.number().positive().describe("Its share of the work, relative to the others"),
  draining: z.boolean().describe("It hands everything over and takes nothing"),
  startedMs: z.number(),
}).meta({ id: "NodeRecord", title: "A live node" });
export type NodeRecord = z.infer<typeof NodeRecord>;

/** How a task came to its owner. */
export const LeaseCause = z.enum(["start", "handover", "failover"]).describe(
  "Nobody had it; its owner gave it away; its owner was gone",
);
export type LeaseCause = z.infer<typeof LeaseCause>;

/**
 * Who runs a task: key `<task>` of `fx-leases`. Every change is a compare-and-set on its revision, so whoever lost the lease can
 * change nothing in it any more. What the task must find again, such as where its snapshots are, stands in `data`.
 */
export const LeaseRecord = z.object({
  v: z.literal(1),
  owner: z.object({ group, node, session }).nullable().describe("Nobody, with null"),
  term: z.int().nonnegative().describe(
    "Counts its owners: one who held it before cannot pass for the one who holds it now",
  ),
  sinceMs: z.number().describe("When the owner took it, by its clock"),
  cause: LeaseCause,
  from: z.string().nullable().describe("Node that had it before"),
  failoverCount: z.int().nonnegative(),
  handoverCount: z.int().nonnegative(),
  data: z.unknown(),
}).meta({ id: "LeaseRecord", title: "Who runs a task" });
export type LeaseRecord = z.infer<typeof LeaseRecord>;

/** A task as its node sees it. */
export const TaskReport = z.object({
  name: z.string(),
  sequence: z.int().nonnegative().describe("Newest entry of the log in its state"),
  lagMessages: z.int().nonnegative().describe("Entries of the log that it has not folded yet"),
  lagMs: z.number().nonnegative().describe("How long the newest folded entry lay in the log; 0 where none waits"),
  eventTimeUs: z.int().nonnegative().describe("Newest event time in its state; 0 before the first event"),
  mailboxDepth: z.int().nonnegative().describe("Entries received and not folded yet"),
  unstoredOutputs: z.int().nonnegative().describe("Outputs that are not acknowledged yet"),
  snapshotAgeMs: z.number().nonnegative().nullable().describe("Age of its newest snapshot; null before the first"),
  deadCount: z.int().nonnegative().describe("Entries that it could not fold and set aside"),
  restartCount: z.int().nonnegative().describe("How often it was started anew after a fault"),
  fault: z.string().optional().describe("Why it does not run right now"),
}).meta({ id: "TaskReport", title: "A task as its node sees it" });
export type TaskReport = z.infer<typeof TaskReport>;

/** What a node does: key `<group>.<node>` of `fx-reports`. */
export const NodeReport = z.object({
  v: z.literal(1),
  group,
  node,
  session,
  capacity: z.number().positive(),
  draining: z.boolean(),
  startedMs: z.number(),
  timeMs: z.number().describe("When it was written, by the node's clock"),
  memoryBytes: z.number().nonnegative(),
  failoverCount: z.int().nonnegative().describe("Tasks taken from nodes that were gone"),
  handoverCount: z.int().nonnegative().describe("Tasks taken from nodes that gave them away"),
  lostCount: z.int().nonnegative().describe("Leases lost to another node"),
  tasks: z.array(TaskReport),
}).meta({ id: "NodeReport", title: "What a node does" });
export type NodeReport = z.infer<typeof NodeReport>;

/** A pair that is meant to be watched: key `<PAIR>` of `fx-pairs`. Deleting the key removes the pair. */
export const PairRecord = z.object({
  v: z.literal(1),
  state: z.enum(["active", "paused"]),
  options: MetricOptions.optional().describe("What its metrics are computed with; the defaults where left out"),
}).meta({ id: "PairRecord", title: "A pair that is meant to be watched" });
export type PairRecord = z.infer<typeof PairRecord>;
