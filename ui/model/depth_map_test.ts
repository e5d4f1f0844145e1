import assert from "node:assert/strict";
import { DEPTH_COLUMNS_KEPT_MAX, DepthMap, IMAGE_CELLS_MAX, paintDepth, priceStep, sizeScale } from "./depth_map.ts";

const S = 1_000_000;
const book = (s: number, bids: [number, number][], asks: [number, number][] = []) => ({ timeUs: s * S, bids, asks });

Deno.test("`DepthMap.addBook()` keeps the largest size of each price within a column", () => {
  const map = new DepthMap(S);
  assert.equal(map.addBook(book(10, [[1.1, 5], [1.09, 7]])), true);
  assert.equal(map.addBook(book(10.5, [[1.1, 9]])), false);
  assert.equal(map.addBook(book(11, [[1.1, 2]], [[1.2, 3]])), true);
  assert.deepEqual(map.columns(0), [
    { timeUs: 10 * S, bids: [1.1, 9, 1.09, 7], asks: [] },
    { timeUs: 11 * S, bids: [1.1, 2], asks: [1.2, 3] },
  ]);
  assert.deepEqual(map.columns(10.99 * S).length, 2);
  assert.deepEqual(map.columns(11 * S).length, 1);
});

Deno.test("`DepthMap.addHistory()` fills what lies before, and leaves what came live behind it", () => {
  const map = new DepthMap(S);
  map.addBook(book(12, [[1, 1]]));
  map.addBook(book(13, [[1, 2]]));
  map.addHistory({
    pair: "EURUSD",
    fromUs: 10 * S,
    toUs: 13 * S,
    stepUs: S,
    bids: [[1, 7], [], [1, 8]],
    asks: [[], [], []],
  });
  assert.deepEqual(map.columns(0).map(({ timeUs, bids }) => [timeUs / S, bids[1]]), [[10, 7], [12, 8], [13, 2]]);
  map.addHistory({ pair: "EURUSD", fromUs: 0, toUs: S, stepUs: 2 * S, bids: [[1, 9]], asks: [[]] });
  assert.equal(map.columns(0).length, 3);
});

Deno.test("`DepthMap` is bounded, and begins anew with another recording", () => {
  const map = new DepthMap(S);
  for (let s = 1; s < DEPTH_COLUMNS_KEPT_MAX + 10; s++) map.addBook(book(s, [[1, s]]));
  assert.equal(map.columns(0).length, DEPTH_COLUMNS_KEPT_MAX + 1);
  map.addBook(book(5, [[1, 1]]));
  map.addBook(book(6, [[1, 1]]));
  assert.deepEqual(map.columns(0).map(({ timeUs }) => timeUs / S), [5, 6]);
});

Deno.test("`priceStep()` and `sizeScale()` follow what is shown", () => {
  const columns = [{ timeUs: 0, bids: [1.1, 1, 1.09995, 2, 1.09985, 3], asks: [1.1001, 100] }];
  assert.equal(Math.round(priceStep(columns, 1e-4) * 1e7), 500);
  assert.equal(priceStep([], 1e-4), 1e-5);
  assert.equal(sizeScale(columns), 100);
  assert.equal(sizeScale([]), 1);
});

Deno.test("`paintDepth()` puts each level into its cell, fuller where more stood", () => {
  const { width, height, pixels } = paintDepth(
    [{ timeUs: S, bids: [1.0, 100, 0.9, 25], asks: [1.1, 50] }, { timeUs: 99 * S, bids: [1, 1], asks: [] }],
    {
      stepUs: S,
      fromUs: 0,
      toUs: 3 * S,
      low: 0.85,
      high: 1.15,
      priceStep: 0.1,
      sizeScale: 100,
      bid: [1, 2, 3],
      ask: [4, 5, 6],
    },
  );
  assert.deepEqual([width, height], [3, 3]);
  const cell = (x: number, y: number) => [...pixels.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];
  assert.deepEqual(cell(1, 0).slice(0, 3), [4, 5, 6]);
  assert.deepEqual(cell(1, 1), [1, 2, 3, 170]);
  assert.deepEqual(cell(1, 2), [1, 2, 3, 90]);
  assert.deepEqual(cell(0, 0), [0, 0, 0, 0]);
  const wide = paintDepth([], {
    stepUs: S,
    fromUs: 0,
    toUs: 1_000 * S,
    low: 0,
    high: 1,
    priceStep: 1e-5,
    sizeScale: 1,
    bid: [0, 0, 0],
    ask: [0, 0, 0],
  });
  assert(wide.width * wide.height <= IMAGE_CELLS_MAX);
});
