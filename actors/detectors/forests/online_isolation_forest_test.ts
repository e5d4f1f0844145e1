import assert from "node:assert/strict";
import { Random } from "../../contract/mod.ts";
import { OnlineIsolationForest } from "./mod.ts";

const gauss = (count: number, seed: number, at = 0.5) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => [at + 0.05 * random.normal(), at + 0.05 * random.normal()]);
};

function forestOf(rows: readonly (readonly number[])[], windowCount = 512): OnlineIsolationForest {
  const forest = new OnlineIsolationForest({ dimensions: 2, windowCount, seed: 3 });
  for (const row of rows) forest.learn(row);
  return forest;
}

Deno.test("an online isolation forest has no score before a bin is full, then scores what is apart highest", () => {
  assert.equal(forestOf(gauss(32, 1)).score([0.5, 0.5]), undefined);
  const forest = forestOf(gauss(512, 1));
  const usual = gauss(200, 2).map((row) => forest.score(row)!).sort((a, b) => a - b);
  assert(usual[100]! < 0.55, `${usual[100]}`);
  for (const row of [[0.95, 0.05], [0.5, 0.9], [0, 0]]) assert(forest.score(row)! > usual[120]!, `${row}`);
});

Deno.test("an online isolation forest forgets: what was usual is not, what has come since is", () => {
  const [before, after] = [gauss(512, 1, 0.25), gauss(512, 2, 0.75)];
  const forest = forestOf(before);
  assert(forest.score([0.25, 0.25])! < forest.score([0.75, 0.75])!);
  after.forEach((row, i) => {
    forest.forget(before[i]!);
    forest.learn(row);
  });
  assert(forest.score([0.75, 0.75])! < forest.score([0.25, 0.25])!);
});

Deno.test("an online isolation forest of vectors that are all equal is never cut, and scores everything alike", () => {
  const forest = forestOf(Array(400).fill([0.5, 0.5]));
  assert(Math.abs(forest.score([0.5, 0.5])! - 0.5) < 1e-12, "their path is log₂(n/η)");
  assert.equal(forest.score([0, 1]), forest.score([0.5, 0.5]));
  for (let i = 0; i < 400; i++) forest.forget([0.5, 0.5]);
  assert.equal(forest.score([0.5, 0.5]), undefined);
});

Deno.test("an online isolation forest goes on from its state bit for bit, whole and in steps of its features", () => {
  for (const levels of [undefined, 255]) {
    const options = { dimensions: 2, windowCount: 256, seed: 9, ...(levels !== undefined && { levels }) };
    const rows = gauss(1_200, 4).map((row) => row.map((x) => Math.round(x * 255) / 255));
    const whole = new OnlineIsolationForest(options);
    let parted = new OnlineIsolationForest(options);
    const scores: (number | undefined)[][] = [[], []];
    rows.forEach((row, i) => {
      if (i % 170 === 169) {
        const state = parted.snapshot();
        parted = new OnlineIsolationForest(options);
        parted.restore(state);
      }
      [whole, parted].forEach((forest, k) => {
        scores[k]!.push(forest.score(row));
        if (i >= 256) forest.forget(rows[i - 256]!);
        forest.learn(row);
      });
    });
    assert.deepEqual(scores[1], scores[0]);
    assert.deepEqual(parted.snapshot(), whole.snapshot());
  }
});
