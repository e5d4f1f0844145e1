import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { lobsterSample, readLobster } from "../../tests/support/lobster.ts";
import { lcg } from "../../tests/support/frames.ts";
import { OfiImpact } from "./ofi_impact.ts";

/** A whole minute, so that intervals of 1 s to 1 min begin with it. */
const START_US = 1_700_000_040_000_000;
const HOUR_US = 3_600_000_000;
const S_US = 1_000_000;

const close = (actual: number | undefined, expected: number, tolerance: number) =>
  assert(Math.abs(actual! - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);

/** A quote a second, as told: the pip it moves by and the flow that goes with it. */
class Market {
  timeUs = START_US;
  bid = 1.1;
  size = 1e6;
  constructor(readonly impact: OfiImpact) {}
  quote(afterUs: number, pips: number): this {
    this.timeUs += afterUs;
    this.bid += pips * 0.0001;
    this.impact.update(this.timeUs, this.bid, this.size, this.bid + 0.0001, this.size);
    return this;
  }
}

Deno.test("`OfiImpact` is the slope of the mid's moves on the flow, by the textbook", () => {
  const impact = new OfiImpact({ intervalUs: S_US, count: 100, countMin: 3 });
  const sizes = [1, 3, 2, 5, 4, 2, 1, 6];
  const pairs: [number, number][] = [];
  let bid = 1.1;
  impact.update(START_US - 1, bid, 1e6, 1.2, 1e6);
  let before = 1e6;
  sizes.forEach((size, i) => {
    // In turn a better bid, which brings its size, and a worse one, which takes that away.
    const mid = (bid + 1.2) / 2;
    bid += (i % 2 === 0 ? 1 : -1) * 0.0001 * (i + 1);
    const flow = i % 2 === 0 ? size * 1e6 : -before;
    impact.update(START_US + i * S_US, bid, size * 1e6, 1.2, 1e6);
    before = size * 1e6;
    pairs.push([flow / 1e6, (1e4 * ((bid + 1.2) / 2 - mid)) / mid]);
  });
  impact.advance(START_US + sizes.length * S_US);
  const n = pairs.length;
  const [mx, my] = [0, 1].map((k) => pairs.reduce((total, pair) => total + pair[k]!, 0) / n) as [number, number];
  const s = (f: (x: number, y: number) => number) => pairs.reduce((total, [x, y]) => total + f(x - mx, y - my), 0);
  const slope = s((x, y) => x * y) / s((x) => x * x);
  const residual = s((x, y) => (y - slope * x) ** 2);
  assert.equal(impact.count, n);
  close(impact.slope, slope, 1e-9);
  close(impact.r2, 1 - residual / s((_, y) => y * y), 1e-9);
  close(impact.tStatistic, slope / Math.sqrt(residual / (n - 2) / s((x) => x * x)), 1e-9);
});

Deno.test("`OfiImpact` recovers the inverse of the depth (Cont, Kukanov, Stoikov 2014): a book of D a pip moves by 1/(2D)", () => {
  // The stylised book of the paper's section 2: each level holds D, and orders take or add whole levels of one pip.
  const random = lcg(2);
  for (const depth of [1e6, 5e6]) {
    const impact = new OfiImpact({ intervalUs: 10 * S_US, count: 500 });
    let tick = 11_000;
    for (let i = 0; i < 20_000; i++) {
      tick += Math.floor(random() * 3) - 1;
      impact.update(START_US + i * S_US, tick / 1e4, depth, (tick + 1) / 1e4, depth);
    }
    // Both sides move by a pip for 2·D of flow: half a pip of mid for each D.
    const pipBps = 1 / 1.1;
    close(impact.slope, pipBps / 2 / (depth / 1e6), 0.05);
    assert(impact.r2! > 0.99);
    assert(impact.tStatistic! > 100);
  }
});

Deno.test("`OfiImpact` counts quiet intervals of an open market and none of a closed one", () => {
  const impact = new OfiImpact({ intervalUs: 60 * S_US, count: 200 });
  const market = new Market(impact).quote(0, 0);
  market.quote(30 * S_US, 1);
  impact.advance(START_US + 60 * S_US);
  assert.equal(impact.count, 0, "the first interval has no mid at its start");
  impact.advance(START_US + 20 * 60 * S_US);
  assert.equal(impact.count, 19);
  assert.equal(impact.slope, undefined, "no flow varies");
  // An hour after the quote at 30 s the market is closed: 60 whole minutes have ended by then.
  impact.advance(START_US + 48 * HOUR_US);
  assert.equal(impact.count, 59);
  market.quote(48 * HOUR_US, 50).quote(70 * S_US, 1);
  assert.equal(impact.count, 59, "nothing leads over the closed market");
  impact.advance(market.timeUs + 60 * S_US);
  assert.equal(impact.count, 60);
});

Deno.test("`OfiImpact` counts no interval in which a quote comes that is more than an hour after the last", () => {
  for (const pauseUs of [HOUR_US, HOUR_US + 1]) {
    const impact = new OfiImpact({ intervalUs: 10 * S_US, count: 1_000 });
    const firstUs = Math.ceil(START_US / (10 * S_US)) * 10 * S_US;
    impact.update(firstUs, 1.1, 1e6, 1.2, 1e6);
    impact.update(firstUs + pauseUs, 1.1, 2e6, 1.2, 1e6);
    const { count } = impact;
    impact.advance(firstUs + HOUR_US + 10 * S_US);
    assert.equal(impact.count - count, pauseUs === HOUR_US ? 1 : 0, `a pause of ${pauseUs} µs`);
  }
});

Deno.test("`OfiImpact` does not depend on how often time is told", () => {
  const [often, seldom] = [1, 2].map(() => new OfiImpact({ intervalUs: 2 * S_US, count: 30 })) as [
    OfiImpact,
    OfiImpact,
  ];
  const random = lcg(8);
  let timeUs = START_US;
  for (let i = 0; i < 600; i++) {
    const nextUs = timeUs + Math.floor(random() * (random() < 0.01 ? 2 * HOUR_US : 5 * S_US));
    for (let t = timeUs; t < nextUs; t += 250_000) often.advance(t);
    timeUs = nextUs;
    const bid = 1.1 + Math.floor(random() * 5) * 1e-4;
    const size = random() < 0.02 ? NaN : 1e6 * (1 + Math.floor(random() * 5));
    for (const impact of [often, seldom]) impact.update(timeUs, bid, size, bid + 1e-4, 1e6);
    assert.equal(often.count, seldom.count, `step ${i}`);
    if (often.slope !== undefined) close(often.slope, seldom.slope!, 1e-9);
    else assert.equal(seldom.slope, undefined);
  }
});

Deno.test("`OfiImpact` leaves out an interval whose flow is not wholly known", () => {
  const count = (disturb: (impact: OfiImpact, market: Market) => void) => {
    const impact = new OfiImpact({ intervalUs: S_US, count: 100 });
    const market = new Market(impact);
    for (let i = 0; i < 21; i++) {
      market.quote(S_US, i % 2);
      if (i === 10) disturb(impact, market);
    }
    return impact.count;
  };
  assert.equal(count(() => {}), 19);
  assert.equal(count((impact, market) => impact.update(market.timeUs + 1, NaN, NaN, 1.2, 1e6)), 17, "one-sided");
  assert.equal(count((impact) => impact.restart()), 18, "pictured anew");
  const noSizes = new OfiImpact({ intervalUs: S_US });
  for (let i = 0; i < 50; i++) noSizes.update(START_US + i * 3 * S_US, 1.1 + i * 1e-4, NaN, 1.2, NaN);
  assert.equal(noSizes.count, 0);
  assert(!noSizes.warm);
});

interface Tape {
  timeUs: number[];
  quotes: (readonly [bid: number, bidSize: number, ask: number, askSize: number])[];
}

/** The regression over all of a tape, from its formula: the flow of each interval, the mids at its ends, one pass of least squares. */
function batchRegression({ timeUs, quotes }: Tape, intervalUs: number, usable: (i: number) => boolean) {
  const intervals = new Map<number, { flow: number; mid: number; whole: boolean }>();
  const keyOf = (us: number) => Math.floor(us / intervalUs);
  quotes.forEach(([b, qb, a, qa], i) => {
    const key = keyOf(timeUs[i]!);
    const interval = intervals.getOrInsertComputed(key, () => ({ flow: 0, mid: NaN, whole: true }));
    interval.mid = (a + b) / 2;
    if (i === 0 || !usable(i) || !usable(i - 1)) return void (interval.whole = false);
    const [b0, qb0, a0, qa0] = quotes[i - 1]!;
    interval.flow += (b >= b0 ? qb : 0) - (b <= b0 ? qb0 : 0) - (a <= a0 ? qa : 0) + (a >= a0 ? qa0 : 0);
  });
  const pairs: [number, number][] = [];
  const keys = [...intervals.keys()];
  let before = NaN;
  for (let key = keys[0]!; key <= keys.at(-1)!; key++) {
    const { flow, mid, whole } = intervals.get(key) ?? { flow: 0, mid: before, whole: true };
    const y = (1e4 * (mid - before)) / before;
    if (whole && !Number.isNaN(y)) pairs.push([flow / 1e6, y]);
    before = mid;
  }
  const mean = (k: 0 | 1) => pairs.reduce((total, pair) => total + pair[k], 0) / pairs.length;
  const [mx, my] = [mean(0), mean(1)];
  let [sxx, sxy, syy] = [0, 0, 0];
  for (const [x, y] of pairs) [sxx, sxy, syy] = [sxx + (x - mx) ** 2, sxy + (x - mx) * (y - my), syy + (y - my) ** 2];
  return { slope: sxy / sxx, r2: sxy ** 2 / (sxx * syy), count: pairs.length };
}

function play({ timeUs, quotes }: Tape, intervalUs: number): OfiImpact {
  const impact = new OfiImpact({ intervalUs, count: 10_000 });
  quotes.forEach((quote, i) => impact.update(timeUs[i]!, ...quote));
  impact.advance((Math.floor(timeUs.at(-1)! / intervalUs) + 1) * intervalUs);
  return impact;
}

const AMAZON = lobsterSample("LOBSTER_SampleFile_AMZN_2012-06-21_5.zip");

Deno.test({
  name: "`OfiImpact` finds in a session of shares what the paper finds (skipped without lob/lobster)",
  ignore: AMAZON.absent,
  fn() {
    const { rowCount, timeUs, book } = readLobster(AMAZON.path);
    const tape: Tape = { timeUs: [...timeUs], quotes: [] };
    for (let at = 0; at < 20 * rowCount; at += 20) {
      tape.quotes.push([book[at + 2]!, book[at + 3]!, book[at]!, book[at + 1]!]);
    }
    const impact = play(tape, 10 * S_US);
    const batch = batchRegression(tape, 10 * S_US, () => true);
    assert.equal(impact.count, batch.count);
    assert(batch.count > 2_300);
    close(impact.slope, batch.slope, 1e-9);
    close(impact.r2, batch.r2, 1e-9);
    // As in the paper, one regression for each half hour: depth differs over the day, and with it the slope.
    const halfHour = new OfiImpact({ intervalUs: 10 * S_US, count: 180 });
    const found: OfiImpact["r2"][] = [];
    let nextUs = (Math.floor(timeUs[0]! / HOUR_US) + 1) * HOUR_US;
    tape.quotes.forEach((quote, row) => {
      if (timeUs[row]! >= nextUs) {
        halfHour.advance(nextUs);
        assert(halfHour.slope! > 0 && halfHour.tStatistic! > 5, `${halfHour.slope}, ${halfHour.tStatistic}`);
        found.push(halfHour.r2);
        nextUs += HOUR_US / 2;
      }
      halfHour.update(timeUs[row]!, ...quote);
    });
    assert.equal(found.length, 12);
    close(found.reduce((total: number, r2) => total + r2!, 0) / found.length, 0.53, 0.03);
  },
});

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const DARWINEX = `${DATA}/fx/darwinex_eurusd/EURUSD_darwinex_20210907.csv.gz`;

Deno.test({
  name:
    "`OfiImpact` is the regression of a day of EURUSD, one-sided quotes left out (skipped without fx/darwinex_eurusd)",
  ignore: !existsSync(DARWINEX),
  fn() {
    const lines = gunzipSync(Deno.readFileSync(DARWINEX)).toString().trimEnd().split("\n").slice(1);
    const tape: Tape = { timeUs: [], quotes: [] };
    for (const line of lines) {
      const [ms, ...numbers] = line.split(",").map((text) => text === "" ? NaN : Number(text));
      tape.timeUs.push(ms! * 1e3);
      tape.quotes.push(numbers as unknown as Tape["quotes"][number]);
    }
    const impact = play(tape, 10 * S_US);
    const usable = (i: number) => !tape.quotes[i]!.some(Number.isNaN);
    const batch = batchRegression(tape, 10 * S_US, usable);
    assert.equal(impact.count, batch.count);
    assert(batch.count > 8_000);
    close(impact.slope, batch.slope, 1e-9);
    close(impact.r2, batch.r2, 1e-9);
    assert(impact.slope! > 0 && impact.tStatistic! > 10, `${impact.slope}, ${impact.tStatistic}`);
  },
});
