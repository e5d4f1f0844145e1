import assert from "node:assert/strict";
import { ALL_PAIRS } from "../contract/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { assertNear, assertRestores, type PairTick } from "../../tests/support/market_fold.ts";
import { LaplacianSolver } from "./_laplacian.ts";
import { CurrencyStrength } from "./currency_strength.ts";

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const at = (iso: string) => Date.parse(iso) * 1_000;

function strengthOf(pairs: readonly string[], windowMinutes = 60): CurrencyStrength {
  const strength = new CurrencyStrength({ windowMinutes });
  for (const pair of pairs) strength.add(pair);
  return strength;
}

/** Values that no step to either side improves, by steps that shrink: slow, and without any algebra. */
function leastSquares(
  nodeCount: number,
  edges: readonly (readonly [number, number])[],
  moves: readonly number[],
): number[] {
  const values = new Array<number>(nodeCount).fill(0);
  for (let round = 0; round < 4_000; round++) {
    for (let node = 0; node < nodeCount; node++) {
      // The best value of one node while the others stand: the mean of what its edges say.
      const said = edges.flatMap(([from, to], k) =>
        from === node ? [values[to]! + moves[k]!] : to === node ? [values[from]! - moves[k]!] : []
      );
      if (said.length > 0) values[node] = said.reduce((sum, value) => sum + value, 0) / said.length;
    }
  }
  return values;
}

Deno.test("`LaplacianSolver` has the least squares of any graph, each component summing to 0", () => {
  const random = lcg(12);
  const solver = new LaplacianSolver();
  for (let trial = 0; trial < 40; trial++) {
    const nodeCount = 2 + Math.floor(random() * 7);
    const edges = Array.from({ length: 1 + Math.floor(random() * 10) }, (): [number, number] => {
      const from = Math.floor(random() * nodeCount);
      return [from, (from + 1 + Math.floor(random() * (nodeCount - 1))) % nodeCount];
    });
    const moves = edges.map(() => random() < 0.1 ? NaN : random() - 0.5);
    const taking = edges.filter((_, k) => !Number.isNaN(moves[k]));
    const expected = leastSquares(nodeCount, taking, moves.filter((move) => !Number.isNaN(move)));
    const actual = solver.solve(nodeCount, edges, moves);
    const reach = (node: number) => {
      const seen = new Set([node]);
      for (let size = 0; size !== seen.size;) {
        size = seen.size;
        for (const [a, b] of taking) if (seen.has(a) || seen.has(b)) seen.add(a).add(b);
      }
      return [...seen];
    };
    for (let node = 0; node < nodeCount; node++) {
      const component = reach(node);
      if (component.length === 1) {
        assert(Number.isNaN(actual[node]), "nothing is known of it");
        continue;
      }
      const mean = component.reduce((sum, k) => sum + expected[k]!, 0) / component.length;
      assert(Math.abs(actual[node]! - (expected[node]! - mean)) < 1e-6, `trial ${trial}, node ${node}`);
      assertNear(component.reduce((sum, k) => sum + actual[k]!, 0), 0, "sum");
    }
  }
});

Deno.test("`CurrencyStrength` of all pairs of eight currencies is the mean of a currency's own pairs", () => {
  // On the complete graph the normal equations give (1/8)·Σ of the moves against each other currency.
  const pairs = ALL_PAIRS.slice(0, 28);
  const strength = strengthOf(pairs);
  const random = lcg(3);
  const startUs = at("2024-03-13T14:00:00Z");
  const moves = pairs.map(() => 1e-3 * (random() - 0.5));
  pairs.forEach((_, pair) => strength.update(pair, startUs, pair));
  pairs.forEach((_, pair) => strength.update(pair, startUs + 1e6, pair + moves[pair]!));
  assert.equal(strength.currencies.length, 8);
  strength.dayBps().forEach((bps, k) => {
    const currency = strength.currencies[k]!;
    const own = pairs.map((pair, p) =>
      pair.startsWith(currency) ? moves[p]! : pair.endsWith(currency) ? -moves[p]! : 0
    );
    assertNear(bps, 1e4 * own.reduce((sum, move) => sum + move, 0) / 8, currency);
  });
});

