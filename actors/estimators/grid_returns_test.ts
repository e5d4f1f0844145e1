import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { GridReturns } from "./grid_returns.ts";

const START_US = 1_700_000_000_000_000;
const S_US = 1_000_000;
const HOUR_US = 3_600 * S_US;

type Mid = readonly [timeUs: number, mid: number];
type Told = [timeUs: number, logReturn: number];

/** What is told of mids up to a time, time itself being told every so often in between. */
function returnsOf(mids: readonly Mid[], untilUs: number, tellEveryUs = Infinity, gridUs = S_US): Told[] {
  const told: Told[] = [];
  const grid = new GridReturns({ gridUs }, (logReturn, timeUs) => told.push([timeUs, logReturn]));
  let nowUs = mids[0]![0];
  for (const [timeUs, mid] of [...mids, [untilUs, NaN] as const]) {
    for (; nowUs < timeUs; nowUs += tellEveryUs) grid.advance(nowUs);
    nowUs = timeUs;
    if (timeUs === untilUs) grid.advance(timeUs);
    else grid.update(timeUs, mid);
  }
  return told;
}

const after = (seconds: number, mid: number): Mid => [START_US + seconds * S_US, mid];
const until = (seconds: number) => START_US + seconds * S_US;
const closed = (told: Told[]) => told.filter(([, r]) => Number.isNaN(r)).map(([timeUs]) => (timeUs - START_US) / S_US);

Deno.test("`GridReturns` takes the last mid strictly before each grid point", () => {
  const told = returnsOf([after(0.2, 1), after(0.9, 2), after(1, 3), after(2, 5)], until(3));
  assert.deepEqual(told, [
    [until(2), Math.log(3) - Math.log(2)],
    [until(3), Math.log(5) - Math.log(3)],
  ]);
});

Deno.test("`GridReturns` makes a return of 0 for each grid point at which the mid stood still", () => {
  const told = returnsOf([after(0.5, 1.1), after(10.5, 1.2)], until(11));
  assert.deepEqual(told.map(([, r]) => r), [...new Array(9).fill(0), Math.log(1.2) - Math.log(1.1)]);
});

Deno.test("`GridReturns` has no return over a weekend and tells once that the market was closed", () => {
  const weekend = [after(0.5, 1.1), after(1.5, 1.101), after(48 * 3_600 + 0.5, 1.2), after(48 * 3_600 + 1.5, 1.201)];
  for (const tellEveryUs of [Infinity, 1_800 * S_US, S_US]) {
    const told = returnsOf(weekend, until(48 * 3_600 + 3), tellEveryUs);
    // The first grid point more than an hour after 1.5 s.
    assert.deepEqual(closed(told), [3_602]);
    assert(told.every(([, r]) => !(Math.abs(r) > 0.002)));
    assert.equal(told.length, 3_600 + 1 + 2, "an hour of returns, the closed market, the first two after it");
  }
});

Deno.test("`GridReturns` tells of a closed market where the book was emptied over the weekend", () => {
  const emptied = [after(0.5, 1.1), after(1.5, NaN), after(900.5, NaN), after(48 * 3_600 + 0.5, 1.2)];
  for (const tellEveryUs of [Infinity, 1_800 * S_US, S_US]) {
    assert.deepEqual(closed(returnsOf(emptied, until(48 * 3_600 + 5), tellEveryUs)), [3_602]);
  }
});

Deno.test("`GridReturns` has no return where the hour ended since the last grid point", () => {
  const edge = [after(0.5, 1.1), after(3_600.6, 1.2), after(3_602.5, 1.2)];
  for (const tellEveryUs of [Infinity, S_US, 100_000]) {
    const told = returnsOf(edge, until(3_603), tellEveryUs);
    assert.deepEqual(closed(told), [3_601]);
    assert(told.every(([, r]) => !(Math.abs(r) > 0)));
  }
});

Deno.test("`GridReturns` leads no return over a moment without a mid, nor tells of a closed market", () => {
  const told = returnsOf([after(0.5, 1.1), after(2.5, NaN), after(4.5, 1.2), after(6.5, 1.3)], until(8));
  assert.deepEqual(told.map(([timeUs, r]) => [(timeUs - START_US) / S_US, r]), [
    [2, 0],
    [6, 0],
    [7, Math.log(1.3) - Math.log(1.2)],
    [8, 0],
  ]);
});

Deno.test("`GridReturns` does not depend on how often time is told", () => {
  const random = lcg(3);
  for (let round = 0; round < 30; round++) {
    const mids: Mid[] = [];
    let timeUs = START_US + Math.floor(random() * S_US);
    for (let i = 0; i < 40; i++) {
      mids.push([timeUs, random() < 0.2 ? NaN : random() < 0.05 ? 0 : 1 + random()]);
      timeUs += Math.floor(random() < 0.1 ? random() * 2.2 * HOUR_US : random() * 3 * S_US);
    }
    const expected = returnsOf(mids, timeUs, Infinity, 10 * S_US);
    for (const tellEveryUs of [HOUR_US / 3, 250_000 * 40, S_US * 7]) {
      assert.deepEqual(returnsOf(mids, timeUs, tellEveryUs, 10 * S_US), expected, `every ${tellEveryUs} µs`);
    }
  }
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`GridReturns` adds up to the whole way of a day of EURUSD (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const mids = gzipLines(EURUSD).slice(1).map((line): Mid => {
      const [ms, bid, ask] = line.split(",").map(Number);
      return [ms! * 1_000, (bid! + ask!) / 2];
    });
    const endUs = mids.at(-1)![0];
    const told = returnsOf(mids, endUs, 250_000);
    // Every second of the day from the second one on, and what they add up to.
    const firstUs = Math.ceil(mids[0]![0] / S_US) * S_US;
    assert.deepEqual(told.map(([timeUs]) => timeUs), Array.from(told, (_, k) => firstUs + (k + 1) * S_US));
    const at = (timeUs: number) => mids.findLast(([midUs]) => midUs < timeUs)![1];
    const total = told.reduce((sum, [, r]) => sum + r, 0);
    assert(Math.abs(total - Math.log(at(told.at(-1)![0]) / at(firstUs))) < 1e-12);
  },
});
