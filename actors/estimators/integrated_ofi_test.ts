import assert from "node:assert/strict";
import { lcg } from "../../tests/support/frames.ts";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { IntegratedOfi } from "./integrated_ofi.ts";
import { MultiLevelOfi } from "./multi_level_ofi.ts";

const START_US = 1_700_000_000_000_000;
const W_US = 10_000_000;

const close = (actual: number | undefined, expected: number, tolerance: number, message?: string) =>
  assert(Math.abs(actual! - expected) <= tolerance, `${message ?? ""} ${actual} is not ${expected}`);

const weights = (ofi: IntegratedOfi) => Array.from({ length: ofi.levels }, (_, k) => ofi.weight(k + 1));

/** First component of rows, each as heavy as the others, and its share of the variance: by power iteration until it stands still. */
function batchComponent(rows: readonly (readonly number[])[]): { weights: number[]; share: number } {
  const n = rows.length;
  const mean = rows[0]!.map((_, k) => rows.reduce((total, row) => total + row[k]!, 0) / n);
  const covariance = mean.map((_, k) =>
    mean.map((_, j) => rows.reduce((total, row) => total + (row[k]! - mean[k]!) * (row[j]! - mean[j]!), 0) / n)
  );
  let vector = mean.map((_, k) => 1 + k / 100);
  let variance = 0;
  for (let i = 0; i < 10_000; i++) {
    const next = covariance.map((row) => row.reduce((total, c, j) => total + c * vector[j]!, 0));
    variance = Math.hypot(...next);
    vector = next.map((number) => number / variance);
  }
  const size = vector.reduce((total, number) => total + Math.abs(number), 0);
  const sign = Math.sign(vector.reduce((total, number) => total + number, 0));
  return {
    weights: vector.map((number) => (sign * number) / size),
    share: variance / covariance.reduce((total, row, k) => total + row[k]!, 0),
  };
}

Deno.test("`IntegratedOfi` weighs by the first component, in closed form for two levels", () => {
  // Flows (2, 0), (−2, 0), (1, 1), (−1, −1) at depth 1: covariance [[2.5, 0.5], [0.5, 0.5]], eigenvalue 1.5 + √1.25.
  const ofi = new IntegratedOfi({ levels: 2, warmupCount: 4, halfLifeCount: 1e12 });
  [[2, 0], [-2, 0], [1, 1], [-1, -1]].forEach((flows, i) => ofi.update(START_US + i * W_US, flows, 1));
  assert.equal(ofi.weight(1), undefined);
  ofi.advance(START_US + 4 * W_US);
  const ratio = (1.5 + Math.sqrt(1.25) - 2.5) / 0.5;
  close(ofi.weight(1), 1 / (1 + ratio), 1e-12);
  close(ofi.weight(2), ratio / (1 + ratio), 1e-12);
  ofi.update(START_US + 5 * W_US, [3, 5], 2);
  close(ofi.value, (3 + 5 * ratio) / (1 + ratio) / 2, 1e-12);
});

Deno.test("`IntegratedOfi` turns its weights so that their sum is positive, the touch where the sum is 0", () => {
  for (
    const [flows, expected] of [[[-3, -1], [0.75, 0.25]], [[-1, 3], [-0.25, 0.75]], [[-2, 2], [0.5, -0.5]]] as const
  ) {
    const ofi = new IntegratedOfi({ levels: 2, warmupCount: 2 });
    for (let i = 0; i < 6; i++) ofi.update(START_US + i * W_US, i % 2 === 0 ? flows : [0, 0], 1);
    weights(ofi).forEach((weight, k) => close(weight, expected[k]!, 1e-12, String(flows)));
  }
});

Deno.test("`IntegratedOfi` needs its intervals, not its time: those without a step do not count", () => {
  const ofi = new IntegratedOfi({ levels: 2 });
  for (let i = 0; i < 30; i++) ofi.update(START_US + i * 5 * W_US, [i % 3, i % 3], 1);
  assert.equal(ofi.value, undefined);
  assert(!ofi.warm);
  ofi.update(START_US + 200 * W_US, [1, 1], 1);
  assert(ofi.warm);
  assert.equal(ofi.value, 1);
  ofi.advance(START_US + 202 * W_US);
  assert.equal(ofi.value, undefined, "no step within the window");
});

Deno.test("`IntegratedOfi` has no weights where nothing varies, and none for a level without flow", () => {
  const still = new IntegratedOfi({ levels: 2, warmupCount: 2 });
  for (let i = 0; i < 10; i++) still.update(START_US + i * W_US, [1, 2], 1);
  assert.deepEqual(weights(still), [undefined, undefined]);
  assert.equal(still.value, undefined);
  const thin = new IntegratedOfi({ levels: 3, warmupCount: 2 });
  for (let i = 0; i < 10; i++) thin.update(START_US + i * W_US, [i % 3, 2 * (i % 3), 0], 1);
  weights(thin).forEach((weight, k) => close(weight, [1 / 3, 2 / 3, 0][k]!, 1e-12));
});

