import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { lcg } from "../../tests/support/frames.ts";
import { assertNear, assertRestores, type PairTick, randomTicks, START_US } from "../../tests/support/market_fold.ts";
import { LeadLag, type LeadLagOptions } from "./lead_lag.ts";

const DATA = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
const OPTIONS = {
  windowUs: 20_000_000,
  rangeUs: 3_000_000,
  stepUs: 500_000,
  thinUs: 200_000,
  countMin: 3,
  pairCountMax: 4,
} satisfies LeadLagOptions;

/** The ticks that take part: the last one of each stretch, and where a series begins. */
function thinned(ticks: readonly PairTick[], pair: number, sinceUs: number) {
  const list: { timeUs: number; logMid: number; begins: boolean }[] = [];
  for (const [who, timeUs, logMid] of ticks) {
    if (who !== pair) continue;
    const last = list.at(-1);
    const same = last?.timeUs === timeUs;
    const begins = last === undefined || timeUs - last.timeUs > CLOSED_MARKET_US || (same && last.begins);
    const stretch = (t: number) => Math.floor(t / OPTIONS.thinUs);
    if (same || (last !== undefined && !last.begins && stretch(last.timeUs) === stretch(timeUs))) list.pop();
    list.push({ timeUs, logMid, begins });
  }
  const within = list.filter(({ timeUs }) => timeUs >= sinceUs);
  return within.slice(1).map(({ timeUs, logMid }, k) => ({
    startUs: within[k]!.timeUs,
    endUs: timeUs,
    logReturn: logMid - within[k]!.logMid,
  }));
}

/** The double sum of the paper at each shift. */
function batch(ticks: readonly PairTick[], a: number, b: number, nowUs: number, shiftsUs: readonly number[]) {
  const [as, bs] = [a, b].map((pair) => thinned(ticks, pair, nowUs - OPTIONS.windowUs)) as [
    ReturnType<typeof thinned>,
    ReturnType<typeof thinned>,
  ];
  if (as.length < OPTIONS.countMin || bs.length < OPTIONS.countMin) return undefined;
  const squares = (list: typeof as) => list.reduce((sum, { logReturn }) => sum + logReturn ** 2, 0);
  const scale = Math.sqrt(squares(as) * squares(bs));
  return shiftsUs.map((shiftUs) => {
    let sum = 0;
    for (const i of as) {
      for (const j of bs) {
        const overlap = Math.max(i.startUs, j.startUs - shiftUs) < Math.min(i.endUs, j.endUs - shiftUs);
        if (overlap) sum += i.logReturn * j.logReturn;
      }
    }
    return sum / scale;
  });
}

Deno.test("`LeadLag.curve()` is the shifted double sum over the ticks that are kept", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const ticks = randomTicks(lcg(seed * 104_729), 300, 3);
    const leadLag = new LeadLag(OPTIONS);
    ticks.forEach(([pair, timeUs, logMid], k) => {
      leadLag.update(pair, timeUs, logMid);
      if (k % 10 !== 9) return;
      for (const [a, b] of [[0, 1], [1, 2], [2, 0]] as const) {
        const expected = batch(ticks.slice(0, k + 1), a, b, timeUs, leadLag.shiftsUs);
        const actual = leadLag.curve(a, b, timeUs);
        assert.equal(actual === undefined, expected === undefined, `seed ${seed}, tick ${k}`);
        actual?.forEach((value, shift) => {
          assert(Math.abs(value - expected![shift]!) < 1e-6, `seed ${seed}, tick ${k}, shift ${shift}: ${value}`);
        });
      }
    });
  }
});

Deno.test("`LeadLag` finds the shift of a pair that repeats another, in either order, and its ratio says who leads", () => {
  const random = lcg(5);
  const ticks: PairTick[] = [];
  let logMid = 0;
  for (let timeUs = START_US; timeUs < START_US + 20_000_000; timeUs += 30_000 + Math.floor(90_000 * random())) {
    logMid += random() - 0.5;
    ticks.push([1, timeUs, logMid], [0, timeUs + 700_000, logMid + 5]);
  }
  ticks.sort((x, y) => x[1] - y[1]);
  const leadLag = new LeadLag({ windowUs: 30_000_000, rangeUs: 2_000_000, stepUs: 100_000, thinUs: 1_000 });
  for (const [pair, timeUs, mid] of ticks) leadLag.update(pair, timeUs, mid);
  assert.equal(leadLag.lagUs(0, 1), undefined, "not looked at yet");
  leadLag.turn(ticks.at(-1)![1], 1);
  assert.equal(leadLag.lagUs(0, 1), -700_000);
  assert.equal(leadLag.lagUs(1, 0), 700_000);
  assert(leadLag.value(0, 1)! > 0.99);
  assert(leadLag.ratio(0, 1)! < 0.5);
  assertNear(leadLag.ratio(1, 0), 1 / leadLag.ratio(0, 1)!, "ratio");
});

