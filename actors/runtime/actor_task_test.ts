import assert from "node:assert/strict";
import { testFrames } from "../../tests/support/frames.ts";
import { MemoryCluster, type MemoryNode, type MemoryNodeOptions } from "../../tests/support/memory_cluster.ts";
import { fold, type Tally, tallyActor } from "../../tests/simulation/tally_actor.ts";
import { deadSubject, marketSubject, metricsSubject, parsePair } from "../contract/mod.ts";
import { createPairActor } from "../pair/mod.ts";
import type { Actor } from "./actor.ts";
import { ActorTask, SNAPSHOT_INTERVAL_MS, TICK_INTERVAL_MS } from "./actor_task.ts";
import type { HostPorts } from "./mod.ts";
import { sealSnapshot, unsealSnapshot } from "./sealed_snapshot.ts";

const NAME = "a";
const tally = (changed: Partial<Actor<Tally>> = {}) => ({ ...tallyActor(NAME), ...changed }) as Actor<unknown>;

/** Entries for an actor that emit one or two outputs each. */
function feed(cluster: MemoryCluster, count: number, name = NAME): void {
  for (let i = 0; i < count; i++) {
    cluster.server.append(`in.${name}`, Uint8Array.of(1 + i % 2, 0, (cluster.server.log.length * 7) % 256));
  }
}

/** What is stored is what one uninterrupted fold says. */
function assertAsFolded(cluster: MemoryCluster, actors: readonly Actor<unknown>[]): void {
  const { outputs } = fold(actors, cluster.server.log);
  for (const [subject, list] of outputs) {
    assert.deepEqual(cluster.payloads(subject), list.map(({ payload }) => payload), subject);
  }
  assert.equal(cluster.server.outputs.length, [...outputs.values()].flat().length);
}

/** Run the host with one actor until it has folded the log, then end it in good order. */
async function foldAll(cluster: MemoryCluster, actor: Actor<unknown>, options: MemoryNodeOptions = {}) {
  const node = cluster.node("n1", options);
  const { host, stop } = cluster.run(node, [actor]);
  const wanted = cluster.server.newestSequence(actor.input);
  await cluster.until(() => host.where(actor.name)?.sequence === wanted);
  const { restartCount } = host.report.tasks[0]!;
  await stop();
  return { ...host.stats, restartCount, lines: node.lines };
}

interface Pointer {
  name: string;
  sequence: number;
  throughSequence: number;
}
const pointersOf = (cluster: MemoryCluster, name = NAME) =>
  (cluster.leaseOf(name)?.data as { snapshots: Pointer[] } | null)?.snapshots ?? [];

/** A cluster in which an actor has folded 20 entries and has snapshots behind 10 and 20 of them. */
async function withTwoSnapshots(actor = tally()): Promise<MemoryCluster> {
  const cluster = new MemoryCluster();
  for (const _ of [1, 2]) {
    feed(cluster, 10);
    await foldAll(cluster, actor);
  }
  assert.deepEqual(pointersOf(cluster).map(({ sequence }) => sequence), [20, 10]);
  return cluster;
}

Deno.test("`ActorTask` goes on behind its newest snapshot", async () => {
  const cluster = await withTwoSnapshots();
  feed(cluster, 5);
  const { messageCount, repeatedCount, lines } = await foldAll(cluster, tally());
  assert.deepEqual([messageCount, repeatedCount], [5, 0]);
  assertAsFolded(cluster, [tally()]);
  assert.deepEqual(lines.filter((line) => !line.startsWith("info:")), []);
});

const DAMAGES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>> = {
  corrupt: (bytes) => bytes.map((byte, i) => i === bytes.length - 1 ? byte ^ 4 : byte),
  truncated: (bytes) => bytes.slice(0, bytes.length / 2),
  foreign: () => new TextEncoder().encode("something else that was put there"),
  missing: () => undefined,
};

