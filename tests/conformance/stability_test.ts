/**
 * Windows after a hundred million updates, against exact arithmetic over what they then hold, at prices around 1.1 and around 150.
 * Beside each error stands that of a sum to which rows are added and from which they are taken for ever.
 */
import assert from "node:assert/strict";
import { RollingRegression, RollingSums, SlottedWindow } from "../../actors/estimators/mod.ts";

const UPDATES = 100_000_000;
const ROWS = 3_600;
/** Doubles of the sizes that occur are whole multiples of 2^−100. */
const EXACT_SCALE = 2 ** 100;

/** Σ of doubles without rounding, then rounded once. */
function exactSum(values: readonly number[]): number {
  return Number(values.reduce((sum, value) => sum + BigInt(value * EXACT_SCALE), 0n)) / EXACT_SCALE;
}

const relative = (actual: number, exact: number) => Math.abs(actual - exact) / Math.abs(exact);

/** Signed notional of trades: large numbers that nearly cancel out. */
function notionals(price: number): (i: number) => number {
  return (i) => {
    const random = (Math.imul(i, 1_664_525) + 1_013_904_223) >>> 0;
    return price * (1 + (random % 1_000) * 1e-6) * 1e6 * ((random >>> 16) % 9 - 4);
  };
}

for (const price of [1.1, 150]) {
  const notional = notionals(price);
  const lastOnes = (count: number) => Array.from({ length: count }, (_, k) => notional(UPDATES - count + k));

  Deno.test(`\`RollingSums\` does not drift over 10⁸ rows, prices around ${price}`, () => {
    const sums = new RollingSums({ rowCount: ROWS, channelCount: 1 });
    const ring = new Float64Array(ROWS);
    let naive = 0;
    for (let i = 0; i < UPDATES; i++) {
      const value = notional(i);
      sums.row[0] = value;
      sums.push();
      naive += value - ring[i % ROWS]!;
      ring[i % ROWS] = value;
    }
    const exact = exactSum(lastOnes(ROWS));
    const error = relative(sums.sum(0), exact);
    console.log(
      `  relative error ${error.toExponential(1)}; without renewal ${relative(naive, exact).toExponential(1)}`,
    );
    assert(error < 1e-12, `${sums.sum(0)} against ${exact}`);
  });

  Deno.test(`\`SlottedWindow\` does not drift over 10⁸ updates, prices around ${price}`, () => {
    const window = new SlottedWindow({ slotUs: 1_000_000, slotCount: 60, channelCount: 1 });
    const perSlot = 100;
    for (let i = 0; i < UPDATES; i++) {
      const timeUs = i * (1_000_000 / perSlot);
      if (timeUs >= window.slotEndUs) window.advance(timeUs);
      window.add(0, notional(i));
    }
    const exact = exactSum(lastOnes(61 * perSlot));
    const error = relative(window.sum(0), exact);
    console.log(`  relative error ${error.toExponential(1)}`);
    assert(error < 1e-12, `${window.sum(0)} against ${exact}`);
  });

  Deno.test(`\`RollingRegression\` does not drift over 10⁸ pairs, prices around ${price}`, () => {
    const count = 60;
    const ols = new RollingRegression({ count });
    const x = (i: number) => notional(i) / 1e6;
    const y = (i: number) => 0.25 * x(i) + ((i * 7) % 13 - 6) * 0.125;
    for (let i = 0; i < UPDATES; i++) ols.push(x(i), y(i));
    const indices = Array.from({ length: count }, (_, k) => UPDATES - count + k);
    const [meanX, meanY] = [x, y].map((of) => exactSum(indices.map(of)) / count) as [number, number];
    const sxy = exactSum(indices.map((i) => (x(i) - meanX) * (y(i) - meanY)));
    const sxx = exactSum(indices.map((i) => (x(i) - meanX) ** 2));
    const error = relative(ols.slope!, sxy / sxx);
    console.log(`  relative error ${error.toExponential(1)}`);
    assert(error < 1e-12, `${ols.slope} against ${sxy / sxx}`);
  });
}
