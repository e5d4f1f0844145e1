import assert from "node:assert/strict";
import { putEntry } from "../../tests/browser/cluster_cases.ts";
import { feedReportOf } from "../../tests/support/feed_reports.ts";
import { FEED_GONE_MS, FEEDS_MAX, FeedsView } from "./feeds_view.ts";

const put = (source: string) => putEntry(source, feedReportOf({ source }));
const expire = (source: string) => ({ ...put(source), operation: "PURGE" as const });

function viewOf() {
  const clock = { nowMs: 1_000 };
  return { clock, view: new FeedsView({ nowMs: () => clock.nowMs }) };
}

Deno.test("`FeedsView.reports` are the newest by name, without what is not of the schema or under another key", () => {
  const { view } = viewOf();
  assert.deepEqual([view.known, view.followed, view.reports], [false, false, []]);
  view.replace([put("sim"), put("kraken"), putEntry("oanda", "{"), putEntry("other", feedReportOf())]);
  assert.deepEqual([view.known, view.followed, view.rejectedCount], [true, true, 2]);
  view.take(putEntry("kraken", feedReportOf({ state: "waiting" })));
  view.take(putEntry("third", { ...feedReportOf({ source: "third" }), more: 1 }));
  assert.deepEqual(view.reports.map(({ source, state }) => [source, state]), [["kraken", "waiting"], ["sim", "live"]]);
  assert.equal(view.rejectedCount, 3);
});

Deno.test("`FeedsView.gone` names what reports no more, also when that went unseen, until it is back or an hour is over", () => {
  const { view, clock } = viewOf();
  view.replace([put("a"), put("b"), put("c")]);
  view.take(expire("a"));
  assert.deepEqual(view.gone, ["a"]);
  view.lose();
  assert.deepEqual([view.followed, view.known], [false, true]);
  view.replace([put("c")]);
  assert.deepEqual(view.gone, ["a", "b"]);
  view.take(put("a"));
  assert.deepEqual(view.gone, ["b"]);
  view.take(putEntry("c", "not a report"));
  assert.deepEqual(view.gone, ["b", "c"], "what it says now is not understood");
  clock.nowMs += FEED_GONE_MS + 1;
  assert.deepEqual(view.gone, []);
});

Deno.test("`FeedsView` stays bounded however many keys are written", () => {
  const { view } = viewOf();
  const names = Array.from({ length: FEEDS_MAX + 50 }, (_, k) => `feed-${k}`);
  for (const name of names) view.take(put(name));
  assert.deepEqual([view.reports.length, view.rejectedCount], [FEEDS_MAX, 50]);
  for (const name of names) {
    view.take(put(name));
    view.take(expire(name));
  }
  assert.deepEqual([view.reports.length, view.gone.length], [0, FEEDS_MAX]);
});
