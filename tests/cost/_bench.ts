/**
 * What surviving costs: folding with and without snapshots, their trace in the latency of samples, memory of an idle pair, and the
 * start of a thousand pairs on one node.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { connectFramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { JetStreamOutlet } from "../../actors/adapters/jetstream_outlet.ts";
import { KvViewCache } from "../../actors/adapters/kv_caches.ts";
import { KvRegister } from "../../actors/adapters/kv_register.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { ObjectSnapshots } from "../../actors/adapters/object_snapshots.ts";
import { placementPorts } from "../../actors/adapters/placement_ports.ts";
import {
  ALL_CURRENCIES,
  ALL_METRICS,
  ALL_PAIRS,
  BUCKETS,
  emptyEvent,
  EventKind,
  FrameReader,
  FrameWriter,
  LeaseRecord,
  NodeReport,
  type Pair,
  pairOfSubject,
  pairSpec,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import { type Actor, Host } from "../../actors/runtime/mod.ts";
import { PROJECT_ROOT, type RoleProcess, startRole } from "../../deploy/tools/mod.ts";
import { testFrames } from "../support/frames.ts";
import { type TestNats, testNats } from "../support/nats.ts";

const PAIRS = ALL_PAIRS.slice(0, 12);
const FOLD_EVENTS_PER_PAIR = 500_000;
const LATENCY_SECONDS = 20;
const LATENCY_EVENTS_PER_SECOND = 12_000;
const MANY_PAIRS = 1_000;
/** No snapshot but the last one. */
const NEVER = { ms: Infinity, entries: Infinity };
/** Every snapshot five times as often as in production: what it costs is then seen five times as well. */
const OFTEN = { ms: 1_000, entries: 10_000 };

function line(name: string, value: string): void {
  console.log(`${name.padEnd(62)} ${value}`);
}

