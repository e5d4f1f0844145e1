/**
 * Configuration of the all-in-one run, from the environment.
 *
 * @module
 */
import { z } from "zod";
import { feedName, readActorsConfig, readFeedConfig } from "../actors/mod.ts";
import { ConfigError, natsUrl, port, readEnv, urlOf } from "../actors/contract/mod.ts";
import { readGatewayConfig } from "../gateway/config.ts";

const shape = {
  NATS_URL: natsUrl().optional(),
  NATS_PORT: port().optional(),
  CLICKHOUSE_URL: urlOf("http", "https").optional(),
  CLICKHOUSE_PORT: port().optional(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port().optional(),
  DATA_DIR: z.string().default(".data"),
  FEED: feedName,
};

/**
 * The roles' own configuration is read too, so that everything wrong is told before anything is started.
 *
 * @throws {ConfigError} with one line for each wrong name.
 */
export function readDevConfig(env: Readonly<Record<string, string | undefined>>) {
  const problems = new Set<string>();
  for (const read of [readActorsConfig, readGatewayConfig, readFeedConfig]) {
    try {
      read(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.add(problem);
    }
  }
  try {
    const config = readEnv(shape, env);
    if (problems.size === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) problems.add(problem);
  }
  throw new ConfigError([...problems]);
}
