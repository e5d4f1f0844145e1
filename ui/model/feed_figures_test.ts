import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { FeedReport } from "../../actors/contract/feed_report.ts";
import { feedPairOf, feedReportOf } from "../../tests/support/feed_reports.ts";
import { FEED_FIGURES, givesOf, latencyText, REASONS_SHOWN_MAX, refusedReasons } from "./feed_figures.ts";
import { formatSigned } from "./number_format.ts";

function texts(change: Partial<FeedReport>): Record<string, string> {
  const report = feedReportOf(change);
  return Object.fromEntries(FEED_FIGURES.map(({ name, text }) => [name, text(report)]));
}

function named(name: string) {
  return FEED_FIGURES.find((figure) => figure.name === name)!;
}

Deno.test("`FEED_FIGURES` write a feed in few digits", () => {
  deepStrictEqual(texts({ gapCount: 3, duplicateCount: 1204, refusedCount: 12, reconnectCount: 2 }), {
    pairs: "3/3",
    messages: "12.3",
    events: "10.5",
    latency: "42 / 130",
    clock: "+21",
    gaps: "3",
    checksums: "0",
    reconnects: "2",
    duplicates: "1.2k",
    refused: "12",
  });
});

Deno.test("`FEED_FIGURES` have a dash for what a feed does not know", () => {
  const report = { latencyMsP50: undefined, latencyMsP99: undefined, clockOffsetMs: undefined };
  const { latency, clock } = texts(report);
  deepStrictEqual([latency, clock], ["–", "–"]);
  strictEqual(named("latency").isQuiet(feedReportOf(report)), true);
});

Deno.test("`FEED_FIGURES` warn of a clock that is ahead of ours, and of pairs that a live feed does not serve", () => {
  const pairs = [feedPairOf(), feedPairOf({ pair: "USDJPY", state: "refused" })];
  strictEqual(named("pairs").isWarning!(feedReportOf()), false);
  strictEqual(named("pairs").isWarning!(feedReportOf({ pairs })), true);
  strictEqual(named("pairs").isWarning!(feedReportOf({ pairs, state: "waiting" })), false, "that is told already");
  strictEqual(named("clock").isWarning!(feedReportOf({ clockOffsetMs: -3 })), true);
});

Deno.test("`latencyText()` goes from milliseconds to days, with its sign", () => {
  deepStrictEqual([0.42, 9.94, 38.4, 1410.9, 32_000, -12.4, -40_000, 4e11].map((ms) => latencyText(ms)), [
    "0.4",
    "9.9",
    "38",
    "1411",
    "32s",
    "−12",
    "−40s",
    "4629d",
  ]);
  deepStrictEqual([21.3, 30_000, 0].map((ms) => latencyText(ms, formatSigned)), ["+21", "+30s", "0.0"]);
});

Deno.test("`givesOf()` goes from the touch to trades, in whatever order a feed says it", () => {
  const gives = ["trades", "orders", "quotes"] as const;
  deepStrictEqual(givesOf({ gives: [...gives] }).map(({ name }) => name), ["L1", "L3", "trades"]);
});

Deno.test("`refusedReasons()` names the most frequent, and the others together", () => {
  deepStrictEqual(refusedReasons({ refused: { a: 1, b: 3 } }), [{ reason: "b", count: 3 }, { reason: "a", count: 1 }]);
  const refused = Object.fromEntries(Array.from({ length: REASONS_SHOWN_MAX + 3 }, (_, k) => [`r${k}`, 100 - k]));
  const reasons = refusedReasons({ refused });
  strictEqual(reasons.length, REASONS_SHOWN_MAX + 1);
  deepStrictEqual(reasons.at(-1), { reason: "3 other reasons", count: 88 + 87 + 86 });
});
