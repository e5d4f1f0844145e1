/**
 * Sides of a book and of a trade.
 *
 * @module
 */
import { Side } from "../../contract/mod.ts";
import type { AggressorSide, BookSideName } from "../simulator/mod.ts";

export { Side };
export type { AggressorSide, BookSideName };

export const opposite = (side: BookSideName): BookSideName => side === Side.bid ? Side.ask : Side.bid;
/** 1 for the bid: towards it prices rise. */
export const upOf = (side: BookSideName): 1 | -1 => side === Side.bid ? 1 : -1;
/** The aggressor who takes from a side. */
export const takerOf = (side: BookSideName): AggressorSide => side === Side.bid ? Side.sell : Side.buy;
