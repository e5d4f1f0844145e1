import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { ALL_PAIRS, MARKET_PAIRS_MAX, TRIANGLES_MAX } from "../contract/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { assertNear, assertRestores } from "../../tests/support/market_fold.ts";
import { Triangles } from "./triangles.ts";

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;

type Quote = readonly [pair: number, timeUs: number, bid: number, ask: number];

function trianglesOf(pairs: readonly string[], staleUs = 5_000_000): Triangles {
  const triangles = new Triangles({ staleUs });
  for (const pair of pairs) triangles.add(pair);
  return triangles;
}

/** What a unit of the first currency becomes along a path, taking the price that is there. */
function round(path: readonly string[], quotes: Readonly<Record<string, readonly [number, number]>>): number {
  let amount = 1;
  for (let k = 0; k + 1 < path.length; k++) {
    const straight = quotes[`${path[k]}${path[k + 1]}`];
    const inverted = quotes[`${path[k + 1]}${path[k]}`];
    amount *= straight !== undefined ? straight[0] : 1 / inverted![1];
  }
  return amount;
}

Deno.test("`Triangles` has an edge above 0 where a round earns something, whichever way the pairs are quoted", () => {
  const random = lcg(4);
  const worth: Record<string, number> = { USD: 1, EUR: 1.1, JPY: 0.0066 };
  for (let trial = 0; trial < 400; trial++) {
    const pairs = [["EUR", "USD"], ["USD", "JPY"], ["EUR", "JPY"]].map((two) =>
      (random() < 0.5 ? two : two.toReversed()).join("")
    );
    pairs.sort(() => random() - 0.5);
    const triangles = trianglesOf(pairs);
    const quotes: Record<string, readonly [number, number]> = {};
    pairs.forEach((pair, number) => {
      const mid = worth[pair.slice(0, 3)]! / worth[pair.slice(3)]! * (1 + 3e-4 * (random() - 0.5));
      quotes[pair] = [mid * (1 - 5e-5 * random()), mid * (1 + 5e-5 * random())];
      triangles.update(number, 0, ...quotes[pair]);
    });
    const [triangle, ...more] = triangles.list;
    assert.equal(more.length, 0);
    assert(!pairs[triangle!.direct]!.includes("USD"), "through the dollar");
    const gains = [["USD", "EUR", "JPY", "USD"], ["USD", "JPY", "EUR", "USD"]].map((path) => round(path, quotes) - 1);
    const edge = triangles.edgeBps(triangle!, 0)!;
    assert.equal(edge > 0, Math.max(...gains) > 0, `${pairs}: ${edge}, ${gains}`);
    // The gain of the round is the edge but for what it is a share of.
    assert(Math.abs(edge - 1e4 * Math.max(...gains)) < 0.01, `${pairs}: ${edge}, ${gains}`);
  }
});

Deno.test("`Triangles` has no edge while a leg is stale, one-sided or without a quote, and wakes with it", () => {
  const triangles = trianglesOf(["EURUSD", "USDJPY", "EURJPY"], 100);
  const triangle = triangles.list[0]!;
  triangles.update(0, 0, 1.1, 1.1);
  triangles.update(1, 50, 150, 150);
  assert.equal(triangles.absence(triangle, 50), "warming");
  triangles.update(2, 60, 164.5, NaN);
  assert.equal(triangles.absence(triangle, 60), "one-sided");
  assert.equal(triangles.edgeBpsMax(triangle), undefined);
  triangles.update(2, 100, 164.5, 164.5);
  assertNear(triangles.edgeBps(triangle, 100), 1e4 * 0.5 / 164.5, "edge");
  assert.equal(triangles.absence(triangle, 101), "stale");
  assert.equal(triangles.edgeBps(triangle, 101), undefined);
  assertNear(triangles.edgeBpsMax(triangle), 1e4 * 0.5 / 164.5, "the largest one stays");
  triangles.renew(101);
  assert.equal(triangles.edgeBpsMax(triangle), undefined);
  triangles.update(0, 120, 1.1, 1.1);
  assertNear(triangles.edgeBpsMax(triangle), 1e4 * 0.5 / 164.5, "the same quote again wakes it");
});

