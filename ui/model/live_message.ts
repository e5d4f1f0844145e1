/**
 * Reads a text frame of the live socket. The schemas of the contract would bring zod into the page; the page checks what it
 * relies on and nothing more, and leaves out books, samples and rows that are not whole.
 *
 * @module
 */
import type { Alert } from "../../actors/contract/alert.ts";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import type { FeedPairReport, FeedReport } from "../../actors/contract/feed_report.ts";
import type { LiveBook, LiveMarket, LiveMessage, LiveNode, LiveTask, PairInfo } from "../../actors/contract/live.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";

/** The version of the protocol this page speaks. */
export const LIVE_VERSION = 1;

type Unknown = Record<string, unknown>;

/** The message, or `undefined` where the text is none that this page understands. */
export function parseLiveMessage(text: string): LiveMessage | undefined {
  const value = parseObject(text);
  if (value === undefined || typeof value.serverTimeMs !== "number") return undefined;
  if (value.type === "hello" && value.v === LIVE_VERSION && Array.isArray(value.pairs)) {
    return { type: "hello", v: LIVE_VERSION, serverTimeMs: value.serverTimeMs, pairs: value.pairs.filter(isPairInfo) };
  }
  if (value.type === "update" && Array.isArray(value.books) && Array.isArray(value.samples)) {
    return {
      type: "update",
      serverTimeMs: value.serverTimeMs,
      books: value.books.filter(isBook),
      samples: value.samples.filter(isSample),
    };
  }
  if (value.type === "cluster" && Array.isArray(value.tasks)) {
    return {
      type: "cluster",
      serverTimeMs: value.serverTimeMs,
      whole: value.whole === true,
      followed: value.followed === true,
      tasks: value.tasks.filter(isTask),
      ...(Array.isArray(value.nodes) ? { nodes: value.nodes.filter(isNode) } : {}),
    };
  }
  if (value.type === "cases" && Array.isArray(value.cases)) {
    return {
      type: "cases",
      serverTimeMs: value.serverTimeMs,
      whole: value.whole === true,
      followed: value.followed === true,
      openCount: typeof value.openCount === "number" ? value.openCount : 0,
      cases: value.cases.filter(isAnomaly),
    };
  }
  if (value.type === "alerts" && Array.isArray(value.alerts)) {
    return {
      type: "alerts",
      serverTimeMs: value.serverTimeMs,
      whole: value.whole === true,
      followed: value.followed === true,
      openCount: typeof value.openCount === "number" ? value.openCount : 0,
      alerts: value.alerts.filter(isAlert),
    };
  }
  if (value.type === "feeds" && Array.isArray(value.feeds)) {
    return {
      type: "feeds",
      serverTimeMs: value.serverTimeMs,
      followed: value.followed === true,
      feeds: value.feeds.filter(isFeed),
    };
  }
  return isMarket(value) ? value : undefined;
}

function parseObject(text: string): Unknown | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPairInfo(value: unknown): value is PairInfo {
  return isObject(value) && typeof value.pair === "string" && typeof value.label === "string" &&
    isPositive(value.pipSize) && Number.isInteger(value.priceDecimals);
}

function isBook(value: unknown): value is LiveBook {
  return isObject(value) && typeof value.pair === "string" && isPositive(value.timeUs) &&
    Array.isArray(value.bids) && Array.isArray(value.asks);
}

function isSample(value: unknown): value is MetricSample {
  return isObject(value) && typeof value.pair === "string" && isPositive(value.timeUs) && isObject(value.values) &&
    isObject(value.absent) && Array.isArray(value.sessions);
}

function isNode(value: unknown): value is LiveNode {
  return isObject(value) && typeof value.group === "string" && typeof value.node === "string" &&
    typeof value.taskCount === "number" && typeof value.failoverCount === "number" &&
    typeof value.handoverCount === "number";
}

function isTask(value: unknown): value is LiveTask {
  return isObject(value) && typeof value.name === "string";
}

const FEED_STATES: readonly unknown[] = ["connecting", "live", "waiting", "refused"];
const FEED_PAIR_STATES: readonly unknown[] = ["waiting", "live", "resyncing", "refused"];
const FEED_NUMBERS = [
  "timeMs",
  "startedMs",
  "sinceMs",
  "messageCount",
  "byteCount",
  "eventCount",
  "frameCount",
  "refusedCount",
  "duplicateCount",
  "gapCount",
  "checksumFailureCount",
  "reconnectCount",
  "crossedCount",
  "lockedCount",
  "badTickCount",
  "pausedCount",
  "messagesPerSecond",
  "eventsPerSecond",
] as const satisfies readonly (keyof FeedReport)[];

function isFeed(value: unknown): value is FeedReport {
  return isObject(value) && typeof value.source === "string" && typeof value.node === "string" &&
    FEED_STATES.includes(value.state) && FEED_NUMBERS.every((name) => typeof value[name] === "number") &&
    Array.isArray(value.gives) && isObject(value.refused) && Array.isArray(value.pairs) &&
    value.pairs.every(isFeedPair);
}

function isFeedPair(value: unknown): value is FeedPairReport {
  return isObject(value) && typeof value.pair === "string" && typeof value.symbol === "string" &&
    FEED_PAIR_STATES.includes(value.state) && typeof value.eventCount === "number" &&
    typeof value.lastEventUs === "number";
}

/** Whether a value is a message about a case, as far as the page relies on it. */
export function isAnomaly(value: unknown): value is Anomaly {
  return isObject(value) &&
    ["id", "pair", "kind", "phase", "severity", "sentence"].every((name) => typeof value[name] === "string") &&
    isPositive(value.startUs) && isPositive(value.endUs) && typeof value.score === "number" &&
    isObject(value.evidence);
}

const ALERT_TEXTS = ["id", "pair", "kind", "severity", "state", "rule", "sentence"];

/** Whether a value is a message about an alert, as far as the page relies on it. */
export function isAlert(value: unknown): value is Alert {
  return isObject(value) && ALERT_TEXTS.every((name) => typeof value[name] === "string") && isPositive(value.timeUs);
}

/** It comes whole, so what its panel walks must be there; a row that is torn says nothing of the others. */
function isMarket(value: Unknown): value is Unknown & LiveMarket {
  return value.type === "market" && isPositive(value.timeUs) &&
    ["pairs", "correlations", "breaks", "leads", "triangles", "strengths"].every((name) => Array.isArray(value[name]));
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}
