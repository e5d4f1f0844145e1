/**
 * The mid and the spread around a case, as lines to draw. Pure.
 *
 * @module
 */
import type { HistoryAnswer, HistoryStep } from "../../actors/contract/api.ts";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { US_PER_MINUTE, US_PER_SECOND } from "../../actors/contract/units.ts";

/** Shown before and behind a case at least, and as a share of it. */
const MARGIN_US_MIN = 30 * US_PER_SECOND;
const MARGIN_SHARE = 0.5;
/** Longest windows of which every quote, or every second, is shown. */
const RAW_US_MAX = 3 * US_PER_MINUTE;
const SECONDS_US_MAX = 60 * US_PER_MINUTE;
/** Points of a line; a denser one is thinned to its extremes. */
export const CASE_POINTS_MAX = 1_200;

export interface CaseWindow {
  readonly fromUs: number;
  readonly toUs: number;
  readonly step: HistoryStep;
}

/** What is shown around a case. */
export function caseWindow({ startUs, endUs }: Pick<Anomaly, "startUs" | "endUs">): CaseWindow {
  const marginUs = Math.max(MARGIN_US_MIN, Math.round(MARGIN_SHARE * (endUs - startUs)));
  const [fromUs, toUs] = [startUs - marginUs, endUs + marginUs];
  const lengthUs = toUs - fromUs;
  return { fromUs, toUs, step: lengthUs <= RAW_US_MAX ? "raw" : lengthUs <= SECONDS_US_MAX ? "1s" : "1m" };
}

export interface CasePoint {
  readonly timeUs: number;
  readonly mid: number;
  readonly spread: number;
}

/** Points of an answer of quotes, raw or in buckets; those without both sides are left out. */
export function casePoints({ columns }: Pick<HistoryAnswer, "columns">): CasePoint[] {
  const { timeUs = [], bid = [], ask = [], close = [], spread = [] } = columns as Record<string, (number | null)[]>;
  const points = timeUs.flatMap((time, row): CasePoint[] => {
    const [b, a] = [bid[row], ask[row]];
    if (typeof b === "number" && typeof a === "number") return [{ timeUs: time!, mid: (a + b) / 2, spread: a - b }];
    const [mid, width] = [close[row], spread[row]];
    return typeof mid === "number" && typeof width === "number" ? [{ timeUs: time!, mid, spread: width }] : [];
  });
  return thinned(points);
}

/** Of each of so many spans the points with the lowest and the highest mid, and the widest spread. */
function thinned(points: readonly CasePoint[]): CasePoint[] {
  const groups = Math.floor(CASE_POINTS_MAX / 3);
  if (points.length <= CASE_POINTS_MAX) return [...points];
  const kept = new Set<CasePoint>();
  for (let group = 0; group < groups; group++) {
    const from = Math.floor(group * points.length / groups);
    const span = points.slice(from, Math.floor((group + 1) * points.length / groups));
    if (span.length === 0) continue;
    kept.add(span.reduce((a, b) => b.mid < a.mid ? b : a));
    kept.add(span.reduce((a, b) => b.mid > a.mid ? b : a));
    kept.add(span.reduce((a, b) => b.spread > a.spread ? b : a));
  }
  return points.filter((point) => kept.has(point));
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Lowest and highest of a value; a value that stands still has some room. */
export function extentOf(points: readonly CasePoint[], value: "mid" | "spread"): Extent {
  let low = Infinity;
  let high = -Infinity;
  for (const point of points) {
    low = Math.min(low, point[value]);
    high = Math.max(high, point[value]);
  }
  if (value === "spread") low = Math.min(0, low);
  const room = Math.max((high - low) * 0.06, Math.abs(high) * 1e-6);
  return { low: low - room, high: high + room };
}

/** A path of steps, 0 to 1 in both directions, upside down as screens are. */
export function stepPath(points: readonly CasePoint[], value: "mid" | "spread", window: CaseWindow): string {
  const { low, high } = extentOf(points, value);
  const x = (timeUs: number) => round((timeUs - window.fromUs) / (window.toUs - window.fromUs));
  const y = (point: CasePoint) => round(1 - (point[value] - low) / (high - low));
  return points.map((point, i) => i === 0 ? `M${x(point.timeUs)} ${y(point)}` : `H${x(point.timeUs)}V${y(point)}`)
    .join("");
}

function round(share: number): number {
  return Math.round(share * 1e5) / 1e5;
}
