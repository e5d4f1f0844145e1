import assert from "node:assert/strict";
import { MemoryCluster, type MemoryNode, type MemoryNodeOptions } from "../../tests/support/memory_cluster.ts";
import { NodeRecord } from "../contract/mod.ts";
import { BEAT_INTERVAL_MS, Membership, NameTakenError, OUTAGE_GRACE_MS } from "./membership.ts";

interface Member {
  readonly node: MemoryNode;
  readonly membership: Membership;
  readonly joined: Promise<void>;
  readonly leave: AbortController;
}

/** Join and keep the own key, as the placement does. */
function join(cluster: MemoryCluster, name: string, options: MemoryNodeOptions = {}): Member {
  const node = cluster.node(name, options);
  const leave = new AbortController();
  const membership = new Membership(node.identity, node.ports, () => {});
  const joined = membership.join(leave.signal).then(() =>
    node.ports.clock.every(BEAT_INTERVAL_MS, () => void membership.beat().catch(() => {}), leave.signal)
  );
  joined.catch(() => {}); // told to whoever awaits it
  return { node, membership, joined, leave };
}

const liveOf = ({ membership }: Member) => membership.live.map(({ node }) => node).join(" ");
const sessionIn = ({ server }: MemoryCluster, name: string): string | undefined => {
  const entry = server.nodes.entries.get(`actors.${name}`);
  return entry === undefined ? undefined : NodeRecord.parse(JSON.parse(entry.value)).session;
};

/** How long something takes that is under way. */
async function durationMs(cluster: MemoryCluster, condition: () => boolean): Promise<number> {
  const startMs = cluster.scheduler.nowMs;
  await cluster.until(condition);
  return cluster.scheduler.nowMs - startMs;
}

async function three(cluster: MemoryCluster, options: MemoryNodeOptions[] = []): Promise<[Member, Member, Member]> {
  const members = ["n1", "n2", "n3"].map((name, i) => join(cluster, name, options[i])) as [Member, Member, Member];
  for (const { joined } of members) await cluster.settled(joined);
  await cluster.until(() => members.every((member) => liveOf(member) === "n1 n2 n3"));
  return members;
}

Deno.test("`Membership` knows who joins, drains and leaves", async () => {
  const cluster = new MemoryCluster();
  const [first, second, third] = await three(cluster, [{ capacity: 1 }, { capacity: 2.5 }, { capacity: 4 }]);
  assert.deepEqual(first.membership.live.map(({ capacity }) => capacity), [1, 2.5, 4]);
  await cluster.settled(second.membership.drain());
  await cluster.until(() => first.membership.live[1]!.draining && third.membership.live[1]!.draining);
  assert.equal(first.membership.live.filter(({ draining }) => draining).length, 1);
  await cluster.settled(second.membership.leave());
  await cluster.until(() => liveOf(first) === "n1 n3" && liveOf(third) === "n1 n3");
});

Deno.test("`Membership` sees within two seconds that a node was killed: its connection is gone", async () => {
  const cluster = new MemoryCluster();
  const [first, second, third] = await three(cluster);
  await cluster.pass(5_000);
  second.node.machine.crash();
  const ms = await durationMs(cluster, () => liveOf(first) === "n1 n3" && liveOf(third) === "n1 n3");
  assert(ms < 2_000, `${ms} ms`);
  assert([first, third].some(({ node: { lines } }) => lines.includes("warn: node n2 is gone")));
});

Deno.test("`Membership` sees by the age of its key that a node stands still, and takes it back when it goes on", async () => {
  const cluster = new MemoryCluster();
  const [first, second, third] = await three(cluster);
  second.node.machine.freeze(20_000);
  const ms = await durationMs(cluster, () => liveOf(first) === "n1 n3" && liveOf(third) === "n1 n3");
  assert(ms > 2_500 && ms < 5_000, `${ms} ms`);
  await cluster.until(() => liveOf(first) === "n1 n2 n3" && liveOf(third) === "n1 n2 n3");
  assert(second.node.lines.includes("warn: taken for dead by the others, joining again"));
});

