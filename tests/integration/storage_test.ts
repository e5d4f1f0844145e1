import assert from "node:assert/strict";
import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { millis, type NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { BUCKETS, SNAPSHOT_STORE, STREAMS } from "../../actors/contract/mod.ts";
import { testNats } from "../support/nats.ts";
import { testNatsCluster } from "../support/nats_cluster.ts";

const STREAM_NAMES = [
  ...Object.values(STREAMS).map(({ name }) => name),
  ...Object.values(BUCKETS).map(({ name }) => `KV_${name}`),
  `OBJ_${SNAPSHOT_STORE}`,
];

async function configOf(nc: NatsConnection, stream: string) {
  return (await (await jetstreamManager(nc)).streams.info(stream)).config;
}

async function replicasOf(nc: NatsConnection): Promise<number[]> {
  return await Promise.all(STREAM_NAMES.map(async (stream) => (await configOf(nc, stream)).num_replicas));
}

Deno.test("`ensureStorage()` brings what exists to what is declared, and leaves alone what is not", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  const manager = await jetstreamManager(nc);
  const { market } = STREAMS;
  await manager.streams.add({ name: market.name, subjects: ["fx.market.*"], max_bytes: 1_000, max_msg_size: 500 });
  const metadata = { team: "fx" };
  const nodes = await new Kvm(nc).create(BUCKETS.nodes.name, { ttl: 15_000, history: 5, metadata });
  await nodes.put("actors.a", "kept");
  await new Kvm(nc).create(BUCKETS.latest.name, { storage: StorageType.Memory });
  await new Objm(nc).create(SNAPSHOT_STORE, { description: "mine" });

  await ensureStorage(nc);

  const log = await configOf(nc, market.name);
  assert.equal(log.max_bytes, market.maxBytes);
  assert.equal(log.max_msg_size, 500);
  const bucket = await configOf(nc, `KV_${BUCKETS.nodes.name}`);
  assert.equal(millis(bucket.max_age), BUCKETS.nodes.ttlSeconds * 1000);
  assert.equal(bucket.allow_msg_ttl, true);
  assert.equal(millis(bucket.subject_delete_marker_ttl!), BUCKETS.nodes.markerSeconds * 1000);
  assert.equal(bucket.max_msgs_per_subject, BUCKETS.nodes.history);
  assert.equal(bucket.metadata?.team, "fx");
  assert.equal((await nodes.get("actors.a"))?.string(), "kept");
  // What a stream lies in cannot be changed; one in memory is made anew in files after a restart of the server.
  assert.equal((await configOf(nc, `KV_${BUCKETS.latest.name}`)).storage, StorageType.Memory);
  assert.equal((await configOf(nc, `OBJ_${SNAPSHOT_STORE}`)).description, "mine");

  const watched = Promise.withResolvers<string>();
  const watch = await nodes.watch({ key: "actors.a" });
  void (async () => {
    for await (const entry of watch) if (entry.operation !== "PUT") return watched.resolve(entry.operation);
  })();
  assert.equal(await watched.promise, "PURGE", "the watchers are told when a key goes by age");
  await nc.close();
});

Deno.test("`ensureStorage()` makes a bucket again that was deleted under the hands of those who use it", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const leases = await new Kvm(nc).open(BUCKETS.leases.name);
  await (await jetstreamManager(nc)).streams.delete(`KV_${BUCKETS.leases.name}`);
  await Promise.all([ensureStorage(nc), ensureStorage(nc)]);
  assert.equal(await leases.create("pair.EURUSD", "mine"), 1);
  await nc.close();
});

Deno.test("`ensureStorage()` of several nodes at once, of one server and then of three", async () => {
  await using cluster = await testNatsCluster({ size: 3 });
  const nodes = await Promise.all(
    cluster.members.map(({ url }, i) => connectNats({ url, name: `node ${i}` })),
  );
  for (const replicas of [1, 3]) {
    await Promise.all([...nodes, ...nodes].map((nc) => ensureStorage(nc, { replicas })));
    assert.deepEqual(await replicasOf(nodes[0]!), STREAM_NAMES.map(() => replicas));
  }
  await Promise.all(STREAM_NAMES.map((stream) => cluster.streamIsCurrent(stream)));
  await ensureStorage(nodes[0]!);
  assert.deepEqual(await replicasOf(nodes[0]!), STREAM_NAMES.map(() => 3), "who asks for no number changes none");
  await assert.rejects(
    ensureStorage(nodes[0]!, { replicas: 5, timeoutMs: 0 }),
    /NATS_REPLICAS=5 needs five servers in the cluster \(/,
  );
  await Promise.all(nodes.map((nc) => nc.close()));
});

Deno.test("`ensureStorage()` tells a server without a cluster from replicas at once", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await assert.rejects(ensureStorage(nc, { replicas: 3 }), /NATS_REPLICAS=3 needs three servers in the cluster/);
  await nc.close();
});

Deno.test("`ensureStorage()` waits for the cluster, and says so when it does not come", async () => {
  await using cluster = await testNatsCluster({ size: 3 });
  const [one, two, three] = cluster.members;
  await Promise.all([two!.kill(), three!.kill()]);
  await one!.kill();
  const alone = one!.start();
  const nc = await connectNats({ url: cluster.url, name: "test", waitOnFirstConnect: true });
  await assert.rejects(
    ensureStorage(nc, { replicas: 3, timeoutMs: 500 }),
    /has the cluster a majority of its servers\?/,
  );
  const ready = ensureStorage(nc, { replicas: 3 });
  await Promise.all([alone, two!.start(), three!.start(), ready]);
  assert.deepEqual(await replicasOf(nc), STREAM_NAMES.map(() => 3));
  await nc.close();
});
