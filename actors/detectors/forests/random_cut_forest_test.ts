import assert from "node:assert/strict";
import { Random } from "../../contract/mod.ts";
import { RandomCutForest, VectorWindow } from "./mod.ts";

const CAPACITY = 128;

function gauss(count: number, seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => [0.5 + 0.05 * random.normal(), 0.5 + 0.05 * random.normal()]);
}

/** A forest over the last vectors of those that it was given. */
class Sliding {
  readonly points = new VectorWindow({ dimensions: 2, capacity: CAPACITY });
  forest = new RandomCutForest({ points: this.points, seed: 5 });
  #next = 0;

  learn(row: readonly number[]): this {
    const slot = this.#next++ % CAPACITY;
    if (slot < this.points.count) {
      this.forest.forget(slot);
      this.points.set(slot, row);
    } else this.points.push(row);
    this.forest.learn(slot);
    return this;
  }
}

Deno.test("a random cut forest scores by displacement: all of them for one far off, few for one within", () => {
  const one = new Sliding();
  assert.equal(one.forest.score([0, 0]), undefined);
  for (const row of gauss(300, 1)) one.learn(row);
  const usual = gauss(200, 2).map((row) => one.forest.score(row)!).sort((a, b) => a - b);
  const far = one.forest.score([50, -50])!;
  assert(far > 0.95 && far <= 1, "nearly every first cut parts it from all");
  assert(usual[100]! < 0.1 && usual[199]! < far);
});

Deno.test("a random cut forest of two has the chance of a cut in its scores", () => {
  const one = new Sliding().learn([0, 0]).learn([1, 0]);
  // One that is equal to a leaf stands in it, and displaces the other: 1 of 2, in every tree.
  assert.equal(one.forest.score([0, 0]), 0.25);
  // Beyond both by the length of their box, half of the cuts part it from both (2/1), half from one of them (1/1).
  const mean = Array.from({ length: 200 }, () => one.forest.score([2, 0])!).reduce((a, b) => a + b) / 200;
  assert(Math.abs(mean - 0.75) < 0.01, `${mean}`);
});

Deno.test("equal vectors share a leaf, and leave it one after another", () => {
  const one = new Sliding();
  for (let i = 0; i < 3 * CAPACITY; i++) one.learn([i % 2, 7]);
  const expected = CAPACITY / 2 / (CAPACITY / 2 + 1) / CAPACITY;
  assert(Math.abs(one.forest.score([0, 7])! - expected) < 1e-12);
  for (const row of gauss(2 * CAPACITY, 3)) one.learn(row);
  assert(one.forest.score([0, 7])! > 0.9, "none of them is left");
});

Deno.test("a random cut forest goes on from its state bit for bit", () => {
  const [whole, parted] = [new Sliding(), new Sliding()];
  const scores: (number | undefined)[][] = [[], []];
  const rows = gauss(700, 6).map((row, i) => i % 5 === 0 ? [0.5, 0.5] : row);
  rows.forEach((row, i) => {
    if (i % 90 === 89) {
      const state = parted.forest.snapshot();
      parted.forest = new RandomCutForest({ points: parted.points, seed: 1 });
      parted.forest.restore(state);
    }
    [whole, parted].forEach((one, k) => {
      scores[k]!.push(one.forest.score(row));
      one.learn(row);
    });
  });
  assert.deepEqual(scores[1], scores[0]);
  assert.deepEqual(parted.forest.snapshot(), whole.forest.snapshot());
});
