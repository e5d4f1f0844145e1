import assert from "node:assert/strict";
import { dollarBars, dollarBarsAbsent } from "../../tests/support/dollar_bars.ts";
import { Amihud } from "./amihud.ts";

const START_US = 1_700_000_040_000_000; // a whole minute
const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;

function assertClose(actual: number | undefined, expected: number, relative: number, name = "") {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${name}: ${actual}, not ${expected}`,
  );
}

Deno.test({
  name: "`Amihud.perMillion` is mlfinlab's for each of its dollar bars (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    const amihud = new Amihud({ count: 20 });
    let compared = 0;
    dollarBars().forEach(({ close, dollars, expected }, i) => {
      // A bar is an interval here: its dollars trade in it, its close is the last mid of it.
      const timeUs = START_US + i * MINUTE_US;
      amihud.trade({ timeUs: timeUs + 1, price: 1, size: dollars });
      amihud.quote(timeUs + 2, close);
      amihud.advance(timeUs + MINUTE_US);
      if (Number.isNaN(expected.amihud_20)) return;
      assertClose(amihud.perMillion, expected.amihud_20 * 1e6, 1e-9, `bar ${i}`);
      compared++;
    });
    assert.equal(compared, 980);
  },
});

/** Minutes of a mid of 1 that moves by `bps` in a minute in which `millions` trade. */
function play(amihud: Amihud, minutes: readonly (readonly [bps: number, millions: number])[]): number {
  let timeUs = START_US;
  let mid = 1;
  amihud.quote(timeUs - 1, mid);
  for (const [bps, millions] of minutes) {
    if (millions > 0) amihud.trade({ timeUs: timeUs + 1_000, price: 2, size: millions * 5e5 });
    mid *= Math.exp(bps / 1e4);
    amihud.quote(timeUs + 2_000, mid);
    timeUs += MINUTE_US;
  }
  amihud.advance(timeUs);
  return timeUs;
}

Deno.test("`Amihud.realizedPerMillion` is realized volatility over volume (Ranaldo, Santucci de Magistris 2022)", () => {
  const amihud = new Amihud();
  play(amihud, [[1, 1], [-2, 1], [2, 4], [4, 1], [0, 3]]);
  assertClose(amihud.realizedPerMillion, 5e-4 / 10, 1e-9); // √(1 + 4 + 4 + 16) bps, 10 millions
  assertClose(amihud.perMillion, (1 + 2 + 0.5 + 4 + 0) / 5 * 1e-4, 1e-9);
});

Deno.test("`Amihud` leaves a minute without trades out of the mean of ratios, not out of the volatility", () => {
  const amihud = new Amihud();
  play(amihud, [[1, 1], [3, 0], [1, 1], [-1, 1], [1, 1], [-1, 1]]);
  assertClose(amihud.perMillion, 1e-4, 1e-9);
  assertClose(amihud.realizedPerMillion, Math.sqrt(9 + 5) * 1e-4 / 5, 1e-9);
});

Deno.test("`Amihud` is warm after five minutes with trades, and knows whether there were any", () => {
  const amihud = new Amihud({ count: 8 });
  assert(!amihud.hasTrades);
  play(amihud, [[1, 0], [1, 0], [1, 1], [1, 1], [1, 1], [1, 1]]);
  assert(amihud.hasTrades);
  assert.equal(amihud.perMillion, undefined);
  assert.equal(amihud.realizedPerMillion, undefined);
  const quiet = new Amihud({ count: 8 });
  const endUs = play(quiet, [[1, 1], [1, 1], [1, 1], [1, 1], [1, 1]]);
  assert(quiet.perMillion! > 0);
  quiet.advance(endUs + 8 * MINUTE_US);
  assert(!quiet.hasTrades);
  assert.equal(quiet.perMillion, undefined);
});

Deno.test("`Amihud` has no return over a closed market, nor the volume of that interval", () => {
  const amihud = new Amihud({ count: 3, tradedMin: 1 });
  const fridayUs = play(amihud, [[1, 1], [1, 1], [1, 1]]);
  const mondayUs = fridayUs + 49 * HOUR_US;
  amihud.trade({ timeUs: mondayUs, price: 1, size: 9e9 });
  amihud.quote(mondayUs + 1, 2);
  for (const [minute, mid] of [[1, 2], [2, 2 * Math.exp(2e-4)], [3, 2 * Math.exp(4e-4)]] as const) {
    amihud.trade({ timeUs: mondayUs + minute * MINUTE_US, price: 1, size: 1e6 });
    amihud.quote(mondayUs + minute * MINUTE_US + 1, mid);
  }
  amihud.advance(mondayUs + 4 * MINUTE_US);
  assertClose(amihud.perMillion, (0 + 2e-4 + 2e-4) / 3, 1e-9);
});

Deno.test("`Amihud.trade()` leaves out what has no notional", () => {
  const amihud = new Amihud();
  for (const [price, size] of [[1, 0], [0, 1], [NaN, 1], [1, NaN], [1, Infinity], [-1, 1]] as const) {
    amihud.trade({ timeUs: START_US, price, size });
  }
  assert(!amihud.hasTrades);
});

Deno.test("`Amihud` is the same number for a pair around 150 whose notional is as large", () => {
  const [near1, near150] = [new Amihud({ tradedMin: 2 }), new Amihud({ tradedMin: 2 })];
  for (const [amihud, level] of [[near1, 1.1], [near150, 150]] as const) {
    amihud.quote(START_US - 1, level);
    for (let minute = 0; minute < 10; minute++) {
      const timeUs = START_US + minute * MINUTE_US;
      amihud.trade({ timeUs, price: level, size: 3e6 / level });
      amihud.quote(timeUs + 5, level * Math.exp(1e-4 * (minute % 3)));
    }
    amihud.advance(START_US + 10 * MINUTE_US);
  }
  assertClose(near150.perMillion, near1.perMillion!, 1e-9);
  assertClose(near150.realizedPerMillion, near1.realizedPerMillion!, 1e-9);
});
