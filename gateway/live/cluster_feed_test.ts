import assert from "node:assert/strict";
import { LiveCluster, type TaskReport } from "../../actors/contract/mod.ts";
import { putEntry } from "../../tests/browser/cluster_cases.ts";
import { lease, nodeRecord, nodeReport, taskReport } from "../../tests/browser/cluster_writer.ts";
import { NOW_MS } from "../../tests/support/app_deps.ts";
import { ClusterFeed, ClusterView, REPORT_LATE_MS } from "./mod.ts";

const NODES = ["node-a", "node-b", "node-c"];
const LETTERS = "ABCDEFGHIJ";
/** Six letters for each number below a thousand. */
const pairOf = (i: number) => `AAA${[...String(i).padStart(3, "0")].map((digit) => LETTERS[Number(digit)]).join("")}`;

/** Three nodes that share so many pairs, and a page that reads along. */
class Cluster {
  nowMs = NOW_MS;
  readonly view = new ClusterView({ nowMs: () => this.nowMs });
  readonly feed = new ClusterFeed(this.view, { nowMs: () => this.nowMs });
  readonly names: readonly string[];
  /** The change that the page has. */
  change = 0;

  constructor(pairCount: number) {
    const pairs = Array.from({ length: pairCount }, (_, i) => pairOf(i));
    this.names = pairs.map((pair) => `pair.${pair}`);
    this.view.nodes.replace(NODES.map((node) => putEntry(`actors.${node}`, nodeRecord(node))));
    this.view.pairs.replace(pairs.map((pair) => putEntry(pair, { v: 1, state: "active" })));
    this.view.leases.replace(this.names.map((name, i) => putEntry(name, lease(this.owner(i), { sinceMs: NOW_MS }))));
    this.report();
  }

  owner(i: number): string {
    return NODES[i % NODES.length]!;
  }

  report(task: (name: string) => Partial<TaskReport> = () => ({})): void {
    const entries = NODES.map((node) => {
      const own = this.names.filter((_, i) => this.owner(i) === node);
      const report = nodeReport(node, own.map((name) => taskReport(name, task(name))));
      return putEntry(`actors.${node}`, report, new Date(this.nowMs));
    });
    this.view.reports.replace(entries);
  }

  /** What the page is sent a second later, and how many bytes that is. */
  next(): { message: LiveCluster; bytes: number } | undefined {
    this.nowMs += 1_000;
    const news = this.feed.since(this.change);
    if (news === undefined) return undefined;
    this.change = news.change;
    return { message: LiveCluster.parse(JSON.parse(news.text)), bytes: new TextEncoder().encode(news.text).length };
  }
}

Deno.test("`ClusterFeed` says nothing before the cluster is known", () => {
  const view = new ClusterView({ nowMs: () => NOW_MS });
  assert.equal(new ClusterFeed(view, { nowMs: () => NOW_MS }).since(0), undefined);
});

Deno.test("`ClusterFeed` sends an empty cluster once", () => {
  const cluster = new Cluster(0);
  cluster.view.nodes.replace([]);
  cluster.view.reports.replace([]);
  assert.deepEqual(cluster.next()!.message.nodes, []);
  assert.equal(cluster.next(), undefined);
});

