import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { FeedReport } from "../../actors/contract/feed_report.ts";
import { feedPairOf, feedReportOf } from "../../tests/support/feed_reports.ts";
import {
  applyFeeds,
  FEED_GONE_SHOWN_MS,
  feedAdvice,
  feedPairRows,
  feedProblems,
  feedRows,
  type FeedsState,
  feedTotals,
  healthOf,
  notLiveProblems,
  rateText,
  withoutLongGone,
} from "./feed_state.ts";

function apply(state: FeedsState | undefined, feeds: FeedReport[], nowMs: number): FeedsState {
  return applyFeeds(state, { type: "feeds", serverTimeMs: nowMs + 40, followed: true, feeds }, nowMs);
}

const feed = (source: string, change: Partial<FeedReport> = {}) => feedReportOf({ source, ...change });
const names = (state: FeedsState) => feedRows(state).map((entry) => `${entry.report.source} ${healthOf(entry)}`);

Deno.test("`applyFeeds()` notes when the newest report of each came", () => {
  const first = apply(undefined, [feed("sim"), feed("kraken")], 1_000);
  deepStrictEqual(first.feeds.map(({ report, heardMs }) => [report.source, heardMs]), [["kraken", 1_000], [
    "sim",
    1_000,
  ]]);
  strictEqual(first.clockAheadMs, 40);
  const second = apply(first, [feed("kraken"), feed("sim", { timeMs: 1_700_000_003_000 })], 3_000);
  deepStrictEqual(second.feeds.map(({ heardMs }) => heardMs), [1_000, 3_000], "the same one came once more");
});

Deno.test("`applyFeeds()` keeps a feed that reports no more as silent for five minutes, and takes it back", () => {
  const first = apply(undefined, [feed("kraken"), feed("sim")], 1_000);
  const silent = apply(first, [feed("sim")], 20_000);
  deepStrictEqual(names(silent), ["kraken silent", "sim live"]);
  strictEqual(silent.feeds[0]!.heardMs, 1_000);
  const later = apply(silent, [feed("sim")], 60_000);
  strictEqual(later.feeds[0]!.goneMs, 20_000, "counted from when it was missing first");
  strictEqual(withoutLongGone(later, 20_000 + FEED_GONE_SHOWN_MS - 1), later);
  deepStrictEqual(names(withoutLongGone(later, 20_000 + FEED_GONE_SHOWN_MS)), ["sim live"]);
  deepStrictEqual(names(apply(later, [feed("sim")], 20_000 + FEED_GONE_SHOWN_MS)), ["sim live"]);
  deepStrictEqual(names(apply(later, [feed("kraken", { timeMs: 5 }), feed("sim")], 90_000)), [
    "kraken live",
    "sim live",
  ]);
});

Deno.test("`feedRows()` puts the worst on top, `feedProblems()` says it in words", () => {
  const partial = [feedPairOf(), feedPairOf({ pair: "USDJPY", state: "resyncing" })];
  const first = apply(undefined, [feed("gone")], 0);
  const state = apply(first, [
    feed("a"),
    feed("b", { pairs: partial }),
    feed("c", { state: "connecting" }),
    feed("d", { state: "waiting" }),
    feed("e", { state: "waiting" }),
    feed("f", { state: "refused", pairs: partial }),
  ], 1_000);
  deepStrictEqual(names(state), [
    "f refused",
    "gone silent",
    "d waiting",
    "e waiting",
    "c connecting",
    "b live",
    "a live",
  ]);
  deepStrictEqual(feedProblems(state).map(({ severity, text }) => `${severity} ${text}`), [
    "bad f refused",
    "bad gone silent",
    "warn 2 feeds waiting",
    "warn c connecting",
    "warn 1 pair not served",
  ]);
  strictEqual(notLiveProblems(state).length, 4, "a live feed with a pair that is not is still live");
  deepStrictEqual(feedProblems(apply(undefined, [feed("a")], 0)), []);
});

Deno.test("`feedTotals()` adds up what reports, not what is silent", () => {
  const first = apply(undefined, [feed("a"), feed("b")], 0);
  strictEqual(feedTotals(first), "2 feeds · 24.6 msg/s · 21.0 ev/s");
  strictEqual(feedTotals(apply(first, [feed("a")], 1)), "2 feeds · 12.3 msg/s · 10.5 ev/s");
  strictEqual(
    feedTotals(apply(undefined, [feed("a", { messagesPerSecond: 0, eventsPerSecond: 0 })], 0)),
    "1 feed · 0 msg/s · 0 ev/s",
  );
});

Deno.test("`feedPairRows()` puts what is not served first", () => {
  const pairs = [
    feedPairOf(),
    feedPairOf({ pair: "AUDUSD" }),
    feedPairOf({ pair: "USDJPY", state: "waiting" }),
    feedPairOf({ pair: "USDCHF", state: "refused" }),
    feedPairOf({ pair: "GBPUSD", state: "resyncing" }),
  ];
  deepStrictEqual(feedPairRows({ pairs }).map(({ pair }) => pair), ["USDCHF", "GBPUSD", "USDJPY", "AUDUSD", "EURUSD"]);
});

Deno.test("`feedAdvice()` says what to do about each state that is not live, and names a key that is wrong", () => {
  const of = (change: Partial<FeedReport>) => feedAdvice(apply(undefined, [feed("kraken", change)], 0).feeds[0]!);
  strictEqual(of({}), "");
  match(of({ state: "connecting" }), /nothing is to be done/);
  match(of({ state: "waiting", faultCode: "rate-limited" }), /tries again by itself/);
  match(of({ state: "waiting", faultCode: "auth" }), /set the right one/);
  match(of({ state: "refused", faultCode: "auth" }), /set the right one/);
  match(of({ state: "refused" }), /docs\/FEEDS\.md/);
  const silent = apply(apply(undefined, [feed("kraken")], 0), [], 1).feeds[0]!;
  match(feedAdvice(silent), /feeds-1.*FEED=kraken deno task feed/);
});

Deno.test("`rateText()` has three digits, and few letters", () => {
  deepStrictEqual([0, 0.35, 12.34, 1234.5, 38_400].map(rateText), ["0", "0.35", "12.3", "1235", "38k"]);
});
