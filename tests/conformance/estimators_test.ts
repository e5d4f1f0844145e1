/**
 * What every streaming estimator keeps, walked over the table of all of them: online = batch at every prefix, restored =
 * uninterrupted at every cut, no NaN and no infinity, state that does not grow. And the worked examples of each.
 */
import assert from "node:assert/strict";
import * as estimators from "../../actors/estimators/mod.ts";
import {
  type Estimator,
  EwmaVolatility,
  midPrice,
  quotedSpreadBps,
  touchImbalance,
  weightedMid,
} from "../../actors/estimators/mod.ts";
import { ESTIMATOR_CASES, type EstimatorCase, type Random, type Step, type Values } from "./estimators/mod.ts";
import { lcg } from "../support/frames.ts";

const START_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;

/** Time to the next step: bursts, equal times, seconds, and now and then minutes, hours or a weekend. */
function randomGapUs(random: Random): number {
  const kind = random();
  if (kind < 0.2) return 0;
  if (kind < 0.45) return Math.floor(random() * 2_000);
  if (kind < 0.8) return Math.floor(random() * 700_000);
  if (kind < 0.95) return Math.floor(random() * 8_000_000);
  return Math.floor([120e6, 2 * HOUR_US, HOUR_US - 1e6, 48 * HOUR_US, HOUR_US][Math.floor(random() * 5)]! * random());
}

function randomHistory(estimator: EstimatorCase, seed: number, count: number): Step[] {
  const random = lcg(seed * 7919 + 13);
  let timeUs = START_US + Math.floor(random() * 5e6);
  return Array.from({ length: count }, () => {
    timeUs += randomGapUs(random);
    // Now and then right on the edge of every slot.
    if (random() < 0.1) timeUs = Math.ceil(timeUs / 1e6) * 1e6;
    return { timeUs, input: estimator.input(random) };
  });
}

/** Values agree to 9 digits of what they are made of: sums of millions that cancel out keep their rounding. */
function assertClose(actual: Values, expected: Values, message: string): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, value] of Object.entries(actual)) {
    const wanted = expected[name];
    const close = value === wanted ||
      (value !== undefined && wanted !== undefined &&
        Math.abs(value - wanted) <= 1e-9 * Math.max(1e-4, Math.abs(wanted)));
    assert(close, `${message}: ${name} is ${value}, the formula gives ${wanted}`);
  }
}

function assertFinite(values: Values, message: string): void {
  for (const [name, value] of Object.entries(values)) {
    assert(value === undefined || Number.isFinite(value), `${message}: ${name} is ${value}`);
  }
}

const overJson = (state: number[]) => JSON.parse(JSON.stringify(state), (_, value) => value === null ? NaN : value);

Deno.test("the table of estimators names every exported class", () => {
  const exported = Object.entries(estimators)
    .filter(([, value]) => typeof value === "function" && "snapshot" in (value.prototype ?? {}))
    .map(([name]) => name).sort();
  assert.deepEqual([...new Set(ESTIMATOR_CASES.map(({ name }) => name))].sort(), exported);
});

for (const subject of ESTIMATOR_CASES) {
  Deno.test(`\`${subject.name}\` is its batch formula at every prefix`, () => {
    for (let seed = 1; seed <= 40; seed++) {
      const history = randomHistory(subject, seed, 60);
      const estimator = subject.make();
      assertClose(subject.values(subject.make(), START_US), subject.batch([], START_US), "before the first step");
      history.forEach((step, i) => {
        subject.update(estimator, step);
        const expected = subject.batch(history.slice(0, i + 1), step.timeUs);
        assertClose(subject.values(estimator, step.timeUs), expected, `seed ${seed}, step ${i}`);
      });
    }
  });

  Deno.test(`\`${subject.name}\` restored at any cut continues bit for bit`, () => {
    for (let seed = 1; seed <= 4; seed++) {
      const history = randomHistory(subject, seed, 80);
      const whole = subject.make();
      const trace: Values[] = [];
      const states: number[][] = [whole.snapshot()];
      for (const step of history) {
        subject.update(whole, step);
        trace.push(subject.values(whole, step.timeUs));
        states.push(whole.snapshot());
      }
      for (let cut = 0; cut < history.length; cut++) {
        const restored: Estimator = subject.make();
        // Over JSON, as the pair actor keeps it; on top of another state, which must be gone.
        subject.update(restored, { timeUs: START_US - 1, input: subject.input(lcg(seed)) });
        restored.restore(overJson(states[cut]!));
        for (let i = cut; i < history.length; i++) {
          subject.update(restored, history[i]!);
          assert.deepEqual(
            subject.values(restored, history[i]!.timeUs),
            trace[i],
            `seed ${seed}, cut ${cut}, step ${i}`,
          );
        }
        assert.deepEqual(restored.snapshot(), states.at(-1));
      }
    }
  });

  Deno.test(`\`${subject.name}\` answers \`undefined\` or a finite number for degenerate input`, () => {
    const gaps = [0, 1, 250_000, 1_000_000, 61_000_000, 72 * HOUR_US];
    assertFinite(subject.values(subject.make(), START_US), "without a step");
    for (const gapUs of gaps) {
      // Each input alone and again and again: one sample, no variance.
      for (const input of subject.degenerate) {
        const estimator = subject.make();
        for (let i = 0; i < 30; i++) {
          const timeUs = START_US + i * gapUs;
          subject.update(estimator, { timeUs, input });
          assertFinite(subject.values(estimator, timeUs), `${input} every ${gapUs} µs, step ${i}`);
        }
      }
      // Each after each.
      for (const first of subject.degenerate) {
        for (const second of subject.degenerate) {
          const estimator = subject.make();
          for (let i = 0; i < 20; i++) {
            const timeUs = START_US + i * gapUs;
            subject.update(estimator, { timeUs, input: i % 2 === 0 ? first : second });
            assertFinite(subject.values(estimator, timeUs), `${first} and ${second} every ${gapUs} µs, step ${i}`);
          }
          assertFinite(subject.values(estimator, START_US + 100 * 24 * HOUR_US), `long after ${first} and ${second}`);
        }
      }
    }
  });

  Deno.test(`\`${subject.name}\` keeps a bounded state after any number of events`, () => {
    const random = lcg(1);
    const estimator = subject.make();
    let timeUs = START_US;
    for (let i = 1; i <= 100_000; i++) {
      timeUs += Math.floor(random() * 20_000);
      subject.update(estimator, { timeUs, input: subject.input(random) });
      if (i !== 10 && i % 20_000 !== 0) continue;
      const { length } = estimator.snapshot();
      if (typeof subject.stateLength === "number") assert.equal(length, subject.stateLength);
      else assert(length <= subject.stateLength.max, `${length} numbers`);
    }
    assertFinite(subject.values(estimator, timeUs), "after 100,000 events");
  });
}

