/**
 * Every two of n things, numbered so that one more thing only appends: (1, 0), (2, 0), (2, 1), (3, 0), …
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(combinationCount(3), 3);
 * assert.equal(combinationIndex(0, 2), 1);
 * assert.deepEqual(combinationAt(2), [1, 2]);
 * ```
 *
 * @module
 */

/** How many there are of n things: n·(n − 1)/2. */
export function combinationCount(count: number): number {
  return (count * count - count) / 2;
}

/** Number of the combination of two different things, in either order. */
export function combinationIndex(a: number, b: number): number {
  return a < b ? combinationCount(b) + a : combinationCount(a) + b;
}

/** The two things of a combination, the lower number first. */
export function combinationAt(index: number): readonly [number, number] {
  const high = Math.floor((1 + Math.sqrt(1 + 8 * index)) / 2);
  return [index - combinationCount(high), high];
}
