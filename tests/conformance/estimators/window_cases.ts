/**
 * Windows, sums and means that the other estimators are made of.
 *
 * @module
 */
import {
  EwMean,
  GridReturns,
  RollingQuantiles,
  RollingRegression,
  RollingSums,
  SlottedWindow,
  TimeWeightedMean,
} from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, heldUs, sometimesAbsent, sum, tick, within } from "./case.ts";
import { intervalsOf, leastSquares, type Point } from "./ols.ts";

const HOUR_US = 3_600_000_000;

const slottedWindow = caseOf(() => new SlottedWindow({ slotUs: 100_000, slotCount: 7, channelCount: 2 }), {
  input: (random) => [random() < 0.5 ? 0 : 1, random() - 0.3],
  update(window, { timeUs, input: [channel, amount] }) {
    window.advance(timeUs);
    window.add(channel!, amount!);
  },
  values: (window) => ({
    all: window.sum(0),
    other: window.sum(1),
    newest: window.sum(0, 2),
    none: window.sum(1, 0),
    seenSlots: window.seenSlots,
  }),
  batch(history, nowUs) {
    const of = (channel: number, slots: number) =>
      sum(
        within(history, nowUs, 100_000, slots).filter(({ input }) => input[0] === channel).map(({ input }) =>
          input[1]!
        ),
      );
    const firstSlot = Math.floor((history[0]?.timeUs ?? 0) / 100_000);
    return {
      all: of(0, 7),
      other: of(1, 7),
      newest: of(0, 2),
      none: of(1, 0),
      seenSlots: history.length === 0 ? 0 : Math.min(7, Math.floor(nowUs / 100_000) - firstSlot),
    };
  },
  stateLength: 2 + 8 * 2,
  degenerate: [[0, 0], [1, -0], [0, 1e300], [1, 1e-300]],
});

const timeWeightedMean = caseOf(() => new TimeWeightedMean(), {
  input: (random) => [sometimesAbsent(random, random() * 5)],
  update: (mean, { timeUs, input: [value] }) => mean.update(timeUs, value!),
  values: (mean, nowUs) => ({ mean: mean.value(nowUs) }),
  batch(history, nowUs) {
    const startUs = (Math.floor(nowUs / 1e6) - 60) * 1e6;
    let integral = 0;
    let durationUs = 0;
    // A value that was there for more than an hour is of a closed market, and so is all before it.
    const closed = heldUs(history, nowUs).findLastIndex((us, i) =>
      us > HOUR_US && !Number.isNaN(history[i]!.input[0]!)
    );
    const open = history.slice(closed + 1);
    open.forEach(({ timeUs, input: [value] }, i) => {
      const fromUs = Math.max(timeUs, startUs);
      const untilUs = open[i + 1]?.timeUs ?? nowUs;
      if (Number.isNaN(value!) || untilUs <= fromUs) return;
      integral += value! * (untilUs - fromUs);
      durationUs += untilUs - fromUs;
    });
    return { mean: defined(integral / durationUs) };
  },
  stateLength: 3 + 2 + 61 * 2,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e300]],
});

