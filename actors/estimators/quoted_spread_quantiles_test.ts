import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { QuotedSpreadQuantiles } from "./quoted_spread_quantiles.ts";

const START_US = 1_700_000_000_000_000;
const SECOND_US = 1e6;
const HOUR_US = 3_600e6;
const windowUs = 60 * SECOND_US;

function values(quantiles: QuotedSpreadQuantiles, nowUs: number): (number | undefined)[] {
  quantiles.advance(nowUs);
  return [0.5, 0.95, 0.99].map((p) => quantiles.quantile(p));
}

Deno.test("`QuotedSpreadQuantiles` weighs a spread by the time it stands, not by its quotes", () => {
  const quantiles = new QuotedSpreadQuantiles({ windowUs });
  quantiles.update(START_US, 0.2);
  // A burst of a thousand quotes within a grid step, then 1.2 for 2 s of the minute.
  for (let i = 0; i < 1_000; i++) quantiles.update(START_US + 30 * SECOND_US + i, 9);
  quantiles.update(START_US + 30 * SECOND_US + 1_000, 0.2);
  quantiles.update(START_US + 50 * SECOND_US, 1.2);
  quantiles.update(START_US + 52 * SECOND_US, 0.2);
  // 20 of 600 points are 1.2: the top 3.3 %.
  assert.deepEqual(values(quantiles, START_US + 60 * SECOND_US), [0.2, 0.2, 1.2]);
});

Deno.test("`QuotedSpreadQuantiles` interpolates as type 7 of Hyndman and Fan", () => {
  const quantiles = new QuotedSpreadQuantiles({ windowUs });
  // 0, 1, …, 599, one at each grid point: quantile p is 599·p, as R's quantile(0:599, p) says.
  for (let k = 0; k < 600; k++) quantiles.update(START_US + k * 100_000, k);
  const found = values(quantiles, START_US + 60 * SECOND_US);
  [299.5, 569.05, 593.01].forEach((expected, i) => assert(Math.abs(found[i]! - expected) < 1e-9, `${found[i]}`));
});

Deno.test("`QuotedSpreadQuantiles` has a value after a tenth of the window", () => {
  const quantiles = new QuotedSpreadQuantiles({ windowUs });
  quantiles.update(START_US, 0.2);
  assert.equal(values(quantiles, START_US + 6 * SECOND_US - 1)[0], undefined);
  assert.equal(values(quantiles, START_US + 6 * SECOND_US)[0], 0.2);
});

Deno.test("`QuotedSpreadQuantiles` leaves out the time without a spread, and forgets as time passes", () => {
  const quantiles = new QuotedSpreadQuantiles({ windowUs });
  quantiles.update(START_US, 5);
  quantiles.update(START_US + 10 * SECOND_US, NaN);
  assert.deepEqual(values(quantiles, START_US + 60 * SECOND_US), [5, 5, 5]);
  // 100 points left, of which time takes one after the other.
  assert.deepEqual(values(quantiles, START_US + 64 * SECOND_US), [5, 5, 5]);
  assert.equal(values(quantiles, START_US + 64 * SECOND_US + 100_000)[0], undefined);
  quantiles.update(START_US + 65 * SECOND_US, -1);
  assert.deepEqual(values(quantiles, START_US + 71 * SECOND_US), [-1, -1, -1]);
});

Deno.test("`QuotedSpreadQuantiles` begins anew after a closed market", () => {
  const quantiles = new QuotedSpreadQuantiles({ windowUs: HOUR_US });
  quantiles.update(START_US, 0.2);
  assert.deepEqual(values(quantiles, START_US + HOUR_US), [0.2, 0.2, 0.2]);
  assert.equal(values(quantiles, START_US + HOUR_US + 12 * SECOND_US)[0], undefined);
  quantiles.update(START_US + 48 * HOUR_US, 0.4);
  assert.equal(values(quantiles, START_US + 48 * HOUR_US + 300 * SECOND_US)[0], undefined);
  assert.deepEqual(values(quantiles, START_US + 48 * HOUR_US + 400 * SECOND_US), [0.4, 0.4, 0.4]);
});

Deno.test("`QuotedSpreadQuantiles` does not depend on how often time is told", () => {
  for (const windowS of [1, 7.7, 60, 3_600]) {
    const often = new QuotedSpreadQuantiles({ windowUs: windowS * SECOND_US });
    const seldom = new QuotedSpreadQuantiles({ windowUs: windowS * SECOND_US });
    const random = lcg(9);
    let timeUs = START_US;
    for (let i = 0; i < 300; i++) {
      const gapUs = Math.floor(random() * (random() < 0.03 ? 2 * HOUR_US : 0.02 * windowS * SECOND_US));
      for (let k = 1; k < 40; k++) often.advance(timeUs + Math.floor((gapUs * k) / 40));
      timeUs += gapUs;
      const spread = random() < 0.1 ? NaN : random();
      often.update(timeUs, spread);
      seldom.update(timeUs, spread);
      assert.deepEqual(values(often, timeUs), values(seldom, timeUs), `step ${i}`);
    }
  }
});

const DUKASCOPY = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`QuotedSpreadQuantiles` gives those of a day of EURUSD, sampled and sorted anew each minute " +
    "(skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(DUKASCOPY),
  fn() {
    const quotes = gzipLines(DUKASCOPY).slice(1).map((line) => line.split(",").map(Number)).map(([ms, bid, ask]) => ({
      timeUs: ms! * 1000,
      spreadBps: (2e4 * (ask! - bid!)) / (ask! + bid!),
    }));
    const quantiles = new QuotedSpreadQuantiles({ windowUs });
    const firstUs = Math.ceil(quotes[0]!.timeUs / 60e6) * 60e6;
    const sampled = new Float64Array(600);
    let next = 0;
    let at = -1;
    let compared = 0;
    for (let nowUs = firstUs + 60e6; nowUs < quotes.at(-1)!.timeUs; nowUs += 60e6) {
      for (; quotes[next]!.timeUs < nowUs; next++) quantiles.update(quotes[next]!.timeUs, quotes[next]!.spreadBps);
      for (let k = 0; k < 600; k++) {
        while (quotes[at + 1]!.timeUs < nowUs - (599 - k) * 100_000) at++;
        sampled[k] = quotes[at]!.spreadBps;
      }
      sampled.sort();
      const expected = [0.5, 0.95, 0.99].map((p) => {
        const position = p * 599;
        const below = sampled[Math.floor(position)]!;
        return below + (sampled[Math.ceil(position)]! - below) * (position % 1);
      });
      values(quantiles, nowUs).forEach((value, i) => assert(Math.abs(value! - expected[i]!) < 1e-9));
      compared++;
    }
    assert(compared > 1_400, `${compared} minutes`);
  },
});
