import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { CASE_POINTS_MAX, casePoints, caseWindow, extentOf, stepPath } from "./case_chart.ts";

const S = 1e6;

Deno.test("`caseWindow()` has room on both sides, and is as fine as its length allows", () => {
  deepStrictEqual(caseWindow({ startUs: 100 * S, endUs: 101 * S }), { fromUs: 70 * S, toUs: 131 * S, step: "raw" });
  deepStrictEqual(caseWindow({ startUs: 1_000 * S, endUs: 1_600 * S }), {
    fromUs: 700 * S,
    toUs: 1_900 * S,
    step: "1s",
  });
  strictEqual(caseWindow({ startUs: 1e5 * S, endUs: 2e5 * S }).step, "1m");
});

Deno.test("`casePoints()` reads quotes and buckets, and leaves out what is one-sided", () => {
  deepStrictEqual(casePoints({ columns: { timeUs: [1, 2, 3], bid: [1, null, 1.5], ask: [2, 2, 1.75] } }), [
    { timeUs: 1, mid: 1.5, spread: 1 },
    { timeUs: 3, mid: 1.625, spread: 0.25 },
  ]);
  deepStrictEqual(casePoints({ columns: { timeUs: [1], close: [1.5], spread: [0.5] } }), [
    { timeUs: 1, mid: 1.5, spread: 0.5 },
  ]);
});

Deno.test("`casePoints()` of very many quotes keeps their extremes", () => {
  const timeUs = Array.from({ length: 20_000 }, (_, i) => i);
  const bid = timeUs.map((i) => i === 7_777 ? 9 : 1 + Math.sin(i) / 10);
  const points = casePoints({ columns: { timeUs, bid, ask: bid.map((price) => price + 0.1) } });
  ok(points.length <= CASE_POINTS_MAX);
  ok(points.some(({ mid }) => mid > 9));
  deepStrictEqual(points.map((point) => point.timeUs), points.map((point) => point.timeUs).toSorted((a, b) => a - b));
});

Deno.test("`stepPath()` holds each value until the next", () => {
  const points = [{ timeUs: 0, mid: 1, spread: 0 }, { timeUs: 5, mid: 2, spread: 1 }];
  const { low, high } = extentOf(points, "mid");
  ok(low < 1 && high > 2);
  strictEqual(
    stepPath(points, "spread", { fromUs: 0, toUs: 10, step: "raw" }).replaceAll(/0\.\d+/g, "y"),
    "M0 yHyVy",
  );
});
