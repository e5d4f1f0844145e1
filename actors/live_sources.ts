/**
 * Live sources as the configuration says.
 *
 * @module
 */
import { ConfigError } from "./contract/mod.ts";
import type { FeedConfig, FeedName } from "./feed_config.ts";
import {
  alphaVantageSource,
  krakenSource,
  type LiveSource,
  OANDA_URLS,
  oandaSource,
  readMapping,
  trueFxSource,
  twelveDataSource,
  wsSource,
} from "./feeds/mod.ts";

/**
 * @param env where a mapping file finds its keys
 * @throws {ConfigError} where the configuration is not one of the source.
 */
export function liveSourceOf(
  name: Exclude<FeedName, "sim">,
  config: FeedConfig,
  env: Readonly<Record<string, string | undefined>> = Deno.env.toObject(),
): LiveSource {
  // The pairs of a mapping stand in its file.
  if (name === "ws") return mappedSource(config.FEED_WS_MAP ?? "", env);
  const pairs = config.pairsOf.get(name) ?? [];
  switch (name) {
    case "kraken":
      return krakenSource({ pairs, url: config.KRAKEN_URL, depth: config.KRAKEN_DEPTH });
    case "oanda": {
      const { OANDA_TOKEN: token = "", OANDA_ACCOUNT: account = "", OANDA_URL: url, OANDA_ENV } = config;
      return oandaSource({ pairs, token, account, urls: url ? { rest: url, stream: url } : OANDA_URLS[OANDA_ENV] });
    }
    case "alphavantage":
      return alphaVantageSource({
        pairs,
        key: config.ALPHAVANTAGE_KEY ?? "",
        url: config.ALPHAVANTAGE_URL,
        requestsPerMinute: config.ALPHAVANTAGE_REQUESTS_PER_MINUTE,
        requestsPerDay: config.ALPHAVANTAGE_REQUESTS_PER_DAY,
      });
    case "twelvedata":
      return twelveDataSource({ pairs, key: config.TWELVEDATA_KEY ?? "", url: config.TWELVEDATA_URL });
    case "truefx":
      return trueFxSource({
        pairs,
        user: config.TRUEFX_USER,
        password: config.TRUEFX_PASSWORD,
        url: config.TRUEFX_URL,
        intervalMs: config.TRUEFX_INTERVAL_MS,
      });
  }
}

/** @throws {ConfigError} with one line for each thing that is wrong with the file. */
function mappedSource(path: string, env: Readonly<Record<string, string | undefined>>): LiveSource {
  const name = `FEED_WS_MAP ${JSON.stringify(path)}`;
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new ConfigError([
      `${name}: ${(error as Error).message}; expected a mapping file, docs/FEEDS.md has an example`,
    ]);
  }
  const { mapping, problems } = readMapping(text, env);
  if (problems !== undefined) throw new ConfigError(problems.map((problem) => `${name}: ${problem}`));
  return wsSource(mapping);
}