Deno.test("`LeadLag.turn()` comes to every combination in its turn", () => {
  const leadLag = new LeadLag(OPTIONS);
  const random = lcg(2);
  for (let k = 0; k < 400; k++) leadLag.update(k % 4, START_US + k * 20_000, random());
  const seen = () =>
    [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]].map(([a, b]) => leadLag.lagUs(a!, b!) !== undefined);
  const nowUs = START_US + 8_000_000;
  leadLag.turn(nowUs, 2);
  assert.deepEqual(seen(), [true, true, false, false, false, false]);
  leadLag.turn(nowUs, 3);
  assert.deepEqual(seen(), [true, true, true, true, true, false]);
  leadLag.turn(nowUs, 99);
  assert.deepEqual(seen(), [true, true, true, true, true, true]);
  leadLag.turn(nowUs + OPTIONS.windowUs, 1);
  assert.equal(seen().filter((there) => !there).length, 1, "what was looked at later and had nothing is absent");
});

Deno.test("`LeadLag` restored at any cut continues bit for bit", () => {
  assertRestores<PairTick>({
    make: () => new LeadLag(OPTIONS),
    update(estimator, [pair, timeUs, logMid]) {
      const leadLag = estimator as LeadLag;
      leadLag.update(pair, timeUs, logMid);
      leadLag.turn(timeUs, 1);
    },
    steps: randomTicks(lcg(31), 400, 4),
  });
});

Deno.test("`LeadLag` keeps a bounded state and answers nothing for a pair that stands still", () => {
  const leadLag = new LeadLag(OPTIONS);
  for (let k = 0; k < 20_000; k++) leadLag.update(k % 2, START_US + k * 100_000, k % 2 === 0 ? 1 : k % 3);
  assert(leadLag.snapshot().length <= 2 + 2 * (2 + 2 * 103) + 4);
  leadLag.turn(START_US + 2e9, 1);
  assert.equal(leadLag.lagUs(0, 1), undefined);
  assert.equal(leadLag.value(0, 1), undefined);
  assert.equal(leadLag.ratio(0, 1), undefined);
});

const PRICES = ["bitflyerJPY", "btcboxJPY"].map((name) => `${DATA}/reference/lead-lag/${name}_2018-08-12_small.csv`);

Deno.test({
  name: "`LeadLag` gives the curve of lead-lag: bitFlyer leads BtcBox by 15 s (skipped without reference/lead-lag)",
  ignore: !existsSync(PRICES[0]!),
  fn() {
    const expected = JSON.parse(Deno.readTextFileSync(`${DATA}/reference/lead-lag/expected.json`));
    const ticks = PRICES.flatMap((path, pair) =>
      Deno.readTextFileSync(path).trim().split("\n").slice(1).map((line): PairTick => {
        const [date, last] = line.split(",") as [string, string];
        return [pair, Date.parse(`${date.replace(" ", "T")}Z`) * 1_000, Number(last)];
      })
    ).sort((x, y) => x[1] - y[1]);
    const leadLag = new LeadLag({
      windowUs: 25 * 3_600e6,
      rangeUs: 60_000_000,
      stepUs: 1_000_000,
      thinUs: 1_000_000,
      pairCountMax: 2,
    });
    // It takes differences of prices.
    for (const [pair, timeUs, price] of ticks) leadLag.update(pair, timeUs, price);
    const nowUs = ticks.at(-1)![1];
    const curve = leadLag.curve(0, 1, nowUs)!;
    curve.forEach((value, k) => {
      assert.equal(leadLag.shiftsUs[k]!, expected.lags_s[k] * 1e6);
      assert(Math.abs(value - expected.hy_crosscorr[k]) < 1e-9, `${leadLag.shiftsUs[k]} µs: ${value}`);
    });
    leadLag.turn(nowUs, 1);
    assert.equal(leadLag.lagUs(0, 1), 15_000_000);
    assert(leadLag.ratio(0, 1)! > 2);
  },
});
