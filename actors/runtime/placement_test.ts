import assert from "node:assert/strict";
import { MemoryCluster, type MemoryNodeOptions, unanswered } from "../../tests/support/memory_cluster.ts";
import type { Lease } from "./lease.ts";
import { NameTakenError } from "./membership.ts";
import { Placement, SWEEP_INTERVAL_MS, type Task } from "./placement.ts";
import { rendezvous } from "./rendezvous.ts";

/** Tasks of a cluster, with who runs which: one that runs twice at a time is a violation. */
class Board {
  readonly running = new Map<string, Set<string>>();
  /** Every start and end, as `n1 +a`. */
  readonly events: string[] = [];
  /** Most nodes that ran a task at a time. */
  atOnceMax = 0;

  task(name: string, node: string, body: (lease: Lease, stop: AbortSignal) => Promise<void> = untilStopped): Task {
    return {
      name,
      run: async (lease, stop) => {
        const runners = this.running.get(name) ?? new Set();
        this.running.set(name, runners.add(node));
        this.atOnceMax = Math.max(this.atOnceMax, runners.size);
        this.events.push(`${node} +${name}`);
        try {
          await body(lease, stop);
        } finally {
          runners.delete(node);
          this.events.push(`${node} -${name}`);
        }
      },
    };
  }

  ownersOf(names: readonly string[]): string[] {
    return names.map((name) => [...this.running.get(name) ?? []].join("+"));
  }
}

/** Does its work until it is told to stop, or its lease is lost. */
function untilStopped(lease: Lease, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of [stop, lease.lost]) {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  }
  return promise;
}

function start(cluster: MemoryCluster, name: string, tasks: readonly Task[], options?: MemoryNodeOptions) {
  const node = cluster.node(name, options);
  const stop = new AbortController();
  const placement = new Placement(node.identity, node.ports);
  placement.setTasks(tasks);
  const ended = placement.run(stop.signal).finally(() => node.machine.crash());
  ended.catch(() => {}); // told to whoever awaits it
  return {
    node,
    placement,
    ended,
    stop: () => {
      stop.abort();
      return cluster.settled(ended);
    },
  };
}

const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);

/** Nodes with the same tasks, by name and capacity. */
function startAll(cluster: MemoryCluster, board: Board, names: readonly string[], capacities: Record<string, number>) {
  return Object.entries(capacities).map(([node, capacity]) =>
    start(cluster, node, names.map((name) => board.task(name, node)), { capacity })
  );
}

const wanted = (names: readonly string[], capacities: Record<string, number>) => {
  const nodes = Object.entries(capacities).map(([node, capacity]) => ({ node, capacity }));
  return names.map((name) => rendezvous(name, nodes)!.node);
};
function isPlaced(board: Board, names: readonly string[], capacities: Record<string, number>): () => boolean {
  const owners = wanted(names, capacities);
  return () => names.every((name, i) => [...board.running.get(name) ?? []].join("+") === owners[i]);
}

Deno.test("`Placement` gives each node its share of the tasks, by capacity, each task to one node at a time", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(300);
  const capacities = { n1: 1, n2: 2, n3: 3 };
  const nodes = startAll(cluster, board, names, capacities);
  await cluster.until(isPlaced(board, names, capacities));
  const counts = nodes.map(({ placement }) => placement.owned.length);
  assert.equal(counts.reduce((sum, count) => sum + count), 300);
  for (const [i, count] of counts.entries()) assert(Math.abs(count - 50 * (i + 1)) < 35, counts.join());
  assert.equal(board.atOnceMax, 1);

  // One that joins takes its share, and nothing else moves.
  const before = board.ownersOf(names);
  const eventCount = board.events.length;
  const joined = { ...capacities, n4: 3 };
  nodes.push(...startAll(cluster, board, names, { n4: 3 }));
  await cluster.until(isPlaced(board, names, joined));
  const moved = names.filter((_, i) => before[i] !== board.ownersOf(names)[i]);
  assert(moved.length > 60 && moved.length < 140, `${moved.length}`);
  assert.equal(board.events.length - eventCount, 2 * moved.length, "what stays is not touched");
  assert.equal(nodes[3]!.placement.stats.handoverCount, moved.length);

  // One that is told to end drains: its tasks go to the others in good order.
  await nodes[3]!.stop();
  await cluster.until(isPlaced(board, names, capacities));
  assert.equal(board.atOnceMax, 1);
  assert.deepEqual(nodes.map(({ placement }) => placement.stats.failoverCount), [0, 0, 0, 0]);
  for (const { stop } of nodes.slice(0, 3)) await stop();
  for (const name of names) assert.equal(cluster.leaseOf(name)!.owner, null);
  assert.equal(cluster.server.nodes.entries.size, 0);
});

