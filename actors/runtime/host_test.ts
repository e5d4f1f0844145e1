import assert from "node:assert/strict";
import { lcg, testFrames } from "../../tests/support/frames.ts";
import { MemoryNode, type MemoryNodeOptions, MemoryWorld } from "../../tests/support/memory_ports.ts";
import { marketSubject, parsePair } from "../contract/mod.ts";
import { createPairActor } from "../pair/mod.ts";
import type { Actor } from "./actor.ts";
import { SNAPSHOT_BEHIND_MAX } from "./host.ts";

interface Tally {
  count: number;
  hash: number;
}

/**
 * An actor whose every output tells its whole past: an entry of bytes `[outputs, throws, …]` changes the hash and emits so many
 * outputs, in turn on two subjects; where the second byte is 1 it throws between them.
 */
function tallyActor(name: string): Actor<Tally> {
  return {
    name,
    input: `in.${name}`,
    initial: () => ({ count: 0, hash: 7 }),
    receive(state, { sequence, data }, emit) {
      state.count++;
      for (const byte of data) state.hash = Math.imul(state.hash ^ byte, 0x01000193) >>> 0;
      for (let i = 0; i < data[0]!; i++) {
        if (data[1] === 1 && i === 1) throw new Error("cannot take this");
        emit(`out.${name}.${(state.count + i) % 2}`, `${sequence}/${i}/${state.count}/${state.hash}`);
      }
    },
    snapshot: (state) => new TextEncoder().encode(JSON.stringify(state)),
    restore: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
    view: (state) => [{ key: name, payload: String(state.count) }],
  };
}

const NAMES = ["a", "b", "c"];
const tallies = () => NAMES.map(tallyActor) as Actor<unknown>[];

function entriesOf(random: () => number, count: number): { subject: string; data: Uint8Array }[] {
  return Array.from({ length: count }, () => ({
    subject: `in.${[...NAMES, "nobody"][Math.floor(random() * 4)]}`,
    data: Uint8Array.of(Math.floor(random() * 5), random() < 0.1 ? 1 : 0, Math.floor(random() * 256)),
  }));
}

/** One node that nothing happens to. */
async function uninterrupted(world: MemoryWorld, actors: Actor<unknown>[], seed = 1): Promise<MemoryNode> {
  const node = new MemoryNode(world, { random: lcg(seed) });
  assert(await node.run(actors));
  return node;
}

interface Schedule {
  seed: number;
  entries: { subject: string; data: Uint8Array }[];
  actors: () => Actor<unknown>[];
  expireWindow: boolean;
  turnsMax: number;
}

/** Nodes live and die one after another until one of them folds everything. */
async function crashAndRestart(schedule: Schedule): Promise<{ world: MemoryWorld; lives: number }> {
  const random = lcg(schedule.seed * 2_654_435_761);
  const world = new MemoryWorld(schedule.entries);
  for (let lives = 1;; lives++) {
    const options: MemoryNodeOptions = { random };
    if (lives <= 8) options.turns = Math.floor(random() * schedule.turnsMax);
    if (await new MemoryNode(world, options).run(schedule.actors())) return { world, lives };
    if (schedule.expireWindow) world.expireDuplicateWindow();
    for (const actor of world.snapshots.keys()) {
      const earlier = world.snapshotHistory.filter((stored) => stored.actor === actor);
      const fate = random();
      if (fate < 0.1) world.snapshots.delete(actor);
      else if (fate < 0.2) world.snapshots.set(actor, earlier[Math.floor(random() * earlier.length)]!.snapshot);
      else if (fate < 0.25) {
        world.snapshots.set(actor, { sequence: 1_000_000, logCreatedMs: 1, bytes: new TextEncoder().encode("{") });
      }
    }
  }
}

/** Every output up to a snapshot's sequence stood in the outlet when the snapshot was stored. */
function assertSnapshotsAreCovered(world: MemoryWorld, reference: MemoryWorld, message: string): void {
  for (const { actor, snapshot, outputCount } of world.snapshotHistory) {
    const ids = new Set(world.outputs.slice(0, outputCount).map(({ messageId }) => messageId));
    for (const { messageId } of reference.outputs) {
      const [name, , sequence] = messageId.split(":");
      if (name !== actor || Number(sequence) > snapshot.sequence) continue;
      assert(ids.has(messageId), `${message}: snapshot ${snapshot.sequence} of ${actor} before ${messageId}`);
    }
  }
}

for (const expireWindow of [false, true]) {
  const window = expireWindow ? "after the duplicate window" : "within the duplicate window";
  Deno.test(`\`Host\` stores the outputs of an uninterrupted run over any crashes, restarts ${window}`, async () => {
    let lifeCount = 0;
    let snapshotCount = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const entries = entriesOf(lcg(seed), 60);
      const reference = new MemoryWorld(entries);
      await uninterrupted(reference, tallies());
      const { world, lives } = await crashAndRestart({ seed, entries, actors: tallies, expireWindow, turnsMax: 150 });
      assert.deepEqual(world.bySubject(), reference.bySubject(), `seed ${seed}`);
      assertSnapshotsAreCovered(world, reference, `seed ${seed}`);
      lifeCount += lives;
      snapshotCount += world.snapshotHistory.length;
    }
    assert(lifeCount > 900 && snapshotCount > 900, `${lifeCount} lives, ${snapshotCount} snapshots`);
  });
}

