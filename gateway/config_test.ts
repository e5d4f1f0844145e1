import assert from "node:assert/strict";
import { ConfigError } from "../actors/contract/mod.ts";
import { readGatewayConfig } from "./config.ts";

Deno.test("`readGatewayConfig()` needs nothing", () => {
  const config = readGatewayConfig({});
  assert.equal(config.GATEWAY_PORT, 8080);
  assert.equal(config.CLICKHOUSE_DATABASE, "fx");
});

Deno.test("`readGatewayConfig()` tells every wrong value at once, with its name and what would be right", () => {
  const env = {
    GATEWAY_PORT: "80a",
    CLICKHOUSE_URL: "ftp://x",
    NATS_URL: "here",
    CLICKHOUSE_DATABASE: "a;b",
    LOG_LEVEL: "all",
  };
  assert.throws(() => readGatewayConfig(env), (error: Error) => {
    assert(error instanceof ConfigError);
    assert.equal(error.problems.length, 5);
    for (const name of Object.keys(env)) assert(error.problems.some((line) => line.startsWith(name)), name);
    return true;
  });
});