Deno.test("`CurrencyStrength.dayBps()` counts from 17:00 in New York, and after a weekend from the first mid", () => {
  const strength = strengthOf(["EURUSD"]);
  // Thursday: New York is at UTC−4 in July.
  strength.update(0, at("2024-07-11T20:30:00Z"), 0.1);
  strength.update(0, at("2024-07-11T20:59:59Z"), 0.2);
  assertNear(strength.dayBps()[0], 500, "the day that ends");
  strength.update(0, at("2024-07-11T21:00:01Z"), 0.25);
  assertNear(strength.dayBps()[0], 250, "since the last mid before the roll");
  strength.update(0, at("2024-07-12T20:59:00Z"), 0.3);
  // Sunday evening: the last mid is of Friday.
  strength.update(0, at("2024-07-14T21:00:05Z"), 0.5);
  assertNear(strength.dayBps()[0], 0, "the week opens");
  strength.update(0, at("2024-07-14T21:01:00Z"), 0.52);
  assertNear(strength.dayBps()[0], 100, "since the first mid");
});

Deno.test("`CurrencyStrength.windowBps()` counts from the minute of the grid that is a window back", () => {
  const strength = strengthOf(["EURUSD"], 5);
  const startUs = at("2024-03-13T14:00:30Z");
  const mids: [number, number][] = [];
  const random = lcg(9);
  let timeUs = startUs;
  for (let k = 0; k < 400; k++) {
    timeUs += Math.floor(random() * (random() < 0.02 ? 2 * HOUR_US : 20e6));
    mids.push([timeUs, random() * 1e-3]);
    strength.update(0, ...mids[k]!);
    const baseUs = (Math.floor(timeUs / MINUTE_US) - 5) * MINUTE_US;
    const base = mids.findLast(([midUs]) => midUs < baseUs);
    const open = base !== undefined && baseUs - base[0] <= HOUR_US;
    assertNear(strength.windowBps()[0], open ? 1e4 * (mids[k]![1] - base[1]) / 2 : undefined, `tick ${k}`);
  }
});

Deno.test("`CurrencyStrength` keeps apart what no pair connects, and joins it when one does", () => {
  const strength = strengthOf(["EURUSD", "GBPJPY"]);
  const startUs = at("2024-03-13T14:00:00Z");
  strength.update(0, startUs, 0);
  assert.deepEqual(strength.dayBps().map((bps) => bps === undefined), [false, false, true, true]);
  strength.update(1, startUs, 0);
  strength.update(0, startUs + 1, 2e-4);
  strength.update(1, startUs + 1, 6e-4);
  strength.dayBps().forEach((bps, k) => assertNear(bps, [1, -1, 3, -3][k], strength.currencies[k]!));
  strength.add("USDJPY");
  strength.update(2, startUs + 2, 0);
  // EUR − USD = 2, GBP − JPY = 6, USD = JPY: −1.5 for both of these.
  strength.dayBps().forEach((bps, k) => assertNear(bps, [0, -2, 4, -2][k], strength.currencies[k]!));
});

Deno.test("`CurrencyStrength` restored at any cut continues bit for bit", () => {
  const random = lcg(7);
  let timeUs = at("2024-07-11T20:00:00Z");
  const steps = Array.from({ length: 200 }, (): PairTick => {
    timeUs += Math.floor(random() * (random() < 0.05 ? 2 * HOUR_US : 2 * MINUTE_US));
    return [Math.floor(random() * 4), timeUs, random()];
  });
  assertRestores<PairTick>({
    make: () => strengthOf(["EURUSD", "USDJPY", "EURJPY", "GBPUSD"], 10),
    update: (strength, [pair, tickUs, logMid]) => (strength as CurrencyStrength).update(pair, tickUs, logMid),
    steps,
  });
});
