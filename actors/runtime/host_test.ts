import assert from "node:assert/strict";
import { MemoryCluster } from "../../tests/support/memory_cluster.ts";
import { fold, tallyActor } from "../../tests/simulation/tally_actor.ts";
import { NodeReport } from "../contract/mod.ts";
import type { Actor } from "./actor.ts";
import { SNAPSHOT_INTERVAL_MS } from "./actor_task.ts";
import { SWEEP_SNAPSHOTS_INTERVAL_MS } from "./host.ts";
import { sealSnapshot } from "./sealed_snapshot.ts";

type AnyActor = Actor<unknown>;
const tally = (name: string, changed: Partial<AnyActor> = {}): AnyActor => ({
  ...tallyActor(name) as AnyActor,
  ...changed,
});

function feed(cluster: MemoryCluster, names: readonly string[], count: number): void {
  for (let i = 0; i < count; i++) {
    for (const name of names) cluster.server.append(`in.${name}`, Uint8Array.of(1 + i % 2, 0, i % 256));
  }
}

const isComplete = (cluster: MemoryCluster, actors: readonly AnyActor[]) => {
  const { outputs } = fold(actors, cluster.server.log);
  return () => [...outputs].every(([subject, { length }]) => cluster.payloads(subject).length === length);
};

function assertAsFolded(cluster: MemoryCluster, actors: readonly AnyActor[]): void {
  for (const [subject, list] of fold(actors, cluster.server.log).outputs) {
    assert.deepEqual(cluster.payloads(subject), list.map(({ payload }) => payload), subject);
  }
}

Deno.test("`Host` reports its node and what runs on it", async () => {
  const cluster = new MemoryCluster();
  const actors = ["a", "b"].map((name) => tally(name));
  feed(cluster, ["a", "b"], 10);
  const node = cluster.node("n1", { capacity: 2, change: (ports) => ({ ...ports, memoryBytes: () => 123 }) });
  const { host, owned, stop } = cluster.run(node, actors);
  assert.deepEqual(host.report.tasks, []);
  assert.equal(host.where("a"), undefined);
  await cluster.until(isComplete(cluster, actors));
  await cluster.until(() => host.stats.snapshotCount === 2);
  const report = NodeReport.parse(host.report);
  const { group, session, capacity, draining, memoryBytes, failoverCount, handoverCount, lostCount, tasks } = report;
  assert.deepEqual([group, report.node, session, capacity, draining, memoryBytes], [
    "actors",
    "n1",
    node.identity.session,
    2,
    false,
    123,
  ]);
  assert.deepEqual([failoverCount, handoverCount, lostCount], [0, 0, 0]);
  for (const [i, task] of tasks.entries()) {
    assert.equal(task.name, ["a", "b"][i]);
    assert.equal(task.sequence, 19 + i);
    assert.deepEqual([task.lagMessages, task.lagMs, task.unstoredOutputs, task.deadCount, task.restartCount], [
      0,
      0,
      0,
      0,
      0,
    ]);
    assert(task.snapshotAgeMs! >= 0 && task.snapshotAgeMs! <= SNAPSHOT_INTERVAL_MS, `${task.snapshotAgeMs}`);
    assert.equal(task.fault, undefined);
  }
  const where = host.where("a")!;
  assert.deepEqual([where.node, where.session, where.term, where.cause, where.from, where.sequence], [
    "n1",
    node.identity.session,
    1,
    "start",
    null,
    19,
  ]);
  assert.deepEqual(owned, ["+a", "+b"]);
  assert.equal((host.stateOf("a") as { count: number }).count, 10);
  await stop();
  assert.deepEqual(owned.sort(), ["+a", "+b", "-a", "-b"]);
  assert.equal(host.stateOf("a"), undefined);
  assert.equal(cluster.server.nodes.entries.size, 0, "it left");
  const { messageCount, outputCount, repeatedCount, snapshotCount, deadCount } = host.stats;
  assert.deepEqual([messageCount, outputCount, repeatedCount, snapshotCount, deadCount], [20, 30, 0, 2, 0]);
});

