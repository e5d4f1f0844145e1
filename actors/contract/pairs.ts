/**
 * Currency pairs and their conventions.
 *
 * A pair is six upper-case letters, base then quote (`EURUSD`: dollars per euro); people read `EUR/USD`. The pip is the unit
 * dealers quote spreads in: 1e-4, or 1e-2 where the quote currency is worth about a cent. It stands in the table, never in
 * an `if`.
 *
 * @module
 */

declare const pairBrand: unique symbol;
/** Six upper-case letters that name a pair of the table. Made by {@linkcode parsePair}. */
export type Pair = string & { readonly [pairBrand]: true };

export interface PairSpec {
  readonly pair: Pair;
  readonly base: string;
  readonly quote: string;
  /** One pip, in quote currency. */
  readonly pipSize: number;
  /** Decimals that a price of this pair is shown with: one more than the pip has. */
  readonly priceDecimals: number;
}

/** `[pair, decimals of the pip]`, most traded first. */
const TABLE: readonly (readonly [string, number])[] = [
  ["EURUSD", 4],
  ["USDJPY", 2],
  ["GBPUSD", 4],
  ["AUDUSD", 4],
  ["USDCAD", 4],
  ["USDCHF", 4],
  ["NZDUSD", 4],
  ["EURJPY", 2],
  ["EURGBP", 4],
  ["EURCHF", 4],
  ["GBPJPY", 2],
  ["AUDJPY", 2],
  ["CADJPY", 2],
  ["CHFJPY", 2],
  ["NZDJPY", 2],
  ["EURAUD", 4],
  ["EURCAD", 4],
  ["EURNZD", 4],
  ["GBPAUD", 4],
  ["GBPCAD", 4],
  ["GBPCHF", 4],
  ["GBPNZD", 4],
  ["AUDCAD", 4],
  ["AUDCHF", 4],
  ["AUDNZD", 4],
  ["CADCHF", 4],
  ["NZDCAD", 4],
  ["NZDCHF", 4],
  ["USDSGD", 4],
  ["USDHKD", 4],
  ["USDCNH", 4],
  ["USDSEK", 4],
  ["USDNOK", 4],
  ["USDMXN", 4],
  ["USDZAR", 4],
  ["EURSEK", 4],
  ["EURNOK", 4],
];

const SPECS: ReadonlyMap<string, PairSpec> = new Map(
  TABLE.map(([pair, pipDecimals]) => [pair, {
    pair: pair as Pair,
    base: pair.slice(0, 3),
    quote: pair.slice(3),
    pipSize: Number(`1e-${pipDecimals}`),
    priceDecimals: pipDecimals + 1,
  }]),
);

/** Every pair of the table, most traded first. */
export const ALL_PAIRS: readonly Pair[] = [...SPECS.values()].map((spec) => spec.pair);

/**
 * Read a pair as people and venues write it: `EURUSD`, `eurusd`, `EUR/USD`, `EUR_USD`, `EUR-USD`.
 *
 * @returns the pair, or `undefined` where the table has no such pair.
 */
export function parsePair(text: string): Pair | undefined {
  const [, base, quote] = NAME.exec(text.trim()) ?? [];
  return base === undefined ? undefined : SPECS.get(`${base}${quote}`.toUpperCase())?.pair;
}

const NAME = /^([A-Za-z]{3})[/_.\-]?([A-Za-z]{3})$/;

/** The conventions of a pair. */
export function pairSpec(pair: Pair): PairSpec {
  return SPECS.get(pair)!;
}

/** `EUR/USD`, as people write it. */
export function pairLabel(pair: Pair): string {
  return `${pair.slice(0, 3)}/${pair.slice(3)}`;
}
