/**
 * Currencies, pairs of them, and their conventions.
 *
 * A pair is six upper-case letters, base then quote (`EURUSD`: dollars per euro); people read `EUR/USD`. Any two different
 * currencies of the table make a pair.
 *
 * The pip is the unit dealers quote spreads in. Each currency states the decimals of its pip against the dollar; those of a pair
 * follow, never from an `if`:
 *
 * decimals(base, quote) = decimals(quote) + 4 − decimals(base), at least 0
 *
 * so USDJPY and EURJPY have 2, JPYUSD has 6 (as its futures do), and gold, which is worth thousands of dollars, 2 as XAUUSD.
 *
 * @module
 */

declare const pairBrand: unique symbol;
/** Six upper-case letters that name two currencies of the table. Made by {@linkcode parsePair}. */
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

/** Decimals of a pip between two currencies that are each worth about a dollar. */
const PIP_DECIMALS = 4;

/**
 * Decimals of the pip of `USD<code>`, by the rates that interbank dealers quote, and the currencies that have them. `CNH` is the
 * offshore yuan, which ISO 4217 does not list. Metals, per ounce, have what gives their price in dollars its usual decimals.
 */
const DECIMALS: readonly (readonly [number, string])[] = [
  [4, "USD EUR GBP AUD CAD CHF NZD SEK NOK DKK PLN RON TRY RUB UAH"],
  [4, "CNH CNY HKD SGD INR MYR ILS AED SAR QAR ZAR EGP MAD MXN BRL PEN"],
  [2, "JPY HUF ISK KRW KZT CLP COP ARS NGN KES"],
  [3, "CZK TWD THB PHP PKR"],
  [5, "KWD BHD OMR XAG"],
  [0, "IDR VND"],
  [6, "XAU XPT XPD"],
];

const CURRENCIES: ReadonlyMap<string, number> = new Map(
  DECIMALS.flatMap(([decimals, codes]) => codes.split(" ").map((code) => [code, decimals] as const)),
);

/** Every currency of the table. */
export const ALL_CURRENCIES: readonly string[] = [...CURRENCIES.keys()];

/** Specs of the pairs that were asked for: as many as two currencies of the table can make, at most. */
const SPECS = new Map<string, PairSpec>();

/** The spec of six upper-case letters; `undefined` where they are not two different currencies of the table. */
function specOf(letters: string): PairSpec | undefined {
  const known = SPECS.get(letters);
  if (known !== undefined) return known;
  const base = letters.slice(0, 3);
  const quote = letters.slice(3);
  const baseDecimals = CURRENCIES.get(base);
  const quoteDecimals = CURRENCIES.get(quote);
  if (baseDecimals === undefined || quoteDecimals === undefined || base === quote) return undefined;
  const pipDecimals = Math.max(0, quoteDecimals + PIP_DECIMALS - baseDecimals);
  const spec: PairSpec = {
    pair: letters as Pair,
    base,
    quote,
    pipSize: Number(`1e-${pipDecimals}`),
    priceDecimals: pipDecimals + 1,
  };
  SPECS.set(letters, spec);
  return spec;
}

/** The pairs that `all` means: the majors, their crosses and the most traded of the others, most traded first. */
export const ALL_PAIRS: readonly Pair[] = [
  "EURUSD",
  "USDJPY",
  "GBPUSD",
  "AUDUSD",
  "USDCAD",
  "USDCHF",
  "NZDUSD",
  "EURJPY",
  "EURGBP",
  "EURCHF",
  "GBPJPY",
  "AUDJPY",
  "CADJPY",
  "CHFJPY",
  "NZDJPY",
  "EURAUD",
  "EURCAD",
  "EURNZD",
  "GBPAUD",
  "GBPCAD",
  "GBPCHF",
  "GBPNZD",
  "AUDCAD",
  "AUDCHF",
  "AUDNZD",
  "CADCHF",
  "NZDCAD",
  "NZDCHF",
  "USDSGD",
  "USDHKD",
  "USDCNH",
  "USDSEK",
  "USDNOK",
  "USDMXN",
  "USDZAR",
  "EURSEK",
  "EURNOK",
].map((letters) => specOf(letters)!.pair);

/**
 * Read a pair as people and venues write it: `EURUSD`, `eurusd`, `EUR/USD`, `EUR_USD`, `EUR-USD`. One that is written as a subject
 * has it costs one look-up.
 *
 * @returns the pair, or `undefined` where it is not two different currencies of the table.
 */
export function parsePair(text: string): Pair | undefined {
  const known = SPECS.get(text);
  if (known !== undefined) return known.pair;
  const [, base, quote] = NAME.exec(text.trim()) ?? [];
  return base === undefined ? undefined : specOf(`${base}${quote}`.toUpperCase())?.pair;
}

const NAME = /^([A-Za-z]{3})[/_.\-]?([A-Za-z]{3})$/;

/** The conventions of a pair. */
export function pairSpec(pair: Pair): PairSpec {
  return specOf(pair)!;
}

/** `EUR/USD`, as people write it. */
export function pairLabel(pair: Pair): string {
  return `${pair.slice(0, 3)}/${pair.slice(3)}`;
}
