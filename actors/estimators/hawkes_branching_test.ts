import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { HawkesBranching } from "./hawkes_branching.ts";

const START_US = 1_700_000_000_000_000;
const S_US = 1_000_000;
const HOUR_US = 3_600 * S_US;

/** Times of a Hawkes process, seconds: rate μ + Σ n·β·e^(−β·(t − t_i)), by the thinning of Ogata (1981). */
function hawkes(options: { base: number; ratio: number; decay: number; seconds: number; seed: number }): number[] {
  const { base, ratio, decay, seconds, seed } = options;
  const random = lcg(seed);
  const times: number[] = [];
  let excited = 0;
  for (let at = 0;;) {
    const bound = base + excited;
    const wait = -Math.log(1 - random()) / bound;
    at += wait;
    if (at > seconds) return times;
    excited *= Math.exp(-decay * wait);
    if (random() * bound > base + excited) continue;
    times.push(at);
    excited += ratio * decay;
  }
}

function ratioOf(times: readonly number[], windowS: number): number {
  const endS = times.at(-1)!;
  const windowCount = Math.floor(endS / windowS) - 2;
  const branching = new HawkesBranching({ windowUs: windowS * S_US, windowCount });
  for (const at of times) branching.update(START_US + Math.floor(at * S_US));
  return branching.ratio!;
}

Deno.test("`HawkesBranching` finds the ratio of simulated Hawkes processes (Hardiman, Bouchaud 2014)", () => {
  for (const [ratio, seed] of [[0.3, 1], [0.6, 2], [0.8, 3]] as const) {
    const times = hawkes({ base: 1, ratio, decay: 10, seconds: 40_000, seed });
    const found = ratioOf(times, 20);
    assert(Math.abs(found - ratio) < 0.04, `${found} for ${ratio}`);
  }
});

Deno.test("`HawkesBranching` of a Poisson process is about 0", () => {
  const found = ratioOf(hawkes({ base: 3, ratio: 0, decay: 1, seconds: 40_000, seed: 4 }), 10);
  assert(found < 0.03, `${found}`);
});

Deno.test("`HawkesBranching` is too small in windows that are short against the kernel", () => {
  const times = hawkes({ base: 1, ratio: 0.7, decay: 1, seconds: 40_000, seed: 5 });
  assert(ratioOf(times, 1) < ratioOf(times, 30) - 0.1);
});

Deno.test("`HawkesBranching` of events that come evenly is 0, and stays below 1 for one burst", () => {
  const even = new HawkesBranching();
  for (let k = 0; k < 1_000; k++) even.update(START_US + k * S_US);
  assert.equal(even.ratio, 0);
  const burst = new HawkesBranching({ windowUs: S_US });
  for (let k = 0; k < 70; k++) burst.update(START_US + k * S_US);
  for (let k = 0; k < 1_000_000; k++) burst.update(START_US + 70 * S_US);
  burst.advance(START_US + 72 * S_US);
  assert(burst.ratio! > 0.99 && burst.ratio! < 1);
});

Deno.test("`HawkesBranching` counts empty windows of an open market, and begins anew behind a closed one", () => {
  for (const tellEveryUs of [Infinity, 60 * S_US]) {
    const branching = new HawkesBranching({ windowCountMin: 2 });
    const advance = (fromUs: number, untilUs: number) => {
      for (let at = fromUs; at < untilUs; at += tellEveryUs) branching.advance(at);
      branching.advance(untilUs);
    };
    for (let k = 0; k < 100; k++) branching.update(START_US + k * S_US);
    advance(START_US + 100 * S_US, START_US + 200 * S_US);
    assert(branching.ratio! > 0, "ten full windows and ten empty ones");
    advance(START_US + 200 * S_US, START_US + 48 * HOUR_US);
    assert.deepEqual([branching.warm, branching.ratio], [false, undefined]);
    for (let k = 0; k < 100; k++) branching.update(START_US + 48 * HOUR_US + k * S_US);
    assert.equal(branching.ratio, 0, "nothing is left of Friday");
  }
});

Deno.test("`HawkesBranching` has no value where no window has an event", () => {
  const branching = new HawkesBranching({ windowCount: 60 });
  branching.update(START_US);
  branching.advance(START_US + 700 * S_US);
  assert.deepEqual([branching.seen, branching.warm, branching.ratio], [true, true, undefined]);
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`HawkesBranching` of EURUSD quotes is the formula over their counts (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const branching = new HawkesBranching();
    const windows = new Map<number, number>();
    const found: number[] = [];
    for (const line of gzipLines(EURUSD).slice(1)) {
      const timeUs = Number(line.split(",")[0]) * 1_000;
      const window = Math.floor(timeUs / (10 * S_US));
      branching.update(timeUs);
      if (!windows.has(window) && windows.size > 0 && windows.size % 500 === 0) {
        const counts = Array.from({ length: 180 }, (_, k) => windows.get(window - 1 - k) ?? 0);
        const mean = counts.reduce((sum, count) => sum + count) / 180;
        const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 179;
        assert(Math.abs(branching.ratio! - (1 - Math.sqrt(mean / variance))) < 1e-12);
        found.push(branching.ratio!);
      }
      windows.set(window, (windows.get(window) ?? 0) + 1);
    }
    assert(found.length > 10);
    assert(found.every((ratio) => ratio > 0.2 && ratio < 1), `quotes breed: ${found}`);
  },
});

Deno.test("`HawkesBranching` begins anew after an hour without an event, wherever in a window it ends", () => {
  for (const pauseUs of [HOUR_US, HOUR_US + 1]) {
    const branching = new HawkesBranching({ windowUs: 10 * S_US, windowCount: 400, windowCountMin: 4 });
    const firstUs = Math.ceil(START_US / (10 * S_US)) * 10 * S_US;
    for (let k = 0; k < 8; k++) branching.update(firstUs + k * 10 * S_US);
    branching.update(firstUs + 70 * S_US + pauseUs);
    assert.equal(branching.warm, pauseUs === HOUR_US, `a pause of ${pauseUs} µs`);
  }
});
