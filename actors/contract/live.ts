/**
 * The live view's protocol: JSON messages on the gateway's `/live` WebSocket, and the newest state of a pair in `fx-latest`.
 *
 * The server sends `hello` once, then `update` with whatever changed since the last one: latest wins, nothing is queued. The
 * client may say which pair it shows in detail; only that pair's book carries all its levels, only its sample all its metrics. `cluster` comes after the hello
 * and then at most once a second, with what changed; `market` likewise, whole each time; `cases` when a case opens, changes or closes; `alerts` when something is said of an alert; `feeds` when a report of a feed came, at most once a second. A client leaves out messages of a type that it does not know.
 *
 * @module
 */
import { z } from "zod";
import { Alert } from "./alert.ts";
import { Anomaly } from "./anomaly.ts";
import { LeaseCause } from "./cluster.ts";
import { FeedReport } from "./feed_report.ts";
import { MetricSample } from "./metrics.ts";

/** Levels of a side that the live view shows. */
export const LIVE_LEVELS_MAX = 10;

const level = z.tuple([z.number(), z.number()]).describe("price, size");

/** The newest book of a pair. Numbers that the feed does not give are left out. */
export const LiveBook = z.strictObject({
  pair: z.string().length(6),
  timeUs: z.int().positive().describe("Event time of the newest event in it"),
  sequence: z.int().nonnegative().describe("Stream sequence of that event's frame"),
  bid: z.number().optional(),
  ask: z.number().optional(),
  bidSize: z.number().optional(),
  askSize: z.number().optional(),
  lastTrade: z.strictObject({ price: z.number(), size: z.number(), side: z.enum(["buy", "sell"]).optional() })
    .optional(),
  ageMs: z.number().nonnegative().optional().describe("How long ago it was new when it was sent"),
  bids: z.array(level).max(LIVE_LEVELS_MAX).describe("Best first"),
  asks: z.array(level).max(LIVE_LEVELS_MAX).describe("Best first"),
}).meta({ id: "LiveBook", title: "Newest book of a pair" });
export type LiveBook = z.infer<typeof LiveBook>;

/** What a pair is called and how it is shown. */
export const PairInfo = z.strictObject({
  pair: z.string().length(6),
  label: z.string().describe("EUR/USD"),
  base: z.string(),
  quote: z.string(),
  pipSize: z.number().describe("One pip, in quote currency"),
  priceDecimals: z.int(),
}).meta({ id: "PairInfo", title: "Conventions of a pair" });
export type PairInfo = z.infer<typeof PairInfo>;

const lag = {
  lagMessages: z.int().positive().optional().describe(
    "Entries of the log not folded yet, two digits; left out below 10",
  ),
  lagMs: z.int().positive().optional().describe(
    "How long the newest folded entry lay in the log, two digits; left out below 100",
  ),
};

/** A node of the cluster as pages show it. Numbers are coarse, so that a row changes when its meaning does. */
export const LiveNode = z.strictObject({
  group: z.string(),
  node: z.string(),
  taskCount: z.int().nonnegative().describe("Tasks that it owns"),
  failoverCount: z.int().nonnegative().describe("Tasks it took from nodes that were gone"),
  handoverCount: z.int().nonnegative().describe("Tasks it took from nodes that gave them away"),
  sinceMs: z.number().optional().describe("When it started, by its clock"),
  gone: z.literal(true).optional().describe("It lives no more, and something of it is still there"),
  draining: z.literal(true).optional().describe("It hands everything over and takes nothing"),
  silent: z.literal(true).optional().describe("It lives and does not report"),
  lostCount: z.int().positive().optional().describe("Leases lost to another node"),
  memoryBytes: z.number().positive().optional().describe("Two digits"),
  ...lag,
}).meta({ id: "LiveNode", title: "A node of the cluster, as pages show it" });
export type LiveNode = z.infer<typeof LiveNode>;

/** A task as pages show it; what is usual is left out. */
export const LiveTask = z.strictObject({
  name: z.string().describe("pair.EURUSD"),
  state: z.enum(["failing-over", "unowned", "paused"]).optional().describe("Left out while its owner lives"),
  owner: z.string().optional().describe("Node that has it"),
  sinceMs: z.number().optional().describe("When the owner took it, by its clock"),
  cause: LeaseCause.exclude(["start"]).optional().describe("How it came to its owner; left out where nobody had it"),
  from: z.string().optional().describe("Node that had it before"),
  deadCount: z.int().positive().optional().describe("Entries that it could not fold and set aside"),
  fault: z.string().optional().describe("Why it does not run right now"),
  ...lag,
}).meta({ id: "LiveTask", title: "A task of the cluster, as pages show it" });
export type LiveTask = z.infer<typeof LiveTask>;

