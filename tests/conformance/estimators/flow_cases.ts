/**
 * Order flow, trade flow, and the impact of order flow.
 *
 * @module
 */
import {
  IntegratedOfi,
  MultiLevelOfi,
  OfiImpact,
  OrderFlowImbalance,
  TradeFlow,
} from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, lot, type Random, type Step, sum, tick, within } from "./case.ts";

const HOUR_US = 3_600_000_000;

type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];

/** The last number: the book was pictured anew before this quote. */
function quoteInput(random: Random, absentShare: number, restartShare: number): number[] {
  const bid = tick(random);
  return [
    random() < absentShare ? NaN : bid,
    random() < absentShare ? NaN : lot(random),
    bid + 0.0001 * Math.floor(random() * 3),
    lot(random),
    random() < restartShare ? 1 : 0,
  ];
}

/** The formula of the paper, with its indicators; NaN where no flow is known. */
function flowBetween(previous: Step, current: Step, restarted: boolean): number {
  const [b0, qb0, a0, qa0] = previous.input as unknown as Quote;
  const [b, qb, a, qa] = current.input as unknown as Quote;
  if (restarted || current.timeUs - previous.timeUs > HOUR_US) return NaN;
  if ([b0, qb0, a0, qa0, b, qb, a, qa].some(Number.isNaN)) return NaN;
  return (b >= b0 ? qb : 0) - (b <= b0 ? qb0 : 0) - (a <= a0 ? qa : 0) + (a >= a0 ? qa0 : 0);
}

/** Flow of each quote but the first, and the depth it leaves. */
function flowsOf(history: readonly Step[]): Step[] {
  return history.slice(1).map((step, i) => ({
    timeUs: step.timeUs,
    input: [flowBetween(history[i]!, step, step.input[4] === 1), (step.input[1]! + step.input[3]!) / 2],
  }));
}

const ODD_QUOTES = [
  [1.1, 0, 1.2, 0, 0],
  [1.1, 1e6, 1.2, 1e6, 0],
  [NaN, NaN, 1.2, 1e6, 0],
  [1.1, NaN, 1.2, NaN, 0],
  [NaN, NaN, NaN, NaN, 0],
  [11, 1e6, 12, 1e6, 0],
  [1.2, 1.7e308, 1.1, 1.7e308, 0],
  [11, 1.7e308, 12, 1e6, 0],
];

