import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { MetricSample } from "../../actors/contract/metrics.ts";
import { sampleOf } from "../../tests/support/samples.ts";
import { ChartSeries } from "./chart_series.ts";
import { BACKWARD_US_MAX } from "./event_time.ts";

const SECOND = 1_000_000;
const T = 1_352_881_800 * SECOND;

function sampleAt(seconds: number, mid: number | undefined): MetricSample {
  return sampleOf({ timeUs: T + seconds * SECOND, values: { price: { mid } } });
}

function historyOf(rows: [seconds: number, mid: number | null][]) {
  return {
    columns: { timeUs: rows.map(([seconds]) => T + seconds * SECOND), "price.mid": rows.map(([, mid]) => mid) },
  };
}

function pointsOf(series: ChartSeries): [number, number | null][] {
  const [times, mids] = series.columns(0);
  return times.map((time, index) => [time - T / SECOND, mids![index]!]);
}

Deno.test("`ChartSeries.addSample()` appends, and writes an absent value as a gap", () => {
  const series = new ChartSeries();
  series.addSample(sampleAt(0, 1.1));
  series.addSample(sampleAt(0.25, undefined));
  deepStrictEqual(pointsOf(series), [[0, 1.1], [0.25, null]]);
});

Deno.test("`ChartSeries.addHistory()` goes before the live points and leaves their seconds to them", () => {
  const series = new ChartSeries();
  series.addSample(sampleAt(2.25, 1.3));
  series.addSample(sampleAt(2.5, 1.4));
  series.addHistory(historyOf([[0, 1.0], [1, null], [2, 9.9]]));
  deepStrictEqual(pointsOf(series), [[0, 1.0], [1, null], [2.25, 1.3], [2.5, 1.4]]);
});

Deno.test("`ChartSeries.addHistory()` fills the gap of a lost connection", () => {
  const series = new ChartSeries();
  series.addSample(sampleAt(0.5, 1.0));
  series.addSample(sampleAt(4.5, 1.4));
  series.addHistory(historyOf([[0, 9], [1, 1.1], [2, 1.2], [3, 1.3], [4, 9]]));
  deepStrictEqual(pointsOf(series), [[0.5, 1.0], [1, 1.1], [2, 1.2], [3, 1.3], [4.5, 1.4]]);
});

Deno.test("`ChartSeries.addHistory()` twice is the same as once", () => {
  const series = new ChartSeries();
  series.addSample(sampleAt(3.5, 1.4));
  series.addHistory(historyOf([[1, 1.1], [2, 1.2]]));
  const once = pointsOf(series);
  series.addHistory(historyOf([[1, 1.1], [2, 1.2]]));
  deepStrictEqual(pointsOf(series), once);
});

Deno.test("`ChartSeries.addSample()` starts anew when another recording plays", () => {
  const series = new ChartSeries();
  strictEqual(series.addSample(sampleAt(0, 1.1)), false);
  strictEqual(series.addSample(sampleAt(-BACKWARD_US_MAX / SECOND - 1, 1.2)), true);
  strictEqual(series.length, 1);
  strictEqual(series.addSample(sampleAt(-BACKWARD_US_MAX / SECOND, 1.3)), false);
});
