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
  /** What it was published on. An actor of one subject needs none; one that folds several refuses an entry without. */
  readonly subject?: string;
  readonly data: Uint8Array;
}

/** Takes one output. The runtime gives it the id `actor:log:input sequence:index`. */
export type Emit = (subject: string, payload: string) => void;

/** Version numbers by part: `schema` for the snapshot's shape, others for what computes it. */
export type ActorVersions = Readonly<Record<string, number>>;

export interface Actor<State> {
  /** Names the actor among all of a cluster, such as `pair.EURUSD`. */
  readonly name: string;
  /** Subject of the log it folds. */
  readonly input: string;
  /** Subject on which the runtime sets entries aside that the actor cannot fold. */
  readonly dead: string;
  /** Written into every snapshot. */
  readonly versions: ActorVersions;
  initial(): State;
  /**
   * Fold one entry into the state, in place. Never throws for what the entry says: bad entries are counted in the state. What it
   * throws all the same is a defect: the entry is tried once more from a clean state and then set aside.
   */
  receive(state: State, entry: LogEntry, emit: Emit): void;
  /** The whole state as bytes. */
  snapshot(state: State): Uint8Array;
  /** The state that `snapshot` wrote, upgraded where it is of an older version. Throws where it cannot be. */
  restore(bytes: Uint8Array, versions: ActorVersions): State;
  /** Entries before the next one are lost for ever. The outputs from here on must say so. */
  gap?(state: State, emit: Emit): void;
  /** Newest event time in the state, microseconds; 0 before the first event. */
  eventTimeUs?(state: State): number;
  /** The newest state as others like to see it, such as a book; cached outside, never part of the outputs. */
  view?(state: State): { key: string; payload: string }[];
}
