import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { RECOVERY_US_MAX, Resiliency, STANDSTILL_US_MAX } from "./resiliency.ts";

const S = 1_000_000;
const MS = 1_000;
const HOUR_US = 3_600 * S;
const START_US = 1_700_000_000 * S;

/** Ten minutes of 2, and of 3 right before each fourth point of the grid: median 2, 95th percentile 3. */
function warm(resiliency: Resiliency, startUs = START_US, sign = 1): number {
  for (let second = 0; second < 600; second++) {
    resiliency.update(startUs + second * S, sign * (second % 20 === 19 ? 3 : 2));
  }
  resiliency.update(startUs + 600 * S, sign * 2);
  return startUs + 600 * S;
}

const made = (depleted: "high" | "low" = "high") => new Resiliency({ windowUs: HOUR_US, count: 5, depleted });

/** Three depletions of a kind, ten seconds apart; what follows each time the value. */
function play(path: readonly (readonly [afterUs: number, value: number])[], times = 3): number | undefined {
  const resiliency = made();
  const atUs = warm(resiliency);
  for (let k = 1; k <= times; k++) {
    for (const [afterUs, value] of path) resiliency.update(atUs + k * 10 * S + afterUs, value);
  }
  return resiliency.halfLifeUs;
}

// Worked by hand: the median is 2, the percentile 3.
Deno.test("`Resiliency` takes the time until half of the gap to the median is closed", () => {
  assert.equal(play([[0, 10], [200 * MS, 7], [350 * MS, 6], [400 * MS, 2]]), 350 * MS);
  assert.equal(play([[0, 10], [200 * MS, 6.1], [900 * MS, 2]]), 900 * MS, "not yet half");
  assert.equal(play([[0, 4], [70 * MS, 3], [80 * MS, 2]]), 70 * MS, "half of a gap of two");
  assert.equal(play([[0, 10], [50 * MS, 1], [60 * MS, 2]]), 50 * MS, "and beyond the median");
  assert.equal(play([[0, 10], [0, 2]]), 0, "at the same time");
});

Deno.test("`Resiliency` counts a depletion that deepens from where it is worst", () => {
  assert.equal(play([[0, 5], [100 * MS, 10], [200 * MS, 7], [600 * MS, 6], [700 * MS, 2]]), 500 * MS);
});

Deno.test("`Resiliency` begins a depletion strictly beyond the percentile, and once until the value is normal again", () => {
  assert.equal(play([[0, 3], [100 * MS, 2]]), undefined, "on the percentile");
  // Half is closed at 6, where the value still is depleted; what it does up there is no new depletion.
  assert.equal(play([[0, 10], [100 * MS, 6], [200 * MS, 9], [250 * MS, 2]]), 100 * MS);
  assert.equal(play([[0, 10], [100 * MS, 6], [200 * MS, 9], [250 * MS, 2]], 2), undefined, "two are not three");
});

Deno.test("`Resiliency` of a spread that nearly always is one value is told from it", () => {
  const resiliency = made();
  for (let second = 0; second <= 900; second++) {
    resiliency.update(START_US + second * S, 1);
    if (second >= 600 && second % 60 === 0) {
      resiliency.update(START_US + second * S + 1, 2);
      resiliency.update(START_US + second * S + 301, 1);
    }
  }
  assert.equal(resiliency.halfLifeUs, 300);
});

Deno.test("`Resiliency` of a depth looks at what is low", () => {
  const resiliency = made("low");
  const atUs = warm(resiliency, START_US, -1);
  for (let k = 1; k <= 3; k++) {
    for (const [afterUs, value] of [[0, -10], [k * S, -6], [4 * S, -2]] as const) {
      resiliency.update(atUs + k * 10 * S + afterUs, value);
    }
  }
  assert.equal(resiliency.halfLifeUs, 2 * S);
});

