/**
 * What the feeds tell of themselves, in the Prometheus text format.
 *
 * Counts are since a node took the source: they begin anew when another one does, as those of a process that starts again.
 *
 * @module
 */
import type { FeedReport } from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";
import type { Family } from "./exposition.ts";

type CountName = {
  [K in keyof FeedReport]-?: K extends `${string}Count` ? K : never;
}[keyof FeedReport];

const COUNTS: readonly (readonly [name: string, count: CountName, help: string])[] = [
  ["messages", "messageCount", "Messages of the source, heartbeats included."],
  ["bytes", "byteCount", "Bytes of the source."],
  ["events", "eventCount", "Market events that went to the log."],
  ["frames", "frameCount", "Frames that went to the log."],
  ["duplicates", "duplicateCount", "Events that came again, or too late, and were dropped."],
  ["gaps", "gapCount", "Times that something was missing."],
  ["checksum_failures", "checksumFailureCount", "Books that were not what the source said they are."],
  ["reconnects", "reconnectCount", "Connections made anew."],
  ["crossed", "crossedCount", "Books and quotes whose bid was above the ask."],
  ["locked", "lockedCount", "Books and quotes whose bid was the ask."],
  ["bad_ticks", "badTickCount", "Prices far from the ones before them."],
  ["pauses", "pausedCount", "Times that the source was made to wait because the log was slow."],
];

export function feedFamilies(feeds: AppDeps["feeds"], family: Family): void {
  const { reports, gone } = feeds;
  const bySource = (value: (report: FeedReport) => number | undefined): [string, number][] =>
    reports.flatMap((report) => {
      const number = value(report);
      return number === undefined ? [] : [[`{source="${report.source}"}`, number]];
    });
  family("feeds_followed", "gauge", "1 while the gateway hears of feeds.", [["", Number(feeds.followed)]]);
  family("feeds_rejected_total", "counter", "Reports of feeds left out because they were not of the schema.", [[
    "",
    feeds.rejectedCount,
  ]]);
  family("feed_up", "gauge", "1 while the feed is live; 0 while it is not, and for an hour after its last report.", [
    ...bySource(({ state }) => Number(state === "live")),
    ...gone.map((source): [string, number] => [`{source="${source}"}`, 0]),
  ]);
  for (const [name, count, help] of COUNTS) {
    family(`feed_${name}_total`, "counter", help, bySource((report) => report[count]));
  }
  family(
    "feed_refused_total",
    "counter",
    "What could not be used, by reason.",
    reports.flatMap(({ source, refused }) =>
      Object.entries(refused).map((
        [reason, count],
      ): [string, number] => [`{source="${source}",reason="${labelValue(reason)}"}`, count])
    ),
  );
  family(
    "feed_pairs",
    "gauge",
    "Pairs of a feed, by how they are served.",
    reports.flatMap(({ source, pairs }) =>
      [...Map.groupBy(pairs, ({ state }) => state)].map((
        [state, { length }],
      ): [string, number] => [`{source="${source}",state="${state}"}`, length])
    ),
  );
  family(
    "feed_latency_ms",
    "gauge",
    "Receive time less event time in the last minute, clocks as they are.",
    reports.flatMap(({ source, latencyMsP50, latencyMsP99 }) =>
      ([["0.5", latencyMsP50], ["0.99", latencyMsP99]] as const).flatMap(([quantile, latencyMs]): [string, number][] =>
        latencyMs === undefined ? [] : [[`{source="${source}",quantile="${quantile}"}`, latencyMs]]
      )
    ),
  );
  family(
    "feed_clock_offset_ms",
    "gauge",
    "Smallest receive time less event time of the last minutes.",
    bySource(({ clockOffsetMs }) => clockOffsetMs),
  );
}

/** A reason is whatever a feed calls it. */
function labelValue(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
