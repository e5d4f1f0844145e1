/**
 * Toxicity and impact.
 *
 * @module
 */
import { Amihud, HasbrouckLambda, KyleLambda } from "../../../actors/estimators/mod.ts";
import {
  caseOf,
  defined,
  type EstimatorCase,
  lot,
  type Random,
  sometimesAbsent,
  type Step,
  sum,
  tick,
} from "./case.ts";
import { intervalsOf, leastSquares } from "./ols.ts";
import { TOXICITY_CASES } from "./toxicity_cases.ts";

const INTERVAL_US = 2_000_000;
const COUNT = 12;
const COUNT_MIN = 4;

const QUOTE = 0;
const TRADE = 1;
/** A quote `[0, mid]` or a trade `[1, price, size, sign]`. */
function quoteOrTrade(random: Random): number[] {
  // Not whole ticks: points that all but lie on a line have a t-statistic of rounding.
  if (random() < 0.5) return [QUOTE, sometimesAbsent(random, tick(random) + 0.0001 * random())];
  return [TRADE, tick(random), lot(random), Math.floor(random() * 3) - 1];
}

const DEGENERATE = [
  [QUOTE, NaN],
  [QUOTE, 1.1],
  [QUOTE, 11],
  [QUOTE, 5e-324],
  [QUOTE, 1.7e308],
  [TRADE, 1.1, 0, 1],
  [TRADE, 1.1, 1e6, 1],
  [TRADE, 150, 1e6, -1],
  [TRADE, 1.1, 1e6, 0],
  [TRADE, 1.1, 1e-300, 1],
  [TRADE, 1.1, 1.7e308, 1],
  [TRADE, NaN, NaN, 1],
];

const quotesOf = (history: readonly Step[]): Step[] =>
  history.filter(({ input: [kind] }) => kind === QUOTE).map(({ timeUs, input: [, mid] }) => ({
    timeUs,
    input: [mid!],
  }));
const tradesOf = (history: readonly Step[]): Step[] =>
  history.filter(({ input: [kind, , size] }) => kind === TRADE && size! > 0)
    .map(({ timeUs, input: [, ...trade] }) => ({ timeUs, input: trade }));
const tradesIn = (trades: readonly Step[], endUs: number, intervalUs: number) =>
  trades.filter(({ timeUs }) => timeUs >= endUs - intervalUs && timeUs < endUs).map(({ input }) => input);

function update(estimator: KyleLambda | HasbrouckLambda | Amihud, { timeUs, input }: Step): void {
  if (input[0] === QUOTE) return estimator.quote(timeUs, input[1]!);
  const [, price, size, sign] = input as [number, number, number, -1 | 0 | 1];
  estimator.trade({ timeUs, price, size, sign });
}

function regressionValues(lambda: KyleLambda | HasbrouckLambda, nowUs: number) {
  lambda.advance(nowUs);
  return {
    slope: lambda.slope,
    tStatistic: lambda.tStatistic,
    r2: lambda.r2,
    count: lambda.count,
    warm: Number(lambda.warm),
    hasEvents: Number(lambda.hasEvents),
    hasDirection: Number(lambda.hasDirection),
  };
}

/** The regression from the whole history, `flowOf` being what a trade adds to x. */
function regressionBatch(
  history: readonly Step[],
  nowUs: number,
  flowOf: (price: number, size: number, sign: number) => number,
) {
  const all = intervalsOf(quotesOf(history), nowUs, INTERVAL_US);
  const trades = tradesOf(history);
  const points = all.slice(-COUNT).map(({ endUs, fromMid, toMid }) =>
    [
      sum(tradesIn(trades, endUs, INTERVAL_US).map(([price, size, sign]) => flowOf(price!, size!, sign!))),
      1e4 * (toMid - fromMid) / fromMid,
    ] as const
  );
  const { slope, tStatistic, r2 } = leastSquares(points, COUNT_MIN);
  // The newest trade is of the window while no more intervals than the window's have ended since.
  const within = (newest: Step | undefined) =>
    Number(newest !== undefined && all.filter(({ endUs }) => endUs > newest.timeUs).length <= COUNT);
  return {
    slope,
    tStatistic,
    r2,
    count: points.length,
    warm: Number(points.length >= COUNT_MIN),
    hasEvents: within(trades.at(-1)),
    hasDirection: within(trades.findLast(({ input }) => input[2] !== 0)),
  };
}

const OPTIONS = { intervalUs: INTERVAL_US, count: COUNT, countMin: COUNT_MIN };
/** Ten-second intervals, as many as make the window. */
const atWindow = (windowUs: number) => ({ intervalUs: 10_000_000, count: Math.max(10, windowUs / 10_000_000) });

const kyleLambda = caseOf<KyleLambda>(() => new KyleLambda(OPTIONS), {
  input: quoteOrTrade,
  update,
  values: regressionValues,
  batch: (history, nowUs) => regressionBatch(history, nowUs, (_price, size, sign) => sign * size / 1e6),
  stateLength: 5 * COUNT + 14,
  atWindow: (windowUs) => new KyleLambda(atWindow(windowUs)),
  degenerate: DEGENERATE,
});

const hasbrouckLambda = caseOf<HasbrouckLambda>(() => new HasbrouckLambda(OPTIONS), {
  input: quoteOrTrade,
  update,
  values: regressionValues,
  batch: (history, nowUs) =>
    regressionBatch(history, nowUs, (price, size, sign) => sign * Math.sqrt(price * size / 1e6)),
  stateLength: 5 * COUNT + 14,
  atWindow: (windowUs) => new HasbrouckLambda(atWindow(windowUs)),
  degenerate: DEGENERATE,
});

const amihud = caseOf<Amihud>(() => new Amihud({ intervalUs: INTERVAL_US, count: COUNT, tradedMin: 2 }), {
  input: quoteOrTrade,
  update,
  values(amihud, nowUs) {
    amihud.advance(nowUs);
    return { perMillion: amihud.perMillion, realizedPerMillion: amihud.realizedPerMillion };
  },
  batch(history, nowUs) {
    const trades = tradesOf(history);
    const rows = intervalsOf(quotesOf(history), nowUs, INTERVAL_US).slice(-COUNT)
      .map(({ endUs, fromMid, toMid }) => ({
        logReturn: Math.log(toMid / fromMid),
        notional: sum(tradesIn(trades, endUs, INTERVAL_US).map(([price, size]) => price! * size!)) / 1e6,
      }));
    const traded = rows.filter(({ notional }) => notional > 0);
    if (traded.length < 2) return { perMillion: undefined, realizedPerMillion: undefined };
    return {
      perMillion: defined(sum(traded.map((row) => Math.abs(row.logReturn) / row.notional)) / traded.length),
      realizedPerMillion: defined(
        Math.sqrt(sum(rows.map((row) => row.logReturn ** 2))) / sum(rows.map((row) => row.notional)),
      ),
    };
  },
  stateLength: 4 * COUNT + 11,
  atWindow: (windowUs) => new Amihud({ intervalUs: 10_000_000, count: Math.max(5, windowUs / 10_000_000) }),
  degenerate: DEGENERATE,
});

export const IMPACT_CASES: readonly EstimatorCase[] = [kyleLambda, hasbrouckLambda, amihud, ...TOXICITY_CASES];
