/**
 * Puts history into a series that already has live points.
 *
 * History comes in buckets, live points in between: a bucket that has a live point is left out, so the two never interleave.
 * What is missing is filled, at the front as well as in a gap that a lost connection left.
 *
 * @module
 */
import type { HistoryAnswer } from "../../actors/contract/api.ts";
import { RingSeries, type RingSeriesOptions } from "./ring_series.ts";

export interface MergeHistoryOptions {
  /** The series as it was made: its columns are those of `names`, in this order. */
  shape: RingSeriesOptions;
  names: readonly string[];
  /** Length of a bucket of the history. */
  bucketUs: number;
}

/** A new series of the live points of `series` and the buckets of `columns` that have none. O(points + rows). */
export function mergeHistory(
  series: RingSeries,
  columns: HistoryAnswer["columns"],
  { shape, names, bucketUs }: MergeHistoryOptions,
): RingSeries {
  const times = series.timesUs();
  const pointColumns = names.map((_, index) => series.column(index));
  const rowColumns = names.map((name) => columns[name] ?? []);
  const merged = new RingSeries(shape);
  let point = 0;
  const takePoints = (beforeUs: number) => {
    for (; point < times.length && times[point]! < beforeUs; point++) {
      merged.push(times[point]!, pointColumns.map((column) => column[point]));
    }
  };
  for (const [row, rowTime] of (columns.timeUs ?? []).entries()) {
    const timeUs = Number(rowTime);
    takePoints(timeUs);
    const nextUs = times[point] ?? Infinity;
    if (nextUs >= timeUs + bucketUs) merged.push(timeUs, rowColumns.map((column) => asNumber(column[row])));
  }
  takePoints(Infinity);
  return merged;
}

function asNumber(value: number | string | null | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
