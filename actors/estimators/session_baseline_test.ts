import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lcg } from "../../tests/support/frames.ts";
import { DATA, gzipLines } from "../../tests/support/shared_data.ts";
import { SessionClock, SESSIONS } from "../contract/mod.ts";
import { SessionBaseline } from "./session_baseline.ts";

const SECOND_US = 1e6;
const HOUR_US = 3_600e6;
const utc = (text: string) => Date.parse(text) * 1000;
/** Wednesday: London is open alone from 08:00 to 12:00 UTC, with New York from then on. */
const LONDON_US = utc("2024-03-20T09:00:00Z");
const LONG_US = 1e6 * HOUR_US;

function close(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** Hold a spread from a time on, a quote each second. */
function quote(baseline: SessionBaseline, fromUs: number, seconds: number, spread: (i: number) => number): void {
  for (let i = 0; i < seconds; i++) baseline.update(fromUs + i * SECOND_US, spread(i));
  baseline.advance(fromUs + seconds * SECOND_US);
}

Deno.test("`SessionBaseline` weighs seconds alike where the half-life is long: mean and variance of a textbook", () => {
  // Wikipedia, Standard deviation, basic examples: 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and standard deviation 2.
  const spreads = [2, 4, 4, 4, 5, 5, 7, 9];
  const baseline = new SessionBaseline({ halfLifeUs: LONG_US, warmupUs: 8 * SECOND_US });
  quote(baseline, LONDON_US, 7, (i) => spreads[i]!);
  assert.equal(baseline.mean, undefined);
  quote(baseline, LONDON_US + 7 * SECOND_US, 1, () => 9);
  close(baseline.mean, 5, 1e-6);
  close(baseline.std, 2, 1e-6);
  close(baseline.zScore(9), 2, 1e-6);
});

Deno.test("`SessionBaseline` halves the weight of a second with every half-life of the session", () => {
  const baseline = new SessionBaseline({ halfLifeUs: 10 * SECOND_US, warmupUs: SECOND_US });
  quote(baseline, LONDON_US, 10, () => 1);
  quote(baseline, LONDON_US + 10 * SECOND_US, 10, () => 4);
  // Weights 1/4 and 1/2: mean 3, variance (4 + 2·1)/3.
  close(baseline.mean, 3);
  close(baseline.std, Math.SQRT2);
});

Deno.test("`SessionBaseline` keeps sessions apart, and their time", () => {
  const baseline = new SessionBaseline({ halfLifeUs: 20 * HOUR_US, warmupUs: 600 * SECOND_US });
  const overlapUs = utc("2024-03-20T12:00:00Z");
  quote(baseline, overlapUs - 901 * SECOND_US, 900, (i) => 1 + (i % 2));
  close(baseline.mean, 1.5, 1e-4);
  baseline.update(overlapUs - SECOND_US, NaN);
  quote(baseline, overlapUs, 599, () => 0.3);
  assert.equal(baseline.mean, undefined, "London with New York is another session");
  quote(baseline, overlapUs + 599 * SECOND_US, 1, () => 0.3);
  close(baseline.mean, 0.3);
  // The same sessions on another day: what was learned is there at once, and weighs what it did.
  quote(baseline, overlapUs + 21 * HOUR_US, 1, () => 1.5);
  close(baseline.mean, 1.5, 1e-4);
});

Deno.test("`SessionBaseline` splits a pause between the sessions that it spans, and counts an hour of it", () => {
  const baseline = new SessionBaseline({ halfLifeUs: LONG_US, warmupUs: SECOND_US });
  const overlapUs = utc("2024-03-20T12:00:00Z");
  baseline.update(overlapUs - 1200 * SECOND_US, 0.5);
  baseline.advance(overlapUs + 24 * HOUR_US - SECOND_US); // London alone once more
  const counted = (key: number) => baseline.snapshot()[3 + 4 * key + 3]! / SECOND_US;
  const [london, newYork] = [SESSIONS.indexOf("london"), SESSIONS.indexOf("new-york")];
  assert.equal(counted(2 ** london), 1200);
  assert.equal(counted(2 ** london + 2 ** newYork), 2400);
  close(baseline.mean, 0.5);
});

Deno.test("`SessionBaseline` counts a closed week only in the seconds in which quotes come", () => {
  const baseline = new SessionBaseline({ halfLifeUs: LONG_US, warmupUs: SECOND_US });
  const closeUs = utc("2024-03-22T21:00:00Z"); // Friday 17:00 in New York
  baseline.update(closeUs - SECOND_US / 2, 7);
  baseline.advance(closeUs + HOUR_US);
  assert.equal(baseline.mean, undefined, "the quote of the close does not stand for the weekend");
  baseline.update(closeUs + 2 * HOUR_US, 3);
  baseline.advance(closeUs + 3 * HOUR_US);
  close(baseline.mean, 3);
  assert.equal(baseline.snapshot()[6], SECOND_US);
  quote(baseline, closeUs + 4 * HOUR_US, 10, () => 3);
  assert.equal(baseline.snapshot()[6], 11 * SECOND_US);
});

Deno.test("`SessionBaseline` leaves out time without a spread, and has no score where it never changed", () => {
  const baseline = new SessionBaseline({ halfLifeUs: HOUR_US, warmupUs: 10 * SECOND_US });
  quote(baseline, LONDON_US, 19, (i) => i % 2 === 0 ? NaN : 0.1);
  assert.equal(baseline.mean, undefined);
  quote(baseline, LONDON_US + 19 * SECOND_US, 1, () => 0.1);
  close(baseline.mean, 0.1);
  assert.equal(baseline.std, 0);
  assert.equal(baseline.zScore(0.2), undefined);
  quote(baseline, LONDON_US + 20 * SECOND_US, 1, () => 0.2);
  assert(baseline.zScore(0.2)! > 0);
  assert.equal(baseline.zScore(NaN), undefined);
});

Deno.test("`SessionBaseline` does not depend on how often time is told", () => {
  const often = new SessionBaseline({ halfLifeUs: 200 * SECOND_US, warmupUs: SECOND_US });
  const seldom = new SessionBaseline({ halfLifeUs: 200 * SECOND_US, warmupUs: SECOND_US });
  const random = lcg(2);
  let timeUs = LONDON_US;
  for (let i = 0; i < 300; i++) {
    const gapUs = Math.floor(random() * (random() < 0.05 ? 3 * HOUR_US : 5e6));
    for (let k = 1; k < 50; k++) often.advance(timeUs + Math.floor((gapUs * k) / 50));
    timeUs += gapUs;
    const spread = random() < 0.1 ? NaN : random();
    often.update(timeUs, spread);
    seldom.update(timeUs, spread);
    assert.equal(often.mean === undefined, seldom.mean === undefined, `step ${i}`);
    if (often.mean === undefined) continue;
    close(often.mean, seldom.mean!, 1e-12);
    close(often.std, seldom.std!, 1e-9);
  }
});

Deno.test("`SessionBaseline.restore()` refuses the state of something else", () => {
  const baseline = new SessionBaseline({ halfLifeUs: 1 });
  assert.throws(() => baseline.restore([1, 2, 3]), RangeError);
});

const DUKASCOPY = `${DATA}/fx/dukascopy_eurusd/EURUSD_20190204.csv.gz`;

Deno.test({
  name: "`SessionBaseline` gives the mean and deviation of each session of a day of EURUSD " +
    "(skipped without fx/dukascopy_eurusd)",
  ignore: !existsSync(DUKASCOPY),
  fn() {
    const quotes = gzipLines(DUKASCOPY).slice(1).map((line) => line.split(",").map(Number)).map(([ms, bid, ask]) => ({
      timeUs: ms! * 1000,
      spreadBps: (2e4 * (ask! - bid!)) / (ask! + bid!),
    }));
    const baseline = new SessionBaseline({ halfLifeUs: LONG_US });
    const clock = new SessionClock();
    const bySession = new Map<number, number[]>();
    const firstS = Math.floor(quotes[0]!.timeUs / SECOND_US);
    const lastS = Math.floor(quotes.at(-1)!.timeUs / SECOND_US);
    for (let s = firstS, at = 0; s < lastS; s++) {
      while (quotes[at + 1]!.timeUs < (s + 1) * SECOND_US) at++;
      clock.advance(s * SECOND_US);
      const spreads = bySession.get(clock.sessionKey) ?? [];
      bySession.set(clock.sessionKey, spreads);
      spreads.push(quotes[at]!.spreadBps);
    }
    for (const { timeUs, spreadBps } of quotes) baseline.update(timeUs, spreadBps);
    const state = baseline.snapshot();
    for (const [key, spreads] of bySession) {
      const [weight, mean, squares, countedUs] = state.slice(3 + 4 * key) as [number, number, number, number];
      const expected = spreads.reduce((total, spread) => total + spread, 0) / spreads.length;
      const variance = spreads.reduce((total, spread) => total + (spread - expected) ** 2, 0) / spreads.length;
      assert.equal(countedUs, spreads.length * SECOND_US);
      close(mean, expected, 1e-5 * expected);
      close(squares / weight, variance, 1e-4 * variance);
    }
    assert(bySession.size >= 5, `${bySession.size} sessions`);
  },
});
