import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Random } from "../../contract/mod.ts";
import { DATA } from "../../../tests/support/shared_data.ts";
import { type HalfSpaceSplits, HalfSpaceTrees, SeededHalfSpaceSplits } from "./mod.ts";

const DIMENSIONS = 3;

function made(options: Partial<ConstructorParameters<typeof HalfSpaceTrees>[0]> = {}): HalfSpaceTrees {
  return new HalfSpaceTrees({
    dimensions: DIMENSIONS,
    windowCount: 100,
    splits: new SeededHalfSpaceSplits(7, DIMENSIONS),
    ...options,
  });
}

/** Vectors near the middle. */
function vectors(count: number, seed = 1): Float64Array[] {
  const random = new Random(seed);
  return Array.from(
    { length: count },
    () => Float64Array.from({ length: DIMENSIONS }, () => 0.5 + 0.05 * random.normal()),
  );
}

interface Doctest {
  params: { n_trees: number; height: number; window_size: number };
  X: number[];
  recomputed: number[];
  trees: Record<string, { threshold: number }>[];
}

const EXAMPLE = `${DATA}/reference/half_space_trees/river_doctest.json`;

Deno.test({
  name: "path sums are those of a published example with its trees (skipped without reference/half_space_trees)",
  ignore: !existsSync(EXAMPLE),
}, async () => {
  const { X, recomputed, trees, params: { n_trees, height, window_size } }: Doctest = JSON.parse(
    await Deno.readTextFile(EXAMPLE),
  );
  const splits: HalfSpaceSplits = {
    range: (_, low, high) => void (low.fill(-10), high.fill(10)),
    dimension: () => 0,
    place: (tree, node) => trees[tree]![node]!.threshold,
  };
  const forest = new HalfSpaceTrees({
    dimensions: 1,
    trees: n_trees,
    depth: height,
    windowCount: window_size,
    scoring: "path-sum",
    splits,
  });
  for (const x of X.slice(0, 3)) forest.learn([x]);
  X.forEach((x, i) => {
    forest.learn([x]);
    assert(Math.abs(forest.score([x])! - recomputed[i]!) < 1e-12, `${x}`);
  });
});

for (const scoring of ["terminal-node", "path-sum"] as const) {
  Deno.test(`half-space trees by ${scoring} score what is apart higher, after the first window`, () => {
    const forest = made({ scoring });
    for (const vector of vectors(99)) {
      forest.learn(vector);
      assert.equal(forest.score(vector), undefined);
    }
    forest.learn(vectors(1)[0]!);
    const usual = vectors(200, 2).map((vector) => forest.score(vector)!);
    const apart = forest.score([0.95, 0.05, 0.9])!;
    assert(apart > Math.max(...usual), `${apart}`);
    for (const score of [...usual, apart]) assert(score >= 0 && score <= 1);
  });
}

Deno.test("the mass of the root is the window, whatever the depth: no vector is lost on the way down", () => {
  const forest = made({ trees: 1, depth: 0 });
  for (const vector of vectors(100)) forest.learn(vector);
  assert.equal(forest.score([9, 9, 9]), 0, "one region holds everything");
});

Deno.test("vectors that are all equal, and not of numbers in [0, 1], are no trouble", () => {
  const forest = made();
  for (let i = 0; i < 250; i++) forest.learn([0.5, 0.5, 0.5]);
  assert(forest.score([0.5, 0.5, 0.5])! < forest.score([0.1, 0.5, 0.5])!);
  for (const odd of [[-50, 0.5, 1e9], [NaN, NaN, NaN]]) assert(Number.isFinite(forest.score(odd)));
});

for (const treesPerStep of [undefined, 3]) {
  Deno.test(`half-space trees restored anywhere go on as if nothing had been, ${treesPerStep ?? "all"} trees a step`, () => {
    const all = vectors(333);
    for (const cut of [0, 1, 99, 100, 101, 103, 108, 199, 250, 300, 301, 333]) {
      const options = treesPerStep === undefined ? {} : { treesPerStep };
      const whole = made(options);
      let parted = made(options);
      all.forEach((vector, i) => {
        if (i === cut) {
          const state = JSON.parse(JSON.stringify(parted.snapshot()));
          parted = made(options);
          parted.restore(state);
        }
        assert.equal(parted.score(vector), whole.score(vector), `cut ${cut}, vector ${i}`);
        whole.learn(vector);
        parted.learn(vector);
      });
    }
  });
}
