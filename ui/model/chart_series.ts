/**
 * The series of the selected pair's chart: history first, then live samples.
 *
 * Both are metrics by event time: history in buckets of a second, live samples four times a second.
 *
 * @module
 */
import type { HistoryAnswer } from "../../actors/contract/api.ts";
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { US_PER_SECOND } from "../../actors/contract/units.ts";
import { isOtherRecording } from "./event_time.ts";
import { mergeHistory } from "./merge_history.ts";
import { metricValue } from "./metric_value.ts";
import { RingSeries, type RingSeriesOptions } from "./ring_series.ts";

/** What the chart draws where nothing else is chosen, in the order of its columns. */
export const CHART_METRICS = [
  "price.mid",
  "spread.quotedPips",
  "spread.timeWeightedPips",
] as const satisfies readonly MetricName[];

/** What the chart draws: the mid, and below it a metric, or the spread and its mean. */
export function chartMetrics(metric: MetricName | undefined): readonly MetricName[] {
  return metric === undefined ? CHART_METRICS : ["price.mid", metric];
}

/** Points kept: an hour of samples, four a second, and room for more. */
export const CHART_POINTS_MAX = 16_000;

/** Length of a bucket of the history asked for. */
export const HISTORY_BUCKET_US = US_PER_SECOND;

/** Columns as uPlot wants them: seconds of event time, then a column for each metric; `null` is a gap. */
export type ChartColumns = [number[], ...(number | null)[][]];

export class ChartSeries {
  readonly #names: readonly MetricName[];
  readonly #shape: RingSeriesOptions;
  #series: RingSeries;

  constructor(names: readonly MetricName[] = CHART_METRICS) {
    this.#names = names;
    this.#shape = { columnCount: names.length, capacity: CHART_POINTS_MAX };
    this.#series = new RingSeries(this.#shape);
  }

  get lastTimeUs(): number | undefined {
    return this.#series.lastTimeUs;
  }

  get length(): number {
    return this.#series.length;
  }

  clear(): void {
    this.#series.clear();
  }

  /** Takes a live sample; returns `true` if it is of another recording, so that the series began anew. */
  addSample(sample: MetricSample): boolean {
    const lastUs = this.lastTimeUs;
    const restarts = lastUs !== undefined && isOtherRecording(lastUs, sample.timeUs);
    if (restarts) this.#series.clear();
    this.#series.push(sample.timeUs, this.#names.map((name) => metricValue(sample, name)));
    return restarts;
  }

  /** Fills the seconds that have no live point. */
  addHistory({ columns }: Pick<HistoryAnswer, "columns">): void {
    this.#series = mergeHistory(this.#series, columns, {
      shape: this.#shape,
      names: this.#names,
      bucketUs: HISTORY_BUCKET_US,
    });
  }

  /** The points since `fromUs`, copied. */
  columns(fromUs: number): ChartColumns {
    const seconds = Array.from(this.#series.timesUs(fromUs), (timeUs) => timeUs / US_PER_SECOND);
    const rest = this.#names.map((_, index) =>
      Array.from(this.#series.column(index, fromUs), (value) => Number.isNaN(value) ? null : value)
    );
    return [seconds, ...rest];
  }
}