/** The cluster: everything, or what changed since the message before. */
export const LiveCluster = z.strictObject({
  type: z.literal("cluster"),
  serverTimeMs: z.number(),
  whole: z.boolean().describe("These are all tasks; those that are known and not among them are gone"),
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  nodes: z.array(LiveNode).optional().describe("All nodes; left out while none of them changed"),
  tasks: z.array(LiveTask).describe("Tasks that changed"),
});
export type LiveCluster = z.infer<typeof LiveCluster>;

/** Correlations that part by so many standard errors are a break. */
export const MARKET_BREAK_Z = 4;

const pairName = z.string().length(6);

/** What is said across pairs, as pages show it. */
export const LiveMarket = z.strictObject({
  type: z.literal("market"),
  serverTimeMs: z.number(),
  ageMs: z.number().nonnegative().optional().describe("How long ago it was new when it was sent"),
  timeUs: z.int().positive(),
  pairs: z.array(pairName),
  correlations: z.array(z.number().nullable()).describe(
    "By combination of two pairs, (1, 0), (2, 0), (2, 1), …, two decimals; null where there is none",
  ),
  breakCount: z.int().nonnegative().describe(`Correlations whose breakZ lies beyond ±${MARKET_BREAK_Z}`),
  breaks: z.array(z.strictObject({
    a: pairName,
    b: pairName,
    z: z.number(),
    short: z.number().optional(),
    long: z.number().optional(),
  })).describe("The largest of them first"),
  leads: z.array(
    z.strictObject({ leader: pairName, follower: pairName, lagMs: z.number().positive(), correlation: z.number() }),
  ).describe("The strongest first"),
  triangleCount: z.int().nonnegative(),
  triangles: z.array(z.strictObject({
    direct: pairName,
    legs: z.tuple([pairName, pairName]),
    edgeBps: z.number(),
    edgeBpsMax: z.number().optional(),
  })).describe("Those with fresh quotes, the largest edge first"),
  strengths: z.array(z.strictObject({
    currency: z.string().length(3),
    dayBps: z.number().optional(),
    windowBps: z.number().optional(),
  })),
});
export type LiveMarket = z.infer<typeof LiveMarket>;

/** Newest cases that a page is told of. Overflow: the oldest are left to the API. */
export const LIVE_CASES_MAX = 100;

/** Cases: the newest message of each, everything at first and then what changed. */
export const LiveCases = z.strictObject({
  type: z.literal("cases"),
  serverTimeMs: z.number(),
  whole: z.boolean().describe("These are all that are kept; those that are known and not among them are gone"),
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  openCount: z.int().nonnegative().describe("Cases that are open now"),
  cases: z.array(Anomaly).max(LIVE_CASES_MAX).describe("The newest first"),
});
export type LiveCases = z.infer<typeof LiveCases>;

/** Alerts that a page is told of, those that said something last. Overflow: the others are left to the API. */
export const LIVE_ALERTS_MAX = 200;

/** Alerts: the newest message of each, everything at first and then what changed. */
export const LiveAlerts = z.strictObject({
  type: z.literal("alerts"),
  serverTimeMs: z.number(),
  whole: z.boolean().describe("These are all that are kept; those that are known and not among them are gone"),
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  openCount: z.int().nonnegative().describe("Alerts that are not resolved now"),
  alerts: z.array(Alert).max(LIVE_ALERTS_MAX).describe("Those that said something last first"),
});
export type LiveAlerts = z.infer<typeof LiveAlerts>;

/** Feeds: everything that is known of them, at most once a second. */
export const LiveFeeds = z.strictObject({
  type: z.literal("feeds"),
  serverTimeMs: z.number(),
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  feeds: z.array(FeedReport).describe("By name"),
});
export type LiveFeeds = z.infer<typeof LiveFeeds>;

/** Gateway to page. */
export const LiveMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), v: z.literal(1), serverTimeMs: z.number(), pairs: z.array(PairInfo) }),
  z.strictObject({
    type: z.literal("update"),
    serverTimeMs: z.number(),
    books: z.array(LiveBook),
    samples: z.array(MetricSample),
  }),
  LiveCluster,
  LiveMarket,
  LiveCases,
  LiveAlerts,
  LiveFeeds,
]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** Page to gateway: which pair's book is wanted with all its levels; none with `null`. */
export const LiveRequest = z.strictObject({ type: z.literal("detail"), pair: z.string().length(6).nullable() });
export type LiveRequest = z.infer<typeof LiveRequest>;
