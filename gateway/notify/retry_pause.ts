/**
 * How long to wait before a message is tried again: exponential with equal jitter, so that those that failed together do not come
 * back together.
 *
 * Pause of attempt n (from 1) is uniform in [b/2, b], b = min(max, min·2ⁿ⁻¹), and no shorter than the receiver asks for.
 *
 * @module
 */

export const RETRY_MS_MIN = 1_000;
export const RETRY_MS_MAX = 5 * 60_000;
/** Longest pause that a receiver may ask for. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

/** @param random uniform in [0, 1) */
export function retryPauseMs(attempt: number, { askedMs = 0, random }: { askedMs?: number; random: number }): number {
  const ceilingMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(attempt - 1, 20));
  return Math.max((ceilingMs / 2) * (1 + random), Math.min(askedMs, RETRY_AFTER_MS_MAX));
}
