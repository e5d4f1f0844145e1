/**
 * What the simulator knows of each currency. Every pair follows from its two currencies, so all crosses agree.
 *
 * Values are of the order of recent years, not of a day: the simulator makes markets that look right, not forecasts.
 *
 * @module
 */
import { ALL_CURRENCIES } from "../../contract/mod.ts";

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

/** Sessions of the currencies that are traded at home most of all. */
const EUROPE = [0.03, 0.10, 1.00, 0.55] as const;
const ASIA = [0.25, 1.00, 0.45, 0.20] as const;
const AMERICAS = [0.03, 0.05, 0.50, 1.00] as const;

/** New currencies come last: the draws of a seed follow this order. */
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
  ["DKK", 0.1455, 7, 1.50, 0.80, 0.10, EUROPE],
  ["PLN", 1 / 4, 11, 4.00, 0.65, 0.45, EUROPE],
  ["CZK", 1 / 23, 9, 5.00, 0.70, 0.30, EUROPE],
  ["HUF", 1 / 360, 12, 6.00, 0.60, 0.45, EUROPE],
  ["RON", 1 / 4.6, 7.5, 8.00, 0.75, 0.15, EUROPE],
  ["TRY", 1 / 34, 14, 12.00, 0.25, 0.35, EUROPE],
  ["ISK", 1 / 138, 9, 20.00, 0.50, 0.20, EUROPE],
  ["RUB", 1 / 90, 20, 25.00, 0.20, 0.35, EUROPE],
  ["UAH", 1 / 41, 8, 30.00, 0.15, 0.20, EUROPE],
  ["CNY", 1 / 7.2, 3.5, 1.50, 0.50, 0.20, ASIA],
  ["KRW", 1 / 1350, 9, 3.00, 0.50, 0.50, ASIA],
  ["TWD", 1 / 32, 5, 4.00, 0.50, 0.40, ASIA],
  ["INR", 1 / 84, 3, 2.00, 0.35, 0.30, ASIA],
  ["IDR", 1 / 15_800, 6, 6.00, 0.40, 0.45, ASIA],
  ["THB", 1 / 35, 7, 5.00, 0.50, 0.30, ASIA],
  ["MYR", 1 / 4.5, 6, 6.00, 0.50, 0.35, ASIA],
  ["PHP", 1 / 57, 5, 6.00, 0.40, 0.35, ASIA],
  ["VND", 1 / 25_000, 2, 8.00, 0.25, 0.15, ASIA],
  ["PKR", 1 / 279, 4, 25.00, 0.15, 0.15, ASIA],
  ["KZT", 1 / 480, 9, 20.00, 0.20, 0.35, ASIA],
  ["ILS", 1 / 3.7, 9, 6.00, 0.45, 0.40, EUROPE],
  ["AED", 1 / 3.6725, 0.3, 0.80, 0.10, 0.05, EUROPE],
  ["SAR", 1 / 3.75, 0.3, 0.80, 0.10, 0.05, EUROPE],
  ["QAR", 1 / 3.64, 0.3, 1.50, 0.10, 0.05, EUROPE],
  ["KWD", 3.25, 1.5, 5.00, 0.40, 0.05, EUROPE],
  ["BHD", 1 / 0.377, 0.3, 3.00, 0.10, 0.05, EUROPE],
  ["OMR", 1 / 0.385, 0.3, 3.00, 0.10, 0.05, EUROPE],
  ["EGP", 1 / 48, 9, 30.00, 0.15, 0.25, EUROPE],
  ["MAD", 1 / 10, 5, 10.00, 0.65, 0.15, EUROPE],
  ["NGN", 1 / 1500, 18, 60.00, 0.10, 0.25, EUROPE],
  ["KES", 1 / 129, 6, 40.00, 0.15, 0.20, EUROPE],
  ["BRL", 1 / 5.3, 15, 4.00, 0.35, 0.60, AMERICAS],
  ["CLP", 1 / 930, 13, 6.00, 0.35, 0.55, AMERICAS],
  ["COP", 1 / 4100, 15, 8.00, 0.30, 0.55, AMERICAS],
  ["PEN", 1 / 3.75, 7, 6.00, 0.35, 0.40, AMERICAS],
  ["ARS", 1 / 1000, 12, 40.00, 0.10, 0.30, AMERICAS],
  ["XAU", 2_300, 15, 0.80, 0.55, -0.20, [0.20, 0.50, 0.90, 1.00]],
  ["XAG", 28, 28, 6.00, 0.50, 0.20, [0.15, 0.45, 0.90, 1.00]],
  ["XPT", 950, 24, 12.00, 0.45, 0.35, [0.10, 0.35, 0.90, 1.00]],
  ["XPD", 1_000, 35, 25.00, 0.35, 0.35, [0.10, 0.35, 0.90, 1.00]],
];

/** Every currency of the contract, the dollar first. */
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

/** Currencies of the contract that the simulator does not know. */
export const missingCurrencies = (): string[] => ALL_CURRENCIES.filter((code) => !INDEX.has(code));
