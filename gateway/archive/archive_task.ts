/**
 * Archiving a stream as a task that one gateway does at a time.
 *
 * @module
 */
import type { TaskReport } from "../../actors/contract/mod.ts";
import type { Lease, Task } from "../../actors/runtime/mod.ts";
import type { Archiver } from "./archiver.ts";

/** The archiver of a stream, run by whoever has the lease `archive.<STREAM>`. */
export function archiveTask(archiver: Archiver): Task {
  return {
    name: `archive.${archiver.stream}`,
    run: (lease: Lease, stop: AbortSignal) =>
      archiver.run(AbortSignal.any([stop, lease.lost]), { token: lease.token, verify: () => lease.verify() }),
  };
}

/** An archiver that runs here, as the cluster sees it. */
export function archiveReport({ stream, stats }: Archiver, fault?: string): Omit<TaskReport, "restartCount"> {
  const waiting = Math.max(0, stats.readSequence - stats.archivedSequence);
  return {
    name: `archive.${stream}`,
    sequence: stats.archivedSequence,
    lagMessages: waiting,
    lagMs: 0,
    eventTimeUs: 0,
    mailboxDepth: waiting,
    unstoredOutputs: 0,
    snapshotAgeMs: null,
    deadCount: 0,
    fault: stats.fault ?? fault,
  };
}
