import assert from "node:assert/strict";
import fc from "fast-check";
import { Side } from "../../contract/mod.ts";
import { BookChanges, BookSide, SIDE_LEVELS_MAX } from "./level_book.ts";

Deno.test("BookSide.set() keeps the levels of either side best first, as a map would", () => {
  const step = fc.tuple(fc.integer({ min: 100, max: 115 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(fc.property(fc.constantFrom(Side.bid, Side.ask), fc.array(step, { maxLength: 40 }), (sideCode, steps) => {
    const changes = new BookChanges();
    const side = new BookSide(sideCode, changes);
    const model = new Map<number, number>();
    for (const [tick, size] of steps) {
      changes.count = 0;
      const changed = size > 0 || model.has(tick);
      side.set(side.sign * tick, size);
      if (size > 0) model.set(tick, size);
      else model.delete(tick);
      assert.deepEqual(
        [changes.count, changes.ticks[0], changes.sizes[0], changes.sides[0]].slice(0, changed ? 4 : 1),
        changed ? [1, tick, size, sideCode] : [0],
      );
      const ticks = [...model.keys()].sort((a, b) => side.sign * (a - b));
      assert.deepEqual(Array.from(side.keys.subarray(0, side.count), (key) => side.sign * key), ticks);
      assert.deepEqual([...side.sizes.subarray(0, side.count)], ticks.map((each) => model.get(each)));
      assert.equal(side.has(side.sign * tick), size > 0);
    }
  }));
});

Deno.test("BookSide.set() throws beyond its bound of levels", () => {
  const side = new BookSide(Side.ask, new BookChanges());
  for (let key = 1; key <= SIDE_LEVELS_MAX; key++) side.set(key, 1);
  assert.throws(() => side.set(99, 1), RangeError);
});
