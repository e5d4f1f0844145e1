import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA } from "../../tests/support/shared_data.ts";
import { RollSpread } from "./roll_spread.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600e6;

Deno.test("`RollSpread` finds the spread of Roll's model: a still price, buyers and sellers at random", () => {
  // Roll (1984), eq. 1 and 2: a spread of s makes a covariance of −s²/4.
  for (const [level, pip] of [[1.1, 0.0001], [150, 0.01]] as const) {
    const random = lcg(11);
    const roll = new RollSpread({ tradeCount: 10_000, tickSize: pip / 100 });
    const half = 0.6 * pip;
    for (let i = 0; i < 10_000; i++) roll.update(START_US + i, level + (random() < 0.5 ? half : -half), level);
    const expectedBps = (1e4 * 2 * half) / level;
    assert(Math.abs(roll.valueBps! / expectedBps - 1) < 0.03, `${roll.valueBps} of ${expectedBps}`);
  }
});

Deno.test("`RollSpread.valueBps` is `undefined` in a trend, without a change, and until it is warm", () => {
  const value = (prices: number[]) => {
    const roll = new RollSpread({ tradeCount: 30, tickSize: 0.00001 });
    prices.forEach((price, i) => roll.update(START_US + i, price, NaN));
    return roll.valueBps;
  };
  const prices = (count: number, price: (i: number) => number) => Array.from({ length: count }, (_, i) => price(i));
  assert.equal(value(prices(50, (i) => 1.1 + i * 0.00003)), undefined);
  assert.equal(value(prices(50, (i) => 1.1 + i * i * 0.00003)), undefined);
  assert.equal(value(prices(50, () => 1.1)), undefined);
  assert.equal(value(prices(19, (i) => 1.1 + (i % 2) * 0.0001)), undefined);
  // 18 pairs of changes ±10 ticks: means 0, cov = −18·100/17.
  const expectedBps = (1e4 * 2 * Math.sqrt(1800 / 17) * 0.00001) / 1.1001;
  assert(Math.abs(value(prices(20, (i) => 1.1 + (i % 2) * 0.0001))! - expectedBps) < 1e-9);
});

Deno.test("`RollSpread` has no change over a closed market", () => {
  const roll = new RollSpread({ tradeCount: 6, tickSize: 0.01 });
  const prices = [100, 100.02, 100, 100.02, 100, 100];
  prices.forEach((price, i) => roll.update(START_US + i, price, 100));
  const beforeBps = roll.valueBps!;
  roll.update(START_US + 6 + HOUR_US, 200, 100);
  roll.update(START_US + 7 + HOUR_US, 200.02, 100);
  assert.equal(roll.valueBps, beforeBps, "a first change has none before it");
  roll.update(START_US + 8 + HOUR_US, 200, 100);
  assert(roll.valueBps! > 0 && roll.valueBps! < 10, `${roll.valueBps}`);
});

Deno.test("`RollSpread` is exact after ten million trades, and after a price ten times too high", () => {
  const random = lcg(5);
  const long = new RollSpread({ tradeCount: 50, tickSize: 0.00001 });
  const fresh = new RollSpread({ tradeCount: 50, tickSize: 0.00001 });
  const count = 10_000_000;
  for (let i = 0; i < count; i++) {
    const price = i === count - 500 ? 11 : 1.1 + Math.floor(random() * 9) * 0.00001;
    long.update(START_US + i, price, 1.1);
    if (i >= count - 50) fresh.update(START_US + i, price, 1.1);
  }
  assert.equal(long.valueBps, fresh.valueBps);
});

const REFERENCE = `${DATA}/reference/mlfinlab`;

Deno.test({
  name: "`RollSpread` gives every row of mlfinlab's Roll measure that has a negative covariance " +
    "(skipped without reference/mlfinlab/expected_rows.csv)",
  ignore: !existsSync(`${REFERENCE}/expected_rows.csv`),
  fn() {
    const cells = (file: string) =>
      Deno.readTextFileSync(`${REFERENCE}/${file}`).trim().split("\n").slice(1).map((line) => line.split(","));
    const closes = cells("dollar_bar_sample.csv").map((row) => Number(row[4]));
    const expected = cells("expected_rows.csv").map((row) => row[6]);
    const { published } = JSON.parse(Deno.readTextFileSync(`${REFERENCE}/expected.json`).replaceAll("NaN", "null"));
    // 20 pairs of changes are 22 trades. Bars lie hours apart, so they are dated anew.
    const roll = new RollSpread({ tradeCount: 22, tickSize: 0.25 });
    let max = 0;
    let compared = 0;
    closes.forEach((price, i) => {
      roll.update(START_US + i, price, NaN);
      const value = roll.valueBps === undefined ? undefined : (roll.valueBps * price) / 1e4;
      if (i === 25) assert(Math.abs(value! - published.roll.at25) < published.roll.delta);
      if (i < 21) return;
      const pairs = Array.from({ length: 20 }, (_, back) => {
        const at = i - back;
        return [closes[at]! - closes[at - 1]!, closes[at - 1]! - closes[at - 2]!] as const;
      });
      const [meanX, meanY] = [0, 1].map((k) => pairs.reduce((total, pair) => total + pair[k]!, 0) / 20);
      const covariance = pairs.reduce((total, [x, y]) => total + (x - meanX!) * (y - meanY!), 0) / 19;
      if (covariance < 0) {
        assert(Math.abs(value! - Number(expected[i])) < 1e-9, `row ${i}: ${value}, not ${expected[i]}`);
        max = Math.max(max, value!);
        compared++;
      } else assert.equal(value, undefined, `row ${i}`); // where mlfinlab has 2·√(cov)
    });
    assert.equal(compared, 743);
    assert(Math.abs(max - published.roll.max) < published.roll.delta);
  },
});
