/**
 * The runtime of actors: generic, knows nothing of what they fold.
 *
 * @module
 */
export type { Actor, ActorVersions, Emit, LogEntry } from "./actor.ts";
export {
  type ActorPorts,
  type ActorStats,
  ActorTask,
  MAILBOX_MAX,
  SNAPSHOT_INTERVAL_MS,
  TICK_INTERVAL_MS,
} from "./actor_task.ts";
export { Host, type HostPorts } from "./host.ts";
export { Lease, type LeaseHolder, LeaseLostError } from "./lease.ts";
export { NameTakenError, type NodeIdentity } from "./membership.ts";
export { Placement, type PlacementPorts, type Task } from "./placement.ts";
export * from "./ports.ts";
export { rendezvous } from "./rendezvous.ts";
export { sealSnapshot, SnapshotError, type SnapshotHead, unsealSnapshot } from "./sealed_snapshot.ts";
