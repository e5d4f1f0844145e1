/**
 * Configuration of the all-in-one run, from the environment.
 *
 * Names that the roles read themselves (PAIRS, SIM_SEED, …) are passed on as they are; the roles check them.
 *
 * @module
 */
import { z } from "zod";
import { port, readEnv, urlOf } from "../actors/contract/mod.ts";

const shape = {
  NATS_URL: urlOf("nats", "tls").optional(),
  NATS_PORT: port().optional(),
  CLICKHOUSE_URL: urlOf("http", "https").optional(),
  CLICKHOUSE_PORT: port().optional(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port().optional(),
  DATA_DIR: z.string().default(".data"),
  FEED: z.string().default("sim"),
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readDevConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(shape, env);
}