for (const [code, damage] of Object.entries(DAMAGES)) {
  Deno.test(`\`ActorTask\` goes back to the snapshot before one that is ${code}, then to the log, and says so`, async () => {
    for (const damagedCount of [1, 2]) {
      const cluster = await withTwoSnapshots();
      for (const { name } of pointersOf(cluster).slice(0, damagedCount)) {
        const damaged = damage(cluster.server.snapshots.get(name)!);
        if (damaged === undefined) cluster.server.snapshots.delete(name);
        else cluster.server.snapshots.set(name, damaged);
      }
      feed(cluster, 5);
      const { messageCount, repeatedCount, lines } = await foldAll(cluster, tally());
      assert.equal(messageCount, damagedCount === 1 ? 15 : 25);
      assert(repeatedCount > 0, "outputs that are there are left out");
      assertAsFolded(cluster, [tally()]);
      const told = lines.filter((line) => line.startsWith("warn:"));
      assert.deepEqual(
        told.map((line) => line.replace(/\).*/, ")")),
        [20, 10].slice(0, damagedCount).map((sequence) => `warn: a: snapshot ${sequence} not usable (${code})`),
      );
      // From here on there are two good ones again, or will be.
      assert.deepEqual(
        pointersOf(cluster).map(({ sequence }) => sequence),
        damagedCount === 1 ? [25, 10] : [25],
      );
    }
  });
}

Deno.test("`ActorTask` does not take the snapshot of another actor, or of another sequence", async () => {
  const cluster = await withTwoSnapshots();
  const [newest, before] = pointersOf(cluster);
  const { head, state } = unsealSnapshot(cluster.server.snapshots.get(newest!.name)!, NAME);
  cluster.server.snapshots.set(newest!.name, sealSnapshot({ ...head, actor: "b" }, state));
  cluster.server.snapshots.set(before!.name, sealSnapshot({ ...head, sequence: 9 }, state));
  const { messageCount, lines } = await foldAll(cluster, tally());
  assert.equal(messageCount, 20);
  assert.equal(lines.filter((line) => /^warn: .* not usable \(foreign\)/.test(line)).length, 2);
  assertAsFolded(cluster, [tally()]);
});

Deno.test("`ActorTask` goes back where outputs are lost that its snapshot counts on", async () => {
  const cluster = await withTwoSnapshots();
  // The store of outputs is put back: what came after the first snapshot is not there.
  const { server } = cluster;
  const kept = server.outputs.filter(({ messageId }) => Number(messageId.split(":")[2]) <= 10);
  const before = new MemoryCluster();
  for (const output of kept) before.server.store(output, before.server.newest(output.subject)?.sequence ?? 0);
  for (const { subject, data } of server.log) before.server.append(subject, data);
  for (const [name, bytes] of server.snapshots) before.server.snapshots.set(name, bytes);
  before.server.leases.put(NAME, server.leases.entries.get(NAME)!.value, 0);

  const { messageCount, lines } = await foldAll(before, tally());
  assert.equal(messageCount, 10);
  assert(lines.some((line) => /^warn: a: snapshot 20 not usable \(outputs-lost\)/.test(line)), lines.join("\n"));
  assertAsFolded(before, [tally()]);
});

Deno.test("`ActorTask` folds a log anew that was made again, and says why", async () => {
  const cluster = await withTwoSnapshots();
  const { lines, messageCount } = await foldAll(cluster, tally(), {
    change: (ports) => ({
      ...ports,
      log: { ...ports.log, extent: async () => ({ ...await ports.log.extent(), createdMs: 2 }) },
    }),
  });
  assert.equal(messageCount, 20);
  assert.equal(lines.filter((line) => /^warn: .* not usable \(another-log\)/.test(line)).length, 2);
  assert.equal(cluster.server.outputs.filter(({ messageId }) => messageId.startsWith("a:2:")).length, 30);
});

