/**
 * What the page knows of the market as a whole, and what of it is said in words. Pure: the arrival time is given.
 *
 * @module
 */
import { combinationIndex } from "../../actors/contract/combinations.ts";
import type { LiveMarket } from "../../actors/contract/live.ts";
import { formatNumber, formatSigned, formatSpan } from "./number_format.ts";
import { watchOrder } from "./watch_order.ts";

/** A market sample older than this, on this client's clock, is said to be old. */
export const MARKET_STALE_MS = 15_000;
/** Up to so many pairs, the cells of the matrix hold numbers. */
export const MATRIX_NUMBERS_MAX = 10;

export interface MarketState {
  readonly market: LiveMarket;
  /** When it was new, milliseconds of this client's clock. */
  readonly newAtMs: number;
}

export function applyMarket(market: LiveMarket, nowMs: number): MarketState {
  return { market, newAtMs: nowMs - (market.ageMs ?? 0) };
}

/** `EUR/USD`. */
export function pairLabel(pair: string): string {
  return `${pair.slice(0, 3)}/${pair.slice(3)}`;
}

/** `USD`: the currency through which two legs go round a direct pair. */
export function thirdCurrency(direct: string, legs: readonly string[]): string {
  return legs.flatMap((leg) => [leg.slice(0, 3), leg.slice(3)]).find((currency) => !direct.includes(currency)) ?? "";
}

export interface MatrixCell {
  readonly row: string;
  readonly column: string;
  readonly value: number | undefined;
  readonly broken: boolean;
  /** All that is known of the two pairs, for a tooltip. */
  readonly words: string;
}

export interface MatrixRow {
  readonly pair: string;
  readonly cells: readonly MatrixCell[];
}

/** The correlations of every two pairs as the lower half of a table, the most traded pairs first. */
export function matrixOf({ pairs, correlations, breaks }: LiveMarket): MatrixRow[] {
  const numbers = new Map(pairs.map((pair, index) => [pair, index]));
  const broken = new Map(breaks.map((each) => [combinationIndex(numbers.get(each.a)!, numbers.get(each.b)!), each]));
  const order = watchOrder(pairs, () => true);
  return order.map((row, r) => ({
    pair: row,
    cells: order.slice(0, r).map((column): MatrixCell => {
      const index = combinationIndex(numbers.get(row)!, numbers.get(column)!);
      const value = correlations[index] ?? undefined;
      const parted = broken.get(index);
      const both = `${pairLabel(row)} and ${pairLabel(column)}`;
      const words = value === undefined
        ? `${both}: not known yet`
        : `${both}: ${formatSigned(value, 2)}${parted === undefined ? "" : `, ${breakWords(parted)}`}`;
      return { row, column, value, broken: parted !== undefined, words };
    }),
  }));
}

/** `parted: +0.20 now, +0.85 before (−4.2 σ)`; `closer: …` where they go together more than before. */
export function breakWords({ short, long, z }: LiveMarket["breaks"][number]): string {
  const value = (correlation: number | undefined) => correlation === undefined ? "–" : formatSigned(correlation, 2);
  return `${Math.abs(short ?? 0) > Math.abs(long ?? 0) ? "closer" : "parted"}: ${value(short)} now, ${
    value(long)
  } before (${formatSigned(z, 1)} σ)`;
}

/** `.84`, `−.31`, `1.0`: a correlation in a small cell. */
export function cellText(value: number): string {
  const text = formatNumber(value, 2);
  return text.includes("0.") ? text.replace("0.", ".") : formatNumber(value, 1);
}

export interface StrengthRow {
  readonly currency: string;
  readonly dayBps: number | undefined;
  readonly windowBps: number | undefined;
  /** The day's number as a share of the largest, −1 to 1. */
  readonly share: number;
}

/** The currencies, the strongest of the day first; those without a number last. */
export function strengthRows({ strengths }: LiveMarket): StrengthRow[] {
  const largest = Math.max(...strengths.map(({ dayBps }) => Math.abs(dayBps ?? 0)), 1);
  return strengths
    .map(({ currency, dayBps, windowBps }) => ({ currency, dayBps, windowBps, share: (dayBps ?? 0) / largest }))
    .sort((a, b) => (b.dayBps ?? -Infinity) - (a.dayBps ?? -Infinity) || (a.currency < b.currency ? -1 : 1));
}

/** `CHF strongest, NZD weakest`; empty before that is known. */
export function strengthWords(market: LiveMarket): string {
  const known = strengthRows(market).filter(({ dayBps }) => dayBps !== undefined);
  return known.length < 2 ? "" : `${known[0]!.currency} strongest, ${known.at(-1)!.currency} weakest today`;
}

/** Why the numbers may not be believed; `undefined` where they may. */
export function marketFault(state: MarketState, nowMs: number): string | undefined {
  const ageMs = nowMs - state.newAtMs;
  return ageMs > MARKET_STALE_MS ? `no update for ${formatSpan(ageMs)}` : undefined;
}
