import assert from "node:assert/strict";
import { lcg } from "../../tests/support/frames.ts";
import { RollingRegression } from "./rolling_regression.ts";

function regressionOf(x: readonly number[], y: readonly number[], count = x.length): RollingRegression {
  const regression = new RollingRegression({ count, countMin: 3 });
  x.forEach((value, i) => regression.push(value, y[i]!));
  return regression;
}

function assertClose(actual: number | undefined, expected: number, relative: number, name = "") {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${name}: ${actual}, not ${expected}`,
  );
}

// Anscombe (1973), Graphs in statistical analysis, The American Statistician 27: y = 3.00 + 0.500·x, r² = 0.67 each time;
// further digits as R's `lm(y ~ x, anscombe)` gives them.
const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const QUARTET = [
  {
    x: X,
    y: [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
    intercept: 3.0000909,
    slope: 0.5000909,
    r2: 0.6665425,
    t: 4.241455,
  },
  {
    x: X,
    y: [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74],
    intercept: 3.0009091,
    slope: 0.5,
    r2: 0.666242,
    t: 4.23859,
  },
  {
    x: X,
    y: [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
    intercept: 3.0024545,
    slope: 0.4997273,
    r2: 0.666324,
    t: 4.239372,
  },
  {
    x: [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8],
    y: [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89],
    intercept: 3.0017273,
    slope: 0.4999091,
    r2: 0.6667073,
    t: 4.243028,
  },
];

Deno.test("`RollingRegression` gives the coefficients of Anscombe's quartet (1973)", () => {
  for (const { x, y, intercept, slope, r2, t } of QUARTET) {
    const regression = regressionOf(x, y);
    assertClose(regression.slope, slope, 1e-6, "slope");
    assertClose(regression.intercept, intercept, 1e-6, "intercept");
    assertClose(regression.r2, r2, 1e-6, "R²");
    assertClose(regression.tStatistic, t, 1e-6, "t");
  }
});

// NIST StRD, Norris: calibration of ozone monitors, 36 observations, certified to 15 digits. [y, x]
// deno-fmt-ignore
const NORRIS = [
  0.1, 0.2, 338.8, 337.4, 118.1, 118.2, 888.0, 884.6, 9.2, 10.1, 228.1, 226.5, 668.5, 666.3, 998.5, 996.3, 449.1, 448.6,
  778.9, 777.0, 559.2, 558.2, 0.3, 0.4, 0.1, 0.6, 778.1, 775.5, 668.8, 666.9, 339.3, 338.0, 448.9, 447.5, 10.8, 11.6,
  557.7, 556.0, 228.3, 228.1, 998.0, 995.8, 888.8, 887.6, 119.6, 120.2, 0.3, 0.3, 0.6, 0.3, 557.6, 556.8, 339.3, 339.1,
  888.0, 887.2, 998.5, 999.0, 778.9, 779.0, 10.2, 11.1, 117.6, 118.3, 228.9, 229.2, 668.4, 669.1, 449.2, 448.9, 0.2, 0.5,
];

Deno.test("`RollingRegression` gives the certified values of NIST's Norris data, behind rows that have left", () => {
  const y = NORRIS.filter((_, i) => i % 2 === 0);
  const x = NORRIS.filter((_, i) => i % 2 === 1);
  for (const before of [[], [1e9, -1e12, 3], Array.from({ length: 100 }, (_, i) => 1e6 / (1 + i))]) {
    const regression = regressionOf([...before, ...x], [...before.toReversed(), ...y], 36);
    assert.equal(regression.count, 36);
    assertClose(regression.intercept, -0.262323073774029, 1e-10, "intercept");
    assertClose(regression.slope, 1.00211681802045, 1e-13, "slope");
    assertClose(regression.r2, 0.999993745883712, 1e-12, "R²");
    assertClose(regression.tStatistic, 1.00211681802045 / 0.429796848199937e-3, 1e-8, "t");
  }
});

Deno.test("`RollingRegression` has no slope where x stands still, and no R² where y does", () => {
  const still = regressionOf([0.1, 0.1, 0.1, 0.1], [1, 2, 3, 4]);
  assert.equal(still.slope, undefined);
  assert.equal(still.intercept, undefined);
  assert.equal(still.r2, undefined);
  assert.equal(still.tStatistic, undefined);
  const flat = regressionOf([1, 2, 3, 4], [0.1, 0.1, 0.1, 0.1]);
  assert(Math.abs(flat.slope!) < 1e-15);
  assert.equal(flat.r2, undefined);
  assert.equal(flat.tStatistic, undefined);
});

Deno.test("`RollingRegression` has R² 1 and no t-statistic where every point lies on the line", () => {
  const line = regressionOf([1, 2, 3, 4], [3, 5, 7, 9]);
  assertClose(line.slope, 2, 1e-14);
  assertClose(line.r2, 1, 1e-14);
  assert.equal(line.tStatistic, undefined);
});

Deno.test("`RollingRegression` leaves out what is no number and what has no finite square", () => {
  const regression = regressionOf([1, NaN, Infinity, 1e200, 2, 3], [3, 1, 1, 1, 5, 8]);
  assert.equal(regression.count, 3);
  assertClose(regression.slope, 2.5, 1e-14);
});

Deno.test("`RollingRegression` forgets a huge point with the push that takes it out of the window", () => {
  const random = lcg(3);
  const x = Array.from({ length: 20 }, () => random() - 0.5);
  const y = x.map((value) => 2 * value + random());
  const expected = regressionOf(x, y).slope!;
  assertClose(regressionOf([1e12, ...x], [-1e15, ...y], 20).slope, expected, 1e-12);
});

Deno.test("`RollingRegression` does not drift over ten million points", () => {
  const random = lcg(11);
  const regression = new RollingRegression({ count: 50 });
  const newest: [number, number][] = [];
  for (let i = 0; i < 10_000_000; i++) {
    const x = random() - 0.5;
    const y = 3 * x + random();
    regression.push(x, y);
    if (i >= 10_000_000 - 50) newest.push([x, y]);
  }
  const fresh = regressionOf(newest.map(([x]) => x), newest.map(([, y]) => y));
  assertClose(regression.slope, fresh.slope!, 1e-13);
  assertClose(regression.tStatistic, fresh.tStatistic!, 1e-12);
});
