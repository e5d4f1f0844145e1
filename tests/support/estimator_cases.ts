/**
 * Every streaming estimator with what the conformance tests need of it: how to feed it, what its values are, and the same
 * values by the formula of its documentation, slowly, from the whole history.
 *
 * @module
 */
import {
  ArrivalRate,
  type Estimator,
  EwmaVolatility,
  EwMean,
  OrderFlowImbalance,
  SlottedWindow,
  TimeWeightedMean,
  TradeFlow,
} from "../../actors/estimators/mod.ts";

export type Values = Record<string, number | undefined>;
export type Random = () => number;

/** What happened at a time. What the numbers mean is the estimator's own affair. */
export interface Step {
  timeUs: number;
  input: readonly number[];
}

export interface EstimatorCase {
  /** Name of the exported class. */
  name: string;
  make(): Estimator;
  /** One random input. */
  input(random: Random): number[];
  update(estimator: Estimator, step: Step): void;
  /** Every value at a time, which is that of the last step or later. */
  values(estimator: Estimator, nowUs: number): Values;
  /** The same from the whole history. */
  batch(history: readonly Step[], nowUs: number): Values;
  /** Length of a snapshot. */
  stateLength: number;
  /** Inputs that are hard to take: zero, absent, huge, a jump. */
  degenerate: number[][];
}

function caseOf<E extends Estimator>(
  make: () => E,
  rest:
    & Omit<EstimatorCase, "make" | "name" | "update" | "values">
    & { update(estimator: E, step: Step): void; values(estimator: E, nowUs: number): Values },
): EstimatorCase {
  return { make, name: make().constructor.name, ...rest } as unknown as EstimatorCase;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const defined = (value: number) => Number.isFinite(value) ? value : undefined;
const sometimesAbsent = (random: Random, value: number) => random() < 0.1 ? NaN : value;
const tick = (random: Random) => 1.1 + Math.floor(random() * 8) * 0.0001;
const lot = (random: Random) => 1e6 * Math.floor(random() * 5);

/** Steps in the slots from `slots` before the newest one on. */
function within(history: readonly Step[], nowUs: number, slotUs: number, slots: number): Step[] {
  const oldestUs = (Math.floor(nowUs / slotUs) - slots) * slotUs;
  return history.filter(({ timeUs }) => timeUs >= oldestUs);
}

/** How long each step's value held, up to now. */
function heldUs(history: readonly Step[], nowUs: number): number[] {
  return history.map(({ timeUs }, i) => (history[i + 1]?.timeUs ?? nowUs) - timeUs);
}

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
    history.forEach(({ timeUs, input: [value] }, i) => {
      const fromUs = Math.max(timeUs, startUs);
      const untilUs = history[i + 1]?.timeUs ?? nowUs;
      if (Number.isNaN(value!) || untilUs <= fromUs) return;
      integral += value! * (untilUs - fromUs);
      durationUs += untilUs - fromUs;
    });
    return { mean: defined(integral / durationUs) };
  },
  stateLength: 2 + 2 + 61 * 2,
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
    const held = history.map(({ input: [value] }, i) => ({ value: value!, durationUs: durations[i]! }))
      .filter(({ value, durationUs }) => !Number.isNaN(value) && durationUs > 0);
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
  stateLength: 5,
  degenerate: [[NaN], [0], [1], [10], [-1], [1e200]],
});

const orderFlowImbalance = caseOf(() => new OrderFlowImbalance(), {
  // The last number: the book was pictured anew before this quote.
  input(random) {
    const bid = tick(random);
    return [
      sometimesAbsent(random, bid),
      sometimesAbsent(random, lot(random)),
      bid + 0.0001 * Math.floor(random() * 3),
      lot(random),
      random() < 0.05 ? 1 : 0,
    ];
  },
  update(ofi, { timeUs, input: [bid, bidSize, ask, askSize, restart] }) {
    if (restart === 1) ofi.restart();
    ofi.update(timeUs, bid!, bidSize!, ask!, askSize!);
  },
  values(ofi, nowUs) {
    ofi.advance(nowUs);
    return { sum1s: ofi.sum1s, sum10s: ofi.sum10s, normalised10s: ofi.normalised10s };
  },
  batch(history, nowUs) {
    const flows: Step[] = [];
    for (let i = 1; i < history.length; i++) {
      const [b0, qb0, a0, qa0] = history[i - 1]!.input as [number, number, number, number];
      const [b, qb, a, qa, restart] = history[i]!.input as [number, number, number, number, number];
      if (restart === 1 || [b0, qb0, a0, qa0, b, qb, a, qa].some(Number.isNaN)) continue;
      const e = (b >= b0 ? qb : 0) - (b <= b0 ? qb0 : 0) - (a <= a0 ? qa : 0) + (a >= a0 ? qa0 : 0);
      flows.push({ timeUs: history[i]!.timeUs, input: [e, (qb + qa) / 2] });
    }
    const in10s = within(flows, nowUs, 50_000, 200);
    if (in10s.length === 0) return { sum1s: undefined, sum10s: undefined, normalised10s: undefined };
    const total = sum(in10s.map(({ input: [e] }) => e!));
    const depth = sum(in10s.map(({ input: [, depth] }) => depth!)) / in10s.length;
    return {
      sum1s: sum(within(flows, nowUs, 50_000, 20).map(({ input: [e] }) => e!)),
      sum10s: total,
      normalised10s: defined(total / depth),
    };
  },
  stateLength: 4 + 2 + 201 * 3,
  degenerate: [
    [1.1, 0, 1.2, 0, 0],
    [1.1, 1e6, 1.2, 1e6, 0],
    [NaN, NaN, 1.2, 1e6, 0],
    [1.1, NaN, 1.2, NaN, 0],
    [NaN, NaN, NaN, NaN, 0],
    [11, 1e6, 12, 1e6, 0],
    [1.2, 1.7e308, 1.1, 1.7e308, 0],
    [11, 1.7e308, 12, 1e6, 0],
  ],
});

