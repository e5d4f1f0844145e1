/**
 * Reads one metric of a sample by its name.
 *
 * @module
 */
import type { AbsentReason, MetricGroup, MetricName, MetricSample } from "../../actors/contract/metrics.ts";

/** The value of `group.name`, or `undefined` where the sample has none. */
export function metricValue(sample: MetricSample | undefined, name: MetricName): number | undefined {
  if (sample === undefined) return undefined;
  const dot = name.indexOf(".");
  const group = sample.values[name.slice(0, dot) as MetricGroup] as Record<string, number | undefined> | undefined;
  return group?.[name.slice(dot + 1)];
}

const REASON_WORDS = {
  "warming": "warming up",
  "no-quotes": "no quotes",
  "no-sizes": "no sizes in feed",
  "one-sided": "one-sided book",
  "no-levels": "no levels in feed",
  "no-trades": "no trades",
  "undefined": "undefined now",
} as const satisfies Record<AbsentReason, string>;

/** Why a metric has no value, in words. */
export function absentWords(sample: MetricSample | undefined, name: MetricName): string {
  const reason = sample?.absent[name];
  if (reason !== undefined) return REASON_WORDS[reason] ?? reason;
  return sample === undefined ? "no sample yet" : "not given";
}
