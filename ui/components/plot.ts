/**
 * The two plots of a pair, mid above spread, as uPlot draws them: one time axis, one cursor, values on the right.
 *
 * @module
 */
import uPlot from "uplot";
import { formatClock, zoneId } from "../model/event_time.ts";
import type { MetricView } from "../model/metric_catalogue.ts";
import { pipDecimals, type PriceConvention } from "../model/price_format.ts";
import type { Palette } from "../theme/theme.ts";
import type { DepthLayer } from "./depth_layer.ts";
import { US_PER_SECOND } from "../../actors/contract/units.ts";

/** Room for the values of the y axis, so that both plots begin and end at the same pixel. */
const VALUE_AXIS_PX = 66;
const TIME_AXIS_PX = 26;
/** Smallest span of the mid's axis: below this, noise would look like a move. */
const MID_SPAN_PIPS_MIN = 4;
/** Smallest top of the spread's axis. */
const SPREAD_TOP_PIPS_MIN = 0.5;
/** A metric that stands still is drawn on an axis of this share of its value. */
const FLAT_SHARE = 1e-3;
/** Share of an axis left free above and below. */
const HEADROOM = 0.08;

/** Distances of grid lines, in pips: never between two prices that can be told apart. */
const STEPS_PIPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export interface PlotContext {
  convention: PriceConvention;
  colors: Palette;
  font: string;
  syncKey: string;
  width: number;
  height: number;
  /** Index of the point under the cursor, `undefined` outside. */
  onCursor: (index: number | undefined) => void;
  /** What lies under and over the mid. */
  layer: DepthLayer;
}

/** The mid: columns time, mid. */
export function midPlot(context: PlotContext): uPlot.Options {
  const { convention, colors, layer } = context;
  return plot(context, {
    series: [{ stroke: colors.ink, width: 1.25, points: { show: false } }],
    range: (low, high) => {
      const [deepest, highest] = layer.extent() ?? [low, high];
      return around(Math.min(low, deepest), Math.max(high, highest), MID_SPAN_PIPS_MIN * convention.pipSize);
    },
    steps: STEPS_PIPS.map((step) => step * convention.pipSize),
    write: (value, step) =>
      value.toFixed(step >= convention.pipSize ? pipDecimals(convention.pipSize) : convention.priceDecimals),
    showsTime: false,
    marksNewest: true,
    under: (self) => layer.drawUnder(self),
    over: (self) => layer.drawOver(self),
    padTop: 8,
  });
}

/** The spread: columns time, quoted, time-weighted mean. */
export function spreadPlot(context: PlotContext): uPlot.Options {
  const { colors } = context;
  return plot(context, {
    series: [
      {
        stroke: colors.up,
        width: 1,
        fill: translucent(colors.up),
        points: { show: false },
        paths: uPlot.paths.stepped!({ align: 1 }),
      },
      { stroke: colors.down, width: 1.5, dash: [4, 3], points: { show: false } },
    ],
    range: (low, high) => [Math.min(0, low), Math.max(high * (1 + HEADROOM), SPREAD_TOP_PIPS_MIN)],
    steps: STEPS_PIPS,
    write: (value) => value.toFixed(1),
    showsTime: true,
    marksNewest: false,
    padTop: 4,
  });
}

/** One metric of any kind: columns time, value. */
export function metricPlot(context: PlotContext, { write }: Pick<MetricView, "write">): uPlot.Options {
  const { convention, colors } = context;
  return plot(context, {
    series: [{ stroke: colors.up, width: 1.25, points: { show: false } }],
    range: (low, high) => around(low, high, Math.max(Math.abs(high), Math.abs(low)) * FLAT_SHARE || 1),
    write: (value) => write(value, convention),
    showsTime: true,
    marksNewest: false,
    padTop: 4,
  });
}

interface PlotParts {
  series: uPlot.Series[];
  range: (low: number, high: number) => [number, number];
  /** Distances that grid lines may have. @default {any round number} */
  steps?: number[];
  write: (value: number, step: number) => string;
  showsTime: boolean;
  /** Draws a line across the plot at the newest value. */
  marksNewest: boolean;
  /** Drawn behind the lines, and before them. */
  under?: (self: uPlot) => void;
  over?: (self: uPlot) => void;
  padTop: number;
}

function plot(
  context: PlotContext,
  { series, range, steps, write, showsTime, marksNewest, under, over, padTop }: PlotParts,
): uPlot.Options {
  const { colors, font, syncKey, width, height, onCursor } = context;
  const axis: uPlot.Axis = {
    stroke: colors.muted,
    font,
    grid: { stroke: colors.line, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [padTop, 0, 0, 8],
    legend: { show: false },
    cursor: { sync: { key: syncKey }, y: false, points: { show: false }, drag: { x: false, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zoneId()),
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, low, high) => low === null || high === null ? [0, 1] : range(low, high) },
    },
    axes: [
      {
        ...axis,
        size: showsTime ? TIME_AXIS_PX : 0,
        space: 80,
        values: showsTime ? (_, splits) => splits.map(writeTime) : () => [],
      },
      {
        ...axis,
        side: 1,
        size: VALUE_AXIS_PX,
        space: 32,
        ...(steps === undefined ? {} : { incrs: steps }),
        gap: 6,
        values: (_, splits) => {
          const step = splits.length > 1 ? splits[1]! - splits[0]! : 0;
          // The step is a difference of binary fractions: allow for its rounding.
          return splits.map((value) => write(value, step * 1.0001));
        },
      },
    ],
    series: [{}, ...series],
    hooks: {
      setCursor: [(self) => onCursor(self.cursor.idx ?? undefined)],
      drawAxes: under === undefined ? [] : [under],
      draw: [
        ...(over === undefined ? [] : [over]),
        ...(marksNewest ? [(self: uPlot) => drawNewest(self, colors)] : []),
      ],
    },
  };
}

/** `08:30`, or `08:30:15` between minutes. */
function writeTime(seconds: number): string {
  const text = formatClock(seconds * US_PER_SECOND);
  return text.endsWith(":00") ? text.slice(0, 5) : text;
}

function around(low: number, high: number, spanMin: number): [number, number] {
  const span = Math.max((high - low) * (1 + 2 * HEADROOM), spanMin);
  const middle = (high + low) / 2;
  return [middle - span / 2, middle + span / 2];
}

/** A line at the newest value, across the plot. */
function drawNewest(self: uPlot, colors: Palette): void {
  const value = self.data[1]?.at(-1);
  if (value === null || value === undefined) return;
  const { ctx, bbox } = self;
  const y = Math.round(self.valToPos(value, "y", true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = colors.muted;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** A colour as the browser resolves it, `rgb(r, g, b)`, mostly transparent. */
function translucent(color: string): string {
  return color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)");
}
