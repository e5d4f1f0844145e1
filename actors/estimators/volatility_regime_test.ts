import assert from "node:assert/strict";
import { VolatilityRegime } from "./volatility_regime.ts";

const S_US = 1_000_000;

/** A window that holds 1 to 100, one value a second. */
function hundred(): { regime: VolatilityRegime; next: (volatility: number) => number | undefined } {
  const regime = new VolatilityRegime({ windowUs: 720 * S_US });
  for (let k = 1; k <= 100; k++) regime.update(k * S_US, k);
  // Later values in the same second are ranked, and do not enter the window.
  return {
    regime,
    next(volatility) {
      regime.update(100 * S_US + 1, volatility);
      return regime.regime;
    },
  };
}

Deno.test("`VolatilityRegime.rank` is the share below, equal values counting half", () => {
  const { regime, next } = hundred();
  assert.equal(regime.rank, 99.5);
  next(50);
  assert.equal(regime.rank, 49.5);
  next(50.5);
  assert.equal(regime.rank, 50);
});

Deno.test("`VolatilityRegime` becomes high at a rank of 80 and stays so until it is below 70", () => {
  const { next } = hundred();
  assert.deepEqual([50, 79.9, 80.5, 75, 70.5, 69.5, 79.5, 80.5].map(next), [0, 0, 1, 1, 1, 0, 0, 1]);
});

Deno.test("`VolatilityRegime` becomes low at a rank of 20 and stays so until it is above 30", () => {
  const { next } = hundred();
  assert.deepEqual([50, 21.5, 20.5, 25, 30.5, 31.5, 25, 0, 100].map(next), [0, 0, -1, -1, -1, 0, 0, -1, 1]);
});

Deno.test("`VolatilityRegime` goes from high to low and back without a stop between", () => {
  const { next } = hundred();
  assert.deepEqual([95, 5, 95].map(next), [1, -1, 1]);
});

Deno.test("`VolatilityRegime` is warm with 60 values and forgets those older than the window", () => {
  const regime = new VolatilityRegime({ windowUs: 720 * S_US });
  for (let k = 1; k < 60; k++) regime.update(k * S_US, 1);
  assert.deepEqual([regime.rank, regime.regime], [undefined, undefined]);
  regime.update(60 * S_US, 1);
  assert.deepEqual([regime.rank, regime.regime], [50, 0]);
  for (let k = 61; k <= 720 + 61; k++) regime.update(k * S_US, 2);
  assert.equal(regime.rank, 50, "all of the window is 2");
});

Deno.test("`VolatilityRegime` takes one value for each 720th of four hours", () => {
  const regime = new VolatilityRegime();
  for (let k = 0; k < 3_600; k++) regime.update(k * S_US, k);
  // 180 values of every 20th second: all below but the newest is not among them.
  assert.equal(regime.rank, 100);
});