Deno.test("`Placement` takes the tasks of a node that was killed within three seconds, those of one that stands still within eight", async () => {
  const names = namesOf(30);
  for (const [fate, limitMs] of [["crash", 3_000], ["freeze", 8_000]] as const) {
    const cluster = new MemoryCluster();
    const board = new Board();
    const [first, second, third] = startAll(cluster, board, names, { n1: 1, n2: 1, n3: 1 });
    await cluster.until(isPlaced(board, names, { n1: 1, n2: 1, n3: 1 }));
    await cluster.pass(5_000);
    const lost = names.filter((name) => cluster.leaseOf(name)!.owner!.node === "n2");
    if (fate === "crash") second!.node.machine.crash();
    else second!.node.machine.freeze(20_000);
    const startMs = cluster.scheduler.nowMs;
    const isTaken = () => lost.every((name) => cluster.leaseOf(name)!.owner!.node !== "n2");
    await cluster.until(isTaken);
    assert(cluster.scheduler.nowMs - startMs < limitMs, `${fate}: ${cluster.scheduler.nowMs - startMs} ms`);
    const failovers = () => [first, third].reduce((sum, node) => sum + node!.placement.stats.failoverCount, 0);
    await cluster.until(() => failovers() >= lost.length);
    assert.equal(failovers(), lost.length);
    for (const name of lost) {
      const { cause, from, failoverCount } = cluster.leaseOf(name)!;
      assert.deepEqual([cause, from, failoverCount], ["failover", "n2", 1]);
    }
    if (fate === "crash") continue;
    // It goes on after a while, finds that it lost everything, and gets its share again.
    await cluster.until(() => second!.placement.stats.lostCount === lost.length);
    await cluster.until(isPlaced(board, names, { n1: 1, n2: 1, n3: 1 }));
  }
});

Deno.test("`Placement` ends where another process has its name; the first one's tasks run on", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(10);
  const first = startAll(cluster, board, names, { n1: 1 })[0]!;
  await cluster.until(isPlaced(board, names, { n1: 1 }));
  const { length } = board.events;
  const second = start(cluster, "n1", names.map((name) => board.task(name, "impostor")));
  await assert.rejects(cluster.settled(second.ended), NameTakenError);
  await cluster.pass(5_000);
  assert.equal(board.events.length, length);
  assert.deepEqual(first.node.lines.filter((line) => !line.startsWith("info:")), []);
  await first.stop();
});

Deno.test("`Placement` hands everything over where its name is taken while it stood still", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(10);
  const first = startAll(cluster, board, names, { n1: 1 })[0]!;
  await cluster.until(isPlaced(board, names, { n1: 1 }));
  first.node.machine.freeze(10_000);
  const second = start(cluster, "n1", names.map((name) => board.task(name, "successor")));
  await assert.rejects(cluster.settled(first.ended), NameTakenError);
  await cluster.until(() => board.ownersOf(names).every((owner) => owner === "successor"));
  await second.stop();
});

Deno.test("`Placement` decides nothing by the clocks of others", async () => {
  const runs: string[][] = [];
  for (const skewMs of [0, 60_000, -60_000]) {
    const cluster = new MemoryCluster();
    const board = new Board();
    const names = namesOf(20);
    const nodes = ["n1", "n2", "n3"].map((node, i) =>
      start(cluster, node, names.map((name) => board.task(name, node)), { clockSkewMs: (i - 1) * skewMs })
    );
    await cluster.until(isPlaced(board, names, { n1: 1, n2: 1, n3: 1 }));
    nodes[0]!.node.machine.crash();
    await cluster.until(() => names.every((name) => cluster.leaseOf(name)!.owner!.node !== "n1"));
    board.events.push(`${cluster.scheduler.nowMs}`);
    runs.push(board.events);
  }
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
});

Deno.test("`Placement` stops tasks that are removed, leaves the others running, and starts those that come back", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(6);
  const tasks = names.map((name) => board.task(name, "n1"));
  const { placement, stop } = start(cluster, "n1", tasks);
  await cluster.until(isPlaced(board, names, { n1: 1 }));
  placement.setTasks(tasks.slice(2));
  await cluster.until(() => board.ownersOf(names).join() === ",,n1,n1,n1,n1");
  await cluster.until(() => names.slice(0, 2).every((name) => cluster.leaseOf(name)!.owner === null));
  assert.deepEqual(board.events.slice(6).sort(), ["n1 -t0", "n1 -t1"]);
  placement.setTasks(tasks);
  await cluster.until(isPlaced(board, names, { n1: 1 }));
  assert.equal(cluster.leaseOf("t0")!.term, 2);
  assert.equal(board.events.length, 10);
  await stop();
});

Deno.test("`Placement` starts a task that fails anew, later each time, and the others run on", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const starts: number[] = [];
  const failing = board.task("bad", "n1", async (_lease, stop) => {
    starts.push(cluster.scheduler.nowMs);
    if (starts.length === 7) await untilStopped(_lease, stop);
    else if (starts.length === 3) return; // ends by itself: a fault as well
    else throw new Error(`fault ${starts.length}`);
  });
  const { placement, node, stop } = start(cluster, "n1", [failing, board.task("good", "n1")]);
  const owned = (name: string) => placement.owned.find(({ task }) => task.name === name)!;
  await cluster.until(() => starts.length === 5);
  assert.equal(owned("bad").restartCount, 5);
  assert.equal(owned("bad").fault, "fault 5");
  await cluster.until(() => starts.length === 7);
  assert.deepEqual(starts.slice(1).map((atMs, i) => Math.round((atMs - starts[i]!) / 250)), [1, 2, 4, 8, 16, 32]);
  assert.deepEqual(board.events.filter((event) => event.includes("good")), ["n1 +good"]);
  assert.equal(owned("good").restartCount, 0);
  assert.equal(cluster.leaseOf("bad")!.term, 1, "its lease is kept all the while");
  assert(node.lines.some((line) => line.startsWith("error: bad: starting anew in 1000 ms: Error: ended by itself")));
  await stop();
  assert.equal(cluster.leaseOf("bad")!.owner, null);
});

