import assert from "node:assert/strict";
import { LiveMarket } from "../../actors/contract/mod.ts";
import { marketSampleOf } from "../../tests/support/market_samples.ts";
import type { LatestMarket } from "./latest.ts";
import { liveMarket, MARKET_INTERVAL_MS, MarketFeed } from "./market_feed.ts";

Deno.test("`liveMarket()` keeps every correlation, and of the rest what matters", () => {
  const market = liveMarket(marketSampleOf());
  LiveMarket.parse({ type: "market", serverTimeMs: 0, ...market });
  assert.equal(market.correlations.length, 28);
  assert.deepEqual([market.breakCount, market.breaks], [
    1,
    [{ a: "EURUSD", b: "GBPUSD", z: -4.2, short: 0.2, long: 0.85 }],
  ]);
  // A negative lag is the lead of the other one.
  assert.deepEqual(market.leads, [
    { leader: "EURUSD", follower: "EURJPY", lagMs: 300, correlation: 0.8 },
    { leader: "EURJPY", follower: "USDJPY", lagMs: 100, correlation: 0.7 },
    { leader: "EURJPY", follower: "GBPUSD", lagMs: 500, correlation: 0.6 },
  ]);
  assert.equal(market.triangleCount, 3);
  assert.deepEqual(market.triangles.map(({ direct, edgeBps }) => [direct, edgeBps]), [["EURJPY", 0.12], [
    "EURGBP",
    -0.61,
  ]]);
  assert.deepEqual(market.strengths[0], { currency: "EUR", dayBps: 12 });
});

Deno.test("`liveMarket()` of a market that warms up has no numbers, and room for each", () => {
  const market = liveMarket(marketSampleOf({ pairs: ["EURUSD", "USDJPY", "NZDCAD"], correlation: () => "warming" }));
  assert.deepEqual(market.correlations, [null, null, null]);
  assert.deepEqual([market.triangles, market.triangleCount], [[], 0]);
});

Deno.test("`liveMarket()` of the largest market stays small", () => {
  const pairs = Array.from({ length: 64 }, (_, k) => `${String.fromCharCode(65 + k % 26)}AA${k % 2 ? "USD" : "EUR"}`);
  assert(JSON.stringify(liveMarket(marketSampleOf({ pairs }))).length < 20_000);
});

Deno.test("`MarketFeed.since()` sends a change once, at most once a second, with its age", () => {
  const source: { market: LatestMarket | undefined } = { market: undefined };
  let nowMs = 100_000;
  const feed = new MarketFeed(source, { nowMs: () => nowMs });
  assert.equal(feed.since(0), undefined, "nothing is known");
  source.market = { sample: marketSampleOf({ timeUs: 1 }), putAtMs: 99_000 };
  const first = feed.since(0)!;
  const { ageMs, timeUs } = LiveMarket.parse(JSON.parse(first.text));
  assert.deepEqual([ageMs, timeUs], [1_000, 1]);
  assert.equal(feed.since(first.change), undefined);
  source.market = { sample: marketSampleOf({ timeUs: 2 }), putAtMs: 100_000 };
  nowMs += MARKET_INTERVAL_MS - 1;
  assert.equal(feed.since(first.change), undefined, "too early");
  nowMs++;
  assert.equal(LiveMarket.parse(JSON.parse(feed.since(first.change)!.text)).timeUs, 2);
  assert.equal(LiveMarket.parse(JSON.parse(feed.since(0)!.text)).timeUs, 2, "who comes later gets the newest");
});
