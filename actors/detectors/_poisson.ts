/**
 * Chance of many events where few are usual.
 *
 * @module
 */

/** Terms of the sum; beyond it what is left is below rounding. */
const TERMS_MAX = 200;

/** P(X ≥ count) of a Poisson number with this mean, 0 < count: e^−m·Σ_{k ≥ count} m^k/k!. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (!(mean > 0)) return 0;
  // The largest term of the tail first, as a logarithm, so that small chances do not vanish.
  let logTerm = -mean;
  for (let k = 1; k <= count; k++) logTerm += Math.log(mean / k);
  let term = 1;
  let sum = 1;
  for (let k = count + 1; k < count + TERMS_MAX; k++) sum += term *= mean / k;
  return Math.min(1, Math.exp(logTerm) * sum);
}