Deno.test("`Host` stores the samples of an uninterrupted fold of pair actors over crashes", async () => {
  const pairs = ["EURUSD", "USDJPY"].map((name) => parsePair(name)!);
  const actors = () => pairs.map((pair) => createPairActor(pair) as Actor<unknown>);
  const entries = pairs.flatMap((pair, i) =>
    testFrames({ pair, eventCount: 800, eventsPerFrame: 20, seed: i + 1 })
      .map((data) => ({ subject: marketSubject(pair), data }))
  );
  const reference = new MemoryWorld(entries);
  await uninterrupted(reference, actors());
  assert(reference.outputs.length > 40);
  for (let seed = 1; seed <= 15; seed++) {
    const { world } = await crashAndRestart({ seed, entries, actors, expireWindow: true, turnsMax: 250 });
    assert.deepEqual(world.bySubject(), reference.bySubject(), `seed ${seed}`);
  }
});

Deno.test("two hosts that both believe they own the actors do no harm", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const entries = entriesOf(lcg(seed), 40);
    const reference = new MemoryWorld(entries);
    await uninterrupted(reference, tallies());
    const world = new MemoryWorld(entries);
    const nodes = [1, 2].map((n) => new MemoryNode(world, { random: lcg(seed * 1_000 + n) }).run(tallies()));
    assert.deepEqual(await Promise.all(nodes), [true, true]);
    assert.deepEqual(world.bySubject(), reference.bySubject(), `seed ${seed}`);
  }
});

const entry = (name: string, ...bytes: number[]) => ({ subject: `in.${name}`, data: Uint8Array.from(bytes) });

Deno.test("an actor that throws is counted and named, and the others go on", async () => {
  const world = new MemoryWorld([entry("a", 2, 1), entry("b", 2, 0), entry("a", 1, 0)]);
  const node = await uninterrupted(world, tallies());
  assert.equal(node.stats.failedCount, 1);
  assert.equal(node.stats.messageCount, 3);
  assert.equal(node.stats.outputCount, 4, "what it emitted before it threw is kept: it is as repeatable as the rest");
  assert(node.lines.some((line) => /^error: a: cannot fold 1: Error: cannot take this/.test(line)));
  assert.deepEqual([...world.snapshots].map(([name, { sequence }]) => [name, sequence]), [["a", 3], ["b", 2]]);
});

Deno.test("an actor that cannot take its snapshot or view does not keep the others from theirs", async () => {
  const world = new MemoryWorld([entry("a", 1, 0), entry("b", 1, 0), entry("c", 1, 0)]);
  const refuse = () => {
    throw new Error("not today");
  };
  const [a, b, c] = NAMES.map(tallyActor) as [Actor<Tally>, Actor<Tally>, Actor<Tally>];
  const node = await uninterrupted(world, [{ ...a, snapshot: refuse }, { ...b, view: refuse }, c] as Actor<unknown>[]);
  assert.deepEqual([...world.snapshots.keys()].sort(), ["b", "c"]);
  assert.deepEqual([...world.views.keys()].sort(), ["a", "c"]);
  assert(node.lines.some((line) => line.startsWith("error: a: cannot take a snapshot")));
  assert(node.lines.some((line) => line.startsWith("debug: b: view not cached: not today")));
});

Deno.test("messages on subjects that no actor reads are counted and passed over", async () => {
  const node = await uninterrupted(new MemoryWorld([entry("nobody", 3, 0), entry("a", 1, 0)]), tallies());
  assert.equal(node.stats.unroutedCount, 1);
  assert.equal(node.stats.messageCount, 1);
  assert.equal(node.stats.sequence, 2);
});

Deno.test("a host that lost its snapshots folds everything again and adds no output", async () => {
  const world = new MemoryWorld(entriesOf(lcg(5), 50));
  await uninterrupted(world, tallies());
  const outputs = [...world.outputs];
  world.snapshots.clear();
  world.expireDuplicateWindow();
  const node = await uninterrupted(world, tallies());
  assert.deepEqual(world.outputs, outputs);
  assert.equal(node.stats.outputCount, 0);
  assert.equal(node.stats.repeatedCount, outputs.length);
});

Deno.test("a host with its snapshots folds nothing again", async () => {
  const world = new MemoryWorld(entriesOf(lcg(6), 50));
  await uninterrupted(world, tallies());
  const node = await uninterrupted(world, tallies());
  assert.equal(node.stats.messageCount, 0);
  assert.equal(node.stats.snapshotCount, 0);
});

