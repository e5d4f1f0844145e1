import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { ArrivalRate } from "./arrival_rate.ts";

const START_US = 1_700_000_000_000_000;
const S_US = 1_000_000;
const HOUR_US = 3_600 * S_US;

Deno.test("`ArrivalRate.perSecond` is that of events which come evenly, in windows of any length", () => {
  for (const windowUs of [S_US, 10 * S_US, 60 * S_US]) {
    const arrival = new ArrivalRate({ windowUs });
    for (let k = 0; k < 10_000; k++) arrival.update(START_US + k * 50_000);
    arrival.advance(START_US + 500 * S_US);
    assert(Math.abs(arrival.perSecond! - 20) <= 20 / 40, `${arrival.perSecond}`);
  }
});

Deno.test("`ArrivalRate` is warm after a tenth of its window, and forgets what has left it", () => {
  const arrival = new ArrivalRate({ windowUs: 40 * S_US });
  for (let k = 0; k < 10; k++) arrival.update(START_US);
  arrival.advance(START_US + 4 * S_US - 1);
  assert.equal(arrival.perSecond, undefined);
  arrival.advance(START_US + 4 * S_US);
  assert.equal(arrival.perSecond, 10 / 4);
  arrival.advance(START_US + 40 * S_US);
  assert.equal(arrival.perSecond, 10 / 40);
  arrival.advance(START_US + 41 * S_US);
  assert.equal(arrival.perSecond, 0);
});

Deno.test("`ArrivalRate.interArrivalUs` by hand: 100, then 100 + (420 − 100)/32", () => {
  const arrival = new ArrivalRate();
  arrival.update(START_US);
  assert.equal(arrival.interArrivalUs, undefined);
  arrival.update(START_US + 100);
  arrival.update(START_US + 520);
  assert.equal(arrival.interArrivalUs, 110);
});

Deno.test("`ArrivalRate.interArrivalUs` does not count a weekend as a time between two quotes", () => {
  const arrival = new ArrivalRate();
  arrival.update(START_US);
  arrival.update(START_US + 100);
  arrival.update(START_US + 48 * HOUR_US);
  assert.equal(arrival.interArrivalUs, 100);
  arrival.update(START_US + 48 * HOUR_US + 420);
  assert.equal(arrival.interArrivalUs, 110);
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`ArrivalRate` of EURUSD is the count of its last ten seconds (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const times = gzipLines(EURUSD).slice(1, 30_001).map((line) => Number(line.split(",")[0]) * 1_000);
    const arrival = new ArrivalRate();
    times.forEach((timeUs, i) => {
      arrival.update(timeUs);
      if (i % 499 !== 0 || timeUs - times[0]! < 11 * S_US) return;
      const fromUs = Math.floor(timeUs / 250_000) * 250_000 - 10 * S_US;
      assert.equal(arrival.perSecond, times.slice(0, i + 1).filter((at) => at >= fromUs).length / 10);
    });
  },
});