const orderFlowImbalance = caseOf(() => new OrderFlowImbalance(), {
  input: (random) => quoteInput(random, 0.1, 0.05),
  update(ofi, { timeUs, input: [bid, bidSize, ask, askSize, restart] }) {
    if (restart === 1) ofi.restart();
    ofi.update(timeUs, bid!, bidSize!, ask!, askSize!);
  },
  values(ofi, nowUs) {
    ofi.advance(nowUs);
    return { sum1s: ofi.sum1s, sum10s: ofi.sum10s, normalised10s: ofi.normalised10s };
  },
  batch(history, nowUs) {
    const flows = flowsOf(history).filter(({ input: [e] }) => !Number.isNaN(e!));
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
  stateLength: 5 + 2 + 201 * 3,
  degenerate: ODD_QUOTES,
});

const LEVELS = 3;

/** A side of a book, best price first. */
function sideOf(levels: readonly (readonly [price: number, size: number])[]) {
  return {
    count: levels.length,
    price: (depth: number) => levels[depth]?.[0] ?? NaN,
    size: (depth: number) => levels[depth]?.[1] ?? NaN,
  };
}

/** Bid count, ask count, then price and size of each bid and each ask; the first number says that the book is a new picture. */
function bookOf(input: readonly number[]) {
  const pairs = Array.from(
    { length: (input.length - 3) / 2 },
    (_, i) => [input[3 + 2 * i]!, input[4 + 2 * i]!] as const,
  );
  return { restart: input[0] === 1, bids: pairs.slice(0, input[1]), asks: pairs.slice(input[1]!) };
}

function sideInput(random: Random, sign: 1 | -1): number[] {
  const count = random() < 0.1 ? 0 : 2 + Math.floor(random() * 3);
  let price = 1.1 + sign * 0.0001 * Math.floor(random() * 3);
  return Array.from({ length: count }, () => {
    price += sign * 0.0001 * (1 + Math.floor(random() * 2));
    return [price, 1e6 * (1 + Math.floor(random() * 4))];
  }).flat();
}

const multiLevelOfi = caseOf(() => new MultiLevelOfi({ levels: LEVELS, windowUs: 2_000_000 }), {
  input(random) {
    const [bids, asks] = [sideInput(random, -1), sideInput(random, 1)];
    return [random() < 0.05 ? 1 : 0, bids.length / 2, asks.length / 2, ...bids, ...asks];
  },
  update(ofi, { timeUs, input }) {
    const { restart, bids, asks } = bookOf(input);
    if (restart) ofi.restart();
    ofi.update(timeUs, sideOf(bids), sideOf(asks));
  },
  values(ofi, nowUs) {
    ofi.advance(nowUs);
    return Object.fromEntries(Array.from({ length: LEVELS }, (_, k) => [`level${k + 1}`, ofi.sum(k + 1)]));
  },
  batch(history, nowUs) {
    return Object.fromEntries(Array.from({ length: LEVELS }, (_, k) => {
      const quotes = history.map(({ timeUs, input }): Step => {
        const { restart, bids, asks } = bookOf(input);
        return { timeUs, input: [...(bids[k] ?? [NaN, NaN]), ...(asks[k] ?? [NaN, NaN]), restart ? 1 : 0] };
      });
      const flows = within(flowsOf(quotes), nowUs, 50_000, 40).map(({ input: [e] }) => e!);
      const known = flows.filter((e) => !Number.isNaN(e));
      return [`level${k + 1}`, known.length === 0 ? undefined : sum(known)];
    }));
  },
  stateLength: 3 + 4 * LEVELS + LEVELS + 2 + 41 * LEVELS,
  atWindow: (windowUs) => new MultiLevelOfi({ levels: LEVELS, windowUs }),
  degenerate: [
    [0, 0, 0],
    [0, 1, 0, 1.1, 1e6],
    [0, 1, 1, 1.1, 1e6, 1.2, 0],
    [0, 1, 1, 11, 1e6, 12, 1e6],
    [0, 2, 1, 1.2, 1.7e308, 1.1, 1.7e308, 1.1, 1.7e308],
    [0, 1, 1, 1.1, 1e6, 1.2, 1e6],
  ],
});

/** The eigenvector of the largest eigenvalue of a symmetric matrix, by Jacobi rotations until nothing is left beside the diagonal. */
function firstEigenvector(matrix: readonly (readonly number[])[]): number[] {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => i === j ? 1 : 0));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const angle = Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const rows of [a, v]) {
          for (const row of rows) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
        }
        for (let k = 0; k < n; k++) {
          [a[p]![k], a[q]![k]] = [c * a[p]![k]! - s * a[q]![k]!, s * a[p]![k]! + c * a[q]![k]!];
        }
      }
    }
  }
  const first = a.map((row, i) => row[i]!).reduce((best, value, i, all) => value > all[best]! ? i : best, 0);
  return v.map((row) => row[first]!);
}

const INTEGRATED = { levels: LEVELS, windowUs: 2_000_000, halfLifeCount: 5, warmupCount: 3 };

