import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dollarBars, dollarBarsAbsent } from "../../tests/support/dollar_bars.ts";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, zipLines } from "../../tests/support/shared_data.ts";
import { Vpin } from "./vpin.ts";

const START_US = Date.parse("2024-01-02T15:00:00Z") * 1_000; // Tuesday, 10:00 in New York
const HOUR_US = 3_600_000_000;
const DAY_US = 24 * HOUR_US;

function assertClose(actual: number | undefined, expected: number, relative: number, name = "") {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${name}: ${actual}, not ${expected}`,
  );
}

Deno.test("`Vpin` gives the example of the documentation of OpenQuant's `get_vpin`", () => {
  // Bars of 100, bought 80, 20, 50: mean of |buys − sells|/volume over three is 0.4; 50, 90, 10 follow likewise.
  const vpin = new Vpin({ bucketSize: 100, buckets: 3 });
  const values = [80, 20, 50, 90, 10].map((bought) => {
    vpin.update(START_US, 1.1, bought, 1);
    vpin.update(START_US, 1.1, 100 - bought, -1);
    return vpin.value;
  });
  assert.deepEqual(values, [undefined, undefined, 0.4, 140 / 300, 160 / 300]);
});

Deno.test({
  name: "`Vpin` is mlfinlab's for buckets of one volume (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    // mlfinlab divides by the volume of the current bar; its bars differ in volume by some hundredths within a window, so the two
    // are the same measure there to within as much. For a window of one bar they are the same number.
    const shares = new Vpin({ bucketSize: 1e6, buckets: 20 });
    let compared = 0;
    for (const { volume, expected } of dollarBars()) {
      const bought = expected.bvc_buy_volume_20;
      if (Number.isNaN(bought)) continue;
      const alone = new Vpin({ bucketSize: volume, buckets: 1 });
      alone.update(START_US, 1, bought, 1);
      alone.update(START_US, 1, volume - bought + 1, -1); // one more, so that no last digit is missing
      assertClose(alone.value, expected.vpin_1, 1e-9, "vpin_1");
      shares.update(START_US, 1, Math.round(1e6 * bought / volume), 1);
      shares.update(START_US, 1, 1e6 - Math.round(1e6 * bought / volume), -1);
      if (Number.isNaN(expected.vpin_20)) continue;
      assertClose(shares.value, expected.vpin_20, 0.02, "vpin_20");
      compared++;
    }
    assert(compared > 900, `${compared} bars compared`);
  },
});

Deno.test("`Vpin` splits a trade exactly at a bucket's edge, over any number of buckets", () => {
  const vpin = new Vpin({ bucketSize: 100, buckets: 4 });
  vpin.update(START_US, 1.1, 30, -1);
  vpin.update(START_US, 1.1, 345, 1); // 70, 100, 100, and 75 of the fourth
  assert.equal(vpin.value, undefined);
  vpin.update(START_US, 1.1, 25, -1);
  assertClose(vpin.value, (40 + 100 + 100 + 50) / 400, 1e-15);
});

Deno.test("`Vpin` takes a trade of a million buckets as one that fills them all", () => {
  const vpin = new Vpin({ bucketSize: 3, buckets: 50 });
  vpin.update(START_US, 1.1, 3e6 + 1, -1);
  assert.equal(vpin.value, 1);
  // The rest of one in a bucket of three, filled up from the other side.
  vpin.update(START_US, 1.1, 2, 1);
  assertClose(vpin.value, (49 + 1 / 3) / 50, 1e-12);
  vpin.update(START_US, 1.1, 1.7e308, 1);
  assert.equal(vpin.value, 1);
});

Deno.test("`Vpin` counts a trade of unknown side half to each, and says nothing where no side is known", () => {
  const vpin = new Vpin({ bucketSize: 100, buckets: 2 });
  vpin.update(START_US, 1.1, 250, 0);
  assert(vpin.warm);
  assert.equal(vpin.value, undefined);
  vpin.update(START_US, 1.1, 50, 1);
  assert.equal(vpin.value, 50 / 200);
});

Deno.test("`Vpin.cdf` is the share of the trailing VPINs that are no higher", () => {
  const vpin = new Vpin({ bucketSize: 100, buckets: 1, cdfCount: 25 });
  const bucket = (bought: number) => {
    vpin.update(START_US, 1.1, bought, 1);
    vpin.update(START_US, 1.1, 100 - bought, -1);
  };
  for (let k = 0; k < 19; k++) bucket(50 + k);
  assert.equal(vpin.cdf, undefined);
  bucket(50); // VPIN 0, as the first one
  assert.equal(vpin.cdf, 2 / 20);
  bucket(99);
  assert.equal(vpin.cdf, 1);
  for (let k = 0; k < 25; k++) bucket(80);
  assert.equal(vpin.cdf, 1);
  bucket(60);
  assert.equal(vpin.cdf, 1 / 25);
});

Deno.test("`Vpin.bucketSize` goes from the rate of the first hour to the mean of whole trading days", () => {
  const vpin = new Vpin({ bucketsPerDay: 50 });
  const trade = (timeUs: number, size: number) => vpin.update(timeUs, 1.1, size, 1);
  // Ten every six minutes: 100 in the first hour, 2,400 a day.
  for (let i = 0; i < 10; i++) trade(START_US + i * HOUR_US / 10, 10);
  assert.equal(vpin.bucketSize, undefined);
  trade(START_US + HOUR_US, 10);
  assertClose(vpin.bucketSize, 2_400 / 50, 1e-12);
  // It stays until 17:00 in New York whatever is traded.
  trade(START_US + 2 * HOUR_US, 9_870);
  assertClose(vpin.bucketSize, 2_400 / 50, 1e-12);
  // The day was not whole: 10,000 − 20 in the two open hours that were seen, and a pause of five.
  trade(START_US + 7 * HOUR_US, 100);
  assertClose(vpin.bucketSize, (9_980 * 24 / 2) / 50, 1e-12);
  // A whole day of 100 + 700, then one of 1,200; a weekend has no trades and is no day.
  trade(START_US + 20 * HOUR_US, 700);
  trade(START_US + DAY_US + 7 * HOUR_US, 1_200);
  assertClose(vpin.bucketSize, 800 / 50, 1e-12);
  trade(START_US + 7 * DAY_US, 1);
  assertClose(vpin.bucketSize, 1_000 / 50, 1e-12);
});

Deno.test("`Vpin.bucketSize` forgets what is older than twenty trading days with trades", () => {
  const vpin = new Vpin({ bucketsPerDay: 1 });
  for (let day = 0; day < 40; day++) vpin.update(START_US + day * DAY_US, 1.1, 1 + day, 1);
  // Days 19 to 38 are whole: 20 to 39.
  assertClose(vpin.bucketSize, 29.5, 1e-12);
});

Deno.test("`Vpin` does not mind how long the market is closed between two trades", () => {
  const values = [0, 49 * HOUR_US].map((pauseUs) => {
    const random = lcg(5);
    const vpin = new Vpin({ bucketSize: 100, buckets: 5 });
    for (let i = 0; i < 200; i++) {
      vpin.update(START_US + i * 1_000 + (i < 100 ? 0 : pauseUs), 1.1, 50 * random(), random() < 0.5 ? 1 : -1);
    }
    return vpin.value;
  });
  assert(values[0]! > 0);
  assert.equal(values[1], values[0]);
});

Deno.test("`Vpin` with bulk classification leans the way the price does", () => {
  const play = (drift: number) => {
    const random = lcg(9);
    const vpin = new Vpin({ bucketSize: 1_000, buckets: 20, signing: "bulk", bulkBarUs: 1_000_000 });
    let price = 1.1;
    for (let i = 0; i < 2_000; i++) {
      price += 1e-5 * (random() - 0.5 + (i > 1_500 ? drift : 0));
      vpin.update(START_US + i * 250_000, price, 100, 0);
    }
    return vpin.value!;
  };
  const quiet = play(0);
  assert(quiet > 0.3 && quiet < 0.7, `${quiet}`); // E|2Φ(z) − 1| = ½ where z is standard normal
  assert(play(2) > 0.95, `${play(2)}`);
});

Deno.test("`Vpin` ignores what has no size", () => {
  const vpin = new Vpin({ bucketSize: 100 });
  for (const size of [0, -1, NaN, Infinity]) vpin.update(START_US, 1.1, size, 1);
  assert(!vpin.hasTrades);
});

/** VPIN by cumulative volume: a bucket's bought less sold is the difference of a piecewise linear function at its edges. */
function vpinByVolume(trades: readonly (readonly [size: number, sign: number])[], bucketSize: number, count: number) {
  const nets: number[] = [];
  let [volume, net, edgeNet] = [0, 0, 0];
  for (const [size, sign] of trades) {
    while ((nets.length + 1) * bucketSize <= volume + size) {
      const netAtEdge = net + sign * ((nets.length + 1) * bucketSize - volume);
      nets.push(Math.abs(netAtEdge - edgeNet));
      edgeNet = netAtEdge;
    }
    volume += size;
    net += sign * size;
  }
  return nets.map((_, i) =>
    i < count - 1 ? NaN : nets.slice(i - count + 1, i + 1).reduce((a, b) => a + b) / (count * bucketSize)
  );
}

function assertVpins(
  trades: readonly (readonly [size: number, sign: number])[],
  bucketSize: number,
  bucketsMin: number,
) {
  const expected = vpinByVolume(trades, bucketSize, 50);
  assert(expected.length > bucketsMin, `${expected.length} buckets`);
  const vpin = new Vpin({ bucketSize, buckets: 50, cdfCount: 200 });
  let volume = 0;
  trades.forEach(([size, sign], i) => {
    vpin.update(START_US + i, 1, size, sign);
    volume += size;
    const wanted = expected[Math.floor(volume / bucketSize) - 1];
    if (wanted === undefined || Number.isNaN(wanted)) assert.equal(vpin.value, undefined);
    else assertClose(vpin.value, wanted, 1e-12, `after ${i + 1} trades`);
  });
  const newest = expected.at(-1)!;
  const trailing = expected.slice(49).slice(-200);
  assertClose(vpin.cdf, trailing.filter((value) => value <= newest + 1e-10).length / trailing.length, 1e-12, "cdf");
}

const AMAZON = `${DATA}/lob/lobster/LOBSTER_SampleFile_AMZN_2012-06-21_5.zip`;

Deno.test({
  name: "`Vpin` is that of a session of Amazon, sides told (skipped without lob/lobster)",
  ignore: !existsSync(AMAZON),
  async fn() {
    const trades = (await zipLines(AMAZON, /_message_/)).map((line) => line.split(",").map(Number))
      .filter(([, type]) => type === 4 || type === 5)
      .map(([, , , size, , direction]) => [size!, -direction!] as const);
    assertVpins(trades, 1_000, 500);
  },
});

const BANK = `${DATA}/lob/lean_equity_tick_2013-10/bac_20131007_trade.zip`;

Deno.test({
  name:
    "`Vpin` is that of a day of Bank of America, sides by the tick test (skipped without lob/lean_equity_tick_2013-10)",
  ignore: !existsSync(BANK),
  async fn() {
    let price = NaN;
    let sign = 0;
    const trades = (await zipLines(BANK, /./)).map((line) => {
      const [, newPrice, size] = line.split(",", 3).map(Number);
      if (newPrice! > price) sign = 1;
      else if (newPrice! < price) sign = -1;
      price = newPrice!;
      return [size!, sign] as const;
    });
    assertVpins(trades, 100_000, 500);
  },
});
