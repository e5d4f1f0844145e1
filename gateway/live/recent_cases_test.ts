import assert from "node:assert/strict";
import { type Anomaly, LIVE_CASES_MAX, LiveCases } from "../../actors/contract/mod.ts";
import { anomalyOf, bytesOf } from "../../tests/support/anomalies.ts";

import { RecentCases } from "./recent_cases.ts";
import { RECENT_INTERVAL_MS, RecentFeed } from "./recent_feed.ts";

const ids = (anomalies: readonly Anomaly[]) => anomalies.map(({ id }) => id);

Deno.test("`RecentCases` keeps the newest message of each case, the newest cases first", () => {
  const cases = new RecentCases();
  for (const [id, startS] of [["a", 1], ["b", 3], ["c", 2]] as const) cases.take(bytesOf(anomalyOf({ id, startS })));
  assert.deepEqual(ids(cases.since(0)), ["b", "c", "a"]);
  const { change } = cases;
  cases.take(bytesOf(anomalyOf({ id: "a", startS: 1, phase: "close" })));
  assert.deepEqual(cases.since(change).map(({ id, phase }) => [id, phase]), [["a", "close"]]);
  assert.equal(cases.openCount, 2);
  assert.equal(cases.get("a")?.phase, "close");
});

Deno.test("`RecentCases` that is full forgets what was closed first, and what is open last", () => {
  const cases = new RecentCases();
  cases.take(bytesOf(anomalyOf({ id: "open", startS: 1 })));
  for (let i = 0; i < LIVE_CASES_MAX + 5; i++) {
    cases.take(bytesOf(anomalyOf({ id: `c${i}`, startS: 10 + i, phase: "close" })));
  }
  const kept = ids(cases.since(0));
  assert.equal(kept.length, LIVE_CASES_MAX);
  assert(kept.includes("open"));
  assert(!kept.includes("c5") && kept.includes("c6"));
});

Deno.test("`RecentCases` leaves out what is no case, and counts it", () => {
  const cases = new RecentCases();
  cases.take(new TextEncoder().encode("{"));
  cases.take(bytesOf({ ...anomalyOf(), score: 2 }));
  assert.deepEqual([cases.rejectedCount, cases.since(0)], [2, []]);
});

Deno.test("`RecentCases` counts what opens while it is followed, not what the log held", () => {
  const cases = new RecentCases();
  cases.take(bytesOf(anomalyOf({ id: "old" })));
  cases.follow();
  cases.take(bytesOf(anomalyOf({ id: "new" })));
  cases.take(bytesOf(anomalyOf({ id: "new", phase: "update" })));
  assert.deepEqual([...cases.openedCounts], [["spread-blowout warning", 1]]);
});

Deno.test("`RecentFeed.since()` sends all at first, then changes, a few times a second", () => {
  let nowMs = 1_000;
  const cases = new RecentCases();
  const feed = new RecentFeed(cases, { nowMs: () => nowMs });
  const read = (change: number) => {
    const news = feed.since(change);
    return news === undefined ? undefined : { change: news.change, ...LiveCases.parse(JSON.parse(news.text)) };
  };
  assert.equal(read(0), undefined, "nothing is known");
  cases.take(bytesOf(anomalyOf({ id: "a" })));
  cases.follow();
  const first = read(0)!;
  assert.deepEqual([first.whole, first.followed, first.openCount, ids(first.cases)], [true, true, 1, ["a"]]);
  assert.equal(feed.since(first.change), undefined);
  cases.take(bytesOf(anomalyOf({ id: "b" })));
  assert.equal(feed.since(first.change), undefined, "too early");
  nowMs += RECENT_INTERVAL_MS;
  const second = read(first.change)!;
  assert.deepEqual([second.whole, ids(second.cases)], [false, ["b"]]);
  assert.deepEqual(ids(read(0)!.cases).sort(), ["a", "b"], "who comes later gets everything");

  cases.lose();
  nowMs += RECENT_INTERVAL_MS;
  const lost = read(second.change)!;
  assert.deepEqual([lost.followed, lost.whole, lost.cases.length], [false, true, 2]);
  cases.clear();
  cases.follow();
  nowMs += RECENT_INTERVAL_MS;
  assert.deepEqual(read(lost.change)!.cases, [], "the log began anew");
});