function percentiles(ms: number[]): string {
  ms.sort((a, b) => a - b);
  const at = (p: number) => (ms[Math.min(ms.length - 1, Math.floor(p * ms.length))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)}  p99 ${at(0.99)}  p99.9 ${at(0.999)}  max ${at(1)} ms  (${ms.length})`;
}

function makeHost(nc: NatsConnection, snapshotEvery: { ms: number; entries: number }): Host {
  const logLine = () => {};
  const host = new Host(
    { group: "actors", node: "bench", session: crypto.randomUUID(), capacity: 1, startedMs: 0 },
    {
      log: new JetStreamLog(nc, STREAMS.market.name),
      outlet: new JetStreamOutlet(nc),
      snapshots: new ObjectSnapshots(nc),
      views: new KvViewCache(nc),
      ...placementPorts(nc, { replicas: 1, logLine }),
      memoryBytes: () => 0,
      snapshotEvery,
    },
  );
  host.setActors(PAIRS.map((pair) => createPairActor(pair) as Actor<unknown>));
  return host;
}

/** Fold what lies in the log; answers events per second and how many snapshots were stored. */
async function foldAll(nc: NatsConnection, every: { ms: number; entries: number }) {
  const { lastSequence } = await new JetStreamLog(nc, STREAMS.market.name).extent();
  const host = makeHost(nc, every);
  const abort = new AbortController();
  const started = performance.now();
  const running = host.run(abort.signal);
  while (host.stats.messageCount < lastSequence) await systemClock.sleep(5);
  const seconds = (performance.now() - started) / 1_000;
  const { snapshotCount } = host.stats;
  abort.abort();
  await running;
  return { perSecond: (FOLD_EVENTS_PER_PAIR * PAIRS.length) / seconds, snapshotCount };
}

/** Live events at a steady pace; latencies from a frame's publication to the sample that it closes, as a subscriber gets it. */
async function latencies(
  nats: TestNats,
  nc: NatsConnection,
  every: { ms: number; entries: number },
): Promise<number[]> {
  const host = makeHost(nc, every);
  const abort = new AbortController();
  const ready = Promise.withResolvers<void>();
  const running = host.run(abort.signal, ready.resolve);
  await ready.promise;
  const sentAtMs = new Map<string, number>();
  const ms: number[] = [];
  const subscription = nc.subscribe(ALL_METRICS, {
    callback: (_error, message) => {
      const sent = sentAtMs.get(`${pairOfSubject(message.subject)} ${message.json<{ timeUs: number }>().timeUs}`);
      if (sent !== undefined) ms.push(performance.now() - sent);
    },
  });
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  const feeds = PAIRS.map((pair) => ({ pair, writer: new FrameWriter(), nextSampleUs: 0, number: 0 }));
  const event = { ...emptyEvent(), kind: EventKind.quote, size: 1e6, size2: 1e6 };
  const startUs = systemClock.nowUs();
  const turnMs = 10;
  const perTurn = (LATENCY_EVENTS_PER_SECOND * turnMs) / 1_000 / PAIRS.length;
  for (let turn = 1; turn <= (LATENCY_SECONDS * 1_000) / turnMs; turn++) {
    await systemClock.sleep(Math.max(0, (startUs + turn * turnMs * 1_000 - systemClock.nowUs()) / 1_000));
    const nowUs = systemClock.nowUs();
    for (const feed of feeds) {
      const { pipSize } = pairSpec(feed.pair);
      for (let i = 0; i < perTurn; i++) {
        event.eventTimeUs = nowUs - Math.floor(perTurn) + i;
        event.price = (15_000 + (turn + i) % 7) * pipSize;
        event.price2 = event.price + pipSize;
        feed.writer.add(event);
      }
      if (event.eventTimeUs >= feed.nextSampleUs) {
        if (feed.nextSampleUs > 0) sentAtMs.set(`${feed.pair} ${feed.nextSampleUs}`, performance.now());
        feed.nextSampleUs = (Math.floor(event.eventTimeUs / 250_000) + 1) * 250_000;
      }
      const frame = feed.writer.finish({ sourceId: 7, sourceSequence: ++feed.number, receiveTimeUs: nowUs });
      await publisher.publish(feed.pair, frame, `${feed.pair}-${startUs}-${feed.number}`);
    }
  }
  await publisher.drain();
  await publisher.close();
  await systemClock.sleep(300);
  subscription.unsubscribe();
  abort.abort();
  await running;
  return ms;
}

/** Start a node in a process of its own, and wait until it owns so many pairs. */
async function startNode(
  nats: TestNats,
  nc: NatsConnection,
  pairs: readonly Pair[],
): Promise<{ ms: number; node: RoleProcess }> {
  const owned = new Set<string>();
  const all = Promise.withResolvers<void>();
  const watching = new AbortController();
  const leases = new KvRegister(nc, {
    bucket: BUCKETS.leases.name,
    repair: () => Promise.resolve(),
    logLine: () => {},
  });
  const started = performance.now();
  const node = await startRole({
    name: "actors",
    args: ["run", "-q", "-P=actors", "actors/main.ts"],
    cwd: PROJECT_ROOT,
    env: { NATS_URL: nats.url, PAIRS: pairs.join(), NODE_NAME: "bench" },
  });
  (async () => {
    for await (const change of leases.watch(watching.signal)) {
      if (change.type !== "put" || LeaseRecord.parse(JSON.parse(change.value)).owner === null) continue;
      owned.add(change.key);
      if (owned.size >= pairs.length) all.resolve();
    }
  })();
  await all.promise;
  watching.abort();
  return { ms: performance.now() - started, node };
}

/** Bytes of memory that the node reports, once it has reported so many tasks without lag. */
async function memoryOf(nc: NatsConnection, taskCount: number): Promise<number> {
  const reports = new KvRegister(nc, {
    bucket: BUCKETS.reports.name,
    repair: () => Promise.resolve(),
    logLine: () => {},
  });
  const abort = new AbortController();
  let settled = 0;
  for await (const change of reports.watch(abort.signal)) {
    if (change.type !== "put") continue;
    const report = NodeReport.parse(JSON.parse(change.value));
    if (report.tasks.length < taskCount) continue;
    if (++settled >= 3) return report.memoryBytes;
  }
  throw new Error("no report");
}

{
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "bench" });
  await ensureStorage(nc);
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  const reader = new FrameReader();
  let decoded = 0;
  for (const pair of PAIRS) {
    const frames = testFrames({ pair, eventCount: FOLD_EVENTS_PER_PAIR, eventsPerSecond: 2_000, eventsPerFrame: 500 });
    const started = performance.now();
    for (const frame of frames) {
      reader.open(frame);
      while (reader.next());
    }
    decoded += performance.now() - started;
    for (let i = 0; i < frames.length; i++) await publisher.publish(pair, frames[i]!, `${pair}-${i}`);
  }
  await publisher.close();
  line(
    "limit: decoding the same frames",
    `${((FOLD_EVENTS_PER_PAIR * PAIRS.length) / decoded / 1e3).toFixed(1)} M events/s`,
  );
  const manager = await (await import("@nats-io/jetstream")).jetstreamManager(nc);
  const runs: Record<string, number[]> = { without: [], production: [], often: [] };
  let often = 0;
  for (let round = 0; round < 3; round++) {
    for (const [name, every] of [["without", NEVER], ["production", undefined], ["often", OFTEN]] as const) {
      // Every run begins with nothing: no leases, no outputs, no snapshots.
      for (const stream of [`KV_${BUCKETS.leases.name}`, STREAMS.metrics.name]) await manager.streams.delete(stream);
      await ensureStorage(nc);
      const { perSecond, snapshotCount } = await foldAll(nc, every ?? { ms: 5_000, entries: 10_000 });
      runs[name]!.push(perSecond);
      if (name === "often") often = snapshotCount;
    }
  }
  const best = (name: string) => Math.max(...runs[name]!);
  line("log to samples, 12 pairs, without snapshots", `${(best("without") / 1e6).toFixed(2)} M events/s (best of 3)`);
  line(
    "  with snapshots as in production",
    `${(best("production") / 1e6).toFixed(2)} M events/s, ${
      ((best("production") / best("without")) * 100).toFixed(0)
    } % of that`,
  );
  line(
    `  with one a second and pair (${often} of them)`,
    `${(best("often") / 1e6).toFixed(2)} M events/s, ${((best("often") / best("without")) * 100).toFixed(0)} % of that`,
  );
  await nc.close();
}

{
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "bench" });
  await ensureStorage(nc);
  for (const [name, every] of [["without snapshots", NEVER], ["with one a second and pair", OFTEN]] as const) {
    line(
      `frame to sample, 12 pairs, ${LATENCY_EVENTS_PER_SECOND} events/s, ${name}`,
      percentiles(await latencies(nats, nc, every)),
    );
  }
  await nc.close();
}

{
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "bench" });
  await ensureStorage(nc);
  const many = ALL_CURRENCIES.flatMap((base) => ALL_CURRENCIES.flatMap((quote) => parsePair(`${base}${quote}`) ?? []))
    .slice(0, MANY_PAIRS);
  const one = await startNode(nats, nc, many.slice(0, 1));
  const bytesOfOne = await memoryOf(nc, 1);
  await one.node.stop();
  const cold = await startNode(nats, nc, many);
  line("start of a process with 1 pair", `${one.ms.toFixed(0)} ms`);
  line(`start of a process with ${MANY_PAIRS} pairs, nothing in the log`, `${cold.ms.toFixed(0)} ms`);
  const bytesOfMany = await memoryOf(nc, MANY_PAIRS);
  line(
    "memory of an idle pair",
    `${((bytesOfMany - bytesOfOne) / (MANY_PAIRS - 1) / 1024).toFixed(0)} kB (process with one: ${
      (bytesOfOne / 2 ** 20).toFixed(0)
    } MB)`,
  );
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  for (const [i, pair] of many.entries()) {
    const frames = testFrames({ pair, eventCount: 500, eventsPerSecond: 100, eventsPerFrame: 100 });
    for (const [j, frame] of frames.entries()) await publisher.publish(pair, frame, `${i}-${j}`);
  }
  await publisher.close();
  const bytesOfWarm = await memoryOf(nc, MANY_PAIRS);
  line(
    "memory of a pair with a book and windows",
    `${((bytesOfWarm - bytesOfOne) / (MANY_PAIRS - 1) / 1024).toFixed(0)} kB`,
  );
  await cold.node.stop();
  const warm = await startNode(nats, nc, many);
  line(`start of a process with ${MANY_PAIRS} pairs, each from its snapshot`, `${warm.ms.toFixed(0)} ms`);
  const kill = performance.now();
  await warm.node.kill();
  const again = await startNode(nats, nc, many);
  line(
    `killed and started again with ${MANY_PAIRS} pairs: until all are owned`,
    `${(performance.now() - kill).toFixed(0)} ms`,
  );
  await again.node.kill();
  await nc.close();
}
Deno.exit(0);
