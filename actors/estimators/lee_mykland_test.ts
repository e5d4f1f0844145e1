import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { normalCdf } from "./distributions.ts";
import { GridReturns } from "./grid_returns.ts";
import { LeeMykland, leeMyklandCriticalValue } from "./lee_mykland.ts";

const S_US = 1_000_000;

Deno.test("`leeMyklandCriticalValue()` is 4.067 at 1 % and 3.515 at 5 % for 78 returns: C + S·β* of Lee and Mykland (2008)", () => {
  assert.equal(leeMyklandCriticalValue(78, 0.01).toFixed(3), "4.067");
  assert.equal(leeMyklandCriticalValue(78, 0.05).toFixed(3), "3.515");
  // The paper's β* at 1 % is 4.6001.
  const root = Math.sqrt(2 * Math.log(78));
  const centre = root - (Math.log(Math.PI) + Math.log(Math.log(78))) / (2 * root);
  assert.equal(((leeMyklandCriticalValue(78, 0.01) - centre) * root).toFixed(4), "4.6001");
});

Deno.test("`leeMyklandCriticalValue()` belongs to the largest of n folded normals (Nunes, Ruas 2024)", () => {
  for (const count of [78, 300, 10_000, 1_000_000]) {
    // Chance that the largest |Z| of n lies beyond it; the limit is approached slowly, from below.
    const exact = 1 - (2 * normalCdf(leeMyklandCriticalValue(count, 0.01)) - 1) ** count;
    assert(exact > 0.003 && exact < 0.01, `n = ${count}: ${exact}`);
  }
});

Deno.test("the default K is the one of Lee and Mykland (2008) for their finest grid: ⌈√(252·288)⌉ = 270", () => {
  assert.equal(Math.ceil(Math.sqrt(252 * 288)), 270);
  const jumps = new LeeMykland();
  for (let k = 1; k < 270; k++) jumps.update(1e-5, k * S_US);
  assert.deepEqual([jumps.warm, jumps.largest(269 * S_US)], [true, undefined]);
  jumps.update(1e-5, 270 * S_US);
  // σ̂ = 1e-5·√(π/2).
  assert(Math.abs(jumps.largest(270 * S_US)! - Math.sqrt(2 / Math.PI)) < 1e-12);
});

Deno.test("`LeeMykland` leaves the tested return out of its own volatility", () => {
  const jumps = new LeeMykland({ count: 10, volatilityCount: 5 });
  [1, 2, 3, 4].forEach((r, k) => jumps.update(r * 1e-5, k * S_US));
  jumps.update(-0.5, 5 * S_US);
  // Products 2, 6, 12 of the four returns before: mean 20/3.
  const sigma = 1e-5 * Math.sqrt((Math.PI / 2) * (20 / 3));
  assert(Math.abs(jumps.largest(5 * S_US)! - 0.5 / sigma) < 1e-6);
  assert.equal(jumps.jumpCount, 1);
});

Deno.test("`LeeMykland.largest()` is that of the last minute, jumps count among the last n returns", () => {
  const jumps = new LeeMykland({ count: 100, volatilityCount: 20 });
  const play = (from: number, to: number) => {
    for (let k = from; k < to; k++) jumps.update(k % 2 === 0 ? 1e-5 : -1e-5, k * S_US);
  };
  play(0, 50);
  jumps.update(1e-3, 50 * S_US);
  play(51, 110);
  assert(jumps.largest(109 * S_US)! > 50);
  assert(jumps.largest(110 * S_US)! < 1, "60 s later it has left");
  assert.equal(jumps.jumpCount, 1);
  play(110, 151);
  assert.equal(jumps.jumpCount, 0);
});

