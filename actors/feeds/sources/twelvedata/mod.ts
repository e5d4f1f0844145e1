/**
 * Twelve Data.
 *
 * @module
 */
export { TWELVEDATA_URL, type TwelveDataOptions, twelveDataSource } from "./twelvedata.ts";
