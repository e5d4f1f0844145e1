import assert from "node:assert/strict";
import { lcg } from "../../tests/support/frames.ts";
import { Garch, garchLogLikelihood } from "./garch.ts";

const MINUTE_US = 60_000_000;

/** A path of GARCH(1,1) returns whose mean variance is `variance`. */
function path(count: number, alpha: number, beta: number, seed: number, variance = 1e-8): number[] {
  const random = lcg(seed);
  let h = variance;
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const r = Math.sqrt(h) * normal;
    h = (1 - alpha - beta) * variance + alpha * r * r + beta * h;
    return r;
  });
}

/** One minute apart, the last on a multiple of ten minutes, so that it is fitted on them all. */
function of(returns: readonly number[], count = returns.length): Garch {
  const garch = new Garch({ count, countMin: count });
  returns.forEach((r, k) =>
    garch.update(r, (Math.ceil(returns.length / 10) * 10 - returns.length + 1 + k) * MINUTE_US)
  );
  return garch;
}

Deno.test("`Garch` finds the parameters that a path was made with", () => {
  for (const [alpha, beta, seed] of [[0.1, 0.85, 1], [0.2, 0.6, 2], [0.05, 0.9, 3]] as const) {
    const garch = of(path(8_000, alpha, beta, seed));
    assert(Math.abs(garch.alpha! - alpha) < 0.03, `α ${garch.alpha} for ${alpha}`);
    assert(Math.abs(garch.persistence! - alpha - beta) < 0.06, `α + β ${garch.persistence} for ${alpha + beta}`);
  }
});

Deno.test("`Garch` has the largest likelihood of a search over all α and β", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const returns = path(300, 0.15, 0.7, seed);
    const garch = of(returns);
    const mean = returns.reduce((sum, r) => sum + r * r, 0) / returns.length;
    const squares = Float64Array.from(returns, (r) => (r * r) / mean);
    const constant = garchLogLikelihood(squares, 0, 0);
    let best = constant;
    for (let p = 0; p <= 0.9999; p += 0.005) {
      for (let a = 0; a <= p; a += 0.005) best = Math.max(best, garchLogLikelihood(squares, a, p));
    }
    assert(garch.gain! >= best - constant - 1e-9, `seed ${seed}: gained ${garch.gain} of ${best - constant}`);
  }
});

Deno.test("`garchLogLikelihood()` of three returns by hand", () => {
  // α 0.1, α + β 0.9: h is 1, then 0.1 + 0.1·4 + 0.8·1 = 1.3, then 0.1 + 0.1·0.5 + 0.8·1.3 = 1.19.
  const expected = -(4 + Math.log(1.3) + 0.5 / 1.3 + Math.log(1.19) + 0.25 / 1.19) / 2;
  const actual = garchLogLikelihood(Float64Array.of(4, 0.5, 0.25), 0.1, 0.9);
  assert(Math.abs(actual - expected) < 1e-12);
});

Deno.test("`Garch` carries its forecast on from return to return between two fits", () => {
  const returns = path(300, 0.2, 0.7, 5);
  const garch = of(returns);
  const { alpha, persistence } = garch as { alpha: number; persistence: number };
  const target = returns.reduce((sum, r) => sum + r * r, 0) / returns.length;
  let h = target;
  for (const r of [...returns]) h = (1 - persistence) * target + alpha * r * r + (persistence - alpha) * h;
  assert(Math.abs(garch.forecast! / h - 1) < 1e-9);
  garch.update(3e-4, 301 * MINUTE_US);
  assert.equal(garch.alpha, alpha, "no fit yet");
  h = (1 - persistence) * target + alpha * 9e-8 + (persistence - alpha) * h;
  assert(Math.abs(garch.forecast! / h - 1) < 1e-9);
  assert(Math.abs(garch.forecastPct! / (100 * Math.sqrt(h * 374_400)) - 1) < 1e-9);
  for (let k = 302; k <= 310; k++) garch.update(1e-5, k * MINUTE_US);
  assert.notEqual(garch.alpha, alpha, "fitted anew with the ten minutes");
});

Deno.test("`Garch` is warm with 100 returns, and begins anew after a closed market", () => {
  const garch = new Garch();
  const returns = path(100, 0.2, 0.7, 7);
  returns.slice(0, 99).forEach((r, k) => garch.update(r, k * MINUTE_US));
  assert.deepEqual([garch.warm, garch.persistence, garch.forecast], [false, undefined, undefined]);
  garch.update(returns[99]!, 99 * MINUTE_US);
  assert(garch.forecast! > 0);
  garch.update(NaN, 200 * MINUTE_US);
  assert.deepEqual([garch.warm, garch.persistence, garch.forecast], [false, undefined, undefined]);
});

Deno.test("`Garch` has no persistence for returns of one size, and no value where all are 0", () => {
  const even = of(Array.from({ length: 200 }, (_, k) => k % 2 === 0 ? 1e-4 : -1e-4));
  assert.equal(even.persistence, undefined);
  assert(Math.abs(even.forecast! - 1e-8) < 1e-14);
  const still = of(new Array<number>(200).fill(0));
  assert.deepEqual([still.persistence, still.forecast, still.forecastPct], [undefined, undefined, undefined]);
});