Deno.test("`ActorTask` waits for a store that does not answer, and does not fold anew", async () => {
  const cluster = await withTwoSnapshots();
  feed(cluster, 5);
  let callCount = 0;
  const { messageCount, restartCount, lines } = await foldAll(cluster, tally(), {
    change: (ports) => ({
      ...ports,
      snapshots: {
        ...ports.snapshots,
        get: (name) => ++callCount <= 4 ? Promise.reject(new Error("no answer in time")) : ports.snapshots.get(name),
      },
    }),
  });
  assert.equal(messageCount, 5, "from the newest snapshot");
  assert.equal(restartCount, 4);
  assert.equal(lines.filter((line) => /^error: a: starting anew in \d+ ms: Error: no answer/.test(line)).length, 4);
  assert(!lines.some((line) => line.includes("not usable")));
  assertAsFolded(cluster, [tally()]);
});

/** The actor in its second version: reads the first one's snapshots, and none of others. */
const second = tally({
  versions: { schema: 2 },
  restore(bytes, { schema }) {
    if (schema !== 1 && schema !== 2) throw new RangeError(`Cannot restore version 2 from version ${schema}`);
    return JSON.parse(new TextDecoder().decode(bytes));
  },
});

Deno.test("`ActorTask` goes on from a snapshot of an older version that the actor can upgrade", async () => {
  const cluster = await withTwoSnapshots();
  feed(cluster, 5);
  const { messageCount } = await foldAll(cluster, second);
  assert.equal(messageCount, 5);
  const { head } = unsealSnapshot(cluster.server.snapshots.get(pointersOf(cluster)[0]!.name)!, NAME);
  assert.deepEqual([head.sequence, head.versions], [25, { schema: 2 }]);
  assertAsFolded(cluster, [tally()]);
});

Deno.test("`ActorTask` folds the log anew where the actor cannot read its snapshots' version", async () => {
  const cluster = await withTwoSnapshots(tally({ versions: { schema: 9 } }));
  const { messageCount, repeatedCount, lines } = await foldAll(cluster, second);
  assert.deepEqual([messageCount, repeatedCount], [20, 30]);
  assert.equal(
    lines.filter((line) => /^warn: .*\(foreign\): Cannot restore version 2 from version 9/.test(line)).length,
    2,
  );
  assertAsFolded(cluster, [tally()]);
});

/** A log that has forgotten everything before a sequence. */
const keptFrom = (firstSequence: number) => (ports: HostPorts): HostPorts => ({
  ...ports,
  log: {
    ...ports.log,
    extent: async () => ({ ...await ports.log.extent(), firstSequence }),
    read: (from, options) => ports.log.read(Math.max(from, firstSequence), options),
  },
});

Deno.test("`ActorTask` passes a gap in the log, says so, and lets the actor say so once", async () => {
  const cluster = await withTwoSnapshots();
  feed(cluster, 20);
  const seen: number[] = [];
  const withGap = tally({
    gap(state, emit) {
      seen.push(state.count);
      emit("out.a.0", "a gap");
      emit("out.a.1", "a gap");
    },
  });
  const options = { change: keptFrom(31) };
  const { messageCount, lines } = await foldAll(cluster, withGap, options);
  assert.equal(messageCount, 10);
  assert.deepEqual(seen, [20], "with the state of the snapshot");
  assert.deepEqual(lines.filter((line) => line.startsWith("error:")), [
    "error: a: the log begins at 31, entries from 21 on are lost; going on behind the gap",
  ]);
  assert.equal(cluster.payloads("out.a.0").filter((payload) => payload === "a gap").length, 1);
  const afterGap = cluster.server.outputs.filter(({ messageId }) => Number(messageId.split(":")[2]) === 30);
  assert.deepEqual(afterGap.map(({ messageId }) => messageId), ["a:1:30:0", "a:1:30:1"]);

  // The next life goes on from behind it.
  feed(cluster, 3);
  const again = await foldAll(cluster, withGap, options);
  assert.equal(again.messageCount, 3);
  assert.deepEqual(seen, [20]);
  assert.deepEqual(again.lines.filter((line) => line.startsWith("error:")), []);
});

