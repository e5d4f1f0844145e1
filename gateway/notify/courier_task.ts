/**
 * Carrying alerts along a route as a task that one gateway does at a time.
 *
 * @module
 */
import type { TaskReport } from "../../actors/contract/mod.ts";
import type { Lease, Task } from "../../actors/runtime/mod.ts";
import type { Courier } from "./courier.ts";

/** The courier of a route, run by whoever has the lease `notify.<route>`. */
export function courierTask(courier: Courier): Task {
  return {
    name: `notify.${courier.name}`,
    run: (lease: Lease, stop: AbortSignal) => courier.run(stop, lease.lost),
  };
}

/** A courier that runs here, as the cluster sees it. */
export function courierReport({ name, stats }: Courier, fault?: string): Omit<TaskReport, "restartCount"> {
  return {
    name: `notify.${name}`,
    sequence: stats.throughSequence,
    lagMessages: stats.underWayCount,
    lagMs: stats.underWayCount > 0 ? stats.lagMs : 0,
    eventTimeUs: 0,
    mailboxDepth: stats.underWayCount,
    unstoredOutputs: 0,
    snapshotAgeMs: null,
    deadCount: 0,
    fault,
  };
}
