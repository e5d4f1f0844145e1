/**
 * Configuration of the all-in-one run, from the environment.
 *
 * @module
 */
import { z } from "zod";
import { feedNames, readActorsConfig, readFeedConfig } from "../actors/mod.ts";
import { ConfigError, type MetricOptionsInput, natsUrl, port, readEnv, urlOf } from "../actors/contract/mod.ts";
import { readGatewayConfig } from "../gateway/config.ts";

/**
 * What the metrics of the simulated market are computed with, where nothing else is said: volume buckets of seconds. A real market has a
 * yesterday to take their size from; this one begins now, and nobody waits a day to see VPIN.
 */
const SIMULATED_METRIC_OPTIONS: MetricOptionsInput = { toxicity: { bucketSize: 5_000_000 } };

const shape = {
  NATS_URL: natsUrl().optional(),
  NATS_PORT: port().optional(),
  CLICKHOUSE_URL: urlOf("http", "https").optional(),
  CLICKHOUSE_PORT: port().optional(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port().optional(),
  DATA_DIR: z.string().default(".data"),
  FEED: feedNames(),
  METRIC_OPTIONS: z.string().optional(),
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
    const metricOptions = config.METRIC_OPTIONS ??
      (config.FEED.includes("sim") ? JSON.stringify(SIMULATED_METRIC_OPTIONS) : "{}");
    if (problems.size === 0) return { ...config, METRIC_OPTIONS: metricOptions };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) problems.add(problem);
  }
  throw new ConfigError([...problems]);
}
