import assert from "node:assert/strict";
import { ALL_PAIRS, type PairRecord, PairsAnswer } from "../../actors/contract/mod.ts";
import { appDeps, NOW_MS } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import { ClusterView } from "../live/mod.ts";

async function pairsOf(overrides: Parameters<typeof appDeps>[0]) {
  const response = await createApp(appDeps(overrides)).request("/api/pairs");
  assert.equal(response.status, 200);
  return PairsAnswer.parse(await response.json()).pairs;
}

Deno.test("`/api/pairs` lists the usual pairs in their order where there is nothing else", async () => {
  assert.deepEqual((await pairsOf({})).map(({ pair }) => pair), ALL_PAIRS);
});

Deno.test("`/api/pairs` lists what has history and what is in the register too, each once, with its conventions", async () => {
  const extent = { firstTimeUs: 1, lastTimeUs: 2 };
  const extents = () =>
    Promise.resolve(new Map([["XAUUSD", extent], ["EURUSD", extent], ["EURXXX", extent], ["", extent]]));
  const cluster = new ClusterView({ nowMs: () => NOW_MS });
  for (const pair of ["USDTRY", "XAUUSD", "EURUSD", "GBPTRY"]) {
    const record: PairRecord = { v: 1, state: pair === "GBPTRY" ? "paused" : "active" };
    const value = new TextEncoder().encode(JSON.stringify(record));
    cluster.pairs.take({ key: pair, value, operation: "PUT", created: new Date(NOW_MS) });
  }
  const pairs = await pairsOf({ cluster, history: { ...appDeps().history, extents } });
  assert.deepEqual(pairs.map(({ pair }) => pair), [...ALL_PAIRS, "GBPTRY", "USDTRY", "XAUUSD"]);
  assert.deepEqual(pairs.find(({ pair }) => pair === "EURUSD")?.lastTimeUs, 2);
  assert.deepEqual(pairs.at(-1), {
    pair: "XAUUSD",
    label: "XAU/USD",
    base: "XAU",
    quote: "USD",
    pipSize: 0.01,
    priceDecimals: 3,
    ...extent,
  });
});

Deno.test("a pair outside of the usual ones has its newest state and its history like any other", async () => {
  const app = createApp(appDeps());
  assert.deepEqual(await (await app.request("/api/pairs/usdtry/latest")).json(), {
    pair: "USDTRY",
    book: null,
    sample: null,
  });
  assert.equal((await app.request("/api/pairs/XAUUSD/quotes")).status, 200);
  assert.equal((await app.request("/api/pairs/XAUXXX/quotes")).status, 404);
});

Deno.test("`/api/pairs/{pair}/depth` takes the shortest columns that cover the window, and no more of them than are asked for", async () => {
  const asked: [number, number][] = [];
  const app = createApp(appDeps({
    depthHistory: {
      depth: ({ pair, fromUs, toUs, stepUs }) => {
        asked.push([stepUs / 1_000, Math.ceil((toUs - fromUs) / stepUs)]);
        return Promise.resolve({ pair, fromUs, toUs, stepUs, bids: [], asks: [] });
      },
    },
  }));
  const at = (minutes: number) => `from=${(NOW_MS - minutes * 60_000) * 1_000}&to=${NOW_MS * 1_000}`;
  for (const [minutes, columns] of [[2, 900], [15, 900], [60, 900], [24 * 60, 1_000]] as const) {
    assert.equal((await app.request(`/api/pairs/EURUSD/depth?${at(minutes)}&columns=${columns}`)).status, 200);
  }
  assert.deepEqual(asked, [[250, 480], [1_000, 900], [5_000, 720], [300_000, 289]]);
  assert.equal((await app.request(`/api/pairs/EURUSD/depth?${at(60 * 24 * 365)}&columns=100`)).status, 400);
  assert.equal((await app.request("/api/pairs/EURUSD/depth?columns=0")).status, 400);
  assert.equal((await app.request("/api/pairs/EURXXX/depth")).status, 404);
});
