/**
 * Arrivals.
 *
 * @module
 */
import { ArrivalRate, HawkesBranching, QuoteSilence } from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, type Step, sum, within } from "./case.ts";

const HOUR_US = 3_600_000_000;

/** Times between steps, those over a closed market left out. */
function gapsUs(history: readonly Step[]): number[] {
  return history.slice(1).map(({ timeUs }, i) => timeUs - history[i]!.timeUs).filter((gapUs) => gapUs <= HOUR_US);
}

const arrivalRate = caseOf(() => new ArrivalRate(), {
  input: () => [],
  update: (arrival, { timeUs }) => arrival.update(timeUs),
  values(arrival, nowUs) {
    arrival.advance(nowUs);
    return { perSecond: arrival.perSecond, interArrivalUs: arrival.interArrivalUs };
  },
  batch(history, nowUs) {
    const slotsSeen = history.length === 0
      ? 0
      : Math.min(40, Math.floor(nowUs / 250_000) - Math.floor(history[0]!.timeUs / 250_000));
    const gaps = gapsUs(history);
    const weighted = gaps.map((gap, i) => gap * (31 / 32) ** (gaps.length - 1 - i) * (i === 0 ? 1 : 1 / 32));
    return {
      perSecond: slotsSeen < 4 ? undefined : within(history, nowUs, 250_000, 40).length / (slotsSeen / 4),
      interArrivalUs: gaps.length === 0 ? undefined : sum(weighted),
    };
  },
  stateLength: 2 + 2 + 41,
  degenerate: [[]],
  atWindow: (windowUs) => new ArrivalRate({ windowUs }),
});

const quoteSilence = caseOf(() => new QuoteSilence({ count: 12, countMin: 5 }), {
  input: () => [],
  update: (silence, { timeUs }) => silence.update(timeUs),
  values: (silence, nowUs) => ({
    medianUs: silence.medianUs,
    p99Us: silence.p99Us,
    ratioNow: silence.ratio(nowUs),
    ratioLater: silence.ratio(nowUs + 5_000_000),
  }),
  batch(history) {
    const gaps = gapsUs(history).slice(-12).sort((a, b) => a - b);
    if (gaps.length < 5) return { medianUs: undefined, p99Us: undefined, ratioNow: undefined, ratioLater: undefined };
    // What stands for all times of one bin, each 2 % wide.
    const binned = (p: number) => {
      const gapUs = gaps[Math.ceil(p * gaps.length) - 1]!;
      return gapUs === 0 ? 0 : 1.02 ** (Math.floor(Math.log(gapUs) / Math.log(1.02)) + 0.5);
    };
    return {
      medianUs: binned(0.5),
      p99Us: binned(0.99),
      ratioNow: defined(0 / binned(0.5)),
      ratioLater: defined(5_000_000 / binned(0.5)),
    };
  },
  stateLength: 2 + 12,
  degenerate: [[]],
  atWindow: (windowUs) => new QuoteSilence({ count: windowUs / 1e5 }),
});

const hawkesBranching = caseOf(
  () => new HawkesBranching({ windowUs: 1_000_000, windowCount: 10, windowCountMin: 4 }),
  {
    input: () => [],
    update: (branching, { timeUs }) => branching.update(timeUs),
    values(branching, nowUs) {
      branching.advance(nowUs);
      return { ratio: branching.ratio };
    },
    batch(history, nowUs) {
      const anew = history.findLastIndex(({ timeUs }, i) => i > 0 && timeUs - history[i - 1]!.timeUs > HOUR_US);
      const seconds = history.slice(Math.max(0, anew)).map(({ timeUs }) => Math.floor(timeUs / 1e6));
      const counts: number[] = [];
      for (let at = Math.floor(nowUs / 1e6) - 1; at > (seconds[0] ?? Infinity) && counts.length < 10; at--) {
        counts.push(seconds.filter((second) => second === at).length);
      }
      if (counts.length < 4 || sum(counts) === 0) return { ratio: undefined };
      const mean = sum(counts) / counts.length;
      const variance = sum(counts.map((count) => (count - mean) ** 2)) / (counts.length - 1);
      return { ratio: variance > mean ? 1 - Math.sqrt(mean / variance) : 0 };
    },
    stateLength: 3 + 1 + 2 + 2 * 10,
    degenerate: [[]],
    atWindow: (windowUs) => new HawkesBranching({ windowUs: 1e5, windowCount: windowUs / 1e5 }),
  },
);

export const ARRIVAL_CASES: readonly EstimatorCase[] = [arrivalRate, quoteSilence, hawkesBranching];
