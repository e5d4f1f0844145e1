import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { QuoteSilence } from "./quote_silence.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;

const within1Pct = (actual: number | undefined, exact: number) =>
  assert(Math.abs(actual! / exact - 1) <= 0.01, `${actual} for ${exact}`);

Deno.test("`QuoteSilence` is within 1 % of the exact quantiles for times from 1 µs to an hour", () => {
  const random = lcg(3);
  const silence = new QuoteSilence({ count: 500 });
  const gaps: number[] = [];
  let timeUs = START_US;
  silence.update(timeUs);
  for (let k = 0; k < 3_000; k++) {
    gaps.push(Math.max(1, Math.floor(HOUR_US ** random())));
    silence.update(timeUs += gaps.at(-1)!);
    if (k < 99) continue;
    const sorted = gaps.slice(-500).sort((a, b) => a - b);
    within1Pct(silence.medianUs, sorted[Math.ceil(0.5 * sorted.length) - 1]!);
    within1Pct(silence.p99Us, sorted[Math.ceil(0.99 * sorted.length) - 1]!);
  }
});

Deno.test("`QuoteSilence` has room for a pause of exactly an hour, and leaves out a longer one", () => {
  const silence = new QuoteSilence({ count: 2 });
  silence.update(0);
  silence.update(HOUR_US);
  silence.update(2 * HOUR_US);
  within1Pct(silence.p99Us, HOUR_US);
  silence.update(2 * HOUR_US + 100);
  silence.update(2 * HOUR_US + 200);
  silence.update(52 * HOUR_US);
  within1Pct(silence.p99Us, 100);
  assert(silence.ratio(52 * HOUR_US + 1_000)! > 9);
});

Deno.test("`QuoteSilence.ratio()` has no value where most changes share a time with the one before", () => {
  const silence = new QuoteSilence({ count: 5 });
  for (const timeUs of [0, 0, 0, 0, 50, 50]) silence.update(timeUs);
  assert.deepEqual([silence.warm, silence.medianUs, silence.ratio(100)], [true, 0, undefined]);
  assert.equal(new QuoteSilence().ratio(START_US), undefined);
});

Deno.test("`QuoteSilence.restore()` refuses the state of another window", () => {
  const silence = new QuoteSilence({ count: 5 });
  assert.throws(() => new QuoteSilence({ count: 6 }).restore(silence.snapshot()), RangeError);
});

const EURUSD = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`QuoteSilence` of EURUSD is within 1 % of its sorted times (skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(EURUSD),
  fn() {
    const silence = new QuoteSilence();
    const times = gzipLines(EURUSD).slice(1).map((line) => Number(line.split(",")[0]) * 1_000);
    times.forEach((timeUs, i) => {
      silence.update(timeUs);
      if (i < 1_000 || i % 5_003 !== 0) return;
      const gaps = times.slice(i - 999, i + 1).map((at, k) => at - times[i - 1_000 + k]!).sort((a, b) => a - b);
      within1Pct(silence.medianUs, gaps[499]!);
      within1Pct(silence.p99Us, gaps[989]!);
      within1Pct(silence.ratio(timeUs + 3_000_000), 3_000_000 / gaps[499]!);
    });
  },
});
