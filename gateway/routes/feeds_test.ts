import assert from "node:assert/strict";
import { FeedReport } from "../../actors/contract/mod.ts";
import { putEntry } from "../../tests/browser/cluster_cases.ts";
import { appDeps, NOW_MS } from "../../tests/support/app_deps.ts";
import { feedPairOf, feedReportOf } from "../../tests/support/feed_reports.ts";
import { createApp } from "../app.ts";
import { FeedsView } from "../live/mod.ts";

/** Kraken is live, sim waits, oanda is gone; one record is garbage. */
function feedsOf(): FeedsView {
  const feeds = new FeedsView({ nowMs: () => NOW_MS });
  feeds.replace([putEntry("oanda", feedReportOf({ source: "oanda" }))]);
  feeds.replace([
    putEntry("broken", "{"),
    putEntry(
      "kraken",
      feedReportOf({
        gapCount: 2,
        checksumFailureCount: 1,
        reconnectCount: 3,
        refusedCount: 9,
        refused: { "price-not-positive": 7, 'a "quoted"\n\\ reason': 2 },
        pairs: [feedPairOf(), feedPairOf({ pair: "USDJPY", state: "refused", fault: "not served" })],
      }),
    ),
    putEntry(
      "sim",
      feedReportOf({
        source: "sim",
        state: "waiting",
        latencyMsP50: undefined,
        latencyMsP99: undefined,
        clockOffsetMs: undefined,
      }),
    ),
  ]);
  return feeds;
}

Deno.test("`/api/feeds` answers the newest reports, and 503 before they are known", async () => {
  const unknown = await createApp(appDeps()).request("/api/feeds");
  assert.equal(unknown.status, 503);
  assert.equal((await unknown.json()).type, "urn:fxmm:problem:feeds-unknown");
  const response = await createApp(appDeps({ feeds: feedsOf() })).request("/api/feeds");
  assert.equal(response.status, 200);
  const { followed, feeds, gone, rejectedCount } = await response.json();
  assert.deepEqual([followed, gone, rejectedCount], [true, ["oanda"], 1]);
  assert.deepEqual(feeds.map((feed: unknown) => FeedReport.parse(feed).source), ["kraken", "sim"]);
  const document = await (await createApp(appDeps()).request("/api/openapi.json")).json();
  assert("/api/feeds" in document.paths);
});

Deno.test("`/metrics` has the numbers of each feed, and 0 for one that reports no more", async () => {
  const text = await (await createApp(appDeps({ feeds: feedsOf() })).request("/metrics")).text();
  for (
    const line of [
      "feeds_followed 1",
      "feeds_rejected_total 1",
      'feed_up{source="kraken"} 1',
      'feed_up{source="sim"} 0',
      'feed_up{source="oanda"} 0',
      'feed_messages_total{source="kraken"} 4200',
      'feed_events_total{source="sim"} 3600',
      'feed_gaps_total{source="kraken"} 2',
      'feed_checksum_failures_total{source="kraken"} 1',
      'feed_reconnects_total{source="kraken"} 3',
      'feed_refused_total{source="kraken",reason="price-not-positive"} 7',
      'feed_refused_total{source="kraken",reason="a \\"quoted\\"\\n\\\\ reason"} 2',
      'feed_pairs{source="kraken",state="live"} 1',
      'feed_pairs{source="kraken",state="refused"} 1',
      'feed_latency_ms{source="kraken",quantile="0.5"} 42.1',
      'feed_latency_ms{source="kraken",quantile="0.99"} 130.4',
      'feed_clock_offset_ms{source="kraken"} 21.3',
    ]
  ) assert(text.includes(`\nfxmm_${line}\n`), line);
  assert.doesNotMatch(text, /fxmm_feed_(latency|clock_offset)_ms\{source="sim"/);
  assert.doesNotMatch(text, /undefined|NaN/);
});