const ewMean = caseOf(() => new EwMean({ halfLifeUs: 2_000_000 }), {
  input: (random) => [sometimesAbsent(random, random() * 5)],
  update: (mean, { timeUs, input: [value] }) => mean.update(timeUs, value!),
  values(mean, nowUs) {
    mean.advance(nowUs);
    return { mean: mean.mean, std: mean.std };
  },
  batch(history, nowUs) {
    const durations = heldUs(history, nowUs);
    // Absent values in a row are one absence. One that lasts for more than an hour is of a closed market, as is such a value.
    let sinceUs = -Infinity;
    let closed = -1;
    history.forEach(({ timeUs, input: [value] }, i) => {
      if (!Number.isNaN(value!) || !Number.isNaN(history[i - 1]?.input[0] ?? NaN)) sinceUs = timeUs;
      if (timeUs + durations[i]! - sinceUs > HOUR_US) closed = i;
    });
    const held = history.map(({ input: [value] }, i) => ({ value: value!, durationUs: durations[i]! }))
      .filter(({ value, durationUs }, i) => i > closed && !Number.isNaN(value) && durationUs > 0);
    if (sum(held.map(({ durationUs }) => durationUs)) < 2_000_000) return { mean: undefined, std: undefined };
    // A value's weight, all that came before it having the rest; the first has all of it.
    let rest = 1;
    const weights = held.toReversed().map(({ durationUs }, back) => {
      const weight = back === held.length - 1 ? rest : rest * (1 - 2 ** (-durationUs / 2_000_000));
      rest -= weight;
      return weight;
    }).reverse();
    const mean = sum(held.map(({ value }, i) => weights[i]! * value));
    return { mean, std: Math.sqrt(sum(held.map(({ value }, i) => weights[i]! * (value - mean) ** 2))) };
  },
  stateLength: 6,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e200]],
});

const ROWS = 7;

const rollingSums = caseOf(() => new RollingSums({ rowCount: ROWS, channelCount: 2 }), {
  // Now and then a row that would drown the others for ever if it were subtracted.
  input: (random) => [random() < 0.1 ? 1e20 : random() - 0.5, random() * 100],
  update(sums, { input: [first, second] }) {
    sums.row[0] = first!;
    sums.row[1] = second!;
    sums.push();
  },
  values: (sums) => ({
    first: sums.sum(0),
    second: sums.sum(1),
    count: sums.count,
    full: Number(sums.full),
    newest: sums.count > 0 ? sums.at(0, 0) : undefined,
    oldest: sums.count > 0 ? sums.at(sums.count - 1, 1) : undefined,
  }),
  batch(history) {
    const rows = history.slice(-ROWS).map(({ input }) => input);
    return {
      first: sum(rows.map(([first]) => first!)),
      second: sum(rows.map(([, second]) => second!)),
      count: rows.length,
      full: Number(rows.length === ROWS),
      newest: rows.at(-1)?.[0],
      oldest: rows[0]?.[1],
    };
  },
  stateLength: 1 + 2 + 2 * ROWS,
  degenerate: [[0, 0], [-0, 1], [1e300, -1e300], [1e-300, 1]],
});

/** A value from a few, so that many are equal; −0 among them. */
const fewValues = (random: () => number) => [NaN, -0, 0, 0.1, 0.2, -3, 7, 1e6][Math.floor(random() * 8)]!;

const rollingQuantiles = caseOf(() => new RollingQuantiles({ count: ROWS }), {
  input: (random) => [fewValues(random)],
  update: (quantiles, { input: [value] }) => quantiles.push(value!),
  values: (quantiles) => ({
    count: quantiles.count,
    full: Number(quantiles.full),
    min: quantiles.quantile(0),
    median: quantiles.quantile(0.5),
    p95: quantiles.quantile(0.95),
    max: quantiles.quantile(1),
    rank: quantiles.rank(0.1),
    rankBetween: quantiles.rank(0.15),
    rankOfNothing: quantiles.rank(NaN),
    share: quantiles.shareNotAbove(0.1),
    shareBetween: quantiles.shareNotAbove(0.15),
  }),
  batch(history) {
    const values = history.map(({ input: [value] }) => value!).filter((value) => Number.isFinite(value)).slice(-ROWS);
    const ascending = values.toSorted((a, b) => a - b);
    const n = values.length;
    // Type 7: the value at 1 + p·(n − 1) of the sorted ones, between two of them in proportion.
    const quantile = (p: number) => {
      const whole = Math.trunc(p * (n - 1));
      const part = p * (n - 1) - whole;
      return n === 0 ? undefined : (1 - part) * ascending[whole]! + part * (ascending[whole + 1] ?? 0);
    };
    const share = (of: (value: number) => number) => defined(sum(values.map(of)) / n);
    return {
      count: n,
      full: Number(n === ROWS),
      min: quantile(0),
      median: quantile(0.5),
      p95: quantile(0.95),
      max: quantile(1),
      rank: share((value) => value < 0.1 ? 1 : value === 0.1 ? 0.5 : 0),
      rankBetween: share((value) => value < 0.15 ? 1 : 0),
      rankOfNothing: undefined,
      share: share((value) => value <= 0.1 ? 1 : 0),
      shareBetween: share((value) => value < 0.15 ? 1 : 0),
    };
  },
  stateLength: 1 + ROWS,
  degenerate: [[NaN], [Infinity], [-Infinity], [0], [-0], [5e-324], [1e300]],
});

