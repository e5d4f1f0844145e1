/**
 * Configuration of the gateway, from the environment.
 *
 * @module
 */
import { z } from "zod";
import {
  DEFAULT_PAIRS,
  LogLevel,
  natsUrl,
  nodeName,
  pairList,
  port,
  readEnv,
  replicaCount,
  urlOf,
} from "../actors/contract/mod.ts";

const shape = {
  NATS_URL: natsUrl().default("nats://127.0.0.1:4222"),
  NATS_REPLICAS: replicaCount().prefault("1"),
  CLICKHOUSE_URL: urlOf("http", "https").default("http://127.0.0.1:8123"),
  CLICKHOUSE_USER: z.string().default("default"),
  CLICKHOUSE_PASSWORD: z.string().default(""),
  CLICKHOUSE_DATABASE: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "expected a name of letters, digits and _")
    .default("fx"),
  PAIRS: pairList().prefault(DEFAULT_PAIRS),
  NODE_NAME: nodeName().optional(),
  GATEWAY_HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: port().default(8080),
  PAGE_URL: urlOf("http", "https").optional(),
  ALERT_RULES_FILE: z.string().optional(),
  ALERT_ROUTES_FILE: z.string().optional(),
  ALERT_CA_FILE: z.string().optional(),
  INGEST_TOKEN: z.string().min(16, "expected at least 16 characters").optional(),
  LOG_LEVEL: LogLevel.default("info"),
};

/** @throws {ConfigError} with one line for each wrong name. */
export function readGatewayConfig(env: Readonly<Record<string, string | undefined>>) {
  return readEnv(shape, env);
}
