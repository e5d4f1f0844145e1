/**
 * The runtime of actors: generic, knows nothing of what they fold.
 *
 * @module
 */
export type { Actor, Emit, LogEntry } from "./actor.ts";
export { Host, type HostPorts, type HostStats, SNAPSHOT_INTERVAL_MS, VIEW_INTERVAL_MS } from "./host.ts";
export type {
  Clock,
  Log,
  LogExtent,
  LogLine,
  LogMessage,
  Outlet,
  SnapshotStore,
  StoredSnapshot,
  ViewCache,
} from "./ports.ts";
export { LogRewoundError } from "./ports.ts";
