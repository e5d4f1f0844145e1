/**
 * Ordinary least squares by the textbook, in two passes, and the mid's changes over intervals by looking every one up.
 *
 * @module
 */
import type { Step, Values } from "./case.ts";
import { defined, sum } from "./case.ts";

const HOUR_US = 3_600_000_000;
/** Below it a sum of squares about the mean is nothing but rounding. */
const ROUNDING = 1e-13;

export type Point = readonly [x: number, y: number];

/** What a regression says of its points. */
export function leastSquares(points: readonly Point[], countMin: number): Values {
  const n = points.length;
  const nothing = { slope: undefined, intercept: undefined, r2: undefined, tStatistic: undefined };
  if (n < Math.max(2, countMin)) return nothing;
  const meanX = sum(points.map(([x]) => x)) / n;
  const meanY = sum(points.map(([, y]) => y)) / n;
  const sxx = sum(points.map(([x]) => (x - meanX) ** 2));
  const syy = sum(points.map(([, y]) => (y - meanY) ** 2));
  if (!(sxx > ROUNDING * sum(points.map(([x]) => x * x)))) return nothing;
  const slope = sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / sxx;
  const intercept = meanY - slope * meanX;
  const residual = sum(points.map(([x, y]) => (y - intercept - slope * x) ** 2));
  if (!(syy > ROUNDING * sum(points.map(([, y]) => y * y)))) return { ...nothing, slope, intercept };
  return {
    slope,
    intercept,
    r2: 1 - residual / syy,
    tStatistic: n > 2 && residual > ROUNDING * syy ? defined(slope / Math.sqrt(residual / (n - 2) / sxx)) : undefined,
  };
}

export interface Interval {
  endUs: number;
  /** Mids strictly before its start and its end. */
  fromMid: number;
  toMid: number;
}

/** Every whole interval up to a time with a mid at both edges that is no older than an hour; each step is a quote `[mid]`. */
export function intervalsOf(quotes: readonly Step[], nowUs: number, intervalUs: number): Interval[] {
  const intervals: Interval[] = [];
  let previousUs = NaN;
  let fromMid = NaN;
  quotes.forEach(({ timeUs, input: [mid] }, i) => {
    const untilUs = Math.min(quotes[i + 1]?.timeUs ?? Infinity, nowUs, timeUs + HOUR_US);
    if (Number.isNaN(mid!)) return;
    for (let edge = Math.floor(timeUs / intervalUs) + 1; edge * intervalUs <= untilUs; edge++) {
      const endUs = edge * intervalUs;
      if (endUs - previousUs === intervalUs) intervals.push({ endUs, fromMid, toMid: mid! });
      previousUs = endUs;
      fromMid = mid!;
    }
  });
  return intervals;
}
