/**
 * Configuration of actor nodes and feeds, from the environment.
 *
 * @module
 */
import { z } from "zod";
import { DEFAULT_PAIRS, LogLevel, pairList, readEnv, urlOf, wholeNumber } from "./contract/mod.ts";
import { RATE_PER_SECOND_DEFAULT } from "./feeds/mod.ts";

const shape = {
  NATS_URL: urlOf("nats", "tls").default("nats://127.0.0.1:4222"),
  PAIRS: pairList().prefault(DEFAULT_PAIRS),
  NODE_NAME: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "expected up to 64 letters, digits, _ and -").optional(),
  LOG_LEVEL: LogLevel.default("info"),
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readActorsConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(shape, env);
}

/** More updates a second than any venue sends for one pair. */
const SIM_RATE_MAX = 10_000;

/** The feeds there are. */
export const feedName = z.enum(["sim", "off"], { error: "expected sim or off" }).default("sim");

const feedShape = {
  NATS_URL: shape.NATS_URL,
  FEED: feedName,
  PAIRS: shape.PAIRS,
  SIM_SEED: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
  SIM_RATE: wholeNumber(1, SIM_RATE_MAX).default(RATE_PER_SECOND_DEFAULT),
  LOG_LEVEL: shape.LOG_LEVEL,
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readFeedConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(feedShape, env);
}
