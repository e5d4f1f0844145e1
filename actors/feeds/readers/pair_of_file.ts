/**
 * The pair that a file's name speaks of: `USDJPY.csv`, `DAT_ASCII_EURUSD_T_202001.csv`, `eur-usd_2019.csv.gz`.
 *
 * Six letters in one piece could be any word. They are taken for one of the pairs that `all` means, or else for one with the dollar
 * or the euro in it; any other pair must be written with its separator, as `nok_sek.csv`.
 *
 * @returns `undefined` where the name has no such pair, or more than one.
 *
 * @module
 */
import { ALL_PAIRS, type Pair, parsePair } from "../../contract/mod.ts";

/** Six letters alone, overlapping ones too, so that `EUR_TRY_MAD` counts as two. */
const LETTERS = /(?<![A-Z])(?=([A-Z]{3})([-_.]?)([A-Z]{3})(?![A-Z]))/g;
const COMMON = new Set(["USD", "EUR"]);

export function pairOfFileName(path: string): Pair | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toUpperCase();
  const named = ALL_PAIRS.filter((pair) =>
    new RegExp(`(?<![A-Z])${pair.slice(0, 3)}[-_.]?${pair.slice(3)}(?![A-Z])`).test(name)
  );
  const found = named.length > 0 ? named : [...otherPairs(name)];
  return found.length === 1 ? found[0] : undefined;
}

function otherPairs(name: string): Set<Pair> {
  const found = new Set<Pair>();
  for (const [, base, separator, quote] of name.matchAll(LETTERS)) {
    const pair = parsePair(`${base}${quote}`);
    if (pair !== undefined && (separator !== "" || COMMON.has(base!) || COMMON.has(quote!))) found.add(pair);
  }
  return found;
}
