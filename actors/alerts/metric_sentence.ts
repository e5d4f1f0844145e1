/**
 * What a metric did, in words.
 *
 * @module
 */
import { METRIC_PATHS, METRICS, type MetricSpec } from "../contract/mod.ts";

/** Digits of a value that are told. */
const DIGITS = 4;

export interface MetricSaid {
  metric: string;
  value: number;
  above: number | undefined;
  below: number | undefined;
  forS: number;
}

/** `Quoted (spread.quotedPips) is 0.4 pips, above 0.3 for 2 s`. */
export function metricSentence({ metric, value, above, below, forS }: MetricSaid): string {
  const path = METRIC_PATHS.find(([name]) => name === metric);
  const spec = path && (METRICS as Record<string, Record<string, MetricSpec>>)[path[1]]?.[path[2]];
  const unit = spec === undefined || !/^[a-z%]/i.test(spec.unit) || spec.unit === "ratio" ? "" : ` ${spec.unit}`;
  const mark = above !== undefined ? `above ${above}` : `below ${below}`;
  const label = spec === undefined ? metric : `${spec.label} (${metric})`;
  return `${label} is ${Number(value.toPrecision(DIGITS))}${unit}, ${mark}${forS > 0 ? ` for ${forS} s` : ""}`;
}
