/**
 * A price as a dealer reads it: big figure, pips, tenth of a pip.
 *
 * `1.08234` of a pair whose pip is 1e-4 is `1.08` + `23` + `4`; `82.345` of a yen pair (pip 1e-2) is `82.` + `34` + `5`. The
 * three parts joined are always the price, rounded to the pair's decimals.
 *
 * @module
 */

/** The conventions this needs; a `PairInfo` has them. */
export interface PriceConvention {
  /** One pip, in quote currency. */
  readonly pipSize: number;
  /** Decimals a price is shown with. */
  readonly priceDecimals: number;
}

export interface PriceParts {
  /** What rarely changes: shown small. */
  readonly figure: string;
  /** The two digits that are traded: shown large. */
  readonly pips: string;
  /** What lies beyond the pip: shown small. */
  readonly tenth: string;
}

/** Digits that are emphasised. */
const PIP_DIGITS = 2;

/** Splits a price into its parts; joined they are `price.toFixed(priceDecimals)`. */
export function formatPrice(price: number, { pipSize, priceDecimals }: PriceConvention): PriceParts {
  const text = price.toFixed(priceDecimals);
  const beyondPip = Math.min(Math.max(priceDecimals - pipDecimals(pipSize), 0), priceDecimals);
  const point = text.indexOf(".");
  const isWhole = beyondPip === priceDecimals;
  const pipsEnd = isWhole && point >= 0 ? point : text.length - beyondPip;
  // A pip of a tenth leaves fewer than two decimals: never reach across the point.
  const pipsStart = Math.max(pipsEnd - PIP_DIGITS, isWhole ? 0 : point + 1, 0);
  return { figure: text.slice(0, pipsStart), pips: text.slice(pipsStart, pipsEnd), tenth: text.slice(pipsEnd) };
}

/** The price in one piece. */
export function priceText(price: number, { priceDecimals }: PriceConvention): string {
  return price.toFixed(priceDecimals);
}

/** Decimals of a pip: 4 for 1e-4. */
export function pipDecimals(pipSize: number): number {
  return Math.max(0, Math.round(-Math.log10(pipSize)));
}

/** `ask − bid` in pips; negative where the book is crossed. */
export function spreadPips(bid: number, ask: number, { pipSize }: PriceConvention): number {
  return (ask - bid) / pipSize;
}
