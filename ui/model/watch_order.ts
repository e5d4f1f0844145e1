/**
 * The order of the watchlist: pairs with data first, most traded first among them.
 *
 * @module
 */
import { ALL_PAIRS } from "../../actors/contract/pairs.ts";

const RANK: ReadonlyMap<string, number> = new Map(ALL_PAIRS.map((pair, index) => [pair, index]));

/** Pairs that the table does not know come last, by name. */
function compare(a: string, b: string): number {
  return (RANK.get(a) ?? Infinity) - (RANK.get(b) ?? Infinity) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Sorts the pairs' names for the watchlist. */
export function watchOrder(pairs: Iterable<string>, hasData: (pair: string) => boolean): string[] {
  const sorted = [...pairs].sort(compare);
  return [...sorted.filter(hasData), ...sorted.filter((pair) => !hasData(pair))];
}

/** The pair `step` places further in the list, held at its ends; the first one when none is selected. */
export function neighbour(order: readonly string[], selected: string | undefined, step: number): string | undefined {
  const index = selected === undefined ? -1 : order.indexOf(selected);
  if (index < 0) return order[0];
  return order[Math.min(Math.max(index + step, 0), order.length - 1)];
}
