import assert from "node:assert/strict";
import { DEFAULT_MARKET_OPTIONS, MetricOptions, type Pair, parsePair } from "./contract/mod.ts";
import { type MarketRunOptions, runMarket } from "./evaluation/mod.ts";
import { runMarkets } from "./market_runs.ts";

const market = (seed: number): MarketRunOptions => ({
  seed,
  pairs: [parsePair("EURUSD")!],
  startTimeUs: Date.parse("2024-03-13T14:20:00Z") * 1e3,
  hours: 0.02,
  detail: "l2",
  quiet: false,
  metrics: MetricOptions.parse({}),
  market: DEFAULT_MARKET_OPTIONS,
});

Deno.test("runMarkets() answers in the order of the questions what each market gives by itself", async () => {
  const markets = [market(1), market(2), market(3)];
  let doneCount = 0;
  const runs = await runMarkets(markets, {
    jobs: 2,
    signal: new AbortController().signal,
    onDone: (count) => doneCount = count,
  });
  assert.equal(doneCount, 3);
  assert.deepEqual(runs, markets.map(runMarket));
  assert.equal(new Set(runs.map(({ ours }) => ours.eventCount)).size, 3);
});

Deno.test("runMarkets() passes on what a market threw, and does nothing once it is aborted", async () => {
  const options = { jobs: 2, signal: new AbortController().signal, onDone: () => {} };
  await assert.rejects(runMarkets([{ ...market(1), pairs: ["NOPAIR" as unknown as Pair] }], options));
  assert.deepEqual(await runMarkets([market(1)], { ...options, signal: AbortSignal.abort() }), []);
});
