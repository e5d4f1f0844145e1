import assert from "node:assert/strict";
import fc from "fast-check";
import { rendezvous, uniform, type WeightedNode } from "./rendezvous.ts";

const TASKS = Array.from({ length: 20_000 }, (_, i) => `pair.TASK${i}`);
const nodesOf = (capacities: Readonly<Record<string, number>>): WeightedNode[] =>
  Object.entries(capacities).map(([node, capacity]) => ({ node, capacity }));
const ownerOf = (task: string, nodes: readonly WeightedNode[]) => rendezvous(task, nodes)!.node;

function countsOf(tasks: readonly string[], nodes: readonly WeightedNode[]): Map<string, number> {
  const counts = new Map(nodes.map(({ node }) => [node, 0]));
  for (const task of tasks) counts.set(ownerOf(task, nodes), counts.get(ownerOf(task, nodes))! + 1);
  return counts;
}

/** How far counts are from the shares that the capacities promise; as large as the number of nodes less one, on average. */
function chiSquare(tasks: readonly string[], nodes: readonly WeightedNode[]): number {
  const counts = countsOf(tasks, nodes);
  const total = nodes.reduce((sum, { capacity }) => sum + capacity, 0);
  return nodes.reduce((sum, { node, capacity }) => {
    const expected = tasks.length * capacity / total;
    return sum + (counts.get(node)! - expected) ** 2 / expected;
  }, 0);
}

Deno.test("`rendezvous()` gives the same answer for any order of the nodes", () => {
  const nodes = fc.uniqueArray(
    fc.record({ node: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), capacity: fc.double({ min: 0.01, max: 1_000 }) }),
    { selector: ({ node }) => node, minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(fc.string(), nodes, fc.infiniteStream(fc.nat()), (task, list, lots) => {
    const shuffled = list.map((node) => [lots.next().value, node] as const).sort(([a], [b]) => a - b);
    assert.equal(ownerOf(task, shuffled.map(([, node]) => node)), ownerOf(task, list));
  }));
});

Deno.test("`rendezvous()` names nobody where there is no node, and the only one where there is one", () => {
  assert.equal(rendezvous("pair.EURUSD", []), undefined);
  assert.equal(ownerOf("pair.EURUSD", [{ node: "n1", capacity: 0.001 }]), "n1");
});

Deno.test("`rendezvous()` spreads tasks as the capacities say", () => {
  const clusters = [
    nodesOf({ n1: 1, n2: 2, n3: 3, n4: 4 }),
    nodesOf({ "actors-0": 1, "actors-1": 1, "actors-2": 1, "actors-3": 1 }),
    nodesOf({ a: 0.5, b: 8, c: 1, d: 0.5 }),
    nodesOf({ "fx-host.a": 16, "fx-host.b": 16, "fx-host.c": 1, "fx-host.d": 8 }),
  ];
  // Three degrees of freedom: one cluster in 10,000 is further off than 21 by chance, and the mean of many is 3.
  for (const nodes of clusters) {
    const distance = chiSquare(TASKS, nodes);
    assert(distance < 21.1, `${distance}: ${JSON.stringify([...countsOf(TASKS, nodes)])}`);
  }
  const distances = Array.from({ length: 100 }, (_, i) => {
    const nodes = nodesOf({ [`n${i}`]: 1, [`m${i}`]: 2, [`${i}`]: 3, [`node-${i}`]: 4 });
    return chiSquare(TASKS.slice(0, 2_000), nodes);
  });
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  assert(mean > 2 && mean < 4, `${mean}`); // 3 ± 4 · √6 / √100
});

Deno.test("`rendezvous()` moves to a node that joins what it wins, its share, and nothing else", () => {
  const before = nodesOf({ n1: 1, n2: 1, n3: 2 });
  for (const capacity of [0.5, 1, 4]) {
    const after = [...before, { node: "n4", capacity }];
    const moved = TASKS.filter((task) => ownerOf(task, before) !== ownerOf(task, after));
    assert(moved.every((task) => ownerOf(task, after) === "n4"));
    const share = capacity / (4 + capacity);
    const deviation = Math.sqrt(TASKS.length * share * (1 - share));
    assert(Math.abs(moved.length - TASKS.length * share) < 4 * deviation, `${moved.length} of ${TASKS.length}`);
  }
});

Deno.test("`rendezvous()` moves from a node that leaves what it had, to each of the others its share, and nothing else", () => {
  const before = nodesOf({ n1: 1, n2: 2, n3: 3, n4: 4 });
  const after = before.filter(({ node }) => node !== "n4");
  const moved = TASKS.filter((task) => ownerOf(task, before) !== ownerOf(task, after));
  assert.deepEqual(moved, TASKS.filter((task) => ownerOf(task, before) === "n4"));
  const distance = chiSquare(moved, after);
  assert(distance < 18.4, `${distance}`); // two degrees of freedom, one in 10,000
});

Deno.test("`rendezvous()` moves to or from a node whose capacity changes, and between no others", () => {
  const before = nodesOf({ n1: 1, n2: 2, n3: 3 });
  const more = nodesOf({ n1: 1, n2: 4, n3: 3 });
  for (const task of TASKS) {
    const [was, is] = [ownerOf(task, before), ownerOf(task, more)];
    assert(was === is || is === "n2", `${task}: ${was} to ${is}`);
  }
});

Deno.test("`rendezvous()` answers what it always answered: nodes of two versions must agree", () => {
  // Worked out by another program.
  const hashes = { "": 0xab3e7c0b, a: 0x1a80b1b3, foobar: 0x0c0da6dc, "n1\npair.EURUSD": 0xcfe5fb9e };
  for (const [text, hash] of Object.entries(hashes)) assert.equal(uniform(text), (hash + 0.5) / 2 ** 32, text);
  const pairs = "EURUSD USDJPY GBPUSD USDCHF AUDUSD USDCAD NZDUSD EURGBP EURJPY GBPJPY EURCHF AUDJPY".split(" ");
  const owners = (nodes: WeightedNode[]) => pairs.map((pair) => ownerOf(`pair.${pair}`, nodes)).join(" ");
  assert.equal(owners(nodesOf({ n1: 1, n2: 1, n3: 1 })), "n1 n2 n3 n3 n1 n2 n1 n2 n3 n2 n1 n2");
  assert.equal(owners(nodesOf({ n1: 1, n2: 2, n3: 0.5 })), "n1 n2 n2 n3 n1 n2 n2 n2 n2 n2 n1 n2");
});
