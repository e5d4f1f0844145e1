import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dollarBars, dollarBarsAbsent } from "../../tests/support/dollar_bars.ts";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, zipLines } from "../../tests/support/shared_data.ts";
import { KyleLambda } from "./kyle_lambda.ts";

const START_US = 1_700_000_000_000_000;
const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;

function assertClose(actual: number | undefined, expected: number, relative: number, name = "") {
  assert(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${name}: ${actual}, not ${expected}`,
  );
}

/** λ of intervals that are told one by one, each with its signed volume in millions and the mid at its end. */
function lambdaOf(startMid: number, intervals: readonly (readonly [millions: number, endMid: number])[]): KyleLambda {
  const kyle = new KyleLambda({ intervalUs: SECOND_US, count: intervals.length, countMin: 3 });
  kyle.quote(START_US - 1, startMid);
  intervals.forEach(([millions, endMid], i) => {
    const timeUs = START_US + i * SECOND_US;
    if (millions !== 0) kyle.trade({ timeUs, size: Math.abs(millions) * 1e6, sign: millions > 0 ? 1 : -1 });
    kyle.quote(timeUs + 1, endMid);
  });
  kyle.advance(START_US + intervals.length * SECOND_US);
  return kyle;
}

Deno.test("`KyleLambda` gives the example of the documentation of OpenQuant's `get_trades_based_kyle_lambda`", () => {
  // Price changes 0.2, −0.1, 0.4 on signed volumes 10, −5, 20: 0.02 a unit. The mid is large, so that bps are of one level.
  const level = 1e9;
  const { slope } = lambdaOf(level, [[10, level + 0.2], [-5, level + 0.1], [20, level + 0.5]]);
  assertClose((slope! * level) / 1e4, 0.02, 1e-5);
});

Deno.test("`KyleLambda` recovers λ = ½·σ_v/σ_u of the one-period equilibrium (Kyle 1985, theorem 1)", () => {
  const random = lcg(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [sigmaValue, sigmaNoise] = [0.0003, 2];
  const beta = sigmaNoise / sigmaValue;
  // The value becomes known at the end of an auction and is where the next one begins.
  let mid = 1;
  const auctions = Array.from({ length: 20_000 }, () => {
    const surprise = sigmaValue * normal();
    const flow = beta * surprise + sigmaNoise * normal();
    return [flow, mid *= 1 + surprise] as const;
  });
  const { slope, r2, tStatistic } = lambdaOf(1, auctions);
  assertClose(slope, 1e4 * 0.5 * sigmaValue / sigmaNoise, 0.02, "λ");
  // Half of what the insider knows is in the price after the auction.
  assertClose(r2, 0.5, 0.03, "R²");
  assertClose(tStatistic, Math.sqrt(20_000), 0.05, "t");
});

Deno.test({
  name: "`KyleLambda` agrees with mlfinlab where the two say the same (skipped without reference/mlfinlab)",
  ignore: dollarBarsAbsent,
  fn() {
    // mlfinlab's is the mean of ΔP/(V·sign ΔP). Where volumes are alike and as many bars rose as fell, that is the slope
    // of the regression; its bars of equal dollars have volumes that differ by some hundredths within a window.
    const bars = dollarBars();
    let compared = 0;
    for (let end = 21; end < bars.length; end++) {
      const window = bars.slice(end - 19, end + 1);
      const changes = window.map(({ close }, i) => close - bars[end - 20 + i]!.close);
      if (changes.includes(0) || changes.filter((change) => change > 0).length !== 10) continue;
      const startMid = bars[end - 20]!.close;
      const kyle = lambdaOf(
        startMid,
        window.map(({ close, volume }, i) => [Math.sign(changes[i]!) * volume / 1e6, close]),
      );
      const perContract = 1e-10 * kyle.slope! * startMid;
      assertClose(perContract, window.at(-1)!.expected.kyle_20, 0.03, `bar ${end}`);
      compared++;
    }
    assert(compared > 50, `${compared} windows compared`);
  },
});

const AMAZON = `${DATA}/lob/lobster/LOBSTER_SampleFile_AMZN_2012-06-21_5.zip`;

Deno.test({
  name: "`KyleLambda` is least squares on a session of Amazon (skipped without lob/lobster)",
  ignore: !existsSync(AMAZON),
  async fn() {
    const midnightUs = Date.parse("2012-06-21T04:00:00Z") * 1_000;
    const messages = (await zipLines(AMAZON, /_message_/)).map((line) => line.split(",").map(Number));
    const mids = (await zipLines(AMAZON, /_orderbook_/)).map((line) => {
      const [ask, , bid] = line.split(",", 3).map(Number);
      return (ask! + bid!) / 20_000;
    });
    const kyle = new KyleLambda();
    const x = new Map<number, number>();
    const edgeMid = new Map<number, number>();
    let lastMid = NaN;
    let checked = 0;
    let slopes = 0;
    let nextCheckUs = 0;
    messages.forEach(([seconds, type, , size, , direction], i) => {
      const timeUs = midnightUs + Math.round(seconds! * 1e6);
      const interval = Math.floor(timeUs / 10_000_000);
      // Every edge up to now has the mid strictly before it.
      for (let edge = interval; edge > interval - 100 && !edgeMid.has(edge); edge--) edgeMid.set(edge, lastMid);
      if (type === 4 || type === 5) {
        kyle.trade({ timeUs, size: size!, sign: -direction! as 1 | -1 });
        x.set(interval, (x.get(interval) ?? 0) - direction! * size! / 1e6);
      }
      kyle.quote(timeUs, mids[i]!);
      lastMid = mids[i]!;
      if (timeUs < nextCheckUs || kyle.count < 60) return;
      nextCheckUs = timeUs + 120 * SECOND_US;
      const points = Array.from({ length: 60 }, (_, k) => {
        const start = interval - 60 + k;
        const [from, to] = [edgeMid.get(start)!, edgeMid.get(start + 1)!];
        return [x.get(start) ?? 0, 1e4 * (to - from) / from] as const;
      });
      const meanX = points.reduce((sum, [x]) => sum + x, 0) / 60;
      const meanY = points.reduce((sum, [, y]) => sum + y, 0) / 60;
      const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
      const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx;
      const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
      assertClose(kyle.slope, slope, 1e-9, `λ at ${seconds}`);
      assertClose(kyle.tStatistic, slope / Math.sqrt(residual / 58 / sxx), 1e-9, `t at ${seconds}`);
      checked++;
      slopes += slope;
    });
    assert(checked > 150, `${checked} times`);
    // Buying lifts the mid: some thousandths of a bps for each share of Amazon.
    assert(slopes / checked > 1_000, `${slopes / checked} bps per million`);
  },
});

Deno.test("`KyleLambda.trade()` at an edge is of the interval that begins there, `quote()` likewise", () => {
  const kyle = new KyleLambda({ intervalUs: SECOND_US, count: 3, countMin: 3 });
  kyle.quote(START_US, 1);
  // Interval 1 to 2: nothing. The trade and the mid at 2 are of 2 to 3.
  kyle.trade({ timeUs: START_US + 2 * SECOND_US, size: 2e6, sign: 1 });
  kyle.quote(START_US + 2 * SECOND_US, 1.0002);
  kyle.advance(START_US + 4 * SECOND_US);
  assert.equal(kyle.count, 3);
  assertClose(kyle.slope, 1, 1e-9);
});

Deno.test("`KyleLambda` counts an open market without trades as intervals without flow", () => {
  const kyle = new KyleLambda({ intervalUs: SECOND_US, count: 5, countMin: 3 });
  kyle.quote(START_US, 1.1);
  kyle.advance(START_US + 5 * SECOND_US);
  assert.equal(kyle.count, 4);
  assert(!kyle.hasEvents);
  assert.equal(kyle.slope, undefined);
  kyle.trade({ timeUs: START_US + 5 * SECOND_US, size: 1e6, sign: 0 });
  assert(kyle.hasEvents && !kyle.hasDirection);
  kyle.trade({ timeUs: START_US + 5 * SECOND_US, size: 1e6, sign: 1 });
  assert(kyle.hasDirection);
  kyle.quote(START_US + 5 * SECOND_US + 1, 1.2);
  kyle.advance(START_US + 7 * SECOND_US);
  assert(kyle.slope! > 900);
  kyle.advance(START_US + 12 * SECOND_US);
  assert(!kyle.hasEvents && !kyle.hasDirection);
  assert.equal(kyle.slope, undefined);
});

Deno.test("`KyleLambda` makes no interval over a closed market, however time is told meanwhile", () => {
  const counts = [Infinity, HOUR_US / 2, SECOND_US].map((tellEveryUs) => {
    const kyle = new KyleLambda({ intervalUs: 10 * SECOND_US, count: 1_000 });
    kyle.quote(START_US, 1.1);
    const mondayUs = START_US + 48 * HOUR_US;
    for (let timeUs = START_US; timeUs < mondayUs; timeUs += tellEveryUs) kyle.advance(timeUs);
    kyle.trade({ timeUs: mondayUs, size: 1e6, sign: 1 });
    kyle.quote(mondayUs + 1, 1.2);
    kyle.advance(mondayUs + 30 * SECOND_US);
    // The mid stood: there is no variance but in the flow, and the flow over the gap is not in it.
    assert(kyle.slope === undefined || kyle.slope === 0, `${kyle.slope}`);
    return kyle.count;
  });
  // An hour of a standing mid, and two intervals on Monday.
  assert.deepEqual(new Set(counts), new Set([359 + 2]));
});

Deno.test("`KyleLambda.trade()` ignores zero-volume trades", () => {
  const kyle = new KyleLambda();
  for (const size of [0, NaN, -1]) kyle.trade({ timeUs: START_US, size, sign: 1 });
  assert(!kyle.hasEvents);
});
