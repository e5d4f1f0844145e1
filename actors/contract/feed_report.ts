/**
 * What a feed tells of itself: key `<source>` of `fx-feeds`, written by the node that runs it every few seconds and whenever its
 * state changes. A key goes by itself when nobody writes it any more.
 *
 * Counts are since the node took the source. Times of the source are event times, times of the node its own clock.
 *
 * @module
 */
import { z } from "zod";

/** Names of sources: `sim`, `kraken`, `oanda`, `ingest`, … */
export const SourceName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const count = () => z.int().nonnegative();

/** How a feed is connected. */
export const FeedState = z.enum(["connecting", "live", "waiting", "refused"]).describe(
  "On its way; serving; pausing before the next try, with the fault; not before someone changes the configuration, with the fault",
);
export type FeedState = z.infer<typeof FeedState>;

/** One pair of a feed. */
export const FeedPairReport = z.strictObject({
  pair: z.string().length(6),
  symbol: z.string().max(64).describe("What the source calls it"),
  state: z.enum(["waiting", "live", "resyncing", "refused"]).describe(
    "Nothing heard yet; served; its book is asked for anew; the source does not serve it",
  ),
  fault: z.string().max(300).optional().describe("Why it is not served"),
  eventCount: count(),
  lastEventUs: count().describe("Newest event time; 0 before the first event"),
}).meta({ id: "FeedPairReport", title: "One pair of a feed" });
export type FeedPairReport = z.infer<typeof FeedPairReport>;

/** Pairs that a report names. Overflow: the others are left out. */
export const FEED_PAIRS_MAX = 200;

export const FeedReport = z.strictObject({
  v: z.literal(1),
  source: SourceName,
  node: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  session: z.string().describe("One life of one process"),
  timeMs: z.number().describe("When this was written"),
  startedMs: z.number().describe("When the node took the source"),
  state: FeedState,
  sinceMs: z.number().describe("Since when it is in this state"),
  fault: z.string().max(300).optional().describe("What went wrong last, where it is not live"),
  faultCode: z.string().max(40).optional().describe("Its kind: auth, rate-limited, silent, closed, unreachable, …"),
  address: z.string().max(300).optional().describe("Where it is connected to, without user, password and key"),
  gives: z.array(z.enum(["quotes", "levels", "orders", "trades"])),
  conflated: z.boolean().describe("The source sends only so many of its prices"),
  pairs: z.array(FeedPairReport).max(FEED_PAIRS_MAX),
  messageCount: count().describe("Messages of the source, heartbeats included"),
  byteCount: count(),
  eventCount: count().describe("Market events that went to the log"),
  frameCount: count(),
  refusedCount: count().describe("What could not be used"),
  refused: z.record(z.string(), count()).describe("The same by reason"),
  duplicateCount: count().describe("Events that came again, or too late, and were dropped"),
  gapCount: count().describe("Times that something was missing"),
  checksumFailureCount: count(),
  reconnectCount: count(),
  crossedCount: count().describe("Books and quotes whose bid was above the ask"),
  lockedCount: count(),
  badTickCount: count().describe("Prices far from the ones before them"),
  pausedCount: count().describe("Times that the source was made to wait because the log was slow"),
  messagesPerSecond: z.number().nonnegative().describe("Over the last report's interval"),
  eventsPerSecond: z.number().nonnegative(),
  latencyMsP50: z.number().optional().describe("Receive time less event time in the last minute, clocks as they are"),
  latencyMsP99: z.number().optional(),
  clockOffsetMs: z.number().optional().describe(
    "Smallest receive time less event time of the last minutes: the source's clock is behind ours by this much at most",
  ),
}).meta({ id: "FeedReport", title: "What a feed tells of itself" });
export type FeedReport = z.infer<typeof FeedReport>;
