import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Random } from "../../contract/mod.ts";
import { DATA } from "../../../tests/support/shared_data.ts";
import { IsolationForest, meanPathLength, VectorWindow } from "./mod.ts";

const DIMENSIONS = 2;

function windowOf(rows: readonly (readonly number[])[], dimensions = DIMENSIONS): VectorWindow {
  const window = new VectorWindow({ dimensions, capacity: rows.length });
  for (const row of rows) window.push(row);
  return window;
}

function grown(rows: readonly (readonly number[])[], options: { seed?: number; trees?: number } = {}): IsolationForest {
  const window = windowOf(rows, rows[0]!.length);
  const forest = new IsolationForest({ dimensions: rows[0]!.length, capacity: rows.length, seed: 1, ...options });
  forest.begin(window);
  forest.grow(Infinity);
  return forest;
}

const gauss = (count: number, seed: number, sigma = 0.3) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => [sigma * random.normal(), sigma * random.normal()]);
};

Deno.test("`meanPathLength()` is c(n)", () => {
  assert.deepEqual([0, 1, 2].map(meanPathLength), [0, 0, 1]);
  assert(Math.abs(meanPathLength(256) - 10.244770920119917) < 1e-12);
});

const KNOWN = `${DATA}/reference/isolation_forest/sklearn_tests.json`;

Deno.test({
  name: "`meanPathLength()` is that of a published implementation (skipped without reference/isolation_forest)",
  ignore: !existsSync(KNOWN),
}, async () => {
  const { c: known }: { c: Record<string, number> } = JSON.parse(await Deno.readTextFile(KNOWN));
  for (const [n, c] of Object.entries(known)) assert(Math.abs(meanPathLength(Number(n)) - c) < 1e-10, n);
});

Deno.test("an isolation forest scores what is apart highest", () => {
  const toy = [[-2, -1], [-1, -1], [-1, -2], [1, 1], [1, 2], [2, 1]];
  const forest = grown(toy);
  const inside = Math.max(...toy.map((row) => forest.score(row)!));
  for (const row of [[6, 3], [-4, 7]]) assert(forest.score(row)! > inside);

  const trained = grown(gauss(1_000, 3));
  const usual = gauss(200, 4).map((row) => trained.score(row)!).sort((a, b) => a - b);
  assert(trained.score([3, -3])! > usual[199]!);
  assert(usual[100]! < 0.5, "half of what is usual lies below one half");
});

Deno.test("a forest of vectors that are all equal scores everything alike", () => {
  const forest = grown(Array(300).fill([1, 1]));
  assert.equal(forest.score([1, 1]), forest.score([5, -5]));
  assert(Math.abs(forest.score([1, 1])! - 0.5) < 1e-6, "their path is c(ψ)");
});

Deno.test("a dimension that is constant is not cut", () => {
  const rows = gauss(300, 5).map(([x]) => [x!, 7]);
  const forest = grown(rows);
  assert.equal(forest.score([0, 7]), forest.score([0, -1_000]));
});

Deno.test("values next to each other are parted", () => {
  const forest = grown([[1, 0], [1 + Number.EPSILON, 0]], { trees: 10 });
  assert(Number.isFinite(forest.score([1, 0])));
});

Deno.test("the same seed gives the same forest, another one another", () => {
  const rows = gauss(400, 6);
  const scores = (seed: number) => {
    const forest = grown(rows, { seed });
    return rows.slice(0, 50).map((row) => forest.score(row));
  };
  assert.deepEqual(scores(1), scores(1));
  assert.notDeepEqual(scores(1), scores(2));
});

Deno.test("the forest before answers while a new one grows, and one that is begun anew is given up", () => {
  const forest = new IsolationForest({ dimensions: 2, capacity: 400, trees: 20, seed: 1 });
  forest.begin(windowOf(gauss(400, 1)));
  forest.grow(19);
  assert.equal(forest.score([0, 0]), undefined);
  forest.grow(1);
  const before = forest.score([4, 4])!;
  forest.begin(windowOf(gauss(400, 2, 3)));
  forest.grow(19);
  assert.equal(forest.score([4, 4]), before);
  forest.begin(windowOf(gauss(400, 3, 3)));
  forest.grow(19);
  assert.equal(forest.score([4, 4]), before);
  forest.grow(1);
  assert(forest.score([4, 4])! < before, "what was far is within by now");
});

Deno.test("an isolation forest restored anywhere goes on as if nothing had been", () => {
  const make = () => new IsolationForest({ dimensions: 2, capacity: 300, trees: 10, sampleCount: 64, seed: 9 });
  for (let cut = 0; cut < 40; cut++) {
    const whole = make();
    let parted = make();
    for (let step = 0; step < 40; step++) {
      if (step === cut) {
        const state = JSON.parse(JSON.stringify(parted.snapshot()));
        parted = make();
        parted.restore(state);
      }
      for (const forest of [whole, parted]) {
        // One of them is begun while another grows.
        if (step % 12 === 1 || step === 28) forest.begin(windowOf(gauss(300, step)));
        forest.grow(1);
      }
      assert.equal(parted.score([0.3, -0.2]), whole.score([0.3, -0.2]), `cut ${cut}, step ${step}`);
    }
  }
});