Deno.test("`Membership` takes a slow reconnect for no death", async () => {
  const cluster = new MemoryCluster();
  const [first, second] = await three(cluster);
  const seen = new Set<string>();
  for (let round = 0; round < 10; round++) {
    second.node.machine.disconnect();
    await cluster.pass(300); // one question or two meet nobody
    second.node.machine.reconnect();
    await cluster.pass(2_000);
    seen.add(liveOf(first));
  }
  assert.deepEqual([...seen], ["n1 n2 n3"]);
});

Deno.test("`Membership` gives a name to one process: the second one waits, then gives up, and the first is not disturbed", async () => {
  const cluster = new MemoryCluster();
  const first = join(cluster, "n1");
  const witness = join(cluster, "n2");
  for (const { joined } of [first, witness]) await cluster.settled(joined);
  await cluster.until(() => liveOf(witness) === "n1 n2");
  const startMs = cluster.scheduler.nowMs;
  const second = join(cluster, "n1");
  await assert.rejects(cluster.settled(second.joined), (error: Error) => {
    assert(error instanceof NameTakenError);
    assert(error.message.includes(first.node.identity.session) && error.message.includes("NODE_NAME"), error.message);
    return true;
  });
  const waitedMs = cluster.scheduler.nowMs - startMs;
  assert(waitedMs >= 9_000 && waitedMs < 13_000, `${waitedMs} ms`);
  second.leave.abort();
  second.node.machine.crash();
  await cluster.pass(10_000);
  assert.equal(sessionIn(cluster, "n1"), first.node.identity.session);
  assert.equal(liveOf(witness), "n1 n2");
  assert.deepEqual(first.node.lines, []);
});

Deno.test("`Membership` has a name again once the life that had it is gone", async () => {
  for (const [end, longestMs] of [["crash", 1_500], ["freeze", 6_000]] as const) {
    const cluster = new MemoryCluster();
    const first = join(cluster, "n1");
    await cluster.settled(first.joined);
    const second = join(cluster, "n1");
    await cluster.pass(2_000);
    assert.equal(sessionIn(cluster, "n1"), first.node.identity.session);
    if (end === "crash") first.node.machine.crash();
    else first.node.machine.freeze(1_000_000);
    const startMs = cluster.scheduler.nowMs;
    await cluster.settled(second.joined);
    assert(cluster.scheduler.nowMs - startMs < longestMs, `${end}: ${cluster.scheduler.nowMs - startMs} ms`);
    assert.equal(sessionIn(cluster, "n1"), second.node.identity.session);
  }
});

Deno.test("a `Membership` whose name another one got, while it stood still, is told so and does not take it back", async () => {
  const cluster = new MemoryCluster();
  const first = join(cluster, "n1");
  await cluster.settled(first.joined);
  first.node.machine.freeze(10_000);
  const second = join(cluster, "n1");
  await cluster.settled(second.joined);
  await cluster.pass(12_000);
  await assert.rejects(cluster.settled(first.membership.beat()), NameTakenError);
  assert.equal(sessionIn(cluster, "n1"), second.node.identity.session);
  await cluster.settled(second.membership.beat());
});

Deno.test("`Membership` decides nothing by the time that others wrote: clocks a minute off change nothing", async () => {
  const runs = await Promise.all([[0, 0, 0], [60_000, -60_000, 0], [-3_600_000, 0, 3_600_000]].map(async (skews) => {
    const cluster = new MemoryCluster();
    const [first, second, third] = await three(cluster, skews.map((clockSkewMs) => ({ clockSkewMs })));
    await cluster.pass(5_000);
    second.node.machine.freeze(1_000_000);
    const frozenMs = await durationMs(cluster, () => liveOf(first) === "n1 n3" && liveOf(third) === "n1 n3");
    third.node.machine.crash();
    const goneMs = await durationMs(cluster, () => liveOf(first) === "n1");
    return [frozenMs, goneMs];
  }));
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
});

