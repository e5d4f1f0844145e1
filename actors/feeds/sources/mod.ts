/**
 * Live sources, one protocol each.
 *
 * @module
 */
export {
  ALPHAVANTAGE_REQUESTS_PER_DAY,
  ALPHAVANTAGE_REQUESTS_PER_MINUTE,
  ALPHAVANTAGE_URL,
  type AlphaVantageOptions,
  alphaVantageSource,
} from "./alphavantage/mod.ts";
export { KRAKEN_DEPTHS, KRAKEN_URL, type KrakenOptions, krakenSource } from "./kraken/mod.ts";
export { OANDA_URLS, type OandaOptions, oandaSource } from "./oanda/mod.ts";
export {
  TRUEFX_INTERVAL_MS,
  TRUEFX_INTERVAL_MS_MIN,
  TRUEFX_URL,
  type TrueFxOptions,
  trueFxSource,
} from "./truefx/mod.ts";
export { TWELVEDATA_URL, type TwelveDataOptions, twelveDataSource } from "./twelvedata/mod.ts";
export { readMapping, type ResolvedMapping, WsMapping, wsSource } from "./ws/mod.ts";