const tradeFlow = caseOf(() => new TradeFlow(), {
  input: (random) => [tick(random), 1e5 * (1 + Math.floor(random() * 50)), Math.floor(random() * 3) - 1],
  update: (flow, { timeUs, input: [price, size, sign] }) => flow.update(timeUs, price!, size!, sign!),
  values(flow, nowUs) {
    flow.advance(nowUs);
    return {
      buySize: flow.buySize,
      sellSize: flow.sellSize,
      imbalance: flow.imbalance,
      count: flow.count,
      vwap: flow.vwap,
    };
  },
  batch(history, nowUs) {
    const trades = within(history, nowUs, 1_000_000, 60).map(({ input }) => input as [number, number, number]);
    const taken = (sign: number) => sum(trades.filter((trade) => trade[2] === sign).map(([, size]) => size));
    const notional = sum(trades.map(([price, size]) => price * size));
    return {
      buySize: trades.length === 0 ? undefined : taken(1),
      sellSize: trades.length === 0 ? undefined : taken(-1),
      imbalance: defined((taken(1) - taken(-1)) / (taken(1) + taken(-1))),
      count: trades.length,
      vwap: defined(notional / sum(trades.map(([, size]) => size))),
    };
  },
  stateLength: 2 + 61 * 5,
  degenerate: [[1.1, 0, 1], [1.1, 1e6, 0], [11, 1e6, -1], [1.1, 1e6, 1], [1.1, 1.7e308, 1], [1.1, 1.7e308, -1]],
});

const HALF_LIFE_US = 5_000_000;
const HOUR_US = 3_600_000_000;

const ewmaVolatility = caseOf(() => new EwmaVolatility({ halfLifeUs: HALF_LIFE_US }), {
  input: (random) => [sometimesAbsent(random, tick(random))],
  update: (volatility, { timeUs, input: [mid] }) => volatility.update(timeUs, mid!),
  values: (volatility) => ({ variance: volatility.variancePerSecond, annualPct: volatility.annualPct }),
  batch(history) {
    const decay = 2 ** (-1e6 / HALF_LIFE_US);
    const returns: number[] = [];
    let gridMid = NaN;
    history.forEach(({ timeUs, input: [mid] }, i) => {
      const next = history[i + 1];
      if (next === undefined) return;
      if (next.timeUs - timeUs > HOUR_US) {
        gridMid = NaN;
        return;
      }
      for (let grid = Math.floor(timeUs / 1e6) + 1; grid <= Math.floor(next.timeUs / 1e6); grid++) {
        const change = Math.log(mid! / gridMid);
        if (!Number.isNaN(change)) returns.push(change);
        gridMid = mid!;
      }
    });
    const n = returns.length;
    if (n < HALF_LIFE_US / 1e6) return { variance: undefined, annualPct: undefined };
    const weights = returns.map((_, i) => (1 - decay) * decay ** (n - 1 - i));
    const variance = sum(returns.map((r, i) => weights[i]! * r * r)) / sum(weights);
    return { variance, annualPct: 100 * Math.sqrt(variance * 24 * 3_600 * 5 * 52) };
  },
  stateLength: 6,
  degenerate: [[NaN], [1.1], [11], [1.1], [5e-324], [1e9]],
});

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
    const gaps = history.slice(1).map(({ timeUs }, i) => timeUs - history[i]!.timeUs);
    const weighted = gaps.map((gap, i) => gap * (31 / 32) ** (gaps.length - 1 - i) * (i === 0 ? 1 : 1 / 32));
    return {
      perSecond: slotsSeen < 4 ? undefined : within(history, nowUs, 250_000, 40).length / (slotsSeen / 4),
      interArrivalUs: gaps.length === 0 ? undefined : sum(weighted),
    };
  },
  stateLength: 2 + 2 + 41,
  degenerate: [[]],
});

export const ESTIMATOR_CASES: readonly EstimatorCase[] = [
  arrivalRate,
  ewMean,
  ewmaVolatility,
  orderFlowImbalance,
  slottedWindow,
  timeWeightedMean,
  tradeFlow,
];