Deno.test("`Membership.isDead()` needs two witnesses: no key, and no answer", async () => {
  const cluster = new MemoryCluster();
  const [first, second, third] = await three(cluster);
  const isDead = (session: string) => cluster.settled(first.membership.isDead(session));
  const { session } = second.node.identity;
  assert.equal(await isDead(session), false);
  assert.equal(await isDead(first.node.identity.session), true, "an earlier life of its own left nothing running");
  assert.equal(await isDead("unheard-of"), true);

  // Somebody deletes its key: it still answers.
  second.leave.abort();
  cluster.server.nodes.delete("actors.n2", cluster.server.nodes.entries.get("actors.n2")!.revision);
  await cluster.until(() => liveOf(first) === "n1 n3");
  assert.equal(await isDead(session), false);
  second.node.machine.crash();
  assert.equal(await isDead(session), true);

  // Its key is there, but it does not answer: not yet.
  third.node.machine.freeze(1_000_000);
  assert.equal(await isDead(third.node.identity.session), false);
  await cluster.until(() => liveOf(first) === "n1");
  assert.equal(await isDead(third.node.identity.session), true);
});

Deno.test("`Membership` takes nobody for dead right after an outage, in which all keys have aged", async () => {
  const cluster = new MemoryCluster();
  const [first, second, third] = await three(cluster);
  const machines = [first, second, third].map(({ node: { machine } }) => machine);
  cluster.server.isAway = true;
  for (const machine of machines) machine.disconnect();
  await cluster.pass(30_000);
  assert.equal(cluster.server.nodes.entries.size, 0, "every key has aged");
  cluster.server.isAway = false;
  const backMs = cluster.scheduler.nowMs;
  first.node.machine.reconnect(); // the others come later
  cluster.scheduler.at(2_000, () => machines.forEach((machine) => machine.reconnect()));
  const { session } = second.node.identity;
  while (cluster.scheduler.nowMs - backMs < OUTAGE_GRACE_MS - 200) {
    assert.equal(
      await cluster.settled(first.membership.isDead(session)),
      false,
      `${cluster.scheduler.nowMs - backMs} ms`,
    );
    await cluster.pass(100);
  }
  await cluster.until(() => [first, second, third].every((member) => liveOf(member) === "n1 n2 n3"));
});

Deno.test("`Membership` passes over what is no record of a node, and nodes of other groups", async () => {
  const cluster = new MemoryCluster();
  const { nodes } = cluster.server;
  nodes.put("actors.nonsense", "nonsense", 0);
  nodes.put(
    "gateways.g1",
    JSON.stringify(
      {
        v: 1,
        group: "gateways",
        node: "g1",
        session: "g1-s",
        capacity: 1,
        draining: false,
        startedMs: 0,
      } satisfies NodeRecord,
    ),
    0,
  );
  const member = join(cluster, "n1");
  await cluster.settled(member.joined);
  assert.equal(liveOf(member), "n1");
  assert(member.node.lines.includes("warn: fx-nodes actors.nonsense is no record of a node, passed over"));
  assert.equal(await cluster.settled(member.membership.isDead("g1-s")), false, "it has a key");
});

Deno.test("`Membership` joins when the register answers again, and not before", async () => {
  const cluster = new MemoryCluster();
  cluster.server.isAway = true;
  const member = join(cluster, "n1");
  let hasJoined = false;
  const joined = member.joined.then(() => hasJoined = true);
  await cluster.pass(60_000);
  assert.equal(hasJoined, false);
  assert(member.node.lines.every((line) => line.startsWith("warn: cannot join yet: ")) && member.node.lines.length > 5);
  cluster.server.isAway = false;
  await cluster.settled(joined);
  assert.equal(sessionIn(cluster, "n1"), member.node.identity.session);
});
