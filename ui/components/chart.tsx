/**
 * Mid of the selected pair over event time, and below it the spread or any other metric.
 *
 * @module
 */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";
import { US_PER_SECOND } from "../../actors/contract/units.ts";
import type { ChartStatus } from "../chart_feed.ts";
import type { ChartColumns } from "../model/chart_series.ts";
import { formatClock } from "../model/event_time.ts";
import { CHART_SPANS, type ChartSpan } from "../model/location.ts";
import { metricView } from "../model/metric_catalogue.ts";
import { formatNumber } from "../model/number_format.ts";
import { type PriceConvention, priceText } from "../model/price_format.ts";
import type { Palette } from "../theme/theme.ts";
import { DepthLayer, type DepthSource } from "./depth_layer.ts";
import { MetricChoice } from "./metric_choice.tsx";
import { metricPlot, midPlot, spreadPlot } from "./plot.ts";

/** Share of the height that the mid has; what is below has the rest. */
const MID_SHARE = 0.62;
/** Data is drawn at most once in this time: it changes four times a second. */
const REDRAW_MS = 200;

export interface ChartProps {
  /** Changes with every new point. */
  version: ReadonlySignal<number>;
  status: ReadonlySignal<ChartStatus>;
  columns: () => ChartColumns;
  /** Whether the connection holds; while it does not, that the gateway cannot be reached is said elsewhere. */
  trusted: ReadonlySignal<boolean>;
  convention: PriceConvention;
  palette: ReadonlySignal<Palette>;
  span: ChartSpan;
  onSpan: (span: ChartSpan) => void;
  /** What is drawn below the mid; `undefined`: the spread and its mean. */
  metric: MetricName | undefined;
  onMetric: (metric: MetricName | undefined) => void;
  onRetry: () => void;
  /** What lies under and over the mid. */
  depth: DepthSource;
  showsBook: boolean;
  onToggleBook: () => void;
}

export function Chart(props: ChartProps) {
  const { version, status, trusted, columns, convention, palette, span, onSpan, metric, onMetric, onRetry } = props;
  const { depth, showsBook } = props;
  const host = useRef<HTMLDivElement>(null);
  const cursor = useSignal<number | undefined>(undefined);
  const shown = useSignal<ChartColumns>([[]]);
  const colors = palette.value;
  const spanUs = CHART_SPANS[span];
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const layer = new DepthLayer(depth, { colors, pipSize: convention.pipSize, showsBook });
    const plots = new Plots(element, { convention, colors, metric, layer, onCursor: (index) => cursor.value = index });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      timer = undefined;
      shown.value = columns();
      plots.draw(shown.value, spanUs);
    };
    const stop = version.subscribe(() => timer ??= setTimeout(redraw, REDRAW_MS));
    redraw();
    return () => {
      stop();
      clearTimeout(timer);
      plots.destroy();
    };
  }, [colors, spanUs, metric, showsBook, depth, convention.pipSize, convention.priceDecimals]);
  return (
    <section
      data-testid="chart"
      aria-label="Mid and a metric over time"
      class="flex min-h-[17rem] flex-1 flex-col bg-panel"
    >
      <div class="flex h-8 flex-none items-center gap-4 border-b border-line px-3">
        <Readout columns={shown} cursor={cursor} convention={convention} metric={metric} />
        <span class="flex-1" />
        <button
          type="button"
          data-testid="chart-depth"
          aria-pressed={showsBook}
          title="The book over time, as a heat map behind the mid: the fuller, the larger what stood there"
          class={`h-6 rounded-sm px-2 text-2xs ${showsBook ? "bg-raised font-semibold" : "text-muted"}`}
          onClick={props.onToggleBook}
        >
          Book
        </button>
        <SpanButtons span={span} onSpan={onSpan} />
      </div>
      <StatusLine status={status} trusted={trusted} onRetry={onRetry} />
      <div class="relative flex min-h-0 flex-1">
        <div ref={host} class="relative min-h-0 min-w-0 flex-1 overflow-hidden" />
        <MetricChoice metric={metric} topShare={MID_SHARE} onMetric={onMetric} />
      </div>
    </section>
  );
}

interface Size {
  width: number;
  height: number;
}

interface PlotsOptions {
  convention: PriceConvention;
  colors: Palette;
  metric: MetricName | undefined;
  layer: DepthLayer;
  onCursor: (index: number | undefined) => void;
}

/** Two uPlots that share cursor and width, and follow the size of their host. */
class Plots {
  readonly #mid: uPlot;
  readonly #below: uPlot;
  readonly #observer: ResizeObserver;