Deno.test("`ActorTask` begins at the oldest entry without a gap where it never ran", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, 20);
  const { messageCount, lines } = await foldAll(
    cluster,
    tally({ gap: () => assert.fail("nothing is lost that it had") }),
    {
      change: keptFrom(11),
    },
  );
  assert.equal(messageCount, 10);
  assert.deepEqual(lines.filter((line) => !line.startsWith("info:")), []);
});

Deno.test("the samples of a pair whose log has a gap say so", async () => {
  const pair = parsePair("EURUSD")!;
  const actor = createPairActor(pair);
  const frames = testFrames({ pair, eventCount: 4_000, eventsPerFrame: 20 });
  const cluster = new MemoryCluster();
  const append = (some: readonly Uint8Array[]) =>
    some.forEach((data) => cluster.server.append(marketSubject(pair), data));
  append(frames.slice(0, 100));
  await foldAll(cluster, actor as Actor<unknown>);
  const before = cluster.payloads(metricsSubject(pair));
  append(frames.slice(100));
  await foldAll(cluster, actor as Actor<unknown>, { change: keptFrom(131) });
  const after = cluster.payloads(metricsSubject(pair)).slice(before.length);

  const state = actor.initial();
  const samples: string[] = [];
  const emit = (_subject: string, payload: string) => void samples.push(payload);
  frames.forEach((data, i) => {
    if (i === 130) actor.gap!(state, emit);
    if (i < 100 || i >= 130) actor.receive(state, { sequence: i + 1, data }, emit);
  });
  assert.deepEqual([...before, ...after], samples);
  assert(before.length > 10 && before.every((sample) => !JSON.parse(sample).counts.gaps));
  assert(after.length > 10 && after.every((sample) => JSON.parse(sample).counts.gaps === 1));
  assert.deepEqual(cluster.payloads(deadSubject(pair)), []);
});

Deno.test("`ActorTask` notes how far the log went without it, so that what the log forgets is no gap", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, 10);
  const { host, stop } = cluster.run(cluster.node("n1"), [tally()]);
  await cluster.until(() => host.stats.snapshotCount === 1);
  const through = () => pointersOf(cluster)[0]!.throughSequence;
  // One entry of another actor is enough: a market that closes for the weekend leaves no more, and then ages.
  feed(cluster, 1, "b");
  await cluster.until(() => through() === 11);
  feed(cluster, 30, "b");
  await cluster.until(() => through() === 41);
  await stop();
  const { messageCount, lines } = await foldAll(cluster, tally({ gap: () => assert.fail("nothing is lost") }), {
    change: keptFrom(42),
  });
  assert.equal(messageCount, 0);
  assert.deepEqual(lines.filter((line) => line.startsWith("error:")), []);
  assertAsFolded(cluster, [tally()]);
});

Deno.test("`ActorTask` stores a snapshot only when every output up to it is stored", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, 10);
  const { promise: open, resolve } = Promise.withResolvers<void>();
  const node: MemoryNode = cluster.node("n1", {
    change: (ports) => ({
      ...ports,
      outlet: {
        newest: (subject) => ports.outlet.newest(subject),
        store: (output, after) =>
          // One of the outputs of the last entry waits.
          output.messageId === "a:1:10:1"
            ? open.then(() => ports.outlet.store(output, after))
            : ports.outlet.store(output, after),
      },
    }),
  });
  const { host, stop } = cluster.run(node, [tally()]);
  await cluster.until(() => host.where(NAME)?.sequence === 10 && host.where(NAME)?.unstoredOutputs === 1);
  await cluster.pass(4 * SNAPSHOT_INTERVAL_MS);
  assert.equal(cluster.server.snapshots.size, 0);
  assert.equal(cluster.leaseOf(NAME)!.data, null);
  resolve();
  await cluster.until(() => pointersOf(cluster)[0]?.sequence === 10);
  await stop();
  assertAsFolded(cluster, [tally()]);
});

