/**
 * The mid of the last minutes as a line without axes.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";
import { SPARK_SPAN_US } from "../model/pair_state.ts";
import type { RingSeries } from "../model/ring_series.ts";
import type { Palette } from "../theme/theme.ts";

/** A sparkline is drawn at most once in this time. */
const REDRAW_MS = 500;
/** Height of a series that hardly moved, in pips: below this the line stays flat instead of showing noise as moves. */
const HEIGHT_PIPS_MIN = 1;
const PADDING_PX = 2;

export interface SparklineProps {
  series: RingSeries;
  pipSize: number;
  arrivedMs: number | undefined;
  palette: ReadonlySignal<Palette>;
}

export function Sparkline({ series, pipSize, arrivedMs, palette }: SparklineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = palette.value;
  const frame = arrivedMs === undefined ? undefined : Math.floor(arrivedMs / REDRAW_MS);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, { series, pipSize, colors });
  }, [frame, colors, series]);
  return <canvas ref={canvas} class="h-6 w-full" aria-hidden="true" />;
}

interface DrawOptions {
  series: RingSeries;
  pipSize: number;
  colors: Palette;
}

function draw(canvas: HTMLCanvasElement, { series, pipSize, colors }: DrawOptions): void {
  const context = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0) return;
  fit(canvas, context, width, height);
  const lastUs = series.lastTimeUs;
  if (lastUs === undefined) return;
  const fromUs = lastUs - SPARK_SPAN_US;
  const times = series.timesUs(fromUs);
  const mids = series.column(0, fromUs);
  if (mids.length < 2) return;
  let low = Infinity;
  let high = -Infinity;
  for (const mid of mids) {
    low = Math.min(low, mid);
    high = Math.max(high, mid);
  }
  const range = Math.max(high - low, HEIGHT_PIPS_MIN * pipSize);
  const bottom = (high + low - range) / 2;
  // A series that began a moment ago uses the width it has.
  const startUs = Math.max(fromUs, times[0]!);
  const x = (timeUs: number) => PADDING_PX + (timeUs - startUs) / (lastUs - startUs) * (width - 2 * PADDING_PX);
  const y = (mid: number) => height - PADDING_PX - (mid - bottom) / range * (height - 2 * PADDING_PX);
  const first = mids[0]!;
  const last = mids[mids.length - 1]!;
  context.strokeStyle = last > first ? colors.up : last < first ? colors.down : colors.muted;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.beginPath();
  for (const [index, mid] of mids.entries()) context.lineTo(x(times[index]!), y(mid));
  context.stroke();
  context.fillStyle = context.strokeStyle;
  context.fillRect(x(lastUs) - 1.5, y(last) - 1.5, 3, 3);
}

/** Clears the canvas; gives it as many pixels as the screen has. */
function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): void {
  const ratio = devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
}
