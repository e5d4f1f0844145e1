/**
 * Configuration of actor nodes and feeds, from the environment.
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
  wholeNumber,
} from "./contract/mod.ts";
import { RATE_PER_SECOND_DEFAULT, SCENARIO_KINDS } from "./feeds/mod.ts";

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

/** More updates a second than any venue sends for one pair. */
const SIM_RATE_MAX = 10_000;

/** The feeds there are. */
export const feedName = z.enum(["sim", "off"], { error: "expected sim or off" }).default("sim");

const SCENARIOS_EXPECTED = `expected on, off, or kinds such as spoofing,layering; there are ${
  SCENARIO_KINDS.join(", ")
}`;
/** Scenarios of the simulated market: all, none, or some kinds. */
const scenarios = z.string().transform((text, ctx) => {
  if (text === "off") return undefined;
  const kinds = text === "on" ? SCENARIO_KINDS : text.split(",").map((kind) => kind.trim());
  if (kinds.every((kind) => SCENARIO_KINDS.includes(kind))) return kinds;
  ctx.addIssue(SCENARIOS_EXPECTED);
  return z.NEVER;
});

const feedShape = {
  NATS_URL: shape.NATS_URL,
  NATS_REPLICAS: shape.NATS_REPLICAS,
  FEED: feedName,
  PAIRS: shape.PAIRS,
  SIM_SEED: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
  SIM_RATE: wholeNumber(1, SIM_RATE_MAX).default(RATE_PER_SECOND_DEFAULT),
  SIM_DETAIL: z.enum(["l1", "l2", "l3"], { error: "expected l1, l2 or l3" }).default("l3"),
  SCENARIOS: scenarios.prefault("on"),
  SCENARIO_INTERVAL_S: wholeNumber(1, 86_400).default(150),
  LOG_LEVEL: shape.LOG_LEVEL,
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readFeedConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(feedShape, env);
}
