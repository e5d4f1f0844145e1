import assert from "node:assert/strict";
import { LiveFeeds } from "../../actors/contract/mod.ts";
import { putEntry } from "../../tests/browser/cluster_cases.ts";
import { feedReportOf } from "../../tests/support/feed_reports.ts";
import { FEEDS_INTERVAL_MS, FeedsFeed } from "./feeds_feed.ts";
import { FeedsView } from "./feeds_view.ts";

function feedOf() {
  const clock = { nowMs: 100_000 };
  const view = new FeedsView({ nowMs: () => clock.nowMs });
  return { clock, view, feed: new FeedsFeed(view, { nowMs: () => clock.nowMs }) };
}

const put = (eventCount: number) => putEntry("kraken", feedReportOf({ eventCount }));
const read = (text: string) => LiveFeeds.parse(JSON.parse(text));

Deno.test("`FeedsFeed.since()` says nothing before the bucket was read, and then also that there are no feeds", () => {
  const { view, feed } = feedOf();
  assert.equal(feed.since(0), undefined);
  view.replace([]);
  const first = feed.since(0)!;
  assert.deepEqual(read(first.text), { type: "feeds", serverTimeMs: 100_000, followed: true, feeds: [] });
  assert.equal(feed.since(first.change), undefined);
});

Deno.test("`FeedsFeed.since()` sends all feeds at most once a second, only when something was told, and the newest alone", () => {
  const { clock, view, feed } = feedOf();
  view.replace([put(1), putEntry("sim", feedReportOf({ source: "sim" }))]);
  const first = feed.since(0)!;
  assert.deepEqual(read(first.text).feeds.map(({ source }) => source), ["kraken", "sim"]);
  view.take(put(2));
  view.take(put(3));
  clock.nowMs += FEEDS_INTERVAL_MS - 1;
  assert.equal(feed.since(first.change), undefined, "too early");
  clock.nowMs++;
  const second = feed.since(first.change)!;
  assert.equal(read(second.text).feeds[0]!.eventCount, 3);
  clock.nowMs += 10 * FEEDS_INTERVAL_MS;
  assert.equal(feed.since(second.change), undefined, "nothing came");
  assert.equal(feed.since(first.change)!.text, feed.since(0)!.text, "who lagged gets what everybody has");
  assert.equal(read(feed.since(0)!.text).serverTimeMs, clock.nowMs, "its time is that of the sending");
});

Deno.test("`FeedsFeed.since()` tells that a feed is gone, and that nothing is heard any more", () => {
  const { clock, view, feed } = feedOf();
  view.replace([put(1)]);
  const { change } = feed.since(0)!;
  view.take({ ...put(1), operation: "PURGE" });
  clock.nowMs += FEEDS_INTERVAL_MS;
  const gone = feed.since(change)!;
  assert.deepEqual(read(gone.text).feeds, []);
  view.lose();
  view.lose();
  clock.nowMs += FEEDS_INTERVAL_MS;
  const lost = feed.since(gone.change)!;
  assert.equal(read(lost.text).followed, false);
  assert.equal(lost.change, gone.change + 1, "said once");
});
