/**
 * What the simulator knows of each currency. Every pair follows from its two currencies, so all crosses agree.
 *
 * Values are of the order of recent years, not of a day: the simulator makes markets that look right, not forecasts.
 *
 * @module
 */
import { ALL_PAIRS, pairSpec } from "../../contract/mod.ts";

export interface CurrencySpec {
  readonly code: string;
  /** Dollars for one unit, the level that the simulated value comes back to. */
  readonly usdValue: number;
  /** Volatility against the dollar, percent per year. */
  readonly volatilityPct: number;
  /** Its part in the spread of a pair at the busiest hour, bps: the spread is the sum of both currencies' parts. */
  readonly spreadBps: number;
  /** Loading on the dollar factor and on the risk factor; the rest of its variance is its own. */
  readonly dollarLoading: number;
  readonly riskLoading: number;
  /** Share of its day's activity in each session: Sydney, Tokyo, London, New York. */
  readonly activity: readonly [number, number, number, number];
}

type Row = readonly [string, number, number, number, number, number, readonly [number, number, number, number]];

const TABLE: readonly Row[] = [
  ["USD", 1, 0, 0.10, 0, 0, [0.15, 0.35, 0.80, 1.00]],
  ["EUR", 1.085, 7, 0.20, 0.80, 0.10, [0.10, 0.25, 1.00, 0.80]],
  ["JPY", 1 / 148.5, 9.5, 0.25, 0.55, -0.45, [0.20, 1.00, 0.80, 0.75]],
  ["GBP", 1.27, 8, 0.40, 0.65, 0.30, [0.08, 0.20, 1.00, 0.70]],
  ["AUD", 0.66, 10, 0.60, 0.55, 0.60, [0.60, 0.75, 0.75, 0.60]],
  ["CAD", 1 / 1.36, 7, 0.55, 0.50, 0.45, [0.08, 0.20, 0.60, 1.00]],
  ["CHF", 1 / 0.885, 7.5, 0.55, 0.70, -0.15, [0.08, 0.20, 1.00, 0.65]],
  ["NZD", 0.61, 10.5, 0.90, 0.50, 0.60, [0.65, 0.70, 0.65, 0.55]],
  ["SGD", 1 / 1.34, 4.5, 1.20, 0.65, 0.25, [0.30, 0.90, 0.70, 0.45]],
  ["HKD", 1 / 7.8, 0.6, 0.50, 0.20, 0.10, [0.30, 0.95, 0.50, 0.30]],
  ["CNH", 1 / 7.2, 4, 1.00, 0.50, 0.25, [0.30, 1.00, 0.60, 0.30]],
  ["SEK", 1 / 10.5, 10, 3.00, 0.70, 0.35, [0.03, 0.08, 1.00, 0.50]],
  ["NOK", 1 / 10.7, 11, 3.50, 0.60, 0.45, [0.03, 0.08, 1.00, 0.50]],
  ["MXN", 1 / 17.5, 13, 3.00, 0.30, 0.60, [0.05, 0.10, 0.60, 1.00]],
  ["ZAR", 1 / 18.5, 15, 6.00, 0.40, 0.60, [0.05, 0.10, 1.00, 0.60]],
];

/** Every currency of the pair table, the dollar first. */
export const CURRENCIES: readonly CurrencySpec[] = TABLE.map(
  ([code, usdValue, volatilityPct, spreadBps, dollarLoading, riskLoading, activity]) => ({
    code,
    usdValue,
    volatilityPct,
    spreadBps,
    dollarLoading,
    riskLoading,
    activity,
  }),
);

const INDEX = new Map(CURRENCIES.map((currency, index) => [currency.code, index]));

/** Index of a currency in {@linkcode CURRENCIES}. @throws {RangeError} for one that the simulator does not know. */
export function currencyIndex(code: string): number {
  const index = INDEX.get(code);
  if (index === undefined) {
    throw new RangeError(`Cannot simulate ${code}: expected one of ${[...INDEX.keys()].join(", ")}`);
  }
  return index;
}

/** Whether the table of currencies serves every pair of the contract. */
export const missingCurrencies = (): string[] =>
  [...new Set(ALL_PAIRS.flatMap((pair) => [pairSpec(pair).base, pairSpec(pair).quote]))].filter((code) =>
    !INDEX.has(code)
  );
