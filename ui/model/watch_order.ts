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

export interface Arrangement {
  /** Stand first, whatever the order is. */
  favourites: ReadonlySet<string>;
  /** Parts of names; a pair that has all of them is listed. */
  query: string;
  /** @default {as they come: most traded first} */
  sort: "name" | "stress" | undefined;
  /** How strained each is. */
  stress: ReadonlyMap<string, number>;
}

/** The pairs that are listed, in the order that somebody chose. */
export function arrange(order: readonly string[], { favourites, query, sort, stress }: Arrangement): string[] {
  const parts = query.toUpperCase().replaceAll("/", "").split(/\s+/).filter((part) => part !== "");
  const listed = order.filter((pair) => parts.every((part) => pair.includes(part)));
  if (sort === "name") listed.sort();
  else if (sort === "stress") listed.sort((a, b) => (stress.get(b) ?? 0) - (stress.get(a) ?? 0));
  return [...listed.filter((pair) => favourites.has(pair)), ...listed.filter((pair) => !favourites.has(pair))];
}

/** The pair `step` places further in the list, held at its ends; the first one when none is selected. */
export function neighbour(order: readonly string[], selected: string | undefined, step: number): string | undefined {
  const index = selected === undefined ? -1 : order.indexOf(selected);
  if (index < 0) return order[0];
  return order[Math.min(Math.max(index + step, 0), order.length - 1)];
}