for (const part of ["snapshot", "view", "restore", "eventTimeUs"] as const) {
  Deno.test(`an actor whose ${part}() throws leaves the others alone`, async () => {
    const cluster = new MemoryCluster();
    const views: string[] = [];
    const healthy = tally("b", { view: () => [{ key: "b", payload: "seen" }], eventTimeUs: () => 5 });
    const broken = tally("a", {
      [part]: () => {
        throw new Error(`${part} is broken`);
      },
    });
    if (part === "restore") {
      // So that there is something to restore.
      feed(cluster, ["a"], 3);
      const first = cluster.run(cluster.node("n0"), [tally("a")]);
      await cluster.until(() => first.host.where("a")?.sequence === 3);
      await first.stop();
    }
    const node = cluster.node("n1", {
      change: (ports) => ({ ...ports, views: { put: (key) => Promise.resolve(void views.push(key)) } }),
    });
    const { host, stop } = cluster.run(node, [broken, healthy]);
    for (let round = 0; round < 20; round++) {
      feed(cluster, ["a", "b"], 1);
      await cluster.pass(1_000);
    }
    assertAsFolded(cluster, [tally("a"), tally("b")]);
    const report = host.report;
    assert.deepEqual(report.tasks.map(({ name }) => name), ["a", "b"]);
    assert.equal(report.tasks[1]!.eventTimeUs, 5);
    assert(views.includes("b"));
    assert((cluster.leaseOf("b")!.data as { snapshots: unknown[] }).snapshots.length === 2);
    await stop();
    assert(isComplete(cluster, [tally("a"), tally("b")])());
    assert.equal(cluster.leaseOf("a")!.owner, null);
    assert.equal(cluster.leaseOf("b")!.owner, null);
    if (part !== "eventTimeUs") {
      assert(node.lines.some((line) => line.includes(`${part} is broken`)), node.lines.join("\n"));
    }
  });
}

Deno.test("`Host` caches the view of what changed, one at a time, and again where that failed", async () => {
  const cluster = new MemoryCluster();
  const views: string[] = [];
  let underWay = 0;
  let callCount = 0;
  const node = cluster.node("n1", {
    change: (ports) => ({
      ...ports,
      views: {
        async put(_key, payload) {
          assert.equal(++underWay, 1);
          await ports.clock.sleep(250);
          underWay--;
          if (++callCount === 2) throw new Error("away");
          views.push(payload);
        },
      },
    }),
  });
  const actor = tally("a", { view: (state) => [{ key: "a", payload: String((state as { count: number }).count) }] });
  const { stop } = cluster.run(node, [actor]);
  for (let i = 0; i < 100; i++) {
    feed(cluster, ["a"], 1);
    await cluster.pass(20);
  }
  await cluster.until(() => views.at(-1) === "100");
  assert(views.length < 12, "not one for every entry");
  const cachedCount = views.length;
  await cluster.pass(10_000);
  assert.equal(views.length, cachedCount, "nothing for a state that stays");
  await stop();
});

Deno.test("`Host` caches only what changed of a view", async () => {
  const cluster = new MemoryCluster();
  const views: string[] = [];
  const node = cluster.node("n1", {
    change: (ports) => ({
      ...ports,
      views: { put: (key, payload) => Promise.resolve(void views.push(`${key} ${payload}`)) },
    }),
  });
  const view = (state: unknown) => {
    const { count } = state as { count: number };
    return [{ key: "often", payload: `${count}` }, { key: "seldom", payload: `${Math.floor(count / 10)}` }];
  };
  const { stop } = cluster.run(node, [tally("a", { view })]);
  for (let i = 0; i < 29; i++) {
    feed(cluster, ["a"], 1);
    await cluster.pass(200);
  }
  await stop();
  assert.deepEqual(views.filter((text) => text.startsWith("seldom")), ["seldom 0", "seldom 1", "seldom 2"]);
  assert.equal(views.filter((text) => text.startsWith("often")).length, 29);
});

