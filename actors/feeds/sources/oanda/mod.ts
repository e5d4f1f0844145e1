/**
 * OANDA.
 *
 * @module
 */
export { OANDA_URLS, type OandaOptions, oandaSource } from "./oanda.ts";
