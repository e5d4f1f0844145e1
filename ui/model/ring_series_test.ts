import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { RingSeries } from "./ring_series.ts";

function timesOf(series: RingSeries, fromUs?: number): number[] {
  return [...series.timesUs(fromUs)];
}

Deno.test("`RingSeries.push()` keeps the newest points and no more than its capacity", () => {
  const series = new RingSeries({ columnCount: 1, capacity: 4 });
  for (let i = 1; i <= 103; i++) {
    series.push(i, [i * 10]);
    strictEqual(series.length, Math.min(i, 4));
    strictEqual(series.lastTimeUs, i);
  }
  deepStrictEqual(timesOf(series), [100, 101, 102, 103]);
  deepStrictEqual([...series.column(0)], [1000, 1010, 1020, 1030]);
  strictEqual(series.firstTimeUs, 100);
});

Deno.test("`RingSeries.push()` drops what is older than the newest point", () => {
  const series = new RingSeries({ columnCount: 1, capacity: 4 });
  strictEqual(series.push(10, [1]), true);
  strictEqual(series.push(9, [2]), false);
  deepStrictEqual(timesOf(series), [10]);
});

Deno.test("`RingSeries.push()` lets the newest point stand for its bucket", () => {
  const series = new RingSeries({ columnCount: 1, capacity: 4, bucketUs: 100 });
  for (const [timeUs, value] of [[110, 1], [150, 2], [199, 3], [200, 4]] as const) series.push(timeUs, [value]);
  deepStrictEqual(timesOf(series), [199, 200]);
  deepStrictEqual([...series.column(0)], [3, 4]);
});

Deno.test("`RingSeries.timesUs()` and `column()` start at the time asked for", () => {
  const series = new RingSeries({ columnCount: 2, capacity: 8 });
  for (const timeUs of [10, 20, 30, 40]) series.push(timeUs, [timeUs, undefined]);
  deepStrictEqual(timesOf(series, 20), [20, 30, 40]);
  deepStrictEqual(timesOf(series, 21), [30, 40]);
  deepStrictEqual(timesOf(series, 41), []);
  deepStrictEqual([...series.column(1, 30)], [NaN, NaN]);
});

Deno.test("`RingSeries.clear()` forgets all points", () => {
  const series = new RingSeries({ columnCount: 1, capacity: 2 });
  series.push(5, [1]);
  series.clear();
  strictEqual(series.length, 0);
  strictEqual(series.lastTimeUs, undefined);
  strictEqual(series.push(1, [1]), true);
});

Deno.test("`RingSeries` refuses a capacity of nothing and an unknown column", () => {
  throws(() => new RingSeries({ columnCount: 1, capacity: 0 }), RangeError);
  throws(() => new RingSeries({ columnCount: 1, capacity: 1 }).column(1), RangeError);
});
