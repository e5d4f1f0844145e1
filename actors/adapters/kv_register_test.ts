import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { testNats } from "../../tests/support/nats.ts";
import { RegisterWatch } from "../../tests/support/register_watch.ts";
import { BUCKETS } from "../contract/mod.ts";
import { RevisionError } from "../runtime/mod.ts";
import { KvRegister } from "./kv_register.ts";
import { connectNats, ensureStorage } from "./nats.ts";

async function setUp(bucket: string = BUCKETS.leases.name) {
  const nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const lines: string[] = [];
  const register = new KvRegister(nc, {
    bucket,
    repair: () => ensureStorage(nc),
    logLine: (level, text) => void lines.push(`${level}: ${text}`),
  });
  return {
    nats,
    nc,
    register,
    lines,
    async [Symbol.asyncDispose]() {
      await nc.close();
      await nats[Symbol.asyncDispose]();
    },
  };
}

Deno.test("`KvRegister` writes a key only over the revision that its writer knows", async () => {
  await using set = await setUp();
  const { register } = set;
  assert.equal(await register.get("a"), undefined);
  await assert.rejects(register.put("a", "x", 7), RevisionError);
  const first = await register.put("a", "1", 0);
  await register.put("b", "other", 0);
  assert.deepEqual(await register.get("a"), { value: "1", revision: first });
  await assert.rejects(register.put("a", "x", 0), RevisionError);
  const second = await register.put("a", "2", first);
  await assert.rejects(register.put("a", "x", first), RevisionError);
  await assert.rejects(register.delete("a", first), RevisionError);
  assert.deepEqual(await register.get("a"), { value: "2", revision: second });

  // A key that was deleted is not there, and can be made again, once.
  await register.delete("a", second);
  assert.equal(await register.get("a"), undefined);
  await assert.rejects(register.put("a", "x", second), RevisionError);
  const third = await register.put("a", "3", 0);
  await assert.rejects(register.put("a", "x", 0), RevisionError);
  assert.deepEqual(await register.get("a"), { value: "3", revision: third });

  // Of many at once, one has it.
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => register.put("a", `race ${i}`, third)));
  assert.equal(all.filter(({ status }) => status === "fulfilled").length, 1);
  for (const result of all) if (result.status === "rejected") assert(result.reason instanceof RevisionError);
});

Deno.test("`KvRegister` tells a watch what is there, that this is all, and then every change", async () => {
  await using set = await setUp();
  const { register } = set;
  await using early = new RegisterWatch(register);
  await early.until((told) => told.length === 2);
  assert.deepEqual(early.told, ["reset", "current"], "of a bucket in which there is nothing");

  const revision = await register.put("a.x", "1", 0);
  await register.put("a.x", "2", revision);
  const gone = await register.put("b", "1", 0);
  await register.delete("b", gone);
  const changes = ["put a.x 1", "put a.x 2", "put b 1", "gone b"];
  await early.until((told) => told.length === 6);
  assert.deepEqual(early.told.slice(2), changes);

  await using late = new RegisterWatch(register);
  await late.until((told) => told.includes("current"));
  assert.deepEqual(late.told, ["reset", "put a.x 2", "gone b", "current"]);
});

Deno.test("`KvRegister` tells that a key went by its age, and lets it be made again", async () => {
  await using set = await setUp(BUCKETS.nodes.name);
  const { register, nc } = set;
  const { streams } = await jetstreamManager(nc);
  await streams.update(`KV_${BUCKETS.nodes.name}`, { max_age: 1e9, duplicate_window: 1e9 });
  await using watch = new RegisterWatch(register);
  const revision = await register.put("actors.n1", "1", 0);
  await watch.until((told) => told.includes("gone actors.n1"));
  assert.equal(await register.get("actors.n1"), undefined);
  await assert.rejects(register.put("actors.n1", "x", revision), RevisionError);
  await register.put("actors.n1", "2", 0);
  await watch.until((told) => told.includes("put actors.n1 2"));
});

Deno.test("`KvRegister` makes a bucket again that is deleted while it is watched, and tells all anew", async () => {
  await using set = await setUp();
  const { register, nc, lines } = set;
  await register.put("a", "1", 0);
  await using watch = new RegisterWatch(register);
  await watch.until((told) => told.includes("current"));
  await (await jetstreamManager(nc)).streams.delete(`KV_${BUCKETS.leases.name}`);
  await watch.until((told) => told.lastIndexOf("current") > told.indexOf("current"));
  assert.deepEqual(watch.told, ["reset", "put a 1", "current", "reset", "current"]);
  assert(lines.some((line) => line.startsWith("warn: watching fx-leases anew: ")), lines.join("\n"));
  assert.equal(await register.get("a"), undefined);
  await register.put("a", "2", 0);
  await watch.until((told) => told.at(-1) === "put a 2");
});

Deno.test("`KvRegister` tells all anew when a server that was killed is back, with what was written meanwhile", async () => {
  await using set = await setUp();
  const { register, nats } = set;
  const revision = await register.put("a", "1", 0);
  await using watch = new RegisterWatch(register);
  await watch.until((told) => told.includes("current"));
  await nats.restart({ kill: true });
  const second = await connectNats({ url: nats.url, name: "other", waitOnFirstConnect: true });
  const other = new KvRegister(second, { bucket: BUCKETS.leases.name, repair: async () => {}, logLine: () => {} });
  await other.put("a", "2", revision);
  await second.close();
  await watch.until((told) => told.slice(3).includes("current") && told.slice(3).includes("put a 2"));
  assert.equal(watch.told[3], "reset");
  assert.equal((await register.get("a"))!.value, "2");
});
