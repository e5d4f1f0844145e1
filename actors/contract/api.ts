/**
 * Answers of the gateway's API, as its OpenAPI document states them and the page reads them.
 *
 * History is columnar: one array per column, all of the same length, oldest first, `null` where a value is absent. A window
 * that holds more rows than the limit is cut at its end and says where to go on.
 *
 * @module
 */
import { z } from "zod";
import { LeaseCause } from "./cluster.ts";
import { LiveBook, PairInfo } from "./live.ts";
import { MarketSample } from "./market_metrics.ts";
import { MetricSample } from "./metrics.ts";

/** How fine history is: every row, or buckets of a second or a minute. */
export const HistoryStep = z.enum(["raw", "1s", "1m"]);
export type HistoryStep = z.infer<typeof HistoryStep>;

export const PairsAnswer = z.strictObject({
  pairs: z.array(PairInfo.extend({
    firstTimeUs: z.int().nullable().describe("Event time of the oldest quote or trade in history"),
    lastTimeUs: z.int().nullable().describe("Event time of the newest quote or trade in history"),
  })),
}).meta({ id: "Pairs", title: "Pairs with their conventions and the extent of their history" });
export type PairsAnswer = z.infer<typeof PairsAnswer>;

export const LatestAnswer = z.strictObject({
  pair: z.string(),
  book: LiveBook.nullable(),
  sample: MetricSample.nullable(),
}).meta({ id: "Latest", title: "Newest book and sample of a pair" });
export type LatestAnswer = z.infer<typeof LatestAnswer>;

/**
 * Columns by kind and step:
 * - quotes `raw`: timeUs, bid, ask, bidSize, askSize; buckets: timeUs, open, high, low, close (of the mid), spread, count
 * - trades `raw`: timeUs, price, size, side; buckets: timeUs, open, high, low, close, volume, buyVolume, count
 * - metrics: timeUs and one column for each name asked for; buckets hold the mean
 */
export const HistoryAnswer = z.strictObject({
  pair: z.string(),
  step: HistoryStep,
  fromUs: z.int().describe("Start of the window, inclusive"),
  toUs: z.int().describe("End of the window, exclusive"),
  columns: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.null()]))),
  nextFromUs: z.int().optional().describe("Where to go on, when the limit cut the window"),
}).meta({ id: "History", title: "A window of history, by column" });
export type HistoryAnswer = z.infer<typeof HistoryAnswer>;

/** Columns of one answer of depth. */
export const DEPTH_COLUMNS_MAX = 1_200;
/** Levels of a side in a column of depth. */
export const DEPTH_LEVELS_MAX = 40;

const levels = z.array(z.array(z.number())).describe(
  "For each column price and size in turn, best first; the largest size that stood there within the column",
);

export const DepthAnswer = z.strictObject({
  pair: z.string(),
  fromUs: z.int().describe("Start of the first column"),
  toUs: z.int().describe("End of the last column"),
  stepUs: z.int().positive().describe("How long a column is"),
  bids: levels,
  asks: levels,
}).meta({ id: "Depth", title: "The book over time" });
export type DepthAnswer = z.infer<typeof DepthAnswer>;

export const MarketAnswer = z.strictObject({
  sample: MarketSample.nullable(),
  ageMs: z.number().nonnegative().nullable().describe("How long ago the market actor put it there"),
}).meta({ id: "Market", title: "Newest sample across all pairs" });
export type MarketAnswer = z.infer<typeof MarketAnswer>;

/** What a value across pairs is of, and so which columns its history has. */
export const MarketKind = z.enum(["correlation", "lead-lag", "triangle", "strength", "returns"]);
export type MarketKind = z.infer<typeof MarketKind>;

export const MarketHistoryAnswer = HistoryAnswer.omit({ pair: true }).extend({
  kind: MarketKind,
  of: z.array(z.string()).describe(
    "Two pairs in the order of the alphabet, the direct pair and the legs of a triangle, one pair, or a currency",
  ),
}).meta({ id: "MarketHistory", title: "A window of history of values across pairs, by column" });
export type MarketHistoryAnswer = z.infer<typeof MarketHistoryAnswer>;

const count = z.int().nonnegative();

export const ClusterNode = z.strictObject({
  group: z.string(),
  node: z.string(),
  session: z.string().describe("One life of its process"),
  alive: z.boolean().describe("Without: it is gone, and it still owns tasks or has only just reported"),
  capacity: z.number().nullable(),
  draining: z.boolean().describe("It hands everything over and takes nothing"),
  sinceMs: z.number().nullable().describe("When it started, by its clock"),
  taskCount: count.describe("Tasks that it owns"),
  lagMessages: count.nullable().describe("Largest of its tasks"),
  lagMs: z.number().nonnegative().nullable().describe("Largest of its tasks"),
  memoryBytes: z.number().nullable(),
  failoverCount: count.nullable().describe("Tasks it took from nodes that were gone"),
  handoverCount: count.nullable().describe("Tasks it took from nodes that gave them away"),
  lostCount: count.nullable().describe("Leases lost to another node"),
  reportAgeMs: z.number().nonnegative().nullable().describe("Age of its newest report; null where there is none"),
}).meta({ id: "ClusterNode", title: "A node of the cluster" });
export type ClusterNode = z.infer<typeof ClusterNode>;

/** Whether a task runs: its owner lives; its owner is gone; it has none; its pair is not meant to be watched now. */
export const TaskState = z.enum(["running", "failing-over", "unowned", "paused"]);
export type TaskState = z.infer<typeof TaskState>;

export const ClusterTask = z.strictObject({
  name: z.string().describe("pair.EURUSD"),
  pair: z.string().nullable(),
  state: TaskState,
  owner: z.string().nullable().describe("Node that has it; null where nobody does"),
  sinceMs: z.number().nullable().describe("When its newest owner took it, by that owner's clock"),
  cause: LeaseCause.nullable(),
  from: z.string().nullable().describe("Node that had it before"),
  failoverCount: count,
  handoverCount: count,
  lagMessages: count.nullable().describe("Null where its owner has not reported on it"),
  lagMs: z.number().nonnegative().nullable(),
  eventTimeUs: count.nullable(),
  mailboxDepth: count.nullable(),
  snapshotAgeMs: z.number().nonnegative().nullable().describe("When it was reported; null before the first"),
  deadCount: count.nullable(),
  restartCount: count.nullable(),
  fault: z.string().nullable().describe("Why it does not run right now"),
}).meta({ id: "ClusterTask", title: "A task of the cluster" });
export type ClusterTask = z.infer<typeof ClusterTask>;

export const ClusterAnswer = z.strictObject({
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  nodes: z.array(ClusterNode).describe("By group and name"),
  tasks: z.array(ClusterTask).describe("By name"),
}).meta({ id: "Cluster", title: "Which node runs what, and how well" });
export type ClusterAnswer = z.infer<typeof ClusterAnswer>;

/** RFC 9457 problem. Sent as `application/problem+json`. */
export const Problem = z.object({
  type: z.string().describe("A URI that names the kind of problem: urn:fxmm:problem:<code>"),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional().describe("Path of the request"),
  errors: z.array(z.object({ name: z.string(), detail: z.string() })).optional().describe("Each wrong parameter"),
}).meta({ id: "Problem", title: "What went wrong" });
export type Problem = z.infer<typeof Problem>;
