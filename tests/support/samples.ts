/**
 * Metric samples with the values a test speaks of, and nothing else.
 *
 * @module
 */
import { METRIC_GROUP_NAMES } from "../../actors/contract/metric_catalogue.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";

export interface SampleParts extends Partial<Omit<MetricSample, "v" | "values">> {
  values?: Partial<MetricSample["values"]>;
}

export function sampleOf({ values, ...rest }: SampleParts = {}): MetricSample {
  const none = Object.fromEntries(METRIC_GROUP_NAMES.map((group) => [group, {}]));
  return {
    v: 2,
    pair: "EURUSD",
    timeUs: 1_352_881_800_000_000,
    sessions: ["london", "new-york"],
    values: { ...none, ...values } as MetricSample["values"],
    absent: {},
    counts: { quotes: 0, levels: 0, trades: 0, rejected: {} },
    ...rest,
  };
}
