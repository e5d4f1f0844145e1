/**
 * States of several parts in one list of numbers.
 *
 * @module
 */
import type { Estimator } from "../estimators/mod.ts";

/** The state of several parts as one list: each behind its length. */
export function joined(parts: readonly Estimator[]): number[] {
  return parts.flatMap((part) => {
    const state = part.snapshot();
    return [state.length, ...state];
  });
}

/** Hand each part its own again. @returns where the list goes on. */
export function separated(parts: readonly Estimator[], state: readonly number[], from = 0): number {
  let at = from;
  for (const part of parts) {
    const length = state[at++]!;
    part.restore(state.slice(at, at += length));
  }
  return at;
}
