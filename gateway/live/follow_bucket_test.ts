import assert from "node:assert/strict";
import { type KV, Kvm } from "@nats-io/kv";
import { jetstreamManager } from "@nats-io/jetstream";
import { connectNats } from "../../actors/adapters/nats.ts";
import { testNats } from "../../tests/support/nats.ts";
import { type BucketEntry, followBucket } from "./mod.ts";

const DEADLINE_MS = 20_000;

/** Notes what a follower is told, and waits for it. */
class Notes {
  readonly keys = new Map<string, string>();
  readonly told: string[] = [];
  #check = () => {};

  replace(entries: readonly BucketEntry[]): void {
    this.keys.clear();
    for (const entry of entries) this.#apply(entry);
    this.#note(`replace ${[...this.keys.keys()].sort().join()}`);
  }

  take(entry: BucketEntry): void {
    this.#apply(entry);
    this.#note(`${entry.operation} ${entry.key}`);
  }

  lose(): void {
    this.#note("lose");
  }

  until(wanted: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no "${wanted}" in: ${this.told.join("; ")}`)), DEADLINE_MS);
      this.#check = () => {
        const at = this.told.indexOf(wanted);
        if (at < 0) return;
        clearTimeout(timer);
        this.told.splice(0, at + 1);
        this.#check = () => {};
        resolve();
      };
      this.#check();
    });
  }

  #apply({ key, operation, value }: BucketEntry): void {
    if (operation === "PUT") this.keys.set(key, new TextDecoder().decode(value));
    else this.keys.delete(key);
  }

  #note(what: string): void {
    this.told.push(what);
    this.#check();
  }
}

/** A server with one bucket, whose keys go by age or never, and a follower on a connection of its own. */
async function following(
  ttlMs: number,
  test: (
    parts: { notes: Notes; bucket: KV; reconnect: () => Promise<void>; purge: () => Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  await using nats = await testNats();
  const writer = await connectNats({ url: nats.url, name: "writer" });
  const follower = await connectNats({ url: nats.url, name: "follower" });
  const bucket = await new Kvm(writer).create("things", { history: 1, ttl: ttlMs, markerTTL: 60_000 });
  const notes = new Notes();
  const stopped = new AbortController();
  const run = followBucket(follower, "things", { sink: notes, signal: stopped.signal, log: () => {} });
  try {
    await test({
      notes,
      bucket,
      reconnect: () => follower.reconnect(),
      purge: async () => void await (await jetstreamManager(writer)).streams.purge("KV_things"),
    });
  } finally {
    stopped.abort();
    await run;
    await follower.close();
    await writer.close();
  }
}

Deno.test("`followBucket()` tells of an empty bucket, then of every put, deletion and expiry", async () => {
  await following(1_000, async ({ notes, bucket }) => {
    await notes.until("replace ");
    await bucket.put("b", "2");
    await notes.until("PUT b");
    await bucket.delete("b");
    await notes.until("DEL b");
    await bucket.put("a", "1");
    await notes.until("PUT a");
    await notes.until("DEL a");
    assert.deepEqual([...notes.keys], []);
  });
});

Deno.test("`followBucket()` replaces everything after a reconnect: what vanished without a word is gone", async () => {
  await following(0, async ({ notes, bucket, reconnect, purge }) => {
    await notes.until("replace ");
    await bucket.put("a", "1");
    await notes.until("PUT a");
    // Whatever is purged from the stream itself leaves no marker: nobody is told.
    await purge();
    await bucket.put("b", "2");
    await notes.until("PUT b");
    assert.deepEqual([...notes.keys.keys()], ["a", "b"]);
    await reconnect();
    await notes.until("lose");
    await notes.until("replace b");
    await bucket.put("c", "3");
    await notes.until("PUT c");
  });
});

Deno.test("`followBucket()` hands over what a bucket holds in one piece, with the keys that are marked as gone", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "both" });
  const bucket = await new Kvm(nc).create("things", { history: 1 });
  for (const key of ["a", "b", "c"]) await bucket.put(key, key);
  await bucket.delete("b");
  const notes = new Notes();
  const stopped = new AbortController();
  const run = followBucket(nc, "things", { sink: notes, signal: stopped.signal, log: () => {} });
  await notes.until("replace a,c");
  assert.deepEqual(notes.told, []);
  stopped.abort();
  await run;
  assert.deepEqual(notes.told, ["lose"]);
  await nc.close();
});

Deno.test("`followBucket()` waits for a bucket that is not there yet, and says so", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "both" });
  const notes = new Notes();
  const stopped = new AbortController();
  const { promise: warned, resolve } = Promise.withResolvers<string>();
  const log = (_level: string, line: string) => resolve(line);
  const run = followBucket(nc, "things", { sink: notes, signal: stopped.signal, log });
  assert.match(await warned, /^watching things anew: /);
  await new Kvm(nc).create("things", { history: 1 });
  await notes.until("replace ");
  stopped.abort();
  await run;
  await nc.close();
});
