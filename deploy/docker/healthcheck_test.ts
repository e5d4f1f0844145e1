import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { connect } from "@nats-io/transport-node";
import { testNats } from "../../tests/support/nats.ts";
import { isConnected } from "./healthcheck.ts";

const script = fileURLToPath(new URL("./healthcheck.ts", import.meta.url));

async function check(args: string[], env: Record<string, string>): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", script, ...args],
    env,
    stderr: "null",
  });
  return (await command.output()).code;
}

Deno.test("`isConnected()` looks for an established connection to the remote port", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:107E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
    "   1: 0200A8C0:D431 0300A8C0:107E 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0",
    "   2: 0200A8C0:D432 0300A8C0:1F90 06 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0",
  ].join("\n");
  assert.equal(isConnected(table, 4222), true);
  assert.equal(isConnected(table, 8080), false, "waits for its end");
  assert.equal(isConnected(table, 54321), false);
  assert.equal(isConnected("", 4222), false);
});

Deno.test({
  name: "the health check of a role is good while the role is connected to NATS",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using nats = await testNats();
    const env = { NATS_URL: nats.url };
    assert.equal(await check(["nats"], env), 1);
    const connection = await connect({ servers: nats.url });
    assert.equal(await check(["nats"], env), 0);
    await connection.close();
  },
});

Deno.test("the health check of the gateway is good while it answers with success", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    return new Response(null, { status: new URL(request.url).pathname === "/healthz" ? 200 : 503 });
  });
  const env = { GATEWAY_PORT: String(server.addr.port) };
  assert.equal(await check(["http", "/healthz"], env), 0);
  assert.equal(await check(["http", "/other"], env), 1);
  await server.shutdown();
  assert.equal(await check(["http", "/healthz"], env), 1);
});