Deno.test("`Placement` forgets the faults of a task after a good while", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const starts: number[] = [];
  const failing = board.task("bad", "n1", async () => {
    starts.push(cluster.scheduler.nowMs);
    if (starts.length === 6) await new Promise<void>((resolve) => cluster.scheduler.at(61_000, resolve));
    throw new Error("fault");
  });
  const { stop } = start(cluster, "n1", [failing]);
  await cluster.until(() => starts.length === 7);
  const afterMs = starts[6]! - starts[5]! - 61_000;
  assert(afterMs < 300, `${afterMs} ms`);
  assert(starts[5]! - starts[4]! > 3_000);
  await stop();
});

Deno.test("`Placement` gives back a lease that it took without hearing of it, once it may not have it", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(20);
  // The register takes the first writes of n1's leases, but their answers are lost.
  let isLost = true;
  const change: MemoryNodeOptions["change"] = (ports) => ({
    ...ports,
    leases: {
      ...ports.leases,
      put: (...args) => (isLost ? unanswered(ports.leases.put) : ports.leases.put)(...args),
    },
  });
  const first = start(cluster, "n1", names.map((name) => board.task(name, "n1")), { change });
  await cluster.until(() => names.every((name) => cluster.leaseOf(name)?.owner?.node === "n1"));
  assert.deepEqual(first.placement.owned, [], "it does not know of one");
  isLost = false;
  const [second] = startAll(cluster, board, names, { n2: 1 });
  await cluster.until(isPlaced(board, names, { n1: 1, n2: 1 }));
  for (const [i, node] of wanted(names, { n1: 1, n2: 1 }).entries()) {
    assert.equal(cluster.leaseOf(names[i]!)!.owner!.node, node);
  }
  assert.equal(board.atOnceMax, 1);
  for (const { stop } of [first, second!]) await stop();
});

Deno.test("`Placement` gives back a lease of a task that was removed while the answer to taking it was lost", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  let isLost = true;
  const { placement, stop } = start(cluster, "n1", [board.task("t", "n1")], {
    change: (ports) => ({
      ...ports,
      leases: {
        ...ports.leases,
        put: (...args) => (isLost ? unanswered(ports.leases.put) : ports.leases.put)(...args),
      },
    }),
  });
  await cluster.until(() => cluster.leaseOf("t")?.owner?.node === "n1");
  placement.setTasks([]);
  isLost = false;
  await cluster.pass(5 * SWEEP_INTERVAL_MS);
  assert.deepEqual(placement.owned, []);
  // The task is back: whoever may have it can.
  placement.setTasks([board.task("t", "n1")]);
  await cluster.until(() => board.ownersOf(["t"]).join() === "n1");
  await stop();
  assert.equal(cluster.leaseOf("t")!.owner, null);
});

Deno.test("`Placement` has all leases again after their bucket was deleted, and stops no task for it", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  const names = namesOf(20);
  const nodes = startAll(cluster, board, names, { n1: 1, n2: 1 });
  await cluster.until(isPlaced(board, names, { n1: 1, n2: 1 }));
  await cluster.pass(2_000);
  const before = names.map((name) => cluster.leaseOf(name));
  const { length } = board.events;
  for (const bucket of ["leases", "nodes"] as const) {
    cluster.server[bucket].wipe();
    await cluster.until(() => names.every((name) => cluster.leaseOf(name) !== undefined));
    await cluster.until(() => cluster.server.nodes.entries.size === 2);
    assert.deepEqual(names.map((name) => cluster.leaseOf(name)), before);
  }
  await cluster.pass(10_000);
  assert.equal(board.events.length, length);
  assert.equal(board.atOnceMax, 1);
  for (const { stop } of nodes) await stop();
});

Deno.test("`Placement` takes a lease whose record is nonsense, and tells", async () => {
  const cluster = new MemoryCluster();
  const board = new Board();
  cluster.server.leases.put("t", "nonsense", 0);
  const { node, stop } = start(cluster, "n1", [board.task("t", "n1")]);
  await cluster.until(() => board.ownersOf(["t"]).join() === "n1");
  assert(node.lines.includes("warn: fx-leases t is no lease, passed over"));
  cluster.server.leases.put("t", "nonsense again", cluster.server.leases.entries.get("t")!.revision);
  await cluster.until(() => cluster.server.leases.entries.get("t")!.value.startsWith("{"));
  assert.deepEqual(board.events, ["n1 +t"]);
  await stop();
});