const integratedOfi = caseOf(() => new IntegratedOfi(INTEGRATED), {
  // A flow that the levels share, one of each level's own, and the mean size of a level.
  input(random) {
    const shared = random() - 0.5;
    return [
      ...Array.from({ length: LEVELS }, (_, k) => 1e6 * ((k + 1) * shared + random() - 0.5)),
      1e6 * (1 + random()),
    ];
  },
  update: (ofi, { timeUs, input }) => ofi.update(timeUs, input.slice(0, LEVELS), input[LEVELS]!),
  values(ofi, nowUs) {
    ofi.advance(nowUs);
    return { value: ofi.value, weight1: ofi.weight(1), weight3: ofi.weight(3) };
  },
  batch(history, nowUs) {
    const scaled = (steps: readonly Step[]) => {
      const depth = sum(steps.map(({ input }) => input[LEVELS]!)) / steps.length;
      return Array.from({ length: LEVELS }, (_, k) => sum(steps.map(({ input }) => input[k]!)) / depth);
    };
    const intervalOf = (timeUs: number) => Math.floor(timeUs / INTEGRATED.windowUs);
    const closed = Map.groupBy(history, ({ timeUs }) => intervalOf(timeUs));
    closed.delete(intervalOf(nowUs));
    const rows = [...closed.values()].map(scaled);
    if (rows.length < INTEGRATED.warmupCount) return { value: undefined, weight1: undefined, weight3: undefined };
    // What is left of the share that each interval had when it came.
    const shares = rows.map((_, i) => Math.max(1 / (i + 1), 1 - 2 ** (-1 / INTEGRATED.halfLifeCount)));
    const left = shares.map((share, i) => shares.slice(i + 1).reduce((rest, later) => rest * (1 - later), share));
    const mean = rows[0]!.map((_, k) => sum(rows.map((row, i) => left[i]! * row[k]!)));
    const vector = firstEigenvector(
      mean.map((_, k) =>
        mean.map((_, j) => sum(rows.map((x, i) => left[i]! * (x[k]! - mean[k]!) * (x[j]! - mean[j]!))))
      ),
    );
    const size = sum(vector.map(Math.abs)) * Math.sign(sum(vector));
    const weights = vector.map((number) => number / size);
    const steps = within(history, nowUs, 50_000, 40);
    return {
      value: steps.length === 0 ? undefined : sum(scaled(steps).map((ofi, k) => weights[k]! * ofi)),
      weight1: weights[0],
      weight3: weights[2],
    };
  },
  stateLength: 2 + LEVELS + LEVELS ** 2 + LEVELS + 2 + 41 * (LEVELS + 2),
  atWindow: (windowUs) => new IntegratedOfi({ ...INTEGRATED, windowUs }),
  degenerate: [
    [0, 0, 0, 0],
    [0, 0, 0, 1e6],
    [1e6, -1e6, 0, 1e6],
    [1e6, 1e6, 1e6, 1e6],
    [1e300, 1e300, -1e300, 1],
    [1e150, 1, 1, 1],
    [1e-170, 1e-170, 0, 1],
    [1e6, 0, 0, 5e-324],
  ],
});

const tradeFlow = caseOf(() => new TradeFlow(), {
  // The last number: a book event in place of a trade.
  input: (random) => [
    tick(random),
    1e5 * (1 + Math.floor(random() * 50)),
    Math.floor(random() * 3) - 1,
    random() < 0.4 ? 1 : 0,
  ],
  update(flow, { timeUs, input: [price, size, sign, bookEvent] }) {
    if (bookEvent === 1) flow.bookEvent(timeUs);
    else flow.update(timeUs, price!, size!, sign!);
  },
  values(flow, nowUs) {
    flow.advance(nowUs);
    return {
      buySize: flow.buySize,
      sellSize: flow.sellSize,
      imbalance: flow.imbalance,
      count: flow.count,
      tradedPerSecond: flow.tradedPerSecond,
      vwap: flow.vwap,
      orderToTradeRatio: flow.orderToTradeRatio,
    };
  },
  batch(history, nowUs) {
    const steps = within(history, nowUs, 1_000_000, 60);
    const trades = steps.filter(({ input }) => input[3] === 0).map(({ input }) => input as [number, number, number]);
    const taken = (sign: number) => sum(trades.filter((trade) => trade[2] === sign).map(([, size]) => size));
    const signed = taken(1) + taken(-1) > 0;
    const size = sum(trades.map(([, size]) => size));
    const seenS = Math.min(60 + (nowUs % 1e6) / 1e6, (nowUs - (history[0]?.timeUs ?? nowUs)) / 1e6);
    return {
      buySize: signed ? taken(1) : undefined,
      sellSize: signed ? taken(-1) : undefined,
      imbalance: defined((taken(1) - taken(-1)) / (taken(1) + taken(-1))),
      count: trades.length,
      tradedPerSecond: trades.length > 0 && seenS >= 6 ? size / seenS : undefined,
      vwap: defined(sum(trades.map(([price, size]) => price * size)) / size),
      orderToTradeRatio: defined((steps.length - trades.length) / trades.length),
    };
  },
  stateLength: 2 + 2 + 61 * 6,
  atWindow: (windowUs) => new TradeFlow({ windowUs }),
  degenerate: [
    [1.1, 0, 1, 0],
    [1.1, 1e6, 0, 0],
    [11, 1e6, -1, 0],
    [1.1, 1e6, 1, 0],
    [1.1, 1.7e308, 1, 0],
    [1.1, 1.7e308, -1, 0],
    [0, 0, 0, 1],
  ],
});

