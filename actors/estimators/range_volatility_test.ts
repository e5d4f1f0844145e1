import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { RangeVolatility } from "./range_volatility.ts";

const START_US = 1_700_000_040_000_000; // a whole minute
const S_US = 1_000_000;
const MINUTE_US = 60 * S_US;

const close = (actual: number | undefined, expected: number, tolerance = 1e-12) =>
  assert(Math.abs(actual! - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);

type Mid = readonly [seconds: number, mid: number];

function of(mids: readonly Mid[], untilS: number, tellEveryS = Infinity): RangeVolatility {
  const ranges = new RangeVolatility();
  let now = mids[0]![0];
  for (const [at, mid] of [...mids, [untilS, NaN] as const]) {
    for (; now < at; now += tellEveryS) ranges.advance(START_US + now * S_US);
    now = at;
    if (at < untilS) ranges.update(START_US + at * S_US, mid);
  }
  ranges.advance(START_US + untilS * S_US);
  return ranges;
}

Deno.test("`RangeVolatility` gives Parkinson (1980) and Garman–Klass (1980) of two bars by hand", () => {
  // Bars from minute 1 and 2: open 100, high 102, low 99, close 101; open 101, high 103, low 100, close 100.
  const ranges = of([[30, 100], [70, 102], [80, 99], [90, 101], [130, 103], [170, 100]], 180);
  const first = Math.log(102 / 99);
  const second = Math.log(103 / 100);
  assert.equal(ranges.count, 2);
  close(ranges.parkinson, Math.sqrt((first ** 2 + second ** 2) / (8 * Math.LN2)));
  const klass = (range: number, change: number) => range ** 2 / 2 - (2 * Math.LN2 - 1) * change ** 2;
  const mean = (klass(first, Math.log(101 / 100)) + klass(second, Math.log(100 / 101))) / 2;
  close(ranges.garmanKlass, Math.sqrt(mean));
  // 374,400 minutes of trading in a year.
  close(ranges.garmanKlassPct, 100 * Math.sqrt(mean * 374_400));
});

Deno.test("`RangeVolatility` opens a bar with the mid that holds then: nothing is lost between two bars", () => {
  const ranges = of([[30, 1], [120, Math.exp(0.002)]], 240);
  // The step at 120 s belongs to the bar that begins there, whose open is 1; the third bar stands still.
  assert.equal(ranges.count, 3);
  close(ranges.parkinson, Math.sqrt(0.002 ** 2 / (4 * 3 * Math.LN2)));
});

Deno.test("`RangeVolatility` counts bars in which the mid stood still with 0", () => {
  const ranges = of([[30, 1.1]], 30 * 60);
  assert.deepEqual([ranges.count, ranges.parkinsonPct, ranges.garmanKlassPct], [29, 0, 0]);
});

Deno.test("`RangeVolatility` leaves out bars in which there was no mid for a while", () => {
  const ranges = of([[30, 1.1], [130, NaN], [140, 1.2]], 300);
  assert.equal(ranges.count, 3, "the bars from minutes 1, 3 and 4");
  assert.equal(ranges.parkinson, 0);
});

Deno.test("`RangeVolatility` begins anew behind a weekend, however time is told meanwhile", () => {
  const friday: Mid[] = [[30, 1.1], [70, 1.101], [130, 1.1]];
  const sundayS = 48 * 3_600;
  for (const emptied of [[], [[140, NaN] as Mid]]) {
    for (const tellEveryS of [Infinity, 1_800, 1]) {
      const ranges = of([...friday, ...emptied, [sundayS + 30, 1.2]], sundayS + 180, tellEveryS);
      assert.deepEqual([ranges.count, ranges.parkinson], [2, 0], `told every ${tellEveryS} s`);
    }
  }
});

Deno.test("`RangeVolatility` does not depend on how often time is told", () => {
  const random = lcg(4);
  for (let round = 0; round < 20; round++) {
    const mids: Mid[] = [];
    let at = 0;
    for (let i = 0; i < 60; i++) {
      mids.push([at, random() < 0.1 ? NaN : 1 + random() / 100]);
      at += Math.floor(random() < 0.05 ? random() * 8_000 : random() * 100);
    }
    const [seldom, often] = [of(mids, at), of(mids, at, 7)];
    assert.equal(often.count, seldom.count);
    const [a, b] = [often.parkinson, seldom.parkinson];
    assert(a === b || Math.abs(a! - b!) < 1e-12 * b!);
  }
});

Deno.test("`RangeVolatility` finds the volatility of a random walk, Garman–Klass with less scatter", () => {
  const random = lcg(8);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const found: [number, number][] = [];
  const ranges = new RangeVolatility({ barCount: 60 });
  let logMid = 0;
  for (let k = 0; k < 60 * 61 * 20; k++) {
    // 50 steps a second: the range of a walk in few steps is too small.
    for (let i = 0; i < 50; i++) {
      logMid += (1e-5 / Math.sqrt(50)) * normal();
      ranges.update(START_US + k * S_US + i * 20_000, Math.exp(logMid));
    }
    if (k % 3_660 === 3_659) found.push([ranges.parkinson!, ranges.garmanKlass!]);
  }
  const scatter = [0, 1].map((which) => {
    const values = found.map((pair) => pair[which]! / (1e-5 * Math.sqrt(60)));
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    assert(Math.abs(mean - 1) < 0.04, `${which}: ${mean}`);
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  assert(scatter[1]! < scatter[0]!);
});

const GBPJPY = `${DATA}/fx/dukascopy_gbpjpy/GBPJPY_20121207.csv.gz`;

Deno.test({
  name:
    "`RangeVolatility` of GBPJPY on payrolls Friday is the formula over its bars (skipped without fx/dukascopy_gbpjpy)",
  ignore: !existsSync(GBPJPY),
  fn() {
    const ranges = new RangeVolatility();
    const bars = new Map<number, number[]>();
    let last = NaN;
    let endUs = 0;
    for (const line of gzipLines(GBPJPY).slice(1)) {
      const [ms, bid, ask] = line.split(",").map(Number);
      const mid = (bid! + ask!) / 2;
      const minute = Math.floor(ms! / 60_000);
      // Until 14:00 UTC, half an hour after the payrolls.
      endUs = (Math.floor(ms! / 86_400_000) * 86_400 + 14 * 3_600) * S_US;
      if (ms! * 1_000 >= endUs) break;
      ranges.update(ms! * 1_000, mid);
      bars.set(minute, [...(bars.get(minute) ?? [last]), mid]);
      last = mid;
    }
    ranges.advance(endUs);
    const end = endUs / MINUTE_US;
    let parkinson = 0;
    let klass = 0;
    for (let minute = end - 60; minute < end; minute++) {
      const bar = bars.get(minute)!;
      const [high, low] = [Math.max(...bar), Math.min(...bar)];
      parkinson += Math.log(high / low) ** 2 / (4 * Math.LN2);
      klass += Math.log(high / low) ** 2 / 2 - (2 * Math.LN2 - 1) * (Math.log(bar.at(-1)!) - Math.log(bar[0]!)) ** 2;
    }
    close(ranges.parkinsonPct, 100 * Math.sqrt((parkinson / 60) * 374_400), 1e-9);
    close(ranges.garmanKlassPct, 100 * Math.sqrt((klass / 60) * 374_400), 1e-9);
    assert(ranges.parkinsonPct! > 5);
  },
});