// The bytes of a page's first message, of one change, and of a failover of a third of all pairs.
for (
  const [pairCount, wholeBytesMax, failoverBytesMax] of [[12, 1_400, 1_100], [1_000, 70_000, 40_000]] as const
) {
  Deno.test(`\`ClusterFeed\` sends ${pairCount} pairs in ${wholeBytesMax} bytes at most, and then what changed alone`, () => {
    const cluster = new Cluster(pairCount);
    const first = cluster.next()!;
    assert.equal(first.message.whole, true);
    assert.equal(first.message.tasks.length, pairCount);
    assert(first.bytes <= wholeBytesMax, `${first.bytes} bytes`);
    // Every report says something else, and nothing that somebody would notice.
    for (const lagMs of [3, 40.5, 99]) {
      cluster.report(() => ({
        lagMs,
        lagMessages: Math.floor(lagMs) % 7,
        mailboxDepth: 5,
        eventTimeUs: 1,
        snapshotAgeMs: lagMs,
      }));
      assert.equal(cluster.next(), undefined);
    }
    cluster.report((name) => name === cluster.names[3] ? { lagMs: 2_345, lagMessages: 41_234 } : {});
    const one = cluster.next()!;
    assert.deepEqual(one.message.tasks.map(({ name, lagMs, lagMessages }) => [name, lagMs, lagMessages]), [
      [cluster.names[3], 2_300, 41_000],
    ]);
    assert(one.bytes <= 700, `${one.bytes} bytes`);
    cluster.report();
    cluster.next();
    cluster.view.nodes.take({ ...putEntry("actors.node-b", ""), operation: "PURGE" });
    const gone = cluster.next()!;
    assert(gone.message.tasks.every(({ state }) => state === "failing-over"));
    assert.equal(gone.message.tasks.length, Math.ceil((pairCount - 1) / 3));
    for (const [i, name] of cluster.names.entries()) {
      if (i % 3 !== 1) continue;
      const taken = lease("node-c", { sinceMs: cluster.nowMs, cause: "failover", from: "node-b", failoverCount: 1 });
      cluster.view.leases.take(putEntry(name, taken));
    }
    const failover = cluster.next()!;
    assert.deepEqual([failover.message.whole, failover.message.tasks.length], [false, gone.message.tasks.length]);
    assert(failover.bytes <= failoverBytesMax, `${failover.bytes} bytes`);
  });
}

Deno.test("`ClusterFeed` looks once a second, however often it is asked", () => {
  const cluster = new Cluster(1);
  cluster.next();
  cluster.view.leases.take(putEntry(cluster.names[0]!, lease(null)));
  cluster.nowMs += 999;
  assert.equal(cluster.feed.since(cluster.change), undefined);
  cluster.nowMs += 1;
  assert.notEqual(cluster.feed.since(cluster.change), undefined);
});

Deno.test("`ClusterFeed` sends a page that was skipped every change since, and a new one everything, by the clock of the sending", () => {
  const cluster = new Cluster(3);
  cluster.next();
  const skipped = cluster.change;
  cluster.view.leases.take(putEntry(cluster.names[0]!, lease(null)));
  cluster.next();
  cluster.view.leases.take(putEntry(cluster.names[1]!, lease(null)));
  cluster.next();
  const read = (change: number) => LiveCluster.parse(JSON.parse(cluster.feed.since(change)!.text));
  assert.deepEqual(read(skipped).tasks.map(({ name }) => name), cluster.names.slice(0, 2));
  cluster.nowMs += 30_000;
  const late = read(0);
  assert.deepEqual([late.whole, late.tasks.length, late.serverTimeMs], [true, 3, cluster.nowMs]);
});

Deno.test("`ClusterFeed` sends everything anew when a task is gone", () => {
  const cluster = new Cluster(3);
  cluster.next();
  cluster.view.pairs.take({ ...putEntry(cluster.names[0]!.slice(5), ""), operation: "DEL" });
  cluster.view.leases.take({ ...putEntry(cluster.names[0]!, ""), operation: "DEL" });
  const { message } = cluster.next()!;
  assert.deepEqual([message.whole, message.tasks.map(({ name }) => name)], [true, cluster.names.slice(1)]);
  assert.equal(cluster.next(), undefined);
});

Deno.test("`ClusterFeed` tells of a node that lives and does not report, of one that drains, and that nothing is heard", () => {
  const cluster = new Cluster(3);
  cluster.next();
  cluster.nowMs += REPORT_LATE_MS - 2_000;
  assert.equal(cluster.next(), undefined);
  assert.deepEqual(cluster.next()!.message.nodes!.map(({ silent }) => silent), [true, true, true]);
  cluster.report();
  cluster.view.nodes.take(putEntry("actors.node-a", nodeRecord("node-a", { draining: true })));
  const { message } = cluster.next()!;
  assert.deepEqual([message.tasks, message.nodes!.map(({ draining }) => draining)], [[], [true, undefined, undefined]]);
  cluster.view.leases.lose();
  const lost = cluster.next()!.message;
  assert.deepEqual([lost.followed, lost.tasks, lost.nodes], [false, [], undefined]);
});

Deno.test("`ClusterFeed` cuts a fault of any length", () => {
  const cluster = new Cluster(1);
  cluster.report(() => ({ fault: "x".repeat(100_000) }));
  assert.equal(cluster.next()!.message.tasks[0]!.fault!.length, 200);
});
