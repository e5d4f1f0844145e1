/**
 * How far two pairs have parted from what binds them: a short window's correlation against a long one's.
 *
 * Formula: z = (artanh ρ_short − artanh ρ_long) / √(1/(n_short − 3) + 1/(n_long − 3)), Fisher's z of two correlations in standard errors
 * of their difference. n is the returns of the one of the two pairs that has fewer, in each window.
 * Warm-up: that of the correlations, and more than 3 returns in each window.
 * Cost: O(1) per reading. State: none.
 * Pitfall: the standard error is that of independent pairs of normal returns. Returns with fat tails, and the overlaps of returns that do
 * not come together, scatter more; the long window holds the short one, so they part less. A level for alerts is best taken from the
 * values' own history. Correlations beyond ±0.999, which Hayashi–Yoshida may give, count as ±0.999.
 * Source: Fisher (1921), On the probable error of a coefficient of correlation deduced from a small sample.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const z = correlationBreak({ correlation: 0.2, count: 103 }, { correlation: 0.8, count: 1_003 });
 * assert(Math.abs(z! - (Math.atanh(0.2) - Math.atanh(0.8)) / Math.sqrt(0.01 + 0.001)) < 1e-12);
 * ```
 *
 * @module
 */
import { finite } from "../estimators/mod.ts";

/** Correlations beyond it count as it: Fisher's z has no end at 1. */
export const FISHER_CORRELATION_MAX = 0.999;

export interface MeasuredCorrelation {
  correlation: number | undefined;
  /** Returns that it is made of. */
  count: number;
}

/** Standard errors by which the short window's correlation is above the long one's. */
export function correlationBreak(short: MeasuredCorrelation, long: MeasuredCorrelation): number | undefined {
  if (short.correlation === undefined || long.correlation === undefined) return undefined;
  if (!(short.count > 3 && long.count > 3)) return undefined;
  const standardError = Math.sqrt(1 / (short.count - 3) + 1 / (long.count - 3));
  return finite((fisherZ(short.correlation) - fisherZ(long.correlation)) / standardError);
}

function fisherZ(correlation: number): number {
  return Math.atanh(Math.max(-FISHER_CORRELATION_MAX, Math.min(FISHER_CORRELATION_MAX, correlation)));
}
