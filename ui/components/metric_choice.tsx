/**
 * Which metric the lower plot of the chart shows: all of them, by group, at the head of that plot.
 *
 * @module
 */
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";
import { METRIC_GROUPS } from "../model/metric_catalogue.ts";

export interface MetricChoiceProps {
  /** `undefined`: the spread and its mean. */
  metric: MetricName | undefined;
  /** Where the plot begins, as a share of the height of both. */
  topShare: number;
  onMetric: (metric: MetricName | undefined) => void;
}

export function MetricChoice({ metric, topShare, onMetric }: MetricChoiceProps) {
  return (
    <select
      data-testid="chart-metric"
      aria-label="Metric below the mid"
      class="absolute left-3 z-10 h-6 w-36 rounded-sm border border-line bg-panel text-2xs text-muted"
      style={{ top: `${topShare * 100}%` }}
      value={metric ?? ""}
      onChange={({ currentTarget: { value } }) => onMetric(value === "" ? undefined : value as MetricName)}
    >
      <option value="">Spread</option>
      {METRIC_GROUPS.map(({ group, title, metrics }) => (
        <optgroup key={group} label={title}>
          {metrics.map(({ name, label, unit }) => (
            <option key={name} value={name}>{unit === "" ? label : `${label}, ${unit}`}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
