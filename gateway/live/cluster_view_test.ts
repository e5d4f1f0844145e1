import assert from "node:assert/strict";
import { ClusterAnswer } from "../../actors/contract/mod.ts";
import { clusterOf, putEntry } from "../../tests/browser/cluster_cases.ts";
import { lease, nodeRecord, nodeReport, taskReport } from "../../tests/browser/cluster_writer.ts";
import { NOW_MS } from "../../tests/support/app_deps.ts";
import { ClusterView } from "./mod.ts";
import { BUCKET_KEYS_MAX } from "./bucket_records.ts";

const stateOf = (view: ClusterView, name: string) => view.answer().tasks.find((task) => task.name === name)?.state;

Deno.test("`ClusterView.answer()` folds the four buckets into nodes and tasks of the schema", () => {
  const { followed, nodes, tasks } = ClusterAnswer.parse(clusterOf().answer());
  assert.equal(followed, true);
  assert.deepEqual(nodes[0], {
    group: "actors",
    node: "a",
    session: "a-1",
    alive: true,
    capacity: 1,
    draining: false,
    sinceMs: 0,
    taskCount: 1,
    lagMessages: 900,
    lagMs: 3210.5,
    memoryBytes: 123_456_789,
    failoverCount: 0,
    handoverCount: 0,
    lostCount: 0,
    reportAgeMs: 2_000,
  });
  assert.deepEqual(nodes.map(({ node, alive, draining, taskCount }) => [node, alive, draining, taskCount]), [
    ["a", true, false, 1],
    ["b", true, true, 1],
    ["c", false, false, 1],
  ]);
  assert.deepEqual(tasks.find(({ name }) => name === "pair.EURUSD"), {
    name: "pair.EURUSD",
    pair: "EURUSD",
    state: "running",
    owner: "a",
    sinceMs: 7,
    cause: "failover",
    from: "c",
    failoverCount: 3,
    handoverCount: 0,
    lagMessages: 900,
    lagMs: 3210.5,
    eventTimeUs: 0,
    mailboxDepth: 0,
    snapshotAgeMs: null,
    deadCount: 7,
    restartCount: 0,
    fault: "no store",
  });
  assert.deepEqual(tasks.filter(({ owner }) => owner === null).map(({ name, state }) => [name, state]), [
    ["archive.MARKET", "unowned"],
    ["pair.EURJPY", "unowned"],
    ["pair.USDCHF", "paused"],
  ]);
});

Deno.test("`ClusterView` takes a lease of an earlier life of a node for failing over", () => {
  const view = clusterOf();
  view.nodes.take(putEntry("actors.a", nodeRecord("a", { session: "a-2" })));
  assert.equal(stateOf(view, "pair.EURUSD"), "failing-over");
  const { nodes, tasks } = view.answer();
  assert.deepEqual(nodes.map(({ node, session, taskCount }) => [node, session, taskCount]), [
    ["a", "a-2", 0],
    ["b", "b-1", 1],
    ["c", "c-1", 1],
  ]);
  assert.equal(nodes[0]!.reportAgeMs, null, "the report is of the life before");
  assert.deepEqual(view.liveReports.map(({ node }) => node), ["b"]);
  assert.equal(tasks.find(({ name }) => name === "pair.EURUSD")!.lagMs, null);
  view.leases.take(putEntry("pair.EURUSD", lease("a", { owner: { group: "actors", node: "a", session: "a-2" } })));
  assert.equal(stateOf(view, "pair.EURUSD"), "running");
});

Deno.test("`ClusterView` believes a report on a task only while its writer owns the task", () => {
  const view = clusterOf();
  view.reports.take(putEntry("actors.b", nodeReport("b", [taskReport("pair.EURUSD", { lagMs: 5 })])));
  assert.equal(view.answer().tasks.find(({ name }) => name === "pair.EURUSD")!.lagMs, 3210.5);
});

Deno.test("`ClusterView` follows deletions and expiries: of nodes, leases, pairs and reports", () => {
  const view = clusterOf();
  const gone = (key: string, operation: "DEL" | "PURGE") => ({ ...putEntry(key, ""), operation });
  view.nodes.take(gone("actors.a", "PURGE"));
  assert.equal(stateOf(view, "pair.EURUSD"), "failing-over");
  assert.deepEqual(view.liveReports.map(({ node }) => node), ["b"]);
  assert.equal(view.answer().nodes[0]!.alive, false);
  view.leases.take(gone("pair.GBPUSD", "DEL"));
  assert.equal(stateOf(view, "pair.GBPUSD"), "unowned");
  view.pairs.take(gone("USDJPY", "DEL"));
  assert.equal(stateOf(view, "pair.USDJPY"), undefined, "nobody has it and nobody wants it");
  assert.equal(view.answer().nodes.some(({ node }) => node === "c"), false);
  view.pairs.take(gone("EURUSD", "DEL"));
  view.reports.take(gone("actors.a", "PURGE"));
  assert.deepEqual(view.answer().nodes.map(({ node }) => node), ["b"]);
});

Deno.test("`ClusterView` lets a node that left on purpose go at once, and shows one that did not while its report lasts", () => {
  const view = clusterOf();
  view.leases.replace([]);
  view.nodes.replace([]);
  view.reports.take(putEntry("actors.b", nodeReport("b", [], { draining: true })));
  assert.deepEqual(view.answer().nodes.map(({ node, alive }) => [node, alive]), [["a", false]]);
});

Deno.test("`ClusterView` replaces a bucket as a whole: keys that vanished meanwhile are gone", () => {
  const view = clusterOf();
  view.nodes.lose();
  assert.deepEqual([view.followed, view.known], [false, true]);
  assert.equal(view.answer().followed, false);
  assert.equal(stateOf(view, "pair.GBPUSD"), "running", "what was heard last");
  view.nodes.replace([putEntry("actors.a", nodeRecord("a"))]);
  assert.deepEqual([view.followed, stateOf(view, "pair.GBPUSD")], [true, "failing-over"]);
});

Deno.test("`ClusterView` is known once all four buckets are", () => {
  const view = new ClusterView({ nowMs: () => NOW_MS });
  for (const bucket of [view.nodes, view.leases, view.reports, view.pairs]) {
    assert.equal(view.known, false);
    bucket.replace([]);
  }
  assert.equal(view.known, true);
});

Deno.test("`ClusterView` counts records that do not parse or stand under a wrong key, and believes nothing of their key", () => {
  const view = clusterOf();
  view.nodes.take(putEntry("actors.b", { ...nodeRecord("b"), capacity: -1 }));
  view.nodes.take(putEntry("actors.x", nodeRecord("b")));
  view.reports.take(putEntry("actors.a", "[]"));
  view.pairs.take(putEntry("GBPUSD", "nonsense"));
  assert.deepEqual(view.rejected, { nodes: 2, leases: 1, reports: 1, pairs: 1 });
  assert.equal(view.answer().nodes.find(({ node }) => node === "b")?.alive ?? false, false);
});

Deno.test("`ClusterView` keeps no more keys of a bucket than its limit", () => {
  const view = clusterOf();
  const before = view.leases.rejectedCount;
  view.leases.replace(Array.from({ length: BUCKET_KEYS_MAX + 3 }, (_, i) => putEntry(`task.${i}`, lease(null))));
  assert.equal(view.answer().tasks.filter(({ name }) => name.startsWith("task.")).length, BUCKET_KEYS_MAX);
  assert.equal(view.leases.rejectedCount - before, 3);
});
