/**
 * Alpha Vantage.
 *
 * @module
 */
export {
  ALPHAVANTAGE_REQUESTS_PER_DAY,
  ALPHAVANTAGE_REQUESTS_PER_MINUTE,
  ALPHAVANTAGE_URL,
  type AlphaVantageOptions,
  alphaVantageSource,
} from "./alphavantage.ts";
