/**
 * How strained a pair's market is, from what is unusual about it: its spread against the normal of this hour, how toxic its flow is among
 * what was seen lately, and how volatile it is among the last hours. Pure.
 *
 * Each is brought to 0 (usual) to 1 (extreme): a spread from 1 to 5 standard deviations above its normal, a percentile from 80 to 100.
 * The strain is the largest of them: one thing that is extreme is enough.
 *
 * @module
 */
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { metricValue } from "./metric_value.ts";

export type StressLevel = "calm" | "raised" | "high";

export interface Stress {
  /** From 0 to 1. */
  readonly value: number;
  readonly level: StressLevel;
  /** What it comes from, in words; empty where nothing is unusual. */
  readonly causes: readonly string[];
}

const RAISED = 0.35;
const HIGH = 0.75;
const NONE: Stress = { value: 0, level: "calm", causes: [] };

export function stressOf(sample: MetricSample | undefined): Stress {
  if (sample === undefined) return NONE;
  const spread = metricValue(sample, "spread.zScore");
  const toxicity = metricValue(sample, "toxicity.vpinCdf");
  const rank = metricValue(sample, "volatility.fastRank");
  const parts: [value: number, cause: string][] = [
    [share(spread, 1, 5), `spread ${spread?.toFixed(1)} σ above its normal`],
    [share(toxicity, 0.8, 1), `flow more toxic than ${percent(toxicity)} of what was seen lately`],
    [share(rank, 80, 100), `more volatile than ${rank?.toFixed(0)} % of the last hours`],
  ];
  const value = Math.max(...parts.map(([value]) => value));
  return {
    value,
    level: value >= HIGH ? "high" : value >= RAISED ? "raised" : "calm",
    causes: parts.filter(([value]) => value >= RAISED).map(([, cause]) => cause),
  };
}

function share(value: number | undefined, from: number, to: number): number {
  return value === undefined ? 0 : Math.min(1, Math.max(0, (value - from) / (to - from)));
}

const percent = (value: number | undefined) => `${((value ?? 0) * 100).toFixed(0)} %`;
