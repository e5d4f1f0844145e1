/**
 * Configuration of an actor node, from the environment.
 *
 * @module
 */
import { z } from "zod";
import { DEFAULT_PAIRS, LogLevel, pairList, readEnv, urlOf } from "./contract/mod.ts";

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
