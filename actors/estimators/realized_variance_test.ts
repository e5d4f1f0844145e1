import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { GridReturns } from "./grid_returns.ts";
import { RealizedVariance } from "./realized_variance.ts";

const close = (actual: number | undefined, expected: number, tolerance = 1e-12) =>
  assert(Math.abs(actual! - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);

function of(returns: readonly number[], count = returns.length): RealizedVariance {
  const variance = new RealizedVariance({ count, countMin: 3 });
  for (const r of returns) variance.update(r);
  return variance;
}

/** Two calm and busy halves and a jump in the second. */
const WITH_JUMP = Array.from({ length: 20 }, (_, i) => {
  const k = i + 1;
  return k === 15 ? 2e-3 : 1e-4 * Math.sin(k * k) * (k <= 10 ? 1 : 4);
});

Deno.test("`RealizedVariance` gives the figures of the formulas of Huang and Tauchen (2005), evaluated with NumPy and SciPy", () => {
  const variance = of(WITH_JUMP);
  close(variance.realized, 4.761177765973008e-06);
  close(variance.bipower, 3.1236076134291383e-06);
  close(variance.jumpShare, 0.34394224140236673);
  close(variance.jumpZ, 1.7564609863948912);
});

Deno.test("`RealizedVariance` of three returns by hand", () => {
  const variance = of([1e-4, -2e-4, 3e-4]);
  close(variance.realized, 14e-8);
  close(variance.bipower, (Math.PI / 2) * (3 / 2) * 8e-8);
  // 14e-8 in 3 s: 4.6667e-8 a second, 22,464,000 s a year: variance 1.0483, √ = 1.02387.
  close(variance.realizedPct, 102.387, 1e-5);
  assert.equal(variance.jumpShare, 0, "bipower is the larger: no negative share");
});

Deno.test("`RealizedVariance` forgets the product with a return that has left the window", () => {
  close(of([0.5, 1e-4, -2e-4, 3e-4], 3).bipower, (Math.PI / 2) * (3 / 2) * 8e-8);
  close(of([...WITH_JUMP, ...WITH_JUMP], 20).jumpZ, of(WITH_JUMP).jumpZ!);
});

Deno.test("`RealizedVariance` has no jump share where nothing moved, and no z where no neighbours did", () => {
  const still = of([0, 0, 0, 0]);
  assert.deepEqual([still.realizedPct, still.bipowerPct, still.jumpShare, still.jumpZ], [0, 0, undefined, undefined]);
  const single = of([0, 0, 1e-3, 0, 0]);
  assert.deepEqual([single.bipower, single.jumpShare, single.jumpZ], [0, 1, undefined]);
  const gone = of([0.3, 0.2, 0, 0, 0], 3);
  assert.deepEqual([gone.realized, gone.bipower, gone.jumpZ], [0, 0, undefined]);
});

Deno.test("`RealizedVariance` begins anew after a closed market", () => {
  const variance = of([0.1, 0.2, 0.3, NaN]);
  assert.equal(variance.warm, false);
  for (const r of [1e-4, -2e-4, 3e-4]) variance.update(r);
  close(variance.realized, 14e-8);
  close(variance.bipower, (Math.PI / 2) * (3 / 2) * 8e-8);
});

Deno.test("`RealizedVariance.jumpZ` is about standard normal without jumps, and large with one", () => {
  const random = lcg(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const zs = Array.from({ length: 500 }, () => of(Array.from({ length: 300 }, () => 1e-5 * normal())).jumpZ!);
  const mean = zs.reduce((sum, z) => sum + z) / zs.length;
  const deviation = Math.sqrt(zs.reduce((sum, z) => sum + (z - mean) ** 2, 0) / zs.length);
  assert(Math.abs(mean) < 0.2 && Math.abs(deviation - 1) < 0.15, `mean ${mean}, deviation ${deviation}`);
  const jump = of(Array.from({ length: 300 }, (_, k) => k === 150 ? 2e-4 : 1e-5 * normal()));
  assert(jump.jumpZ! > 5, `${jump.jumpZ}`);
  assert(jump.jumpShare! > 0.4);
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name:
    "`RealizedVariance` of EURUSD is the formula over the mids of each second (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const variance = new RealizedVariance({ count: 300 });
    const grid = new GridReturns({}, (r) => variance.update(r));
    // The last mid of each second of the day, carried on.
    const lastOf = new Map<number, number>();
    const found = new Map<number, (number | undefined)[]>();
    const first = Math.floor(Number(gzipLines(EURUSD)[1]!.split(",")[0]) / 1_000);
    for (const line of gzipLines(EURUSD).slice(1)) {
      const [ms, bid, ask] = line.split(",").map(Number);
      const second = Math.floor(ms! / 1_000);
      if (!lastOf.has(second) && second % 997 === 0) {
        grid.advance(second * 1e6);
        found.set(second, [variance.realized, variance.bipower, variance.jumpShare]);
      }
      grid.update(ms! * 1_000, (bid! + ask!) / 2);
      lastOf.set(second, (bid! + ask!) / 2);
    }
    assert(found.size > 30);
    let checked = 0;
    for (const [end, [realized, bipower, share]] of found) {
      if (end - first < 310) continue;
      // 301 mids that held just before the grid points up to `end`.
      const mids = Array.from({ length: 301 }, (_, back) => {
        let second = end - 1 - back;
        while (!lastOf.has(second)) second--;
        return lastOf.get(second)!;
      }).reverse();
      const sizes = mids.slice(1).map((mid, i) => Math.abs(Math.log(mid / mids[i]!)));
      const rv = sizes.reduce((sum, size) => sum + size ** 2, 0);
      const bv = (Math.PI / 2) * (300 / 299) * sizes.slice(1).reduce((sum, size, i) => sum + size * sizes[i]!, 0);
      close(realized, rv, 1e-9);
      close(bipower, bv, 1e-9);
      assert(Math.abs(share! - Math.max(0, 1 - bv / rv)) < 1e-9);
      checked++;
    }
    assert(checked > 30, `${checked} windows`);
  },
});
