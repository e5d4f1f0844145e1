/**
 * What the page knows of the feeds, how a message changes it, and what of it somebody must act on. Pure: the time is given.
 *
 * A feed that dies takes its report with it. The page remembers the last one for a while, so that a row does not vanish at the
 * very moment when it matters.
 *
 * @module
 */
import type { FeedPairReport, FeedReport } from "../../actors/contract/feed_report.ts";
import type { LiveFeeds } from "../../actors/contract/live.ts";
import type { Problem } from "./cluster_state.ts";
import { formatCompact, formatCount } from "./number_format.ts";

/** How long a feed that reports no more is shown. */
export const FEED_GONE_SHOWN_MS = 5 * 60_000;

export interface FeedEntry {
  readonly report: FeedReport;
  /** When the newest report came, milliseconds of this client's clock. */
  readonly heardMs: number;
  /** When it was missing first; `undefined` while the feed reports. */
  readonly goneMs?: number;
}

export interface FeedsState {
  /** By name. */
  readonly feeds: readonly FeedEntry[];
  /** Whether the gateway hears of changes. */
  readonly followed: boolean;
  /** The gateway's clock less this client's, when the newest message came: moments of feeds are told by that clock. */
  readonly clockAheadMs: number;
}

/** How a feed is: as it says itself, or `silent` where it says nothing any more. */
export type FeedHealth = FeedReport["state"] | "silent";

/** The state after a message that arrived at `nowMs`. */
export function applyFeeds(state: FeedsState | undefined, message: LiveFeeds, nowMs: number): FeedsState {
  const known = new Map(state?.feeds.map((entry) => [entry.report.source, entry]));
  const entries = message.feeds.map((report): FeedEntry => {
    const before = known.get(report.source);
    known.delete(report.source);
    const { timeMs, session } = before?.report ?? {};
    const isSame = timeMs === report.timeMs && session === report.session;
    return { report, heardMs: isSame ? before!.heardMs : nowMs };
  });
  const gone = [...known.values()].map((entry): FeedEntry => ({ ...entry, goneMs: entry.goneMs ?? nowMs }));
  return withoutLongGone({
    feeds: [...entries, ...gone].sort((a, b) => compare(a.report.source, b.report.source)),
    followed: message.followed,
    clockAheadMs: message.serverTimeMs - nowMs,
  }, nowMs);
}

/** The same state, or one without the feeds that are gone for so long that nobody waits for them. */
export function withoutLongGone(state: FeedsState, nowMs: number): FeedsState {
  const isShown = ({ goneMs = nowMs }: FeedEntry) => nowMs - goneMs < FEED_GONE_SHOWN_MS;
  return state.feeds.every(isShown) ? state : { ...state, feeds: state.feeds.filter(isShown) };
}

export function healthOf({ report, goneMs }: FeedEntry): FeedHealth {
  return goneMs === undefined ? report.state : "silent";
}

/** `bad`: it does not come back by itself; `warn`: it may. */
export type FeedProblem = Pick<Problem, "severity" | "text">;

/** The worst first. */
const HEALTHS: readonly FeedHealth[] = ["refused", "silent", "waiting", "connecting", "live"];

/** Feeds as they are listed: the worst on top, then those with pairs that are not served, then by name. */
export function feedRows({ feeds }: FeedsState): FeedEntry[] {
  const rank = (entry: FeedEntry) => {
    const health = HEALTHS.indexOf(healthOf(entry));
    return health < HEALTHS.length - 1 || unservedCount(entry.report) > 0 ? health : HEALTHS.length;
  };
  return feeds.toSorted((a, b) => rank(a) - rank(b) || compare(a.report.source, b.report.source));
}

/** What is wrong, the worst first: `kraken refused`, `2 feeds silent`; empty where all is well. */
export function feedProblems(state: FeedsState): FeedProblem[] {
  const problems = notLiveProblems(state);
  const unserved = state.feeds.filter((entry) => healthOf(entry) === "live")
    .reduce((sum, { report }) => sum + unservedCount(report), 0);
  return unserved === 0
    ? problems
    : [...problems, { severity: "warn", text: `${plural(unserved, "pair")} not served` }];
}

/** Those problems that are about whole feeds. */
export function notLiveProblems({ feeds }: FeedsState): FeedProblem[] {
  return HEALTHS.slice(0, -1).flatMap((health): FeedProblem[] => {
    const [first, ...others] = feeds.filter((entry) => healthOf(entry) === health);
    if (first === undefined) return [];
    const who = others.length === 0 ? first.report.source : `${others.length + 1} feeds`;
    return [{ severity: health === "refused" || health === "silent" ? "bad" : "warn", text: `${who} ${health}` }];
  });
}

/** `3 feeds · 12.3 msg/s · 10.5 ev/s`: what comes in, all feeds together. */
export function feedTotals({ feeds }: FeedsState): string {
  const reporting = feeds.filter(({ goneMs }) => goneMs === undefined).map(({ report }) => report);
  const sum = (value: (report: FeedReport) => number) => reporting.reduce((total, report) => total + value(report), 0);
  return [
    plural(feeds.length, "feed"),
    `${rateText(sum(({ messagesPerSecond }) => messagesPerSecond))} msg/s`,
    `${rateText(sum(({ eventsPerSecond }) => eventsPerSecond))} ev/s`,
  ].join(" · ");
}

/** Pairs of a feed that serve nothing, or not what they should. */
export function unservedCount({ pairs }: Pick<FeedReport, "pairs">): number {
  return pairs.filter(({ state }) => state !== "live").length;
}

const PAIR_RANKS: readonly FeedPairReport["state"][] = ["refused", "resyncing", "waiting", "live"];

/** The pairs of a feed: those that are not served first, then by name. */
export function feedPairRows({ pairs }: Pick<FeedReport, "pairs">): FeedPairReport[] {
  const rank = ({ state }: FeedPairReport) => PAIR_RANKS.indexOf(state);
  return pairs.toSorted((a, b) => rank(a) - rank(b) || compare(a.pair, b.pair));
}

/** What somebody can do about a feed that is not live; empty where there is nothing to do. */
export function feedAdvice(entry: FeedEntry): string {
  const { source, node, faultCode } = entry.report;
  switch (healthOf(entry)) {
    case "live":
      return "";
    case "connecting":
      return "It is on its way; nothing is to be done.";
    case "silent":
      return `Node ${node} reports it no more: the node stopped, or cannot reach NATS. See its log, or start another one: ` +
        `FEED=${source} deno task feed`;
    case "waiting":
      return faultCode === "auth" ? KEY_ADVICE : "It tries again by itself. If it stays so, see docs/FEEDS.md.";
    case "refused":
      return faultCode === "auth" ? KEY_ADVICE : "It does not try again: change what it is configured with " +
        "(docs/FEEDS.md), then start it again.";
  }
}

const KEY_ADVICE = "The source does not accept its key: set the right one (docs/FEEDS.md), then start it again.";

/** `0.35`, `12.3`, `1234`, `38k`: per second. */
export function rateText(perSecond: number): string {
  return perSecond === 0 ? "0" : perSecond < 10_000 ? formatCompact(perSecond) : formatCount(perSecond);
}

function plural(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
