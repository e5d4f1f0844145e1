/**
 * Figures with their uncertainty.
 *
 * @module
 */
import { Random } from "../contract/mod.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % of a standard normal lies within. */
const Z_95 = 1.959963984540054;
const RESAMPLES = 1_000;
/** Bootstraps of one table are the same at every run. */
const BOOTSTRAP_SEED = 20_241_126;

/**
 * Wilson's 95 % interval of a share.
 *
 * Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
 *
 * @returns `undefined` of nothing.
 */
export function wilson(successes: number, count: number): Interval | undefined {
  if (count === 0) return undefined;
  const share = successes / count;
  const square = Z_95 ** 2 / count;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z_95 / (1 + square)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * 95 % percentile interval of a figure by resampling whole groups, such as seeds, with replacement.
 *
 * Source: Efron, Tibshirani (1993), An introduction to the bootstrap, chapter 13.
 */
export function bootstrap<T>(groups: readonly T[], figure: (groups: readonly T[]) => number): Interval | undefined {
  if (groups.length < 2) return undefined;
  const random = new Random(BOOTSTRAP_SEED);
  const figures: number[] = [];
  for (let round = 0; round < RESAMPLES; round++) {
    const value = figure(groups.map(() => groups[random.below(groups.length)]!));
    if (Number.isFinite(value)) figures.push(value);
  }
  if (figures.length === 0) return undefined;
  figures.sort((a, b) => a - b);
  return { low: quantile(figures, 0.025)!, high: quantile(figures, 0.975)! };
}

/** Harmonic mean of precision and recall; 0 where nothing is true. */
export function f1Of(truePositive: number, falsePositive: number, falseNegative: number): number {
  const total = 2 * truePositive + falsePositive + falseNegative;
  return total === 0 ? NaN : (2 * truePositive) / total;
}

/** Quantile of sorted numbers, linear between two; `undefined` of none. */
export function quantile(sorted: readonly number[], p: number): number | undefined {
  if (sorted.length === 0) return undefined;
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
