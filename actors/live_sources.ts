/**
 * Live sources as the configuration says.
 *
 * @module
 */
import type { FeedConfig, FeedName } from "./feed_config.ts";
import { krakenSource, type LiveSource } from "./feeds/mod.ts";

/** @throws {ConfigError} where the configuration is not one of the source. */
export function liveSourceOf(name: Exclude<FeedName, "sim">, config: FeedConfig): LiveSource {
  const { PAIRS: pairs } = config;
  switch (name) {
    case "kraken":
      return krakenSource({ pairs, url: config.KRAKEN_URL, depth: config.KRAKEN_DEPTH });
  }
}
