/**
 * Reads one metric of a sample by its name.
 *
 * @module
 */
import type { MetricGroup, MetricName } from "../../actors/contract/metric_catalogue.ts";
import type { AbsentReason, MetricSample } from "../../actors/contract/metrics.ts";

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
  "thin-book": "book too thin",
  "no-trades": "no trades",
  "no-signs": "sides not known",
  "off": "switched off",
  "undefined": "undefined now",
} as const satisfies Record<AbsentReason, string>;

/** Whether a metric is switched off for its pair. */
export function isOff(sample: MetricSample | undefined, name: MetricName): boolean {
  return sample?.absent[name] === "off";
}

/** Why a metric has no value, in words. */
export function absentWords(sample: MetricSample | undefined, name: MetricName): string {
  const reason = sample?.absent[name];
  if (reason !== undefined) return REASON_WORDS[reason] ?? reason;
  return sample === undefined ? "no sample yet" : "not sent yet";
}
