import assert from "node:assert/strict";
import fc from "fast-check";
import { lcg } from "../../tests/support/frames.ts";
import { Ladder, LADDER_LEVELS_MAX } from "./ladder.ts";

type Level = [price: number, size: number];

/** A side as a map, sorted whenever somebody looks. */
class ModelLadder {
  readonly levels = new Map<number, number>();
  readonly sign: number;
  constructor(side: "bid" | "ask") {
    this.sign = side === "bid" ? 1 : -1;
  }
  set(price: number, size: number): void {
    if (size > 0) this.levels.set(price, size);
    else this.levels.delete(price);
    if (this.levels.size > LADDER_LEVELS_MAX) this.levels.delete(this.best.at(-1)![0]);
  }
  get best(): Level[] {
    return [...this.levels].sort(([a], [b]) => this.sign * (b - a));
  }
}

function levelsOf(ladder: Ladder): Level[] {
  return Array.from({ length: ladder.count }, (_, depth) => [ladder.price(depth), ladder.size(depth)]);
}

const side = fc.constantFrom<"bid" | "ask">("bid", "ask");
const change = fc.tuple(
  fc.integer({ min: 1, max: 30 }).map((tick) => tick / 10),
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })),
);

Deno.test("`Ladder` is a sorted map under any changes", () => {
  fc.assert(
    fc.property(side, fc.array(change, { maxLength: 80 }), (side, changes) => {
      const ladder = new Ladder(side);
      const model = new ModelLadder(side);
      for (const [price, size] of changes) {
        ladder.set(price, size);
        model.set(price, size);
        assert.deepEqual(levelsOf(ladder), model.best);
      }
      const sizes = model.best.map(([, size]) => size);
      for (const levels of [0, 1, 3, 10, 1_000]) {
        assert.equal(ladder.depth(levels), sizes.slice(0, levels).reduce((total, size) => total + size, 0));
      }
      assert.equal(ladder.droppedCount, 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("`Ladder.sizeTo()` and `.vwapOf()` are those of the levels taken one by one", () => {
  fc.assert(
    fc.property(side, fc.array(change, { maxLength: 40 }), change, (side, changes, [limit, size]) => {
      const ladder = new Ladder(side);
      for (const [price, size] of changes) ladder.set(price, size);
      const levels = levelsOf(ladder);
      const better = levels.filter(([price]) => side === "bid" ? price >= limit : price <= limit);
      assert.equal(ladder.sizeTo(limit), better.reduce((total, [, size]) => total + size, 0));
      const units = levels.flatMap(([price, size]) => Array<number>(size).fill(price)).slice(0, size);
      const mean = units.reduce((total, price) => total + price, 0) / units.length;
      if (size === 0 || units.length < size) assert(Number.isNaN(ladder.vwapOf(size)));
      else assert(Math.abs(ladder.vwapOf(size) - mean) < 1e-12);
    }),
    { numRuns: 300 },
  );
});

Deno.test("`Ladder.vwapOf()` takes all there is, however its sizes round", () => {
  const ladder = new Ladder("ask");
  for (const [price, size] of [[1, 0.1], [2, 0.2]] as const) ladder.set(price, size);
  assert(Math.abs(ladder.vwapOf(0.1 + 0.2) - 5 / 3) < 1e-12);
  assert(Number.isNaN(ladder.vwapOf(0.300001)));
});

Deno.test("`Ladder` restored from its snapshot is the same ladder, whatever stood in it before", () => {
  fc.assert(fc.property(side, fc.array(change), fc.array(change), (side, before, after) => {
    const ladder = new Ladder(side);
    for (const [price, size] of before) ladder.set(price, size);
    const restored = new Ladder(side);
    restored.set(0.05, 1);
    restored.restore(JSON.parse(JSON.stringify(ladder.snapshot())));
    for (const [price, size] of after) {
      ladder.set(price, size);
      restored.set(price, size);
    }
    assert.deepEqual(levelsOf(restored), levelsOf(ladder));
    assert.deepEqual(restored.snapshot(), ladder.snapshot());
  }));
});

for (const side of ["bid", "ask"] as const) {
  Deno.test(`\`Ladder\` keeps the ${LADDER_LEVELS_MAX} best ${side}s and counts what it drops`, () => {
    const ladder = new Ladder(side);
    const model = new ModelLadder(side);
    const random = lcg(3);
    let droppedCount = 0;
    for (let i = 0; i < 4_000; i++) {
      const price = 1 + Math.floor(random() * 3_000);
      const size = random() < 0.1 ? 0 : 1 + Math.floor(random() * 9);
      if (size > 0 && !model.levels.has(price) && model.levels.size === LADDER_LEVELS_MAX) droppedCount++;
      ladder.set(price, size);
      model.set(price, size);
      assert(ladder.count <= LADDER_LEVELS_MAX);
    }
    assert(droppedCount > 100);
    assert.equal(ladder.droppedCount, droppedCount);
    assert.deepEqual(levelsOf(ladder), model.best);
    const restored = new Ladder(side);
    restored.restore(ladder.snapshot());
    assert.equal(restored.droppedCount, droppedCount);
  });
}

Deno.test("`Ladder` answers NaN beyond its levels and is empty after `clear()`", () => {
  const ladder = new Ladder("bid");
  assert(Number.isNaN(ladder.price(0)) && Number.isNaN(ladder.size(0)));
  ladder.set(1, 5);
  ladder.set(2, 0); // removing what is not there
  assert.deepEqual(levelsOf(ladder), [[1, 5]]);
  assert(Number.isNaN(ladder.price(1)));
  ladder.clear();
  assert.equal(ladder.count, 0);
  assert.equal(ladder.depth(10), 0);
  assert(Number.isNaN(ladder.price(0)));
});
