/**
 * Distribution functions that statistics are judged by.
 *
 * Cost: some tens of operations each.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert(Math.abs(normalCdf(1.959963984540054) - 0.975) < 1e-12);
 * assert(Math.abs(chiSquareSurvival(11.070497693516351, 5) - 0.05) < 1e-12);
 * ```
 *
 * @module
 */

/** Terms of a series or fraction at most; both converge long before for the arguments that occur. */
const TERMS_MAX = 500;
const PRECISION = 1e-16;

/** Φ(x): share of a standard normal below x. Through the incomplete gamma function, to about 1e-15. */
export function normalCdf(x: number): number {
  if (x === 0) return 0.5;
  const tail = gammaQ(0.5, (x * x) / 2) / 2;
  return x > 0 ? 1 - tail : tail;
}

/** Share of a χ² distribution with k degrees of freedom above x. */
export function chiSquareSurvival(x: number, degrees: number): number {
  return x <= 0 ? 1 : gammaQ(degrees / 2, x / 2);
}

/** Q(a, x) = Γ(a, x)/Γ(a), the regularised upper incomplete gamma function; a series below a + 1, a continued fraction above. */
function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < TERMS_MAX && term > sum * PRECISION; n++) sum += term *= x / (a + n);
    return 1 - front * sum;
  }
  // Lentz's method.
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < TERMS_MAX; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    h *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return front * h;
}

/** ln Γ(a) for half and whole numbers, by Γ(a + 1) = a·Γ(a) from Γ(1/2) = √π and Γ(1) = 1. */
function logGamma(a: number): number {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let k = Number.isInteger(a) ? 1 : 0.5; k < a; k++) log += Math.log(k);
  return log;
}
