/**
 * Kraken.
 *
 * @module
 */
export { KRAKEN_DEPTHS, KRAKEN_URL, type KrakenOptions, krakenSource } from "./kraken.ts";
export { KrakenBook } from "./kraken_book.ts";
