/**
 * Order flow and trade flow.
 *
 * @module
 */
import { OrderFlowImbalance, TradeFlow } from "../../../actors/estimators/mod.ts";
import { caseOf, defined, type EstimatorCase, lot, sometimesAbsent, type Step, sum, tick, within } from "./case.ts";

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

export const FLOW_CASES: readonly EstimatorCase[] = [orderFlowImbalance, tradeFlow];
