import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import {
  assertNear,
  assertRestores,
  distinctTicks,
  type PairTick,
  randomTicks,
  START_US,
} from "../../tests/support/market_fold.ts";
import { HayashiYoshida } from "./hayashi_yoshida.ts";

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const SECOND_US = 1_000_000;
const OPTIONS = {
  slotUs: 2 * SECOND_US,
  slotCount: 6,
  shortSlotCount: 2,
  longSlotUs: 8 * SECOND_US,
  longSlotCount: 4,
  countMin: 3,
  pairCountMax: 8,
};

interface Interval {
  startUs: number;
  endUs: number;
  logReturn: number;
}

function intervalsOf(ticks: readonly PairTick[], pair: number): Interval[] {
  const list = distinctTicks(ticks, pair);
  return list.slice(1).map(({ timeUs, logMid }, k) => ({
    startUs: list[k]!.timeUs,
    endUs: timeUs,
    logReturn: logMid - list[k]!.logMid,
  })).filter(({ startUs, endUs }) => endUs - startUs <= CLOSED_MARKET_US);
}

/** The double sum as it stands in the paper, each product at the time at which its later interval ends. */
function batch(ticks: readonly PairTick[], a: number, b: number, sinceUs: number, countMin: number) {
  const [as, bs] = [intervalsOf(ticks, a), intervalsOf(ticks, b)];
  let covariance = 0;
  for (const i of as) {
    for (const j of bs) {
      const overlap = Math.max(i.startUs, j.startUs) < Math.min(i.endUs, j.endUs);
      if (overlap && Math.max(i.endUs, j.endUs) >= sinceUs) covariance += i.logReturn * j.logReturn;
    }
  }
  const within = (list: Interval[]) => list.filter(({ endUs }) => endUs >= sinceUs);
  const squares = (list: Interval[]) => within(list).reduce((sum, { logReturn }) => sum + logReturn ** 2, 0);
  const count = Math.min(within(as).length, within(bs).length);
  const correlation = covariance / Math.sqrt(squares(as) * squares(bs));
  return {
    covariance,
    correlation: count >= countMin && Number.isFinite(correlation) ? correlation : undefined,
    count,
  };
}

function fed(ticks: readonly PairTick[], options = {}): HayashiYoshida {
  const correlations = new HayashiYoshida(options);
  for (const [pair, timeUs, logMid] of ticks) correlations.update(pair, timeUs, logMid);
  return correlations;
}

const WINDOWS = {
  value: (nowUs: number) => (Math.floor(nowUs / OPTIONS.slotUs) - OPTIONS.slotCount) * OPTIONS.slotUs,
  short: (nowUs: number) => (Math.floor(nowUs / OPTIONS.slotUs) - OPTIONS.shortSlotCount) * OPTIONS.slotUs,
  long: (nowUs: number) => (Math.floor(nowUs / OPTIONS.longSlotUs) - OPTIONS.longSlotCount) * OPTIONS.longSlotUs,
};

Deno.test("`HayashiYoshida` is the double sum over overlapping intervals at every prefix, in every window", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const ticks = randomTicks(lcg(seed * 7919), 120, 3);
    const correlations = new HayashiYoshida(OPTIONS);
    ticks.forEach(([pair, timeUs, logMid], k) => {
      correlations.update(pair, timeUs, logMid);
      for (const window of ["value", "short", "long"] as const) {
        const read = correlations.read(window);
        for (const [a, b] of [[0, 1], [2, 0], [1, 2]] as const) {
          const expected = batch(ticks.slice(0, k + 1), a, b, WINDOWS[window](timeUs), OPTIONS.countMin);
          const where = `seed ${seed}, tick ${k}, ${window} of ${a} and ${b}`;
          assert.equal(read.count(a, b), expected.count, where);
          assert(Math.abs(read.covariance(a, b) - expected.covariance) < 1e-16, where);
          if (expected.count === 0 || read.of(a, b) === undefined) {
            assertNear(read.of(a, b), expected.correlation, where);
          } else assert(Math.abs(read.of(a, b)! - expected.correlation!) < 1e-7, where);
        }
      }
    });
  }
});

Deno.test("`HayashiYoshida` counts each of two simultaneous ticks once, whichever comes first", () => {
  const random = lcg(3);
  const rows = Array.from({ length: 200 }, (_, k) => [START_US + k * 1_000, random(), random()] as const);
  const both = rows.flatMap(([timeUs, a, b]): PairTick[] => [[0, timeUs, a], [1, timeUs, b]]);
  const mixed = rows.flatMap(([timeUs, a, b], k): PairTick[] =>
    k % 2 === 0 ? [[0, timeUs, a], [1, timeUs, b]] : [[1, timeUs, b], [0, timeUs, a]]
  );
  // Where all ticks come together it is the plain sum of products.
  const plain = rows.slice(1).reduce((sum, [, a, b], k) => sum + (a - rows[k]![1]) * (b - rows[k]![2]), 0);
  for (const ticks of [both, mixed]) {
    assertNear(fed(ticks).read("value").covariance(0, 1), plain, "simultaneous");
  }
});

Deno.test("`HayashiYoshida` has no return over a closed market, and goes on after it", () => {
  const ticks: PairTick[] = [[0, START_US, 0], [1, START_US, 0]];
  const later = START_US + CLOSED_MARKET_US + 1;
  ticks.push([0, later, 1], [1, later, 1], [0, later + 1, 1.5], [1, later + 1, 1.25]);
  const read = fed(ticks, { countMin: 1 }).read("long");
  assert.equal(read.covariance(0, 1), 0.125);
  assert.equal(read.count(0, 1), 1);
});

