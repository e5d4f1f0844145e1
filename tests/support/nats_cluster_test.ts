import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connectNats } from "../../actors/adapters/nats.ts";
import { testNatsCluster } from "./nats_cluster.ts";

Deno.test("`testNatsCluster()` keeps a stream on three servers over the death of its leader, and cleans up", async () => {
  let urls: readonly string[];
  {
    await using cluster = await testNatsCluster({ size: 3 });
    urls = cluster.members.map(({ url }) => url);
    assert.equal(cluster.url, urls.join(","));
    assert.deepEqual(cluster.members.map(({ name }) => name), ["n1", "n2", "n3"]);
    const nc = await connectNats({ url: cluster.url, name: "test" });
    await (await jetstreamManager(nc)).streams.add({ name: "S", subjects: ["s"], num_replicas: 3 });
    await jetstream(nc).publish("s", "hello");
    await cluster.streamIsCurrent("S");
    const leader = await cluster.streamLeader("S");
    await leader.kill();
    assert.equal(leader.running, false);
    assert.notEqual(await cluster.streamLeader("S"), leader);
    await leader.start();
    assert.equal(leader.running, true);
    assert.deepEqual(cluster.members.map(({ url }) => url), urls);
    await cluster.streamIsCurrent("S");
    assert.equal((await (await jetstreamManager(nc)).streams.info("S")).state.messages, 1);
    await nc.close();
  }
  for (const url of urls) {
    const port = Number(new URL(url).port);
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
  }
});