const rollingRegression = caseOf(() => new RollingRegression({ count: ROWS, countMin: 3 }), {
  // From a few whole numbers, so that x and y often stand still and points lie on a line.
  input: (random) => [sometimesAbsent(random, Math.floor(random() * 3)), Math.floor(random() * 3) - 1],
  update: (regression, { input: [x, y] }) => regression.push(x!, y!),
  values: ({ slope, intercept, r2, tStatistic, count }) => ({ slope, intercept, r2, tStatistic, count }),
  batch(history) {
    const points = history.map(({ input }) => input as unknown as Point).filter(([x]) => !Number.isNaN(x)).slice(-ROWS);
    return { ...leastSquares(points, 3), count: points.length };
  },
  stateLength: 5 * ROWS + 6,
  degenerate: [[NaN, 1], [1, NaN], [0, 0], [1, 1], [1, 2], [2, 1], [1e200, 1], [1, 1e200], [1e150, -1e150], [
    5e-324,
    1,
  ]],
});

const GRID_US = 1_000_000;
/** What each instance has told since its newest update began. */
const told = new WeakMap<GridReturns, number[]>();

const gridReturns = caseOf(() => {
  const returns: number[] = [];
  const grid = new GridReturns({ gridUs: GRID_US }, (logReturn, timeUs) => returns.push(logReturn, timeUs));
  told.set(grid, returns);
  return grid;
}, {
  input: (random) => [sometimesAbsent(random, tick(random))],
  update(grid, { timeUs, input: [mid] }) {
    told.get(grid)!.length = 0;
    grid.update(timeUs, mid!);
  },
  values(grid) {
    const returns = told.get(grid)!.filter((_, i) => i % 2 === 0);
    const newest = returns.findLastIndex((logReturn) => !Number.isNaN(logReturn));
    return {
      sum: sum(returns.filter((logReturn) => !Number.isNaN(logReturn))),
      count: returns.filter((logReturn) => !Number.isNaN(logReturn)).length,
      closed: returns.filter(Number.isNaN).length,
      newestUs: told.get(grid)![2 * newest + 1],
    };
  },
  batch(history, nowUs) {
    const beforeUs = history.at(-2)?.timeUs ?? 0;
    const returns = intervalsOf(history, nowUs, GRID_US).filter(({ endUs }) => endUs > beforeUs);
    // An absent mid stands since the first quote without one.
    const sinceUs = history.slice(0, -1).findLast(({ input: [mid] }, i) =>
      !Number.isNaN(mid!) || i === 0 || !Number.isNaN(history[i - 1]!.input[0]!)
    )?.timeUs;
    const closed = sinceUs !== undefined && nowUs - sinceUs > HOUR_US && beforeUs - sinceUs <= HOUR_US;
    return {
      sum: sum(returns.map(({ fromMid, toMid }) => Math.log(toMid) - Math.log(fromMid))),
      count: returns.length,
      closed: Number(closed),
      newestUs: returns.at(-1)?.endUs,
    };
  },
  stateLength: 4,
  degenerate: [[NaN], [0], [-1], [1.1], [11], [5e-324], [1.7e308], [Infinity]],
});

export const WINDOW_CASES: readonly EstimatorCase[] = [
  slottedWindow,
  timeWeightedMean,
  ewMean,
  rollingSums,
  rollingQuantiles,
  rollingRegression,
  gridReturns,
];
