/**
 * Streams, buckets and stores: everything that JetStream keeps for this system, declared once.
 *
 * The declarations are data; an adapter creates or updates them. Sizes bound the disk: whichever of age and bytes is reached
 * first, the oldest messages go.
 *
 * @module
 */
import {
  ALL_ALERTS,
  ALL_ANOMALIES,
  ALL_DEAD,
  ALL_DELIVERIES,
  ALL_MARKET,
  ALL_METRICS,
  ALL_TRUTH,
  OWN_SIGNALS,
} from "./subjects.ts";

export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAgeHours: number;
  readonly maxBytes: number;
  /** How long JetStream remembers message ids and drops what comes again. */
  readonly duplicateWindowSeconds: number;
  /** Streams whose messages are copied in, in one order with its own. */
  readonly sources?: readonly string[];
}

/** A bucket lies in files: one in memory would be gone with a restart of the server, under the hands of those who use it. */
export interface BucketSpec {
  readonly name: string;
  readonly description: string;
  /** Revisions kept of a key. */
  readonly history: number;
  /** Age after which a key goes, seconds; 0 keeps it. */
  readonly ttlSeconds: number;
  /** How long a key that went by age is followed by a marker that tells the watchers, seconds; 0 leaves none. */
  readonly markerSeconds: number;
}

const GIB = 1024 ** 3;

export const STREAMS = {
  market: {
    name: "MARKET",
    subjects: [ALL_MARKET],
    maxAgeHours: 24,
    maxBytes: 8 * GIB,
    duplicateWindowSeconds: 120,
  },
  metrics: {
    name: "METRICS",
    subjects: [ALL_METRICS],
    maxAgeHours: 7 * 24,
    maxBytes: 4 * GIB,
    duplicateWindowSeconds: 120,
  },
  anomalies: {
    name: "ANOMALIES",
    subjects: [ALL_ANOMALIES],
    maxAgeHours: 30 * 24,
    maxBytes: GIB,
    duplicateWindowSeconds: 120,
  },
  alerts: { name: "ALERTS", subjects: [ALL_ALERTS], maxAgeHours: 90 * 24, maxBytes: GIB, duplicateWindowSeconds: 120 },
  /** What became of alerts along their routes, and how far each route is. */
  deliveries: {
    name: "DELIVERIES",
    subjects: [ALL_DELIVERIES],
    maxAgeHours: 90 * 24,
    maxBytes: GIB,
    duplicateWindowSeconds: 120,
  },
  dead: { name: "DEAD", subjects: [ALL_DEAD], maxAgeHours: 30 * 24, maxBytes: GIB, duplicateWindowSeconds: 120 },
  /** What the alert actor folds: cases, samples, rules, what people do, the clock. */
  signals: {
    name: "SIGNALS",
    subjects: [OWN_SIGNALS],
    maxAgeHours: 1,
    maxBytes: GIB,
    duplicateWindowSeconds: 120,
    sources: ["ANOMALIES", "METRICS", "KV_fx-rules"],
  },
  truth: { name: "TRUTH", subjects: [ALL_TRUTH], maxAgeHours: 30 * 24, maxBytes: GIB, duplicateWindowSeconds: 120 },
} as const satisfies Record<string, StreamSpec>;

export const BUCKETS = {
  latest: {
    name: "fx-latest",
    description: "Newest sample and book of each pair: a cache, rebuilt by the actors",
    history: 1,
    ttlSeconds: 0,
    markerSeconds: 0,
  },
  nodes: {
    name: "fx-nodes",
    description: "Live nodes, each renewed every second",
    history: 1,
    ttlSeconds: 4,
    markerSeconds: 60,
  },
  reports: {
    name: "fx-reports",
    description: "What the live nodes do",
    history: 1,
    ttlSeconds: 15,
    markerSeconds: 60,
  },
  feeds: {
    name: "fx-feeds",
    description: "What the live feeds tell of themselves",
    history: 1,
    ttlSeconds: 15,
    markerSeconds: 60,
  },
  leases: {
    name: "fx-leases",
    description: "Who runs which task, and where its snapshots are",
    history: 1,
    ttlSeconds: 0,
    markerSeconds: 0,
  },
  rules: { name: "fx-rules", description: "Alert rules, editable live", history: 16, ttlSeconds: 0, markerSeconds: 0 },
  pairs: {
    name: "fx-pairs",
    description: "Which pairs exist, with their limits",
    history: 4,
    ttlSeconds: 0,
    markerSeconds: 0,
  },
} as const satisfies Record<string, BucketSpec>;

/** Object store of actor snapshots. */
export const SNAPSHOT_STORE = "fx-snapshots";

/** Header of every output: `actor:log:input sequence:index`, also its `Nats-Msg-Id`. */
export const MESSAGE_ID_HEADER = "Nats-Msg-Id";
