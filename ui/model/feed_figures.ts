/**
 * The figures of a feed: what each is called, what it means and how it is written. Pure.
 *
 * @module
 */
import type { FeedReport } from "../../actors/contract/feed_report.ts";
import { rateText, unservedCount } from "./feed_state.ts";
import { formatAge, formatCount, formatNumber, formatSigned } from "./number_format.ts";

/** A latency that is longer is of a recording or of a clock that is wrong: milliseconds would say nothing. */
const MS_SHOWN_MAX = 10_000;

export interface Figure {
  readonly name: string;
  readonly head: string;
  readonly doc: string;
  readonly text: (report: FeedReport) => string;
  /** Whether there is nothing to see in it. */
  readonly isQuiet: (report: FeedReport) => boolean;
  /** Whether somebody should look. */
  readonly isWarning?: (report: FeedReport) => boolean;
}

const never = () => false;
const countOf = (
  name: string,
  head: string,
  { count, doc }: { count: (report: FeedReport) => number; doc: string },
): Figure => ({
  name,
  head,
  doc: `${doc}, since the node took the source`,
  text: (report) => formatCount(count(report)),
  isQuiet: (report) => count(report) === 0,
});

export const FEED_FIGURES: readonly Figure[] = [
  {
    name: "pairs",
    head: "Pairs",
    doc: "Pairs that are served, of those that were asked for",
    text: ({ pairs }) => `${pairs.length - unservedCount({ pairs })}/${pairs.length}`,
    isQuiet: never,
    isWarning: ({ pairs, state }) => state === "live" && unservedCount({ pairs }) > 0,
  },
  {
    name: "messages",
    head: "Msg/s",
    doc: "Messages of the source a second, heartbeats included",
    text: ({ messagesPerSecond }) => rateText(messagesPerSecond),
    isQuiet: ({ messagesPerSecond }) => messagesPerSecond === 0,
  },
  {
    name: "events",
    head: "Ev/s",
    doc: "Market events a second that went to the log",
    text: ({ eventsPerSecond }) => rateText(eventsPerSecond),
    isQuiet: ({ eventsPerSecond }) => eventsPerSecond === 0,
  },
  {
    name: "latency",
    head: "p50/p99 ms",
    doc: "Receive time less event time in the last minute, median and 99th percentile, clocks as they are",
    text: ({ latencyMsP50, latencyMsP99 }) =>
      latencyMsP50 === undefined ? "–" : `${latencyText(latencyMsP50)} / ${latencyText(latencyMsP99)}`,
    isQuiet: ({ latencyMsP50 }) => latencyMsP50 === undefined,
  },
  {
    name: "clock",
    head: "Clock ms",
    doc:
      "Smallest receive time less event time of the last minutes: the source's clock is behind ours by this much at " +
      "most; below zero it is ahead",
    text: ({ clockOffsetMs }) => clockOffsetMs === undefined ? "–" : latencyText(clockOffsetMs, formatSigned),
    isQuiet: ({ clockOffsetMs }) => clockOffsetMs === undefined,
    isWarning: ({ clockOffsetMs = 0 }) => clockOffsetMs < 0,
  },
  countOf("gaps", "Gaps", { count: ({ gapCount }) => gapCount, doc: "Times that something was missing" }),
  countOf("checksums", "Checksum", {
    count: ({ checksumFailureCount }) => checksumFailureCount,
    doc: "Books whose checksum was not the one that the source sent; each is asked for anew",
  }),
  countOf("reconnects", "Reconn.", { count: ({ reconnectCount }) => reconnectCount, doc: "Connections made anew" }),
  countOf("duplicates", "Dupl.", {
    count: ({ duplicateCount }) => duplicateCount,
    doc: "Events that came again, or too late, and were dropped",
  }),
  countOf("refused", "Refused", {
    count: ({ refusedCount }) => refusedCount,
    doc: "What could not be used; the row unfolds to the reasons",
  }),
];

/** `0.8`, `42`, `1234`, `−3.2`; `3m` where milliseconds say nothing. */
export function latencyText(
  ms: number | undefined,
  format: (value: number, decimals: number) => string = formatNumber,
): string {
  if (ms === undefined) return "–";
  const magnitude = Math.abs(ms);
  const text = format(ms, magnitude < 10 ? 1 : 0);
  return magnitude < MS_SHOWN_MAX ? text : text.replace(/\d+/, formatAge(magnitude));
}

/** What a feed gives, as the trade says it. */
export function givesOf({ gives }: Pick<FeedReport, "gives">): { name: string; doc: string }[] {
  return GIVES.filter(({ kind }) => gives.includes(kind));
}

const GIVES = [
  { kind: "quotes", name: "L1", doc: "Best bid and ask" },
  { kind: "levels", name: "L2", doc: "Levels of the book" },
  { kind: "orders", name: "L3", doc: "Single orders" },
  { kind: "trades", name: "trades", doc: "Trades" },
] as const;

export interface Reason {
  readonly reason: string;
  readonly count: number;
}

/** Reasons that are named. */
export const REASONS_SHOWN_MAX = 12;

/** Why things were refused, the most frequent first; what is over stands together as the last. */
export function refusedReasons({ refused }: Pick<FeedReport, "refused">): Reason[] {
  const all = Object.entries(refused).map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  const rest = all.slice(REASONS_SHOWN_MAX).reduce((sum, { count }) => sum + count, 0);
  const over = all.length - REASONS_SHOWN_MAX;
  const shown = all.slice(0, REASONS_SHOWN_MAX);
  return over <= 0 ? shown : [...shown, { reason: `${over} other ${over === 1 ? "reason" : "reasons"}`, count: rest }];
}
