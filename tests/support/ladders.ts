/**
 * Sides of books for tests, by hand and from LOBSTER.
 *
 * @module
 */
import { Ladder } from "../../actors/book/mod.ts";
import type { LobsterSession } from "./lobster.ts";

/** Best first. */
export type Levels = readonly (readonly [price: number, size: number])[];

export function ladderOf(side: "bid" | "ask", levels: Levels): Ladder {
  const ladder = new Ladder(side);
  for (const [price, size] of levels) ladder.set(price, size);
  return ladder;
}

/** Both sides of every n-th book of a session, prices in dollars. */
export function* lobsterBooks(session: LobsterSession, every: number): Generator<{ bids: Levels; asks: Levels }> {
  const { book, levels, rowCount } = session;
  const sideOf = (row: number, first: number) =>
    Array.from({ length: levels }, (_, level) => {
      const at = 4 * (row * levels + level) + first;
      return [book[at]! / 10_000, book[at + 1]!] as const;
    }).filter(([price]) => !Number.isNaN(price));
  for (let row = 0; row < rowCount; row += every) yield { bids: sideOf(row, 2), asks: sideOf(row, 0) };
}