Deno.test("`IntegratedOfi` leaves out an interval whose numbers cannot be squared", () => {
  const run = (odd: readonly number[] | undefined) => {
    const ofi = new IntegratedOfi({ levels: 2, warmupCount: 2 });
    for (let i = 0; i < 40; i++) ofi.update(START_US + i * W_US, i === 20 && odd ? odd : [i % 3, i % 2], 1);
    return weights(ofi);
  };
  const skipped = new IntegratedOfi({ levels: 2, warmupCount: 2 });
  for (let i = 0; i < 40; i++) if (i !== 20) skipped.update(START_US + i * W_US, [i % 3, i % 2], 1);
  assert.deepEqual(run([1e300, 1]), weights(skipped));
  assert.notDeepEqual(run(undefined), weights(skipped));
});

Deno.test("`IntegratedOfi` follows a component that changes, by its half-life", () => {
  const random = lcg(4);
  const ofi = new IntegratedOfi({ levels: 2, halfLifeCount: 20 });
  let i = 0;
  const play = (count: number, loadings: readonly [number, number]) => {
    for (const until = i + count; i < until; i++) {
      const flow = random() - 0.5;
      ofi.update(START_US + i * W_US, loadings.map((loading) => loading * flow), 1);
    }
  };
  play(400, [3, 1]);
  close(ofi.weight(1), 0.75, 1e-9);
  play(400, [1, 3]);
  close(ofi.weight(1), 0.25, 1e-3);
});

Deno.test("`IntegratedOfi` tells components apart that are nearly as strong", () => {
  const ofi = new IntegratedOfi({ levels: 2, warmupCount: 2, halfLifeCount: 1e12 });
  // Variances 1 and 1 + 1e-9 along (1, 1) and (1, −1) in turn.
  const root = Math.sqrt(1 + 1e-9);
  for (let i = 0; i < 4_000; i++) {
    const sign = i % 4 < 2 ? 1 : -1;
    ofi.update(START_US + i * W_US, i % 2 === 0 ? [root * sign, root * sign] : [sign, -sign], 1);
  }
  close(ofi.weight(1), 0.5, 1e-3);
  close(ofi.weight(2), 0.5, 1e-3);
});

const AMAZON = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name: "`IntegratedOfi` weighs a session of shares as a PCA of the whole session does (skipped without lob/lobster)",
  ignore: AMAZON.absent,
  fn() {
    const { rowCount, levels, timeUs, book } = readLobster(AMAZON.path);
    let row = 0;
    const side = (offset: number) => ({
      count: levels,
      price: (depth: number) => book[20 * row + 4 * depth + offset]!,
      size: (depth: number) => book[20 * row + 4 * depth + offset + 1]!,
    });
    const [asks, bids] = [side(0), side(2)];
    const flow = new MultiLevelOfi({ levels });
    const ofi = new IntegratedOfi({ levels, halfLifeCount: 1e12 });
    const intervals = new Map<number, { flows: number[]; depth: number; count: number }>();
    for (; row < rowCount; row++) {
      if (flow.update(timeUs[row]!, bids, asks)) ofi.update(timeUs[row]!, flow.flows, flow.depthSize);
      if (row === 0) continue;
      const key = Math.floor(timeUs[row]! / W_US);
      const interval = intervals.getOrInsertComputed(key, () => ({ flows: Array(levels).fill(0), depth: 0, count: 0 }));
      interval.count++;
      for (let k = 0; k < levels; k++) {
        const [a, qa, b, qb] = book.subarray(20 * row + 4 * k);
        const [a0, qa0, b0, qb0] = book.subarray(20 * (row - 1) + 4 * k);
        interval.flows[k]! += (b! >= b0! ? qb! : 0) - (b! <= b0! ? qb0! : 0) - (a! <= a0! ? qa! : 0) +
          (a! >= a0! ? qa0! : 0);
        interval.depth += (qa! + qb!) / (2 * levels);
      }
    }
    ofi.advance(timeUs[rowCount - 1]! + W_US);
    const rows = [...intervals.values()].map(({ flows, depth, count }) => flows.map((e) => e / (depth / count)));
    assert(rows.length > 2_300);
    const batch = batchComponent(rows);
    batch.weights.forEach((weight, k) => close(ofi.weight(k + 1), weight, 1e-9, `level ${k + 1}:`));
    // The paper finds that one component of ten levels holds most of the variance, with a like share of each level.
    assert(batch.share > 0.6, `${batch.share}`);
    assert(batch.weights.every((weight) => weight > 0.1 && weight < 0.3), `${batch.weights}`);
  },
});
