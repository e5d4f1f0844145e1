/**
 * The other metrics of a pair, by group; an absent one says why.
 *
 * @module
 */
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { METRIC_GROUPS, type MetricGroupView, type MetricView } from "../model/metric_catalogue.ts";
import { absentWords, metricValue } from "../model/metric_value.ts";
import type { PriceConvention } from "../model/price_format.ts";
import { ImbalanceBar } from "./imbalance_bar.tsx";

export interface MetricTilesProps {
  sample: MetricSample | undefined;
  convention: PriceConvention;
}

export function MetricTiles(props: MetricTilesProps) {
  return (
    <div class="grid grid-cols-1 gap-px bg-line sm:grid-cols-2 xl:grid-cols-3 3xl:grid-cols-2">
      {METRIC_GROUPS.map((group) => <Tile key={group.title} group={group} {...props} />)}
    </div>
  );
}

function Tile({ group, sample, convention }: MetricTilesProps & { group: MetricGroupView }) {
  return (
    <section class="bg-panel px-3 py-1.5">
      <h3 class="mb-0.5 text-2xs font-semibold text-muted">{group.title}</h3>
      <dl>
        {group.metrics.map((metric) => (
          <Line key={metric.name} metric={metric} sample={sample} convention={convention} />
        ))}
      </dl>
    </section>
  );
}

function Line({ metric, sample, convention }: MetricTilesProps & { metric: MetricView }) {
  const value = metricValue(sample, metric.name);
  return (
    <div class="flex h-[1.125rem] items-center gap-2" title={metric.name}>
      <dt class="min-w-0 flex-1 truncate text-muted">{metric.label}</dt>
      {metric.diverging && (
        <span class="w-16">
          <ImbalanceBar value={value} label={metric.label} />
        </span>
      )}
      <dd class={`whitespace-nowrap text-right ${metric.diverging ? "min-w-[4.5rem]" : ""}`}>
        {value === undefined
          ? <span class="text-2xs text-muted">{absentWords(sample, metric.name)}</span>
          : metric.write(value, convention)}
        {value !== undefined && metric.unit !== "" && <span class="ml-1 text-2xs text-muted">{metric.unit}</span>}
      </dd>
    </div>
  );
}