Deno.test("the snapshot of an actor without news does not fall far behind the log", async () => {
  const world = new MemoryWorld([
    entry("b", 1, 0),
    ...Array.from({ length: 2 * SNAPSHOT_BEHIND_MAX }, () => entry("a", 0, 0)),
  ]);
  world.publishAll();
  await uninterrupted(world, tallies());
  const behind = (name: string) => world.log.length - world.snapshots.get(name)!.sequence;
  for (const name of NAMES) assert(behind(name) < SNAPSHOT_BEHIND_MAX, `${name} lies ${behind(name)} behind`);
});

Deno.test("an output of another actor, or with an id of another form, is no reason to leave one out", async () => {
  for (const messageId of ["b:1:99:0", "a", "a:1:x:0", "a:2:99:0", ""]) {
    const world = new MemoryWorld([entry("a", 2, 0)]);
    world.store({ subject: "out.a.0", payload: "", messageId });
    world.store({ subject: "out.a.1", payload: "", messageId: `${messageId} ` });
    const node = await uninterrupted(world, tallies());
    assert.equal(node.stats.outputCount, 2, messageId);
  }
});

Deno.test("a snapshot that cannot be used is said, and the log folded anew", async () => {
  const world = new MemoryWorld([entry("a", 1, 0)]);
  world.publishAll();
  world.snapshots.set("a", { sequence: 1, logCreatedMs: 1, bytes: new TextEncoder().encode("not JSON") });
  const node = await uninterrupted(world, tallies());
  assert(node.lines.some((line) => /^warn: a: snapshot not usable/.test(line)));
  assert.equal(world.outputs.length, 1);
  assert.equal(world.snapshots.get("a")!.bytes.length > 8, true);
});

Deno.test("a snapshot of another log, or from beyond the end of this one, is said and not used", async () => {
  for (const [sequence, logCreatedMs] of [[1, 2], [3, 1]] as const) {
    const world = new MemoryWorld([entry("a", 1, 0), entry("a", 1, 0)]);
    world.publishAll();
    world.snapshots.set("a", { sequence, logCreatedMs, bytes: new TextEncoder().encode('{"count":9,"hash":9}') });
    const node = await uninterrupted(world, tallies());
    assert(
      node.lines.includes(`warn: a: snapshot ${sequence} is not of this log, folding the log anew`),
      node.lines.join(),
    );
    assert.equal(node.stats.outputCount, 2);
  }
});

Deno.test("entries that the log has lost behind a snapshot are said", async () => {
  const world = new MemoryWorld([entry("a", 1, 0), entry("a", 1, 0)]);
  for (const name of NAMES) {
    world.snapshots.set(name, {
      sequence: 1,
      logCreatedMs: 1,
      bytes: new TextEncoder().encode('{"count":1,"hash":7}'),
    });
  }
  const node = new MemoryNode(world, { random: lcg(1) });
  const log = {
    ...node.ports.log,
    extent: () => Promise.resolve({ firstSequence: 12, lastSequence: 20, createdMs: 1 }),
  };
  assert(await node.run(tallies(), { log }));
  assert(node.lines.includes("warn: log begins at 12, after snapshot 1: 10 entries are gone"));
});

Deno.test("a store that fails once is tried again", async () => {
  const world = new MemoryWorld(entriesOf(lcg(8), 30));
  const node = new MemoryNode(world, { random: lcg(3) });
  let failures = 1;
  const { snapshots } = node.ports;
  const save: typeof snapshots.save = (actor, snapshot) =>
    failures-- > 0 ? Promise.reject(new Error("store away")) : snapshots.save(actor, snapshot);
  assert(await node.run(tallies(), { snapshots: { ...snapshots, save } }));
  assert(node.lines.includes("warn: snapshots not stored, trying again: store away"));
  assert.deepEqual([...world.snapshots.keys()].sort(), NAMES);
});

Deno.test("`Host.run()` resolves with a snapshot of every newest state, also when one is under way at the end", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const entries = entriesOf(lcg(seed), 20);
    const world = new MemoryWorld(entries);
    const node = new MemoryNode(world, { random: lcg(seed) });
    // Time runs so fast that a round of snapshots is nearly always under way.
    const { clock } = node.ports;
    const hasty: typeof clock = { ...clock, every: (_, callback, signal) => clock.every(1, callback, signal) };
    assert(await node.run(tallies(), { clock: hasty }));
    for (const name of NAMES) {
      const newest = entries.findLastIndex(({ subject }) => subject === `in.${name}`) + 1;
      assert.equal(world.snapshots.get(name)?.sequence ?? 0, newest, `seed ${seed}, ${name}`);
    }
  }
});

Deno.test("an outlet that gives up ends the host, without a snapshot of what it did not store", async () => {
  const world = new MemoryWorld([entry("b", 1, 0), entry("a", 1, 0)]);
  const node = new MemoryNode(world, { random: lcg(2) });
  const { outlet } = node.ports;
  const publish: typeof outlet.publish = (subject, payload, id) =>
    subject.startsWith("out.a") ? Promise.reject(new Error("refused")) : outlet.publish(subject, payload, id);
  await assert.rejects(node.run(tallies(), { outlet: { ...outlet, publish } }), /refused/);
  assert.equal(world.snapshots.get("a"), undefined);
});
