/**
 * How long to wait before the next attempt.
 *
 * @module
 */

export interface BackoffOptions {
  /** Wait after the first failure, at most. @default {500} */
  firstMs?: number;
  /** Longest wait. @default {15_000} */
  longestMs?: number;
  /** A number in [0, 1): spreads the clients that lost the same gateway. @default {Math.random} */
  random?: () => number;
}

/** Doubles with each failure up to the longest wait; the upper half of it is random. */
export function backoffMs(failedAttempts: number, options: BackoffOptions = {}): number {
  const { firstMs = 500, longestMs = 15_000, random = Math.random } = options;
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.max(failedAttempts - 1, 0));
  return ceilingMs * (0.5 + 0.5 * random());
}