Deno.test("`LeeMykland` has no L and no jump where the mid stood still, and none across a closed market", () => {
  const jumps = new LeeMykland({ count: 10, volatilityCount: 5 });
  for (let k = 0; k < 20; k++) jumps.update(0, k * S_US);
  jumps.update(1e-2, 20 * S_US);
  assert.deepEqual([jumps.warm, jumps.largest(20 * S_US), jumps.jumpCount], [true, undefined, 0]);
  jumps.update(NaN, 8_000 * S_US);
  assert.deepEqual([jumps.warm, jumps.largest(8_000 * S_US), jumps.jumpCount], [false, undefined, undefined]);
});

Deno.test("`LeeMykland` calls a jump in at most about one of a hundred windows of normal returns", () => {
  const random = lcg(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const jumps = new LeeMykland({ count: 300 });
  let windows = 0;
  let withJump = 0;
  for (let k = 0; k < 300 * 400; k++) {
    jumps.update(1e-5 * normal(), k * S_US);
    if (k % 300 !== 299 || k < 600) continue;
    windows++;
    if (jumps.jumpCount! > 0) withJump++;
  }
  assert(withJump / windows < 0.02, `${withJump} of ${windows}`);
});

const SNB = `${DATA}/fx/dukascopy_eurchf_2015-01-15_0919-0959_SNB.csv`;

Deno.test({
  name:
    "`LeeMykland` finds the end of the Swiss floor in EURCHF (skipped without fx/dukascopy_eurchf_2015-01-15_0919-0959_SNB.csv)",
  ignore: !existsSync(SNB),
  fn() {
    const jumps = new LeeMykland();
    let largest = 0;
    let firstJumpUs: number | undefined;
    const grid = new GridReturns({}, (r, timeUs) => {
      jumps.update(r, timeUs);
      if (Math.abs(r) > 0.005 && jumps.jumpCount! > 0) firstJumpUs ??= timeUs;
      largest = Math.max(largest, jumps.largest(timeUs) ?? 0);
    });
    const lines = Deno.readTextFileSync(SNB).trim().split("\n").slice(1);
    const mids = lines.map((line) => line.split(",").map(Number)).map(([ms, bid, ask]) => [ms!, (bid! + ask!) / 2]);
    for (const [ms, mid] of mids) grid.update(ms! * 1_000, mid!);
    // The first second whose mid is 0.5 % below the one before, found in the file itself.
    const at = mids.findIndex(([, mid], i) => i > 0 && mid! < mids[i - 1]![1]! * 0.995);
    const fellUs = Math.floor(mids[at]![0]! / 1_000 + 1) * S_US;
    assert.equal(firstJumpUs, fellUs);
    assert(largest > 100, `${largest}`);
  },
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`LeeMykland` of EURUSD is the formula over its returns (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const jumps = new LeeMykland({ count: 300 });
    const returns: number[] = [];
    const found: (readonly [at: number, largest: number | undefined, count: number | undefined])[] = [];
    const grid = new GridReturns({}, (r, timeUs) => {
      jumps.update(r, timeUs);
      if (returns.push(r) % 1_009 === 0) found.push([returns.length, jumps.largest(timeUs), jumps.jumpCount]);
    });
    for (const line of gzipLines(EURUSD).slice(1)) {
      const [ms, bid, ask] = line.split(",").map(Number);
      grid.update(ms! * 1_000, (bid! + ask!) / 2);
    }
    assert(found.length > 60);
    for (const [at, largest, count] of found) {
      const statistics = Array.from({ length: 300 }, (_, k) => {
        const i = at - 300 + k;
        let sum = 0;
        for (let j = i - 268; j <= i - 1; j++) sum += Math.abs(returns[j]! * returns[j - 1]!);
        return Math.abs(returns[i]!) / Math.sqrt(((Math.PI / 2) * sum) / 268);
      });
      assert(Math.abs(largest! - Math.max(...statistics.slice(-60))) < 1e-9 * largest!, `at ${at}`);
      assert.equal(count, statistics.filter((statistic) => statistic > leeMyklandCriticalValue(300, 0.01)).length);
    }
  },
});
