/**
 * The pair that a file's name speaks of: `USDJPY.csv`, `DAT_ASCII_EURUSD_T_202001.csv`, `eur-usd_2019.csv.gz`.
 *
 * @returns `undefined` where the name has no pair of the table, or more than one.
 *
 * @module
 */
import { ALL_PAIRS, type Pair } from "../../contract/mod.ts";

export function pairOfFileName(path: string): Pair | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toUpperCase();
  const found = ALL_PAIRS.filter((pair) =>
    new RegExp(`(?<![A-Z])${pair.slice(0, 3)}[-_.]?${pair.slice(3)}(?![A-Z])`).test(name)
  );
  return found.length === 1 ? found[0] : undefined;
}
