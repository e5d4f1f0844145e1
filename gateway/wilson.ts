/**
 * Wilson's score interval of a share: where the true share lies with 95 % when so many of so many were seen.
 *
 * (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.96. Unlike the usual one it keeps its meaning for few and for extreme counts:
 * 3 of 3 is at least 0.44, not certainly 1. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
 *
 * @module
 */

const Z = 1.959963984540054;

/** `undefined` where nothing was seen. */
export function wilsonInterval(hits: number, count: number): { low: number; high: number } | undefined {
  if (count === 0) return undefined;
  const p = hits / count;
  const zz = Z * Z;
  const middle = p + zz / (2 * count);
  const half = Z * Math.sqrt(p * (1 - p) / count + zz / (4 * count * count));
  const whole = 1 + zz / count;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}
