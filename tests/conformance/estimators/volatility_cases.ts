/**
 * Volatility.
 *
 * @module
 */
import { EwmaVolatility } from "../../../actors/estimators/mod.ts";
import { caseOf, type EstimatorCase, sometimesAbsent, sum, tick } from "./case.ts";

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

export const VOLATILITY_CASES: readonly EstimatorCase[] = [ewmaVolatility];