Deno.test("`HayashiYoshida` restored at any cut continues bit for bit", () => {
  assertRestores<PairTick>({
    make: () => new HayashiYoshida(OPTIONS),
    update: (correlations, [pair, timeUs, logMid]) => (correlations as HayashiYoshida).update(pair, timeUs, logMid),
    steps: randomTicks(lcg(11), 300, 4),
  });
});

Deno.test("`HayashiYoshida` answers `undefined` without variance, without a second pair, and for no ticks", () => {
  assert.equal(new HayashiYoshida({ countMin: 0 }).read("value").of(0, 1), undefined);
  const still = Array.from({ length: 50 }, (_, k): PairTick => [k % 2, START_US + k, 1]);
  assert.equal(fed(still).read("value").of(0, 1), undefined);
  assert.equal(fed(still.map(([, timeUs]) => [0, timeUs, timeUs % 3])).read("value").of(0, 1), undefined);
});

Deno.test("`HayashiYoshida` is unbiased for Poisson ticks where a grid is not (Hayashi, Yoshida 2005)", () => {
  const random = lcg(17);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const correlation = 0.7;
  const stepCount = 200_000;
  const ticks: PairTick[] = [];
  let [a, b] = [0, 0];
  // Two Brownian motions in steps of a millisecond; one is seen 2 times a second, the other 3 times.
  for (let k = 0; k < stepCount; k++) {
    const [common, own] = [normal(), normal()];
    a += common;
    b += correlation * common + Math.sqrt(1 - correlation ** 2) * own;
    if (random() < 0.002) ticks.push([0, START_US + k * 1_000, 1e-5 * a]);
    if (random() < 0.003) ticks.push([1, START_US + k * 1_000, 1e-5 * b]);
  }
  const read = fed(ticks).read("value");
  // The standard error of a correlation of 400 returns seen like this is about 0.06.
  assert(Math.abs(read.of(0, 1)! - correlation) < 0.15, `${read.of(0, 1)}`);
  // Previous tick on a grid of 200 ms: the Epps effect.
  const at = (pair: number, timeUs: number) => ticks.findLast(([who, t]) => who === pair && t <= timeUs)?.[2] ?? 0;
  const grid = Array.from({ length: 1_000 }, (_, k) => START_US + k * 200_000).map((t) =>
    [at(0, t), at(1, t)] as const
  );
  const moves = grid.slice(1).map(([x, y], k) => [x - grid[k]![0], y - grid[k]![1]] as const);
  const total = (of: (x: number, y: number) => number) => moves.reduce((sum, [x, y]) => sum + of(x, y), 0);
  const epps = total((x, y) => x * y) / Math.sqrt(total((x) => x * x) * total((_, y) => y * y));
  assert(epps < 0.5 * correlation, `${epps}`);
});

const SERIES = `${DATA}/reference/hayashi_yoshida/hfhd_doctest_series.csv.gz`;

Deno.test({
  name:
    "`HayashiYoshida` gives the matrix of hfhd (skipped without reference/hayashi_yoshida/hfhd_doctest_series.csv.gz)",
  ignore: !existsSync(SERIES),
  async fn() {
    const lines = (await readGzip(SERIES)).trim().split("\n").slice(1).map((line) => line.split(","));
    // Its times are small numbers: as microseconds they all lie in one slot.
    const rows = lines.map(([series, t, logPrice]) => [series === "a" ? 0 : 1, Number(t), Number(logPrice)] as const);
    const ticks = rows.toSorted((x, y) => x[1] - y[1]);
    const read = fed(ticks).read("value");
    const expected = JSON.parse(await Deno.readTextFile(`${DATA}/reference/hayashi_yoshida/hfhd_expected.json`));
    const [[aa, ab], [, bb]] = expected.recomputed_full_precision;
    assertNear(read.squares[0], aa, "variance of a");
    assertNear(read.squares[1], bb, "variance of b");
    assertNear(read.covariance(0, 1), ab, "covariance");
    assertNear(read.of(0, 1), ab / Math.sqrt(aa * bb), "correlation");
    const rounded = [read.squares[0]!, read.covariance(0, 1), read.squares[1]!].map((x) => Number(x.toFixed(3)));
    const [[paa, pab], [, pbb]] = expected.published_rounded_3;
    assert.deepEqual(rounded, [paa, pab, pbb]);
  },
});

const BITCOIN = ["bitflyerJPY", "btcboxJPY"].map((name) => `${DATA}/reference/lead-lag/${name}_2018-08-12_small.csv`);

Deno.test({
  name: "`HayashiYoshida` gives what lead-lag has without a shift (skipped without reference/lead-lag)",
  ignore: !existsSync(BITCOIN[0]!),
  fn() {
    const ticks = BITCOIN.flatMap((path, pair) =>
      Deno.readTextFileSync(path).trim().split("\n").slice(1).map((line): PairTick => {
        const [date, last] = line.split(",") as [string, string];
        return [pair, Date.parse(`${date.replace(" ", "T")}Z`) * 1_000, Number(last)];
      })
    ).sort((x, y) => x[1] - y[1]);
    const { lags_s, hy_crosscorr } = JSON.parse(Deno.readTextFileSync(`${DATA}/reference/lead-lag/expected.json`));
    const day = { slotUs: 3_600e6, slotCount: 48, longSlotUs: 3_600e6, longSlotCount: 1, pairCountMax: 2 };
    const expected = hy_crosscorr[lags_s.indexOf(0)];
    // It takes differences of prices, and repeats are returns of 0 there as well.
    assert(Math.abs(fed(ticks, day).read("value").of(0, 1)! - expected) < 5e-6);
  },
});

async function readGzip(path: string): Promise<string> {
  const file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}
