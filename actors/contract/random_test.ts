import assert from "node:assert/strict";
import { Random } from "./random.ts";

const DRAWS = 100_000;

function moments(draw: () => number) {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean };
}
const near = (actual: number, expected: number, tolerance: number) =>
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected} ± ${tolerance}`);

Deno.test("Random gives the same numbers for the same seed and stream, others for others", () => {
  const draw = (seed: number, stream?: number) => {
    const random = new Random(seed, stream);
    return Array.from({ length: 5 }, () => random.nextUint32());
  };
  assert.deepEqual(draw(1), draw(1));
  const first = [draw(1), draw(2), draw(1, 1), draw(2 ** 32 + 1), draw(2 ** 52)].map(String);
  assert.equal(new Set(first).size, first.length);
});

Deno.test("Random has the moments of its distributions", () => {
  const random = new Random(7);
  const uniform = moments(() => random.uniform());
  near(uniform.mean, 0.5, 0.005);
  near(uniform.variance, 1 / 12, 0.002);
  const normal = moments(() => random.normal());
  near(normal.mean, 0, 0.015);
  near(normal.variance, 1, 0.025);
  const exponential = moments(() => random.exponential(3));
  near(exponential.mean, 3, 0.05);
  near(exponential.variance, 9, 0.4);
  for (const mean of [0, 0.3, 5, 40]) {
    const poisson = moments(() => random.poisson(mean));
    near(poisson.mean, mean, 0.02 * mean + 0.01);
    near(poisson.variance, mean, 0.04 * mean + 0.01);
  }
  near(moments(() => random.geometric(0.25)).mean, 3, 0.06);
});

Deno.test("Random.pick() follows the weights and Random.below() stays below", () => {
  const random = new Random(3);
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[random.pick([1, 1, 4])]!++;
  near(counts[0]! / 30_000, 0.25, 0.01);
  assert.equal(counts[1], 0);
  for (let i = 0; i < 1000; i++) assert(random.below(3) < 3);
});
