/**
 * Live sources, one protocol each.
 *
 * @module
 */
export { KRAKEN_DEPTHS, KRAKEN_URL, type KrakenOptions, krakenSource } from "./kraken/mod.ts";