Deno.test("`Resiliency` drops what is cut short and counts what takes too long as the longest", () => {
  for (
    const [cut, expected] of [
      [(resiliency: Resiliency, us: number) => resiliency.update(us, NaN), undefined],
      [(resiliency: Resiliency) => resiliency.restart(), undefined],
      [(resiliency: Resiliency, us: number) => resiliency.update(us + HOUR_US, 9), undefined],
      [(resiliency: Resiliency, us: number) => resiliency.update(us + RECOVERY_US_MAX, 9), RECOVERY_US_MAX],
    ] as const
  ) {
    const resiliency = made();
    let atUs = START_US;
    for (let k = 0; k < 3; k++) {
      atUs = warm(resiliency, atUs) + S;
      // Worse each time: the last one is part of what is normal by now.
      resiliency.update(atUs, 10 + 10 * k);
      cut(resiliency, atUs + S);
      atUs += 2 * HOUR_US - S;
    }
    assert.equal(resiliency.halfLifeUs, expected);
  }
});

Deno.test("`Resiliency` does not let a pause fill its window", () => {
  // Half an hour at 10 counts as five minutes of it.
  const resiliency = new Resiliency({ windowUs: HOUR_US, count: 5, depleted: "high" });
  const atUs = warm(resiliency);
  resiliency.update(atUs + S, 10);
  resiliency.update(atUs + 1_801 * S, 2);
  const points = resiliency.snapshot()[7 + 6]!;
  assert.equal(points, 600 / 5 + STANDSTILL_US_MAX / (5 * S));
});

const DARWINEX = `${DATA}/fx/darwinex_eurusd/EURUSD_darwinex_20210907.csv.gz`;

Deno.test({
  name: "`Resiliency` of EURUSD is that of its recording, looked through whole (skipped without fx/darwinex_eurusd)",
  ignore: !existsSync(DARWINEX),
  fn() {
    const rows = gzipLines(DARWINEX).slice(1, 30_001).map((line) => line.split(",").map(Number));
    const quotes = rows.map(([ms, bid, , ask]) => [ms! * MS, Math.round((ask! - bid!) * 1e5)] as const)
      .filter(([, spread]) => !Number.isNaN(spread));
    const resiliency = new Resiliency({ windowUs: HOUR_US, count: 1_000, depleted: "high" });
    for (const [timeUs, spread] of quotes) resiliency.update(timeUs, spread);

    const lives: number[] = [];
    let window: number[] = [];
    let sorted: number[] = [];
    let normal = false;
    let open: { median: number; worst: number; sinceUs: number } | undefined;
    const at = (share: number) => {
      const position = share * (sorted.length - 1);
      const [a, b] = [sorted[Math.floor(position)]!, sorted[Math.ceil(position)]!];
      return a + (b - a) * (position % 1);
    };
    quotes.forEach(([timeUs, spread], i) => {
      const [beforeUs, before] = quotes[Math.max(0, i - 1)]!;
      const from = Math.floor(beforeUs / (5 * S));
      const to = Math.floor(Math.min(timeUs, beforeUs + STANDSTILL_US_MAX) / (5 * S));
      if (to > from) {
        window = [...window, ...Array<number>(to - from).fill(before)].slice(-720);
        sorted = window.toSorted((a, b) => a - b);
      }
      if (open !== undefined) {
        const lastedUs = timeUs - open.sinceUs;
        const half = (open.median + open.worst) / 2;
        if (lastedUs <= RECOVERY_US_MAX && spread > half) {
          if (spread > open.worst) open = { ...open, worst: spread, sinceUs: timeUs };
          return;
        }
        lives.push(Math.min(lastedUs, RECOVERY_US_MAX));
        open = undefined;
        normal = false;
      }
      if (window.length < 60) return;
      const depleted = spread > at(0.95) && spread > at(0.5);
      if (depleted && normal) open = { median: at(0.5), worst: spread, sinceUs: timeUs };
      normal = !depleted;
    });
    assert(lives.length > 100, `${lives.length} half-lives`);
    sorted = lives.slice(-1_000).sort((a, b) => a - b);
    assert.equal(resiliency.halfLifeUs, at(0.5));
    assert(resiliency.halfLifeUs! > 10 * MS && resiliency.halfLifeUs! < 60 * S);
  },
});
