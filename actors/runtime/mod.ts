/**
 * The runtime of actors: generic, knows nothing of what they fold.
 *
 * @module
 */
export type { Actor, Emit, LogEntry } from "./actor.ts";