Deno.test("`ActorTask` that loses its lease stops on the spot and leaves no snapshot", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, 10);
  const [first, other] = [cluster.node("n1"), cluster.node("n2")];
  const lease = await cluster.lease(NAME, first);
  const task = new ActorTask(tally(), first.ports);
  const ended = task.run(lease, new AbortController().signal);
  await cluster.until(() => task.report.sequence === 10 && task.report.unstoredOutputs === 0);
  const taken = await cluster.lease(NAME, other);
  lease.observe(taken.record);
  await cluster.settled(ended);
  feed(cluster, 5);
  await cluster.pass(1_000);
  assert.equal(task.state, undefined);
  assert.equal(cluster.server.snapshots.size, 0);
  assert.deepEqual(cluster.leaseOf(NAME), taken.record);
  assert(cluster.server.outputs.every(({ messageId }) => Number(messageId.split(":")[2]) <= 10));
});

Deno.test("`ActorTask.sweep()` deletes what nothing points to of this actor, and nothing else", async () => {
  const cluster = await withTwoSnapshots();
  const { server } = cluster;
  const kept = [...pointersOf(cluster).map(({ name }) => name), "ab.1-s.0", "b.1-s.0"];
  const orphans = ["a.1-lost.0", "a.7-lost.1"];
  for (const name of [...kept.slice(2), ...orphans]) server.snapshots.set(name, Uint8Array.of(1));
  const node = cluster.node("n2");
  const task = new ActorTask(tally(), node.ports);
  await cluster.settled(task.sweep(await cluster.settled(node.ports.snapshots.names())));
  assert.equal(server.snapshots.size, 6, "who does not run it deletes nothing");

  const stop = new AbortController();
  const ended = task.run(await cluster.lease(NAME, node), stop.signal);
  await cluster.until(() => task.state !== undefined);
  await cluster.settled(task.sweep(await cluster.settled(node.ports.snapshots.names())));
  assert.deepEqual([...server.snapshots.keys()].sort(), kept.sort());
  stop.abort();
  await cluster.settled(ended);
  node.machine.crash();
  feed(cluster, 1);
  assert.equal((await foldAll(cluster, tally())).messageCount, 1);
});

Deno.test("`ActorTask`s that begin together store their snapshots at different times", async () => {
  const cluster = new MemoryCluster();
  const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const node = cluster.node("n1", {
    change: (ports) => ({
      ...ports,
      snapshots: {
        ...ports.snapshots,
        put: (name, bytes) => {
          times.get(name.split(".")[0]!)!.push(cluster.scheduler.nowMs);
          return ports.snapshots.put(name, bytes);
        },
      },
    }),
  });
  const { host, stop } = cluster.run(node, names.map((name) => tallyActor(name) as Actor<unknown>));
  for (let atMs = 0; atMs < 30_000; atMs += 1_000) {
    cluster.scheduler.at(atMs, () => names.forEach((name) => feed(cluster, 1, name)));
  }
  await cluster.until(() => names.every((name) => times.get(name)!.length >= 3));
  assert.equal(host.report.tasks.length, names.length);
  const firstMs = Math.min(...[...times.values()].map(([first]) => first!));
  const perSecond = new Map<number, number>();
  for (const [first, next] of times.values()) {
    const second = Math.floor((first! - firstMs) / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    assert(Math.abs(next! - first! - SNAPSHOT_INTERVAL_MS) <= 2 * TICK_INTERVAL_MS, `${first} ${next}`);
  }
  assert(perSecond.size >= 5 && [...perSecond.values()].every((count) => count <= 16), JSON.stringify([...perSecond]));
  await stop();
});