  constructor(host: HTMLElement, options: PlotsOptions) {
    const font = `11px ${getComputedStyle(host).fontFamily}`;
    const context = { ...options, font, syncKey: "pair", ...midSize(host) };
    this.#mid = new uPlot(midPlot(context), [[], []], host);
    const belowContext = { ...context, ...belowSize(host) };
    const { metric } = options;
    this.#below = metric === undefined
      ? new uPlot(spreadPlot(belowContext), [[], [], []], host)
      : new uPlot(metricPlot(belowContext, metricView(metric)), [[], []], host);
    this.#observer = new ResizeObserver(() => {
      this.#mid.setSize(midSize(host));
      this.#below.setSize(belowSize(host));
    });
    this.#observer.observe(host);
  }

  draw([times, mid = [], ...below]: ChartColumns, spanUs: number): void {
    const max = times.at(-1) ?? 1;
    const range = { min: max - spanUs / US_PER_SECOND, max };
    const show = (plot: uPlot, data: uPlot.AlignedData) =>
      plot.batch(() => {
        plot.setData(data, false);
        plot.setScale("x", range);
      });
    show(this.#mid, [times, mid]);
    // What was drawn for another choice has other columns.
    if (below.length === this.#below.series.length - 1) show(this.#below, [times, ...below]);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#mid.destroy();
    this.#below.destroy();
  }
}

function midSize({ clientWidth: width, clientHeight }: HTMLElement): Size {
  return { width, height: Math.floor(clientHeight * MID_SHARE) };
}

function belowSize({ clientWidth: width, clientHeight }: HTMLElement): Size {
  return { width, height: clientHeight - Math.floor(clientHeight * MID_SHARE) };
}

interface ReadoutProps {
  columns: ReadonlySignal<ChartColumns>;
  cursor: ReadonlySignal<number | undefined>;
  convention: PriceConvention;
  metric: MetricName | undefined;
}

/** The values under the cursor; the newest ones while it is elsewhere. */
function Readout({ columns, cursor, convention, metric }: ReadoutProps) {
  const [times, mid = [], quoted = [], mean = []] = columns.value;
  const index = cursor.value ?? times.length - 1;
  const time = times[index];
  return (
    <div class="flex items-baseline gap-3 overflow-hidden whitespace-nowrap text-2xs">
      <span class="min-w-[3.6rem] text-muted">
        {time === undefined ? "no points yet" : formatClock(time * US_PER_SECOND)}
      </span>
      <span class="hidden sm:inline">Mid {orDash(mid[index], (value) => priceText(value, convention))}</span>
      {metric === undefined ? <SpreadReadout quoted={quoted[index]} mean={mean[index]} /> : (
        <span class="text-up">
          {metricView(metric).label} {orDash(quoted[index], (value) => metricView(metric).write(value, convention))}
          {" "}
          <span class="text-muted">{metricView(metric).unit}</span>
        </span>
      )}
    </div>
  );
}

type MaybeNumber = number | null | undefined;

function SpreadReadout({ quoted, mean }: { quoted: MaybeNumber; mean: MaybeNumber }) {
  return (
    <>
      <span class="text-up">Spread {orDash(quoted, (value) => formatNumber(value, 1))}</span>
      <span class="hidden text-down 2xl:inline">Mean {orDash(mean, (value) => formatNumber(value, 2))}</span>
      <span class="hidden text-muted 2xl:inline">pips</span>
    </>
  );
}

function orDash(value: MaybeNumber, write: (value: number) => string): string {
  return value === null || value === undefined ? "–" : write(value);
}

function SpanButtons({ span, onSpan }: Pick<ChartProps, "span" | "onSpan">) {
  return (
    <div role="group" aria-label="Span of the chart" class="flex gap-px">
      {(Object.keys(CHART_SPANS) as ChartSpan[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === span}
          class={`h-6 min-w-[2.25rem] rounded-sm px-2 text-2xs ${
            name === span ? "bg-raised font-semibold" : "text-muted"
          }`}
          onClick={() => onSpan(name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function StatusLine({ status, trusted, onRetry }: Pick<ChartProps, "status" | "trusted" | "onRetry">) {
  const value = status.value;
  if (value.kind !== "failed" || (value.error.kind === "network" && !trusted.value)) return null;
  return (
    <p
      role="alert"
      data-testid="chart-error"
      class="flex flex-none items-center gap-3 border-b border-line px-3 py-1 text-2xs"
    >
      <span class="text-bad">History is missing: {value.error.message}</span>
      <button type="button" class="flex-none rounded-sm border border-line px-2" onClick={onRetry}>Try again</button>
    </p>
  );
}