Deno.test("`Triangles.edgeBpsMax()` is the largest edge of all times at which a leg moved", () => {
  const random = lcg(8);
  const triangles = trianglesOf(["GBPUSD", "USDJPY", "GBPJPY"]);
  const triangle = triangles.list[0]!;
  const mids = [1.25, 150, 187.5];
  mids.forEach((mid, pair) => triangles.update(pair, 0, mid, mid));
  for (let second = 0; second < 20; second++) {
    triangles.renew(second * 1_000);
    let largest = triangles.edgeBps(triangle, second * 1_000)!;
    for (let k = 1; k < 50; k++) {
      const pair = Math.floor(random() * 3);
      const mid = mids[pair]! * (1 + 1e-4 * random());
      triangles.update(pair, second * 1_000 + k, mid, mid * 1.00001);
      largest = Math.max(largest, triangles.edgeBps(triangle, second * 1_000 + k)!);
    }
    assert.equal(triangles.edgeBpsMax(triangle), largest);
  }
});

Deno.test("`Triangles` of the 28 pairs of eight currencies are 56, each of three pairs, and two of one pair make none", () => {
  const { list } = trianglesOf(ALL_PAIRS.slice(0, 28));
  assert.equal(list.length, 56);
  assert.equal(new Set(list.map(({ direct, legs }) => [direct, ...legs].sort().join())).size, 56);
  assert.equal(trianglesOf(["EURUSD", "USDEUR", "USDJPY"]).list.length, 0);
  assert.equal(trianglesOf(["EURUSD", "USDEUR", "USDJPY", "EURJPY"]).list.length, 2);
});

Deno.test("`Triangles` stays within its bound", () => {
  const both = ALL_PAIRS.slice(0, 28).flatMap((pair) => [pair, pair.slice(3) + pair.slice(0, 3)]);
  const { list } = trianglesOf(
    [...both, "USDSEK", "EURSEK", "SEKUSD", "SEKEUR", "GBPSEK", "SEKJPY", "AUDSEK", "NZDSEK"].slice(
      0,
      MARKET_PAIRS_MAX,
    ),
  );
  assert(list.length > 448 && list.length <= TRIANGLES_MAX, `${list.length}`);
});

Deno.test("`Triangles` restored at any cut continues bit for bit", () => {
  const random = lcg(6);
  const steps = Array.from({ length: 300 }, (_, k): Quote => {
    const pair = Math.floor(random() * 6);
    return [pair, k * 500_000, random() < 0.1 ? NaN : 1 + random(), 1 + random()];
  });
  assertRestores<Quote>({
    make: () => trianglesOf(["EURUSD", "USDJPY", "EURJPY", "GBPUSD", "EURGBP", "GBPJPY"]),
    update: (triangles, quote) => (triangles as Triangles).update(...quote),
    steps,
  });
});

const PATH = `${DATA}/fx/triangle_gbpusd_usdjpy_gbpjpy_2016-11-09.csv.gz`;

Deno.test({
  name: `\`Triangles\` gives the edges of a real day, 3.38 bp short of an arbitrage (skipped without ${
    PATH.slice(DATA.length + 1)
  })`,
  ignore: !existsSync(PATH),
  async fn() {
    const file = await Deno.open(PATH);
    const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    const rows = text.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
    const triangles = trianglesOf(["GBPUSD", "USDJPY", "GBPJPY"]);
    const triangle = triangles.list[0]!;
    let [count, sum, squares, most] = [0, 0, 0, -Infinity];
    for (const [second, gbpusd, usdjpy, gbpjpy] of rows as [number, number, number, number][]) {
      // The data has the bids of the legs and the ask of the direct pair. The other sides are far away, so that one round counts.
      triangles.update(0, second * 1e6, gbpusd, 1.01 * gbpusd);
      triangles.update(1, second * 1e6, usdjpy, 1.01 * usdjpy);
      triangles.update(2, second * 1e6, gbpjpy, gbpjpy);
      const edge = triangles.edgeBps(triangle, second * 1e6)!;
      assert(Math.abs(edge - 1e4 * (gbpusd * usdjpy / gbpjpy - 1)) < 1e-8);
      count++;
      sum += edge;
      squares += edge ** 2;
      most = Math.max(most, edge);
    }
    const mean = sum / count;
    assert.equal(count, 36_001);
    assert(Math.abs(mean - -3.38) < 0.005, `${mean}`);
    assert(Math.abs(Math.sqrt(squares / count - mean ** 2) - 1.01) < 0.005);
    assert(most < 1, `${most}`);
  },
});
