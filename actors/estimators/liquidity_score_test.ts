import assert from "node:assert/strict";
import { LiquidityScore } from "./liquidity_score.ts";

const S = 1_000_000;
const START_US = 1_700_000_000 * S;
const USUAL = { spread: 2, depth: 5e6, cost: 3, resiliency: 200 };

/** An hour in which each measure was 1, 2, 3 and 4 for a quarter of the time each. */
function hour(): LiquidityScore {
  const score = new LiquidityScore({ windowS: 3_600 });
  for (let quarter = 1; quarter <= 4; quarter++) {
    for (let second = 1; second <= 900; second++) {
      const timeUs = START_US + ((quarter - 1) * 900 + second) * S;
      score.fold(timeUs, 1, timeUs, { spread: quarter, depth: quarter, cost: quarter, resiliency: quarter });
    }
  }
  return score;
}

// Worked by hand. With a spread of 2: half of the hour was wider, a quarter the same, so 50 + 25/2.
Deno.test("`LiquidityScore` ranks each measure against its hour, and the score is their mean", () => {
  const ranks = hour().ranks({ spread: 2, depth: 2, cost: 4, resiliency: 0 });
  assert.deepEqual(ranks, { tightness: 62.5, depth: 37.5, cost: 12.5, resiliency: 100, score: 53.125 });
});

Deno.test("`LiquidityScore` is 50 in a market that is as always, 0 and 100 beyond all that was", () => {
  const score = new LiquidityScore({ windowS: 60 });
  score.fold(START_US, 60, START_US, USUAL);
  assert.equal(score.ranks(USUAL).score, 50);
  assert.equal(score.ranks({ spread: 9, depth: 0, cost: 9, resiliency: 900 }).score, 0);
  assert.equal(score.ranks({ spread: 1, depth: 9e6, cost: 1, resiliency: 100 }).score, 100);
});

Deno.test("`LiquidityScore` takes a book too thin for the size as the dearest there is", () => {
  const score = new LiquidityScore({ windowS: 60 });
  score.fold(START_US, 30, START_US, { ...USUAL, cost: Infinity });
  score.fold(START_US + 30 * S, 30, START_US + 30 * S, USUAL);
  assert.equal(score.ranks(USUAL).cost, 75, "half of the time was worse, half the same");
  assert.equal(score.ranks({ ...USUAL, cost: Infinity }).cost, 0);
  assert.equal(score.ranks({ ...USUAL, cost: 1e9 }).cost, 50);
});

Deno.test("`LiquidityScore` without one of its parts has the others, and no score", () => {
  const score = new LiquidityScore({ windowS: 60 });
  score.fold(START_US, 60, START_US, { ...USUAL, resiliency: NaN });
  assert.deepEqual(score.ranks(USUAL), {
    tightness: 50,
    depth: 50,
    cost: 50,
    resiliency: undefined,
    score: undefined,
  });
  assert.equal(score.ranks({ ...USUAL, depth: NaN }).depth, undefined);
});

Deno.test("`LiquidityScore` warms up over sixty points of its grid: five minutes of an hour", () => {
  const score = new LiquidityScore({ windowS: 3_600 });
  for (let second = 1; second < 300; second++) score.fold(START_US + second * S, 1, START_US + second * S, USUAL);
  assert.equal(score.ranks(USUAL).tightness, undefined);
  score.fold(START_US + 300 * S, 1, START_US + 300 * S, USUAL);
  assert.equal(score.ranks(USUAL).tightness, 50);
});

Deno.test("`LiquidityScore` counts five minutes of a touch that stands still, however long, and however time is told", () => {
  for (const step of [1, 7, 48 * 3_600]) {
    const score = hour();
    const touchedUs = START_US + 3_600 * S;
    let told = 0;
    while (told < 48 * 3_600) {
      const passed = Math.min(step, 48 * 3_600 - told);
      told += passed;
      score.fold(touchedUs + told * S, passed, touchedUs, { spread: 9, depth: 9, cost: 9, resiliency: 9 });
    }
    // Five minutes of 9 took the place of five minutes of 1: a twelfth is wider than 5, ten are wider than 1.5.
    const tightnessOf = (spread: number) => score.ranks({ ...USUAL, spread }).tightness!;
    assert(Math.abs(tightnessOf(5) - 100 / 12) < 1e-9, `told every ${step} s`);
    assert(Math.abs(tightnessOf(1.5) - 1_000 / 12) < 1e-9, `told every ${step} s`);
  }
});

Deno.test("`LiquidityScore.fold()` does not depend on how the seconds are told", () => {
  const often = new LiquidityScore({ windowS: 3_600 });
  const seldom = new LiquidityScore({ windowS: 3_600 });
  let toldUs = START_US;
  for (let second = 1; second <= 2_000; second++) {
    const timeUs = START_US + second * S;
    const measures = { ...USUAL, spread: Math.floor(second / 13) };
    often.fold(timeUs, 1, timeUs, measures);
    if (second % 13 !== 12) continue;
    seldom.fold(timeUs, (timeUs - toldUs) / S, timeUs, measures);
    toldUs = timeUs;
  }
  seldom.fold(START_US + 2_000 * S, (START_US + 2_000 * S - toldUs) / S, START_US + 2_000 * S, {
    ...USUAL,
    spread: Math.floor(2_000 / 13),
  });
  assert.deepEqual(seldom.snapshot(), often.snapshot());
});
