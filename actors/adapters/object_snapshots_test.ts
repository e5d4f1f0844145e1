import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { jetstreamManager } from "@nats-io/jetstream";
import { lcg } from "../../tests/support/frames.ts";
import { testNats } from "../../tests/support/nats.ts";
import { SNAPSHOT_STORE } from "../contract/mod.ts";
import { connectNats, ensureStorage } from "./nats.ts";
import { ObjectSnapshots } from "./object_snapshots.ts";

const STREAM = `OBJ_${SNAPSHOT_STORE}`;

async function setUp() {
  const nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const { streams } = await jetstreamManager(nc);
  return {
    nats,
    nc,
    streams,
    store: new ObjectSnapshots(nc),
    messageCount: async () => (await streams.info(STREAM)).state.messages,
    async [Symbol.asyncDispose]() {
      await nc.close();
      await nats[Symbol.asyncDispose]();
    },
  };
}

function bytesOf(length: number): Uint8Array {
  const random = lcg(length);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

Deno.test("`ObjectSnapshots` keeps bytes of any size under their names, and deletes them without a trace", async () => {
  await using set = await setUp();
  const { store, messageCount } = set;
  const sizes = [0, 1, 128 * 1024, 128 * 1024 + 1, 5 * 1024 * 1024];
  const name = (size: number) => `pair.EURUSD.7-3f2b_x-${size}.0`;
  assert.equal(await store.get(name(1)), undefined);
  assert.deepEqual(await store.names(), []);
  for (const size of sizes) {
    await store.put(name(size), bytesOf(size));
    const read = await store.get(name(size));
    assert(read !== undefined && Buffer.compare(read, bytesOf(size)) === 0, `${size} bytes`);
  }
  assert.deepEqual((await store.names()).sort(), sizes.map(name).sort());

  const before = await messageCount();
  await store.put(name(1), bytesOf(300_000)); // written over: what was there leaves nothing behind
  await store.put(name(1), bytesOf(1));
  assert.equal(await messageCount(), before);
  assert.deepEqual([...(await store.get(name(1)))!], [...bytesOf(1)]);

  for (const size of sizes) {
    await store.delete(name(size));
    assert.equal(await store.get(name(size)), undefined);
  }
  assert.equal(await messageCount(), 0);
  await store.delete(name(1)); // what is not there
  assert.deepEqual(await store.names(), []);
});

Deno.test("`ObjectSnapshots` has nothing where a piece of the bytes is gone, or is another one", async () => {
  await using set = await setUp();
  const { store, streams, nc } = set;
  await store.put("whole", bytesOf(300_000));
  await store.put("cut", bytesOf(400_000));
  const sequence = (await streams.info(STREAM)).state.last_seq;
  await streams.deleteMessage(STREAM, sequence - 2); // a piece in the middle; the last message is the object's record
  assert.equal(await store.get("cut"), undefined);
  assert.equal((await store.get("whole"))!.length, 300_000);

  await store.put("rotten", bytesOf(1_000));
  const { state: { last_seq } } = await streams.info(STREAM);
  const piece = await streams.getMessage(STREAM, { seq: last_seq - 1 });
  await streams.deleteMessage(STREAM, last_seq - 1);
  nc.publish(piece!.subject, new Uint8Array(1_000));
  await nc.flush();
  assert.equal(await store.get("rotten"), undefined);
});

Deno.test("`ObjectSnapshots.get()` rejects where the server is away: that says nothing of the bytes", async () => {
  await using set = await setUp();
  const { store, nats } = set;
  await store.put("a", bytesOf(10));
  await nats.server.kill();
  await assert.rejects(store.get("a"));
  await nats.restart();
  for (;;) {
    try {
      assert.equal((await store.get("a"))!.length, 10);
      break;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
  }
});
