/**
 * The connection's state machine: what is shown of it, and since when. Pure: the time is given.
 *
 * ```text
 * connecting ──message──▶ live ──silence──▶ stale ──message──▶ live
 *      │                   │                  │
 *      └──────closed───────┴──────closed──────┴──▶ lost ──message──▶ live
 * ```
 * While lost it tries again and again; it stays `lost`, and since the same moment, until a message arrives: an attempt that
 * is under way is no news to the one who reads prices.
 *
 * @module
 */

/** How the live socket stands. */
export type ConnectionPhase = "connecting" | "live" | "stale" | "lost";

export interface ConnectionState {
  readonly phase: ConnectionPhase;
  /** When this phase began, milliseconds of this client's clock. */
  readonly sinceMs: number;
  /** When the newest message arrived. */
  readonly lastMessageMs: number | undefined;
  /** Attempts that failed since the newest message. */
  readonly failedAttempts: number;
  /** When the next attempt begins, while one is waited for. */
  readonly nextTryMs: number | undefined;
  /**
   * How much later than the fastest one of this page the newest message came: queueing between the gateway and here. The two
   * clocks need not agree.
   */
  readonly delayMs: number | undefined;
  /** Smallest difference of this client's clock and the gateway's so far. */
  readonly clockOffsetMs: number | undefined;
}

export type ConnectionEvent =
  /** An attempt begins. */
  | { readonly type: "trying" }
  /** A message that was understood arrived. */
  | { readonly type: "message"; readonly serverTimeMs: number }
  /** Nothing arrived for too long. */
  | { readonly type: "silence" }
  /** The socket is gone, or never opened. */
  | { readonly type: "closed"; readonly nextTryMs: number };

export function initialConnection(nowMs: number): ConnectionState {
  return {
    phase: "connecting",
    sinceMs: nowMs,
    lastMessageMs: undefined,
    failedAttempts: 0,
    nextTryMs: undefined,
    delayMs: undefined,
    clockOffsetMs: undefined,
  };
}

/** The state after an event at `nowMs`. */
export function nextConnection(state: ConnectionState, event: ConnectionEvent, nowMs: number): ConnectionState {
  switch (event.type) {
    case "trying":
      return { ...state, nextTryMs: undefined };
    case "message": {
      const offsetMs = nowMs - event.serverTimeMs;
      const clockOffsetMs = Math.min(state.clockOffsetMs ?? offsetMs, offsetMs);
      return {
        ...enter(state, "live", nowMs),
        lastMessageMs: nowMs,
        failedAttempts: 0,
        nextTryMs: undefined,
        delayMs: offsetMs - clockOffsetMs,
        clockOffsetMs,
      };
    }
    case "silence":
      // Stale since the newest message, not since the watchdog noticed.
      return state.phase === "live" ? { ...state, phase: "stale", sinceMs: state.lastMessageMs ?? nowMs } : state;
    case "closed":
      // The clock of the gateway's host, or the gateway itself, may be another one after this.
      return {
        ...enter(state, "lost", state.lastMessageMs ?? state.sinceMs),
        failedAttempts: state.failedAttempts + 1,
        nextTryMs: event.nextTryMs,
        delayMs: undefined,
        clockOffsetMs: undefined,
      };
  }
}

function enter(state: ConnectionState, phase: ConnectionPhase, sinceMs: number): ConnectionState {
  return state.phase === phase ? state : { ...state, phase, sinceMs };
}
