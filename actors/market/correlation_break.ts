/**
 * How far two pairs have parted from what binds them: a short window's correlation against a long one's.
 *
 * Formula: z = (artanh ρ_short − artanh ρ_long) / (κ·√(1/(n_short − 3) + 1/(n_long − 3))), Fisher's z of two correlations in standard
 * errors of their difference. n is the returns of the one of the two pairs that has fewer, in each window. κ = 1.75: the overlaps of
 * returns that do not come together scatter by so much more than independent pairs of normal returns do, measured on a simulated market in
 * which nothing parts.
 * Warm-up: that of the correlations, and more than 3 returns in each window; it is published once the long window has three times as
 * many as the short one, for two windows of the same returns cannot part.
 * Cost: O(1) per reading. State: none.
 * Pitfall: the long window holds the short one, so they part less. A correlation at or beyond ±1, which Hayashi–Yoshida may give for few
 * returns, has no z; one beyond ±0.95 counts as ±0.95, for Fisher's z has no end at 1.
 * Source: Fisher (1921), On the probable error of a coefficient of correlation deduced from a small sample.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const z = correlationBreak({ correlation: 0.2, count: 103 }, { correlation: 0.8, count: 1_003 });
 * assert(Math.abs(z! - (Math.atanh(0.2) - Math.atanh(0.8)) / (SCATTER * Math.sqrt(0.01 + 0.001))) < 1e-12);
 * ```
 *
 * @module
 */
import { finite } from "../estimators/mod.ts";

/** Correlations beyond it count as it. */
export const FISHER_CORRELATION_MAX = 0.95;
/** How much further Hayashi–Yoshida correlations scatter than those of independent pairs of returns. */
export const SCATTER = 1.75;
export interface MeasuredCorrelation {
  correlation: number | undefined;
  /** Returns that it is made of. */
  count: number;
}

/** Standard errors by which the short window's correlation is above the long one's. */
export function correlationBreak(short: MeasuredCorrelation, long: MeasuredCorrelation): number | undefined {
  if (short.correlation === undefined || long.correlation === undefined) return undefined;
  if (!(short.count > 3 && long.count > 3)) return undefined;
  const standardError = SCATTER * Math.sqrt(1 / (short.count - 3) + 1 / (long.count - 3));
  return finite((fisherZ(short.correlation) - fisherZ(long.correlation)) / standardError);
}

function fisherZ(correlation: number): number {
  if (!(Math.abs(correlation) < 1)) return NaN;
  return Math.atanh(Math.max(-FISHER_CORRELATION_MAX, Math.min(FISHER_CORRELATION_MAX, correlation)));
}