const IMPACT = { intervalUs: 2_000_000, count: 8, countMin: 3 };

/** A t-statistic; that of points on a line, but for their rounding, is not compared. */
const comparable = (t: number | undefined) => t !== undefined && Math.abs(t) < 1_000 ? t : undefined;

/** Slope, its t-statistic and R² by the textbook, from deviations. */
function regressionOf(pairs: readonly (readonly [x: number, y: number])[]) {
  const n = pairs.length;
  const none = { slope: undefined, tStatistic: undefined, r2: undefined };
  if (n < IMPACT.countMin) return none;
  const [meanX, meanY] = [sum(pairs.map(([x]) => x)) / n, sum(pairs.map(([, y]) => y)) / n];
  const sxx = sum(pairs.map(([x]) => (x - meanX) ** 2));
  const syy = sum(pairs.map(([, y]) => (y - meanY) ** 2));
  if (sxx === 0) return none;
  const slope = sum(pairs.map(([x, y]) => (x - meanX) * (y - meanY))) / sxx;
  const residual = sum(pairs.map(([x, y]) => (y - meanY - slope * (x - meanX)) ** 2));
  return {
    slope,
    tStatistic: comparable(defined(slope / Math.sqrt(residual / (n - 2) / sxx))),
    r2: syy === 0 ? undefined : 1 - residual / syy,
  };
}

const ofiImpact = caseOf(() => new OfiImpact(IMPACT), {
  input: (random) => quoteInput(random, 0.02, 0.02),
  update(impact, { timeUs, input: [bid, bidSize, ask, askSize, restart] }) {
    if (restart === 1) impact.restart();
    impact.update(timeUs, bid!, bidSize!, ask!, askSize!);
  },
  values(impact, nowUs) {
    impact.advance(nowUs);
    return { slope: impact.slope, tStatistic: comparable(impact.tStatistic), r2: impact.r2, count: impact.count };
  },
  batch(history, nowUs) {
    const { intervalUs, count } = IMPACT;
    const pairs: [number, number][] = [];
    const flows = flowsOf(history);
    /** The quote in force just before a time, where the market was still open. */
    const before = (timeUs: number) => {
      const last = history.findLast((step) => step.timeUs < timeUs);
      return last === undefined || timeUs - last.timeUs > HOUR_US ? undefined : last.input;
    };
    const firstEndUs = (Math.floor((history[0]?.timeUs ?? nowUs) / intervalUs) + 1) * intervalUs;
    for (let endUs = Math.floor(nowUs / intervalUs) * intervalUs; endUs > firstEndUs; endUs -= intervalUs) {
      if (pairs.length === count) break;
      const [from, to] = [before(endUs - intervalUs), before(endUs)];
      if (from === undefined || to === undefined) {
        // Far into a closed market: go on where it closed.
        const last = history.findLast((step) => step.timeUs < endUs)!;
        endUs = Math.min(endUs, (Math.floor((last.timeUs + HOUR_US) / intervalUs) + 2) * intervalUs);
        continue;
      }
      const inside = flows.filter(({ timeUs }) => timeUs >= endUs - intervalUs && timeUs < endUs).map(({ input }) =>
        input[0]!
      );
      const [m0, m1] = [(from[0]! + from[2]!) / 2, (to[0]! + to[2]!) / 2];
      const numbers = [...inside, ...from.slice(0, 4), ...to.slice(0, 4)];
      if (!numbers.some(Number.isNaN)) pairs.push([sum(inside) / 1e6, (1e4 * (m1 - m0)) / m0]);
    }
    return { ...regressionOf(pairs), count: pairs.length };
  },
  stateLength: 10 + 1 + 5 + 5 * IMPACT.count,
  atWindow: (windowUs) => new OfiImpact({ intervalUs: 1_000_000, count: windowUs / 1_000_000 }),
  degenerate: ODD_QUOTES,
});

export const FLOW_CASES: readonly EstimatorCase[] = [
  orderFlowImbalance,
  multiLevelOfi,
  integratedOfi,
  tradeFlow,
  ofiImpact,
];
