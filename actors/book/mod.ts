/**
 * The order book of one pair: its touch and its ladders.
 *
 * @module
 */
export * from "./book.ts";
export * from "./ladder.ts";
