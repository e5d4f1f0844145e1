import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { JetStreamOutlet } from "../../actors/adapters/jetstream_outlet.ts";
import { KvViewCache } from "../../actors/adapters/kv_caches.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { ObjectSnapshots } from "../../actors/adapters/object_snapshots.ts";
import { placementPorts } from "../../actors/adapters/placement_ports.ts";
import {
  BUCKETS,
  LeaseRecord,
  LiveBook,
  marketSubject,
  MetricSample,
  metricsSubject,
  type Pair,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import { type Actor, Host, type HostPorts, type Register } from "../../actors/runtime/mod.ts";
import { testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";

const PAIRS = ["EURUSD", "USDJPY", "GBPUSD", "AUDUSD", "USDCAD", "NZDUSD"].map((name) => parsePair(name)!);
const [EURUSD, USDJPY] = PAIRS as [Pair, Pair];
const POLL_MS = 5;

/** What the actor says of these frames when it folds them in this process. */
function folded(pair: Pair, frames: readonly (Uint8Array | string)[]): string[] {
  const actor = createPairActor(pair);
  const state = actor.initial();
  const samples: string[] = [];
  frames.forEach((data, i) =>
    actor.receive(
      state,
      { sequence: i + 1, data: typeof data === "string" ? new TextEncoder().encode(data) : data },
      (subject, payload) => void (subject.startsWith("fx.metrics.") && samples.push(payload)),
    )
  );
  return samples;
}

interface NodeOptions {
  node: string;
  pairs?: readonly Pair[];
  change?: (ports: HostPorts) => HostPorts;
}

/** A node with a connection of its own. */
async function startNode(url: string, { node, pairs = PAIRS, change = (ports) => ports }: NodeOptions) {
  const nc = await connectNats({ url, name: node });
  const lines: string[] = [];
  const logLine: HostPorts["logLine"] = (level, text) => void lines.push(`${level}: ${text}`);
  const ports = change({
    ...placementPorts(nc, { replicas: 1, logLine }),
    log: new JetStreamLog(nc, STREAMS.market.name),
    outlet: new JetStreamOutlet(nc),
    snapshots: new ObjectSnapshots(nc),
    views: new KvViewCache(nc),
    memoryBytes: () => 0,
  });
  const identity = { group: "actors", node, session: crypto.randomUUID(), capacity: 1, startedMs: Date.now() };
  const host = new Host(identity, ports);
  host.setActors(pairs.map((pair) => createPairActor(pair) as Actor<unknown>));
  const stop = new AbortController();
  const running = host.run(stop.signal);
  running.catch(() => {}); // told by stop()
  return {
    host,
    lines,
    async stop() {
      stop.abort();
      await running;
      await nc.close();
      return host.stats;
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** Every message of METRICS on a subject, in order. */
async function published(nc: NatsConnection, subject: string): Promise<string[]> {
  const { streams } = await jetstreamManager(nc);
  const { state } = await streams.info(STREAMS.metrics.name, { subjects_filter: subject });
  const samples: string[] = [];
  if (state.subjects?.[subject] === undefined) return samples;
  const consumer = await jetstream(nc).consumers.get(STREAMS.metrics.name, { filter_subjects: subject });
  for await (const message of await consumer.consume()) {
    samples.push(message.string());
    if (message.info.pending === 0) break;
  }
  return samples;
}

async function setUp() {
  const nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  await ensureStorage(nc); // what exists stays
  const js = jetstream(nc);
  const manager = await jetstreamManager(nc);
  return {
    url: nats.url,
    nc,
    manager,
    publish: async (pair: Pair, frame: Uint8Array | string) => void await js.publish(marketSubject(pair), frame),
    storedCount: async () => (await manager.streams.info(STREAMS.metrics.name)).state.messages,
    async [Symbol.asyncDispose]() {
      await nc.close();
      await nats[Symbol.asyncDispose]();
    },
  };
}

Deno.test("`Host` publishes exactly the samples of the fold, over a restart, broken snapshots and repeats", async () => {
  await using set = await setUp();
  const { url, nc, publish } = set;
  const pairs = [EURUSD, USDJPY];
  const euro: (Uint8Array | string)[] = testFrames({ pair: EURUSD, eventCount: 4_000 });
  const yen = testFrames({ pair: USDJPY, eventCount: 4_000, seed: 2 });
  const half = Math.floor(yen.length / 2);
  euro.splice(half, 0, "not a frame");
  const expected = [folded(EURUSD, euro), folded(USDJPY, yen)];
  assert(expected[0]!.length > 100);
  for (let i = 0; i < half; i++) {
    await publish(EURUSD, euro[i]!);
    await publish(USDJPY, yen[i]!);
  }
  const run = async (messageCount: number) => {
    const node = await startNode(url, { node: "n1", pairs });
    await until(() => node.host.stats.messageCount === messageCount);
    return await node.stop();
  };
  const first = await run(2 * half);
  assert.deepEqual([first.repeatedCount, first.snapshotCount], [0, 2]);

  await jetstream(nc).publish("fx.market.XXXYYY", "no such pair");
  for (let i = half; i < yen.length; i++) {
    await publish(EURUSD, euro[i]!);
    await publish(USDJPY, yen[i]!);
  }
  await publish(EURUSD, euro.at(-1)!);
  const second = await run(2 * (yen.length - half) + 1);
  assert.deepEqual([second.repeatedCount, second.deadCount], [0, 0]);
  const all = expected[0]!.length + expected[1]!.length;
  assert.equal(first.outputCount + second.outputCount, all);

  // A node that finds its snapshots broken folds the whole log again and does not add a single output.
  const store = new ObjectSnapshots(nc);
  for (const name of await store.names()) await store.put(name, new TextEncoder().encode("not a snapshot"));
  const third = await run(2 * yen.length + 1);
  assert.deepEqual([third.outputCount, third.repeatedCount], [0, all]);

  const samples = await published(nc, metricsSubject(EURUSD));
  assert.deepEqual(samples, expected[0]);
  assert.deepEqual(await published(nc, metricsSubject(USDJPY)), expected[1]);
  assert.deepEqual(MetricSample.parse(JSON.parse(samples.at(-1)!)).counts.rejected, { "frame-truncated": 1 });

  const latest = await new Kvm(nc).open(BUCKETS.latest.name);
  const book = LiveBook.parse((await latest.get("USDJPY.book"))!.json());
  assert.equal(book.pair, "USDJPY");
  assert(book.bid! < book.ask! && book.bids.length > 0 && book.bids.length <= 10);
  MetricSample.parse((await latest.get("USDJPY.sample"))!.json());
});

Deno.test("a MARKET stream that was deleted and made anew while actors run is folded from its start, not passed over", async () => {
  await using set = await setUp();
  const { url, nc, manager, publish } = set;
  const frames = testFrames({ pair: EURUSD, eventCount: 2_000 });
  const expected = folded(EURUSD, frames);
  const node = await startNode(url, { node: "n1", pairs: [EURUSD] });
  for (const frame of frames) await publish(EURUSD, frame);
  await until(() => node.host.where("pair.EURUSD")?.sequence === frames.length);
  await until(() => node.host.where("pair.EURUSD")?.unstoredOutputs === 0);

  // While the reader is at its end the log is replaced. It must not go on as if nothing had happened.
  await manager.streams.delete(STREAMS.market.name);
  await ensureStorage(nc);
  for (const frame of frames) await publish(EURUSD, frame);
  await until(() => node.host.stats.messageCount === 2 * frames.length);
  assert(node.lines.some((line) => /^error: pair\.EURUSD: starting anew .*LogRewoundError/.test(line)));
  await node.stop();
  assert.deepEqual(await published(nc, metricsSubject(EURUSD)), [...expected, ...expected]);
});

Deno.test("the buckets of leases and nodes are deleted under three loaded nodes: outputs are the fold's, all leases are back", async () => {
  await using set = await setUp();
  const { url, nc, manager, publish, storedCount } = set;
  const frames = PAIRS.map((pair, i) => testFrames({ pair, eventCount: 8_000, eventsPerFrame: 16, seed: i + 1 }));
  const expected = PAIRS.map((pair, i) => folded(pair, frames[i]!));
  const nodes = await Promise.all(["n1", "n2", "n3"].map((node) => startNode(url, { node })));
  const leases = async () => {
    const bucket = await new Kvm(nc).open(BUCKETS.leases.name);
    const entries = await Promise.all(PAIRS.map((pair) => bucket.get(`pair.${pair}`)));
    return entries.flatMap((entry) => (entry === null ? [] : [LeaseRecord.parse(entry.json())]));
  };
  const { length } = frames[0]!;
  for (let i = 0; i < length; i++) {
    await Promise.all(PAIRS.map((pair, p) => publish(pair, frames[p]![i]!)));
    if (i === Math.floor(length / 3)) await manager.streams.delete(`KV_${BUCKETS.leases.name}`);
    if (i === Math.floor(length * 2 / 3)) await manager.streams.delete(`KV_${BUCKETS.nodes.name}`);
  }
  const wanted = expected.flat().length;
  await until(async () => await storedCount() >= wanted);
  await until(async () => {
    const all = await leases().catch(() => []);
    return all.length === PAIRS.length && all.every(({ owner }) => owner !== null);
  });
  for (const { stop } of nodes) await stop();
  for (const [i, pair] of PAIRS.entries()) {
    assert.deepEqual(await published(nc, metricsSubject(pair)), expected[i], pair);
  }
  assert((await leases()).every(({ owner }) => owner === null));
});

/** A register of which the writes go nowhere: whoever has it believes what it likes. */
function partitioned(): Register {
  const own = new Map<string, { value: string; revision: number }>();
  let revision = 1_000_000;
  return {
    get: (key) => Promise.resolve(own.get(key)),
    put: (key, value) => {
      own.set(key, { value, revision: ++revision });
      return Promise.resolve(revision);
    },
    delete: (key) => Promise.resolve(void own.delete(key)),
    async *watch(signal) {
      yield { type: "reset" };
      yield { type: "current" };
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  };
}

Deno.test("two nodes that both believe an actor is their own store its outputs once; the one without the lease leaves no snapshot", async () => {
  await using set = await setUp();
  const { url, nc, publish, storedCount } = set;
  const frames = testFrames({ pair: EURUSD, eventCount: 6_000, eventsPerFrame: 16 });
  const expected = folded(EURUSD, frames);
  const first = await startNode(url, { node: "n1", pairs: [EURUSD] });
  await until(() => first.host.where("pair.EURUSD") !== undefined);
  // The zombie lives in a world of its own until its partition ends: from then on it meets the true leases.
  let isCut = true;
  const zombie = await startNode(url, {
    node: "n2",
    pairs: [EURUSD],
    change: (ports) => {
      const cut = partitioned();
      const leases: Register = {
        get: (key) => (isCut ? cut : ports.leases).get(key),
        put: (...args) => (isCut ? cut : ports.leases).put(...args),
        delete: (...args) => (isCut ? cut : ports.leases).delete(...args),
        watch: (signal) => cut.watch(signal),
      };
      return { ...ports, nodes: partitioned(), leases };
    },
  });
  await until(() => zombie.host.where("pair.EURUSD") !== undefined);
  isCut = false;
  for (const frame of frames) await publish(EURUSD, frame);
  for (const { host } of [first, zombie]) {
    // The zombie may find out earlier, by an output of the other one that it meets.
    await until(() => {
      const where = host.where("pair.EURUSD");
      return where === undefined || (where.sequence === frames.length && where.unstoredOutputs === 0);
    });
  }
  await until(async () => await storedCount() >= expected.length);
  // It finds out at its first snapshot, at the latest: the lease takes nothing from it.
  await until(() => zombie.lines.some((line) => line.includes("pair.EURUSD: its lease is lost")));
  await zombie.stop();
  assert(first.host.where("pair.EURUSD") !== undefined, "who has the lease is not disturbed");
  const { session } = first.host.where("pair.EURUSD")!;
  await first.stop();
  assert.deepEqual(await published(nc, metricsSubject(EURUSD)), expected);

  const bucket = await new Kvm(nc).open(BUCKETS.leases.name);
  const { data } = LeaseRecord.parse((await bucket.get("pair.EURUSD"))!.json());
  const pointers = (data as { snapshots: { name: string; sequence: number }[] }).snapshots;
  assert(pointers.every(({ name }) => name.includes(session)), JSON.stringify(pointers));
  assert.equal(pointers[0]!.sequence, frames.length);
  assert.equal(zombie.host.stats.snapshotCount, 0);
});
