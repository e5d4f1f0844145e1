import assert from "node:assert/strict";
import { VectorWindow } from "./mod.ts";

for (const levels of [undefined, 1, 2, 255, 1_023]) {
  Deno.test(`a window of ${levels ?? "any"} levels is restored as it was, however full`, () => {
    const options = { dimensions: 7, capacity: 9, ...(levels !== undefined && { levels }) };
    for (let count = 0; count <= 9; count++) {
      const window = new VectorWindow(options);
      for (let i = 0; i < count; i++) {
        window.push(Float64Array.from({ length: 7 }, (_, k) => {
          const value = ((i * 7 + k) * 0.377) % 1;
          return levels === undefined ? value : Math.round(value * levels) / levels;
        }));
      }
      const other = new VectorWindow(options);
      other.restore(JSON.parse(JSON.stringify(window.snapshot())));
      assert.equal(other.count, count);
      assert.deepEqual(other.values, window.values);
    }
  });
}

Deno.test("a packed window has a fifth of the numbers", () => {
  const window = new VectorWindow({ dimensions: 10, capacity: 100, levels: 1_023 });
  for (let i = 0; i < 100; i++) window.push(new Float64Array(10).fill(1));
  assert.equal(window.snapshot().length, 201);
  assert(window.snapshot().every((number) => Number.isSafeInteger(number)));
});
