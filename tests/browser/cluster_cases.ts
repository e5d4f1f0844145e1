/**
 * A cluster with one of everything that can be said of a task, as a view of records in memory.
 *
 * @module
 */
import { type BucketEntry, ClusterView } from "../../gateway/live/mod.ts";
import { NOW_MS } from "../support/app_deps.ts";
import { lease, nodeRecord, nodeReport, taskReport } from "./cluster_writer.ts";

export function putEntry(key: string, record: unknown, created = new Date(NOW_MS)): BucketEntry {
  const text = typeof record === "string" ? record : JSON.stringify(record);
  return { key, value: new TextEncoder().encode(text), operation: "PUT", created };
}

/** Nodes a and b live, c is gone; EURJPY has nobody, USDJPY is with c, USDCHF is paused, NZDUSD is not wanted any more. */
export function clusterOf(): ClusterView {
  const view = new ClusterView({ nowMs: () => NOW_MS + 2_000 });
  view.nodes.replace([
    putEntry("actors.a", nodeRecord("a")),
    putEntry("actors.b", nodeRecord("b", { draining: true })),
  ]);
  view.leases.replace([
    putEntry("pair.EURUSD", lease("a", { sinceMs: 7, cause: "failover", from: "c", failoverCount: 3 })),
    putEntry("pair.GBPUSD", lease("b", { handoverCount: 2 })),
    putEntry("pair.USDJPY", lease("c")),
    putEntry("pair.USDCHF", lease(null)),
    putEntry("pair.NZDUSD", lease(null)),
    putEntry("archive.MARKET", lease(null)),
    putEntry("pair.AUDUSD", "{"),
  ]);
  view.reports.replace([
    putEntry(
      "actors.a",
      nodeReport("a", [
        taskReport("pair.EURUSD", { lagMs: 3210.5, lagMessages: 900, deadCount: 7, fault: "no store" }),
      ]),
    ),
    putEntry("actors.b", { ...nodeReport("b", [taskReport("pair.GBPUSD", { lagMs: 1 })]), lostCount: 4 }),
  ]);
  view.pairs.replace(
    ["EURUSD", "GBPUSD", "USDJPY", "EURJPY", "USDCHF"].map((pair) =>
      putEntry(pair, { v: 1, state: pair === "USDCHF" ? "paused" : "active" })
    ),
  );
  return view;
}
