import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { testNats } from "./nats.ts";

Deno.test("`testNats()` starts a JetStream server on a free port and cleans up", async () => {
  let storeDir: string;
  {
    await using one = await testNats();
    await using two = await testNats();
    assert.notEqual(one.port, two.port);
    storeDir = one.storeDir;
    const connection = await connect({ servers: one.url });
    await (await jetstreamManager(connection)).streams.add({ name: "S", subjects: ["s"] });
    const { seq } = await jetstream(connection).publish("s", "hello");
    assert.equal(seq, 1);
    await connection.close();
  }
  await assert.rejects(Deno.stat(storeDir), Deno.errors.NotFound);
});

Deno.test("`TestNats.restart()` keeps the port and what was acknowledged, also after a kill", async () => {
  await using nats = await testNats();
  const first = await connect({ servers: nats.url });
  await (await jetstreamManager(first)).streams.add({ name: "S", subjects: ["s"] });
  await jetstream(first).publish("s", "hello");
  await first.close();
  const pid = nats.server.pid;
  await nats.restart({ kill: true });
  assert.notEqual(nats.server.pid, pid);
  const second = await connect({ servers: nats.url });
  assert.equal((await (await jetstreamManager(second)).streams.info("S")).state.messages, 1);
  await second.close();
});
