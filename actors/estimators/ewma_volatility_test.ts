import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { EwmaVolatility } from "./ewma_volatility.ts";

const START_US = 1_700_000_000_000_000;
const S_US = 1_000_000;
const HOUR_US = 3_600 * S_US;

const close = (actual: number | undefined, expected: number, tolerance = 1e-9) =>
  assert(Math.abs(actual! - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);

Deno.test("`EwmaVolatility` has the weights of RiskMetrics (1996): λ = 0.94 halves in 11.2 returns", () => {
  const halfLifeUs = (Math.log(0.5) / Math.log(0.94)) * S_US;
  const volatility = new EwmaVolatility({ halfLifeUs });
  const returns = Array.from({ length: 74 }, (_, k) => 1e-4 * Math.sin(k + 1));
  let logMid = 0;
  volatility.update(START_US - 1, 1);
  returns.forEach((r, k) => volatility.update(START_US + k * S_US + 1, Math.exp(logMid += r)));
  volatility.advance(START_US + 74 * S_US);
  const weights = returns.map((_, k) => 0.06 * 0.94 ** (73 - k));
  const weight = weights.reduce((sum, value) => sum + value);
  // The document's number of days for a tolerance of 1 %: 74 returns hold 99 % of the weight.
  assert(Math.abs(weight - 0.99) < 0.001);
  close(volatility.variancePerSecond, returns.reduce((sum, r, k) => sum + weights[k]! * r * r, 0) / weight);
});

Deno.test("`EwmaVolatility.annualPct` of 1 bp a second is √22,464,000 times that", () => {
  const volatility = new EwmaVolatility({ halfLifeUs: 5 * S_US });
  for (let k = 0; k < 100; k++) volatility.update(START_US + k * S_US, Math.exp(1e-4 * (k % 2)));
  close(volatility.annualPct, 100 * Math.sqrt(22_464_000) * 1e-4);
});

Deno.test("`EwmaVolatility` decays for an hour of a standing mid and no longer, however time is told", () => {
  const found = [Infinity, 1_800 * S_US, S_US].map((tellEveryUs) => {
    const volatility = new EwmaVolatility({ halfLifeUs: HOUR_US });
    const play = (fromUs: number, level: number) => {
      for (let k = 0; k < 4_000; k++) volatility.update(fromUs + k * S_US, level * (1 + 1e-5 * (k % 2)));
    };
    play(START_US, 1.1);
    const lastUs = START_US + 3_999 * S_US;
    const mondayUs = START_US + 48 * HOUR_US;
    assert.deepEqual([HOUR_US, HOUR_US + 1].map((ageUs) => volatility.openAt(lastUs + ageUs)), [true, false]);
    for (let at = lastUs; at < mondayUs; at += tellEveryUs) volatility.advance(at);
    play(mondayUs, 1.2);
    return volatility.variancePerSecond!;
  });
  close(found[1], found[0]!);
  close(found[2], found[0]!);
});

Deno.test("`EwmaVolatility` has no return where the hour ended since the last grid point", () => {
  for (const tellEveryUs of [Infinity, S_US]) {
    const volatility = new EwmaVolatility({ halfLifeUs: S_US });
    volatility.update(START_US + 500_000, 1.1);
    for (let at = START_US + S_US; at < START_US + 3_600 * S_US; at += tellEveryUs) volatility.advance(at);
    volatility.update(START_US + 3_600_600_000, 1.2);
    volatility.update(START_US + 3_605_000_000, 1.2);
    assert.equal(volatility.variancePerSecond, 0);
  }
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name:
    "`EwmaVolatility` of EURUSD is the weighted sum over the mids of each second (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const volatility = new EwmaVolatility();
    const logMids: number[] = [];
    let last = NaN;
    let lastSecond = 0;
    for (const line of gzipLines(EURUSD).slice(1, 20_000)) {
      const [ms, bid, ask] = line.split(",").map(Number);
      const second = Math.floor(ms! / 1_000);
      // The mid held at every whole second since the last quote.
      for (let at = lastSecond; at < second && lastSecond > 0; at++) logMids.push(last);
      lastSecond = second;
      last = Math.log((bid! + ask!) / 2);
      volatility.update(ms! * 1_000, (bid! + ask!) / 2);
    }
    const decay = 2 ** (-1 / 30);
    let sum = 0;
    let weights = 0;
    for (let k = 1; k < logMids.length; k++) {
      const weight = decay ** (logMids.length - 1 - k);
      sum += weight * (logMids[k]! - logMids[k - 1]!) ** 2;
      weights += weight;
    }
    close(volatility.variancePerSecond, sum / weights);
  },
});
