import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { combinationAt, combinationCount, combinationIndex } from "./combinations.ts";
import { MARKET_METRICS, MARKET_PAIRS_MAX, type MarketMetricSpec } from "./market_catalogue.ts";
import { DEFAULT_MARKET_OPTIONS, MarketOptions, MarketSample } from "./market_metrics.ts";

const SAMPLE: MarketSample = {
  v: 1,
  timeUs: 1_700_000_000_000_000,
  sessions: ["london"],
  pairs: ["EURUSD", "USDJPY", "EURJPY"],
  correlation: {
    value: [-0.3, 0.6, "warming"],
    short: ["warming", "warming", "warming"],
    long: [0.1, 1.01, "undefined"],
    breakZ: ["warming", "warming", "warming"],
    returns: [40, 50, 0],
  },
  leadLag: { lagMs: [0, -100, "warming"], value: [-0.3, 0.6, "warming"], ratio: [1, 2.5, "warming"] },
  triangles: [{ direct: "EURJPY", legs: ["EURUSD", "USDJPY"], edgeBps: -0.7, edgeBpsMax: "stale" }],
  strength: { currencies: ["EUR", "USD", "JPY"], dayBps: [1, 2, -3], windowBps: ["warming", "warming", "warming"] },
  counts: { events: 9, ticks: 8, late: 1, hurried: 0, restarts: 0, gaps: 0, rejected: { "time-future": 1 } },
};

Deno.test("combinations are numbered without holes, whatever the order, and only grow", () => {
  let index = 0;
  for (let high = 0; high < MARKET_PAIRS_MAX; high++) {
    assert.equal(combinationCount(high), index);
    for (let low = 0; low < high; low++) {
      assert.equal(combinationIndex(low, high), index);
      assert.equal(combinationIndex(high, low), index);
      assert.deepEqual(combinationAt(index), [low, high]);
      index++;
    }
  }
});

Deno.test("`MarketSample` takes numbers and reasons, and one for each combination", () => {
  assert.deepEqual(MarketSample.parse(SAMPLE), SAMPLE);
  const { correlation, leadLag } = SAMPLE;
  const wrong: unknown[] = [
    { ...SAMPLE, v: 2 },
    { ...SAMPLE, extra: 1 },
    { ...SAMPLE, pairs: ["EURUSD", "USDJPY"] },
    { ...SAMPLE, correlation: { ...correlation, value: [1, null, 1] } },
    { ...SAMPLE, correlation: { ...correlation, value: [1, 1] } },
    { ...SAMPLE, correlation: { ...correlation, returns: [1, 1] } },
    { ...SAMPLE, leadLag: { ...leadLag, ratio: [1, NaN, 1] } },
    { ...SAMPLE, leadLag: { ...leadLag, lagMs: [1, 1, 1, 1] } },
    { ...SAMPLE, triangles: [{ ...SAMPLE.triangles[0], edgeBps: "off" }] },
  ];
  for (const [i, sample] of wrong.entries()) assert(!MarketSample.safeParse(sample).success, `wrong sample ${i}`);
});

Deno.test("every metric across pairs is in the sample, with an estimator that is there", () => {
  for (const [path, { unit, label, doc, estimator }] of Object.entries<MarketMetricSpec>(MARKET_METRICS)) {
    const [group, name] = path.split(".") as ["triangles", "edgeBps"];
    const part: Record<string, unknown> = Array.isArray(SAMPLE[group]) ? SAMPLE[group][0]! : SAMPLE[group];
    assert(part[name] !== undefined, path);
    assert(unit !== "" && label !== "" && doc !== "", path);
    assert(existsSync(new URL(`../market/${estimator}.ts`, import.meta.url)), `${path}: ${estimator}.ts`);
  }
});

Deno.test("`MarketOptions` refuses windows that are no whole number of slots, and work without bound", () => {
  assert.equal(DEFAULT_MARKET_OPTIONS.correlation.windowS, 300);
  const wrong = [
    { correlation: { windowS: 301 } },
    { correlation: { thinMs: 3_000 } },
    { correlation: { shortWindowS: 600 } },
    { correlation: { windowS: 3_600, longWindowS: 1_800 } },
    { correlation: { slotS: 1, windowS: 3_600, longWindowS: 3_600 } },
    { leadLag: { stepMs: 1 } },
    { leadLag: { thinMs: 1 } },
    { leadLag: { window: 1 } },
    { leadLag: { combinationsPerSample: 1_000 } },
    { leadLag: { combinationsPerSample: 50 }, sampleMs: 100 },
    { leadLag: { combinationsPerSample: 100, thinMs: 15 }, sampleMs: 60_000 },
  ];
  for (const options of wrong) assert(!MarketOptions.safeParse(options).success, JSON.stringify(options));
  assert(MarketOptions.safeParse({ leadLag: { combinationsPerSample: 50 } }).success);
});
