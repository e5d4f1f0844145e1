/**
 * What the conformance tests and the benchmark need of an estimator: how to feed it, what its values are, and the same values by
 * the formula of its documentation, slowly, from the whole history.
 *
 * @module
 */
import type { Estimator } from "../../../actors/estimators/mod.ts";

export type Values = Record<string, number | undefined>;
export type Random = () => number;

/** What happened at a time. What the numbers mean is the estimator's own affair. */
export interface Step {
  timeUs: number;
  input: readonly number[];
}

export interface EstimatorCase {
  /** Name of the exported class. */
  name: string;
  make(): Estimator;
  /** One random input. */
  input(random: Random): number[];
  update(estimator: Estimator, step: Step): void;
  /** Every value at a time, which is that of the last step or later. */
  values(estimator: Estimator, nowUs: number): Values;
  /** The same from the whole history. */
  batch(history: readonly Step[], nowUs: number): Values;
  /** Length of a snapshot: exactly, or at most where it holds a queue. */
  stateLength: number | { max: number };
  /** The same estimator over a window of this length, microseconds, for the benchmark. @default {make} */
  atWindow?(windowUs: number): Estimator;
  /** Inputs that are hard to take: zero, absent, huge, a jump. */
  degenerate: number[][];
}

export function caseOf<E extends Estimator>(
  make: () => E,
  rest:
    & Omit<EstimatorCase, "make" | "name" | "update" | "values" | "atWindow">
    & {
      update(estimator: E, step: Step): void;
      values(estimator: E, nowUs: number): Values;
      atWindow?(windowUs: number): E;
    },
): EstimatorCase {
  return { make, name: make().constructor.name, ...rest } as unknown as EstimatorCase;
}

export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
export const defined = (value: number) => Number.isFinite(value) ? value : undefined;
export const sometimesAbsent = (random: Random, value: number) => random() < 0.1 ? NaN : value;
export const tick = (random: Random) => 1.1 + Math.floor(random() * 8) * 0.0001;
export const lot = (random: Random) => 1e6 * Math.floor(random() * 5);

/** Steps in the slots from `slots` before the newest one on. */
export function within(history: readonly Step[], nowUs: number, slotUs: number, slots: number): Step[] {
  const oldestUs = (Math.floor(nowUs / slotUs) - slots) * slotUs;
  return history.filter(({ timeUs }) => timeUs >= oldestUs);
}

/** How long each step's value held, up to now. */
export function heldUs(history: readonly Step[], nowUs: number): number[] {
  return history.map(({ timeUs }, i) => (history[i + 1]?.timeUs ?? nowUs) - timeUs);
}
