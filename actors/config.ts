/**
 * Configuration of actor nodes, from the environment.
 *
 * @module
 */
import { z } from "zod";
import {
  DEFAULT_PAIRS,
  jsonOf,
  LogLevel,
  MarketOptions,
  MetricOptions,
  natsUrl,
  nodeName,
  pairList,
  readEnv,
  replicaCount,
} from "./contract/mod.ts";

const CAPACITY = /^\d{1,4}(\.\d{1,2})?$/;
const CAPACITY_EXPECTED = "expected a number from 0.01 to 1000: the node's share of the work relative to the others";

const shape = {
  NATS_URL: natsUrl().default("nats://127.0.0.1:4222"),
  NATS_REPLICAS: replicaCount().prefault("1"),
  PAIRS: pairList().prefault(DEFAULT_PAIRS),
  NODE_NAME: nodeName().optional(),
  NODE_CAPACITY: z.string().regex(CAPACITY, CAPACITY_EXPECTED).transform(Number).refine(
    (capacity) => capacity >= 0.01 && capacity <= 1_000,
    CAPACITY_EXPECTED,
  ).prefault("1"),
  LOG_LEVEL: LogLevel.default("info"),
};

const actorsShape = {
  ...shape,
  METRIC_OPTIONS: jsonOf(MetricOptions).prefault("{}"),
  MARKET_OPTIONS: jsonOf(MarketOptions).prefault("{}"),
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readActorsConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(actorsShape, env);
}