Deno.test("`Host` starts and stops actors as they come and go, and keeps those that stay", async () => {
  const cluster = new MemoryCluster();
  const [a, b, c] = [tally("a"), tally("b"), tally("c")];
  const { host, owned, stop } = cluster.run(cluster.node("n1"), [a, b]);
  await cluster.until(() => owned.length === 2);
  host.setActors([b, c]);
  await cluster.until(() => owned.includes("-a") && owned.includes("+c"));
  assert.equal(cluster.leaseOf("a")!.owner, null);
  assert(!owned.includes("-b"));
  feed(cluster, ["a", "b", "c"], 5);
  await cluster.until(isComplete(cluster, [tally("b"), tally("c")]));
  assert.deepEqual(cluster.payloads("out.a.0"), []);

  // One that is paused and resumed goes on where it was.
  host.setActors([a, b, c]);
  await cluster.until(isComplete(cluster, [tally("a"), tally("b"), tally("c")]));
  assertAsFolded(cluster, ["a", "b", "c"].map((name) => tally(name)));

  // One that is another object takes the running one's place, from its snapshot.
  const begun = owned.filter((change) => change === "+b").length;
  host.setActors([a, tally("b"), c]);
  await cluster.until(() => owned.filter((change) => change === "+b").length === begun + 1);
  feed(cluster, ["a", "b", "c"], 5);
  await cluster.until(isComplete(cluster, [tally("a"), tally("b"), tally("c")]));
  assertAsFolded(cluster, ["a", "b", "c"].map((name) => tally(name)));
  assert(!owned.includes("-c"));
  await stop();
});

Deno.test("`Host` tells of the task that runs while another one, or none, is to take its place, and goes on counting", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, ["a"], 10);
  const { host, owned, stop } = cluster.run(cluster.node("n1"), [tally("a")]);
  await cluster.until(() => host.where("a")?.sequence === 10);
  host.setActors([tally("a")]);
  assert.equal(host.where("a")?.sequence, 10);
  assert.deepEqual(host.report.tasks.map(({ sequence }) => sequence), [10]);
  await cluster.until(() => owned.length === 3 && host.where("a")?.sequence === 10);
  host.setActors([]);
  assert.equal(host.where("a")?.sequence, 10);
  assert.equal(host.report.tasks.length, 1);
  await cluster.until(() => owned.length === 4);
  assert.equal(host.where("a"), undefined);
  await stop();
  assert.deepEqual([host.stats.messageCount, host.stats.outputCount], [10, 15]);
});

Deno.test("`Host` deletes, now and then, the snapshots that lives before left behind", async () => {
  const cluster = new MemoryCluster();
  feed(cluster, ["a"], 3);
  const { stop } = cluster.run(cluster.node("n1"), [tally("a")]);
  const orphan = sealSnapshot({ actor: "a", versions: {}, sequence: 1, logCreatedMs: 1, outputs: {} }, Uint8Array.of());
  cluster.server.snapshots.set("a.9-lost.0", orphan);
  cluster.server.snapshots.set("gone.1-lost.0", orphan); // of an actor that does not run here
  await cluster.until(() => cluster.server.snapshots.size === 3);
  for (let ms = 0; ms <= SWEEP_SNAPSHOTS_INTERVAL_MS; ms += 100_000) await cluster.pass(100_000);
  assert.deepEqual([...cluster.server.snapshots.keys()].sort(), ["a.1-n1-1.0", "gone.1-lost.0"]);
  await stop();
});

Deno.test("`Host` tells every actor apart that ends its run by an outage: nothing is lost and nothing twice", async () => {
  const cluster = new MemoryCluster();
  const names = ["a", "b", "c"];
  const actors = () => names.map((name) => tally(name));
  const nodes = ["n1", "n2"].map((name) => cluster.run(cluster.node(name), actors()));
  for (let round = 0; round < 40; round++) {
    feed(cluster, names, 2);
    if (round === 10) cluster.server.isAway = true;
    if (round === 30) cluster.server.isAway = false;
    await cluster.pass(1_000);
  }
  await cluster.until(isComplete(cluster, actors()));
  for (const { stop } of nodes) await stop();
  assertAsFolded(cluster, actors());
  for (const name of names) assert.equal(cluster.leaseOf(name)!.owner, null);
});