Deno.test("`SlottedWindow.restore()` refuses the state of a window of another size", () => {
  const small = new estimators.SlottedWindow({ slotUs: 1, slotCount: 1, channelCount: 1 });
  const large = new estimators.SlottedWindow({ slotUs: 1, slotCount: 2, channelCount: 1 });
  assert.throws(() => large.restore(small.snapshot()), RangeError);
});

Deno.test("`EwmaVolatility` has no return over a closed market, however time is told meanwhile", () => {
  for (const tellEveryUs of [Infinity, HOUR_US / 2, 1e6]) {
    const volatility = new EwmaVolatility({ halfLifeUs: 2_000_000 });
    const play = (fromUs: number, level: number) => {
      for (let i = 0; i < 10; i++) volatility.update(fromUs + i * 1e6, level * (1 + 1e-5 * (i % 2)));
    };
    play(START_US, 1.1);
    const mondayUs = START_US + 48 * HOUR_US;
    for (let timeUs = START_US + 10e6; timeUs < mondayUs; timeUs += tellEveryUs) volatility.advance(timeUs);
    play(mondayUs, 1.2);
    assert(volatility.variancePerSecond! < 1e-9, `told every ${tellEveryUs} µs: ${volatility.variancePerSecond}`);
  }
});

Deno.test("`EwmaVolatility` does not depend on how often time is told", () => {
  const often = new EwmaVolatility({ halfLifeUs: 3_000_000 });
  const seldom = new EwmaVolatility({ halfLifeUs: 3_000_000 });
  const random = lcg(5);
  let timeUs = START_US;
  for (let i = 0; i < 300; i++) {
    const nextUs = timeUs + Math.floor(random() * 6e6);
    for (let t = timeUs; t < nextUs; t += 250_000) often.advance(t);
    timeUs = nextUs;
    const mid = random() < 0.1 ? NaN : 1 + random() * 0.001;
    often.update(timeUs, mid);
    seldom.update(timeUs, mid);
    const [a, b] = [often.variancePerSecond, seldom.variancePerSecond];
    assert.equal(a === undefined, b === undefined, `step ${i}`);
    if (a !== undefined) assert(Math.abs(a - b!) <= 1e-12 * b!, `step ${i}`);
  }
});

Deno.test("figures of the touch are those of their formulas", () => {
  assert.equal(midPrice(1, 2), 1.5);
  assert.equal(quotedSpreadBps(1, 3), 10_000);
  assert.equal(quotedSpreadBps(3, 1), -10_000);
  assert.equal(touchImbalance(3, 1), 0.5);
  assert.equal(touchImbalance(0, 1), -1);
  assert.equal(weightedMid(1, 3, 2, 1), 1.75);
  assert.equal(weightedMid(1, 0, 2, 1), 1);
});

Deno.test("the weighted mid lies between bid and ask, the imbalance between −1 and 1", () => {
  const random = lcg(9);
  for (let i = 0; i < 1_000; i++) {
    const [bid, ask] = [1 + random(), 2 + random()];
    const [bidSize, askSize] = [random() * 1e7, random() * 1e7];
    const weighted = weightedMid(bid, bidSize, ask, askSize)!;
    assert(weighted >= bid && weighted <= ask);
    const imbalance = touchImbalance(bidSize, askSize)!;
    assert(imbalance >= -1 && imbalance <= 1);
    assert(Math.abs(weighted - (midPrice(bid, ask)! + imbalance * (ask - bid) / 2)) < 1e-12);
  }
});

Deno.test("figures of the touch are `undefined` where a number is absent or a divisor is 0", () => {
  const odd = [NaN, 0, 1, Infinity, -Infinity, 5e-324, 1.7e308];
  for (const a of odd) {
    for (const b of odd) {
      for (const value of [midPrice(a, b), quotedSpreadBps(a, b), touchImbalance(a, b), weightedMid(a, b, b, a)]) {
        assert(value === undefined || Number.isFinite(value), `${a}, ${b}`);
      }
    }
  }
  assert.equal(midPrice(NaN, 1), undefined);
  assert.equal(quotedSpreadBps(1, NaN), undefined);
  assert.equal(touchImbalance(0, 0), undefined);
  assert.equal(weightedMid(1, 0, 2, 0), undefined);
  assert.equal(weightedMid(1, NaN, 2, 1), undefined);
});
