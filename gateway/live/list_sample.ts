/**
 * What a list shows of a sample: the pair in detail has all its metrics, the others a few.
 *
 * Thirty pairs with all metrics, four times a second, would be half a megabyte a second for every page.
 *
 * @module
 */
import type { MetricGroup, MetricName, MetricSample } from "../../actors/contract/mod.ts";

/** Metrics that come for every pair. */
export const LIST_METRICS = [
  "price.mid",
  "spread.quotedPips",
  "spread.timeWeightedPips",
  "depth.touchImbalance",
  "arrival.quotesPerSecond",
  // What strains a pair.
  "spread.zScore",
  "toxicity.vpinCdf",
  "volatility.fastRank",
] as const satisfies readonly MetricName[];

const PATHS = LIST_METRICS.map((name) => [name, ...name.split(".") as [MetricGroup, string]] as const);
/** Samples are replaced, never changed: many clients share one cut. */
const CUT = new WeakMap<MetricSample, MetricSample>();

export function listSample(sample: MetricSample): MetricSample {
  const known = CUT.get(sample);
  if (known !== undefined) return known;
  const from = sample.values as Record<MetricGroup, Record<string, number>>;
  const values = Object.fromEntries(Object.keys(from).map((group) => [group, {} as Record<string, number>]));
  const absent: MetricSample["absent"] = {};
  for (const [name, group, short] of PATHS) {
    const value = from[group]?.[short];
    const reason = sample.absent[name];
    if (value !== undefined) values[group]![short] = value;
    if (reason !== undefined) absent[name] = reason;
  }
  const cut = { ...sample, values: values as MetricSample["values"], absent };
  CUT.set(sample, cut);
  return cut;
}
