/**
 * What an actor is: a deterministic fold over a log.
 *
 * Its state is a pure function of its configuration and the entries it received. No clock, no ambient randomness, no I/O.
 * Start, crash and hand-over are then one path: restore a snapshot, fold the rest of the log again. The runtime knows nothing
 * of what the entries mean.
 *
 * @module
 */

/** One entry of the log an actor folds. */
export interface LogEntry {
  /** Position in the log, counted from 1. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** Takes one output. The runtime gives it the id `actor:log:input sequence:index`. */
export type Emit = (subject: string, payload: string) => void;

export interface Actor<State> {
  /** Names the actor among all of a cluster, such as `pair.EURUSD`. */
  readonly name: string;
  /** Subject of the log it folds. */
  readonly input: string;
  initial(): State;
  /** Fold one entry into the state, in place. Never throws for what the entry says: bad entries are counted in the state. */
  receive(state: State, entry: LogEntry, emit: Emit): void;
  /** The whole state as bytes. */
  snapshot(state: State): Uint8Array;
  /** The state that `snapshot` wrote. Throws where the bytes are of another version or broken. */
  restore(bytes: Uint8Array): State;
  /** The newest state as others like to see it, such as a book; cached outside, never part of the outputs. */
  view?(state: State): { key: string; payload: string }[];
}
