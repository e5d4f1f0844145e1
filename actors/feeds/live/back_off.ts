/**
 * How long to wait before the next connection: exponential with full jitter, so that many feeds that lost the same venue do not come
 * back at once.
 *
 * Pause of try n is uniform in [min, min(max, min·2ⁿ)]. A connection that served for a good while starts over at n = 0.
 *
 * @module
 */
import type { FeedFault, FeedFaultCode } from "../../contract/mod.ts";

export const RECONNECT_MS_MIN = 250;
export const RECONNECT_MS_MAX = 30_000;
/** A connection that served for this long counts as a good one. */
export const GOOD_WHILE_MS = 30_000;
/** What somebody must put right is tried again this seldom: a key may be renewed, a pair may be listed again. */
export const REFUSED_RETRY_MS = 5 * 60_000;
/** A rate limit without a time. */
export const RATE_LIMIT_RETRY_MS = 60_000;
/** Longest pause that a source may ask for. */
export const RETRY_AFTER_MS_MAX = 24 * 3_600_000;

const LONG_PAUSES: Partial<Record<FeedFaultCode, number>> = {
  auth: REFUSED_RETRY_MS,
  refused: REFUSED_RETRY_MS,
  certificate: REFUSED_RETRY_MS,
  "rate-limited": RATE_LIMIT_RETRY_MS,
};

export class BackOff {
  #failures = 0;
  readonly #random: () => number;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Pause after a connection that served for `servedMs` and ended with a fault. */
  pauseMs(fault: FeedFault, servedMs: number): number {
    if (servedMs >= GOOD_WHILE_MS) this.#failures = 0;
    const ceilingMs = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** Math.min(this.#failures++, 20));
    const jitteredMs = RECONNECT_MS_MIN + this.#random() * (ceilingMs - RECONNECT_MS_MIN);
    const asked = fault.retryAfterMs ?? LONG_PAUSES[fault.code];
    return asked === undefined ? jitteredMs : Math.min(asked, RETRY_AFTER_MS_MAX) + jitteredMs;
  }
}
