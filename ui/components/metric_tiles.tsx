/**
 * All metrics of a pair in panels, one for each group. A panel folds to its headlines; a value that is absent says why; a metric
 * that is switched off for the pair is not shown.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import type { MetricGroup } from "../../actors/contract/metric_catalogue.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { METRIC_GROUPS, type MetricGroupView, type MetricView } from "../model/metric_catalogue.ts";
import { absentWords, isOff, metricValue } from "../model/metric_value.ts";
import type { PriceConvention } from "../model/price_format.ts";
import { ImbalanceBar } from "./imbalance_bar.tsx";

export interface MetricTilesProps {
  sample: MetricSample | undefined;
  convention: PriceConvention;
  /** Whether a group's panel is unfolded. */
  groupOpen: Readonly<Record<MetricGroup, ReadonlySignal<boolean>>>;
  onToggleGroup: (group: MetricGroup) => void;
}

type ValueProps = Pick<MetricTilesProps, "sample" | "convention"> & { metric: MetricView };

export function MetricTiles(props: MetricTilesProps) {
  return (
    <div class="metric-groups">
      {METRIC_GROUPS.map((view) => <Group key={view.group} view={view} {...props} />)}
    </div>
  );
}

function Group({ view, sample, convention, groupOpen, onToggleGroup }: MetricTilesProps & { view: MetricGroupView }) {
  const { group, title } = view;
  const metrics = view.metrics.filter(({ name }) => !isOff(sample, name));
  if (metrics.length === 0) return null;
  const isOpen = groupOpen[group].value;
  const id = `group-${group}`;
  return (
    <section data-testid={id} aria-label={title} class="border-b border-line">
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          class="flex h-8 w-full items-center gap-2 px-3 text-left lg:h-6"
          onClick={() => onToggleGroup(group)}
        >
          <span aria-hidden="true" class="w-2 text-2xs text-muted">{isOpen ? "▾" : "▸"}</span>
          <span class="flex-none font-semibold">{title}</span>
          {!isOpen && (
            <span class="flex min-w-0 flex-1 justify-end gap-3 truncate">
              <Headlines view={view} sample={sample} convention={convention} />
            </span>
          )}
        </button>
      </h3>
      {isOpen && (
        <dl id={id} class="px-3 pb-1.5">
          {metrics.map((metric) => <Line key={metric.name} metric={metric} sample={sample} convention={convention} />)}
        </dl>
      )}
    </section>
  );
}

/** The headlines that have a value; where none has, why. */
function Headlines(
  { view: { headlines }, sample, convention }: Omit<ValueProps, "metric"> & { view: MetricGroupView },
) {
  const known = headlines.flatMap((metric) => {
    const value = metricValue(sample, metric.name);
    return value === undefined ? [] : [{ ...metric, value }];
  });
  if (known.length === 0) return <span class="text-2xs text-muted">{absentWords(sample, headlines[0]!.name)}</span>;
  return (
    <>
      {known.map(({ name, label, value, write, unit }) => (
        <span key={name} class="whitespace-nowrap">
          <span class="text-2xs text-muted">{label}</span> {write(value, convention)}
          <Unit unit={unit} />
        </span>
      ))}
    </>
  );
}

function Line({ metric, sample, convention }: ValueProps) {
  const { name, label, doc, diverging, write, unit } = metric;
  const value = metricValue(sample, name);
  return (
    <div data-testid={name} class="flex h-[1.125rem] items-center gap-2" title={`${doc} (${name})`}>
      <dt class="min-w-0 flex-1 truncate text-muted">{label}</dt>
      <dd class="flex flex-none items-center gap-2 whitespace-nowrap text-right">
        {diverging && value !== undefined && (
          <span class="w-12 flex-none">
            <ImbalanceBar value={value} label={label} />
          </span>
        )}
        <span class={diverging ? "min-w-[2.25rem]" : ""}>
          {value === undefined
            ? <span class="text-2xs text-muted">{absentWords(sample, name)}</span>
            : write(value, convention)}
          {value !== undefined && <Unit unit={unit} />}
        </span>
      </dd>
    </div>
  );
}

function Unit({ unit }: { unit: string }) {
  return unit === "" ? null : <span class="ml-1 text-2xs text-muted">{unit}</span>;
}
