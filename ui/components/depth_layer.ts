/**
 * What lies under and over the mid in its plot: the book over time as a heat map, the spans of cases, the trades.
 *
 * @module
 */
import type uPlot from "uplot";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { US_PER_SECOND } from "../../actors/contract/units.ts";
import type { ShownTrade } from "../depth_feed.ts";
import { type DepthColumn, paintDepth, priceStep, type Rgb, sizeScale } from "../model/depth_map.ts";
import type { Palette } from "../theme/theme.ts";

/** Levels of the newest column that the axis has room for. */
const LEVELS_SHOWN = 10;
/** Trades that are drawn. Overflow: the smallest are left out. */
const TRADES_DRAWN_MAX = 200;
const TRADE_RADIUS_PX_MIN = 1;
const TRADE_RADIUS_PX_MAX = 7;
/** Height of the mark on top of a case's span. */
const CASE_MARK_PX = 3;

/** What is drawn. */
export interface DepthSource {
  readonly stepUs: number;
  columns(fromUs: number): DepthColumn[];
  trades(fromUs: number): ShownTrade[];
  /** Cases of the pair. */
  episodes(): readonly Anomaly[];
}

export class DepthLayer {
  readonly #source: DepthSource;
  readonly #colors: Palette;
  readonly #pipSize: number;
  readonly #showsBook: boolean;
  #canvas: OffscreenCanvas | undefined;

  constructor(source: DepthSource, options: { colors: Palette; pipSize: number; showsBook: boolean }) {
    this.#source = source;
    this.#colors = options.colors;
    this.#pipSize = options.pipSize;
    this.#showsBook = options.showsBook;
  }

  /** The prices that the axis should have room for beside the mid. */
  extent(): [low: number, high: number] | undefined {
    if (!this.#showsBook) return undefined;
    const { bids = [], asks = [] } = this.#source.columns(0).at(-1) ?? {};
    const deepest = (levels: readonly number[]) => levels[2 * (Math.min(levels.length / 2, LEVELS_SHOWN) - 1)];
    const [low, high] = [deepest(bids), deepest(asks)];
    return low === undefined || high === undefined ? undefined : [low, high];
  }

  /** Under the mid: the book, then the spans of cases. */
  drawUnder(plot: uPlot): void {
    if (this.#showsBook) this.#drawBook(plot);
    this.#drawEpisodes(plot);
  }

  #drawBook(plot: uPlot): void {
    const { left, top, width, height } = plot.bbox;
    const [fromUs, toUs] = spanOf(plot);
    const { min: low, max: high } = plot.scales.y!;
    const columns = this.#source.columns(fromUs);
    if (columns.length === 0 || low === undefined || high === undefined || low === null || high === null) return;
    const { stepUs } = this.#source;
    const image = paintDepth(columns, {
      stepUs,
      fromUs,
      toUs: toUs + stepUs,
      low,
      high,
      priceStep: priceStep(columns, this.#pipSize),
      sizeScale: sizeScale(columns),
      bid: rgbOf(this.#colors.up),
      ask: rgbOf(this.#colors.down),
    });
    if (this.#canvas?.width !== image.width || this.#canvas.height !== image.height) {
      this.#canvas = new OffscreenCanvas(image.width, image.height);
    }
    this.#canvas.getContext("2d")!.putImageData(new ImageData(image.pixels, image.width, image.height), 0, 0);
    const startUs = Math.floor(fromUs / stepUs) * stepUs;
    const x = plot.valToPos(startUs / US_PER_SECOND, "x", true);
    const end = plot.valToPos((startUs + image.width * stepUs) / US_PER_SECOND, "x", true);
    const { ctx } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.#canvas, x, top, end - x, height);
    ctx.restore();
  }

  #drawEpisodes(plot: uPlot): void {
    const { ctx, bbox: { left, top, width, height } } = plot;
    const [fromUs, toUs] = spanOf(plot);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    for (const { startUs, endUs, phase, severity } of this.#source.episodes()) {
      const untilUs = phase === "close" ? endUs : toUs;
      if (untilUs < fromUs || startUs > toUs) continue;
      const x = plot.valToPos(startUs / US_PER_SECOND, "x", true);
      const span = Math.max(2 * devicePixelRatio, plot.valToPos(untilUs / US_PER_SECOND, "x", true) - x);
      ctx.fillStyle = severity === "critical" ? this.#colors.bad : this.#colors.warn;
      ctx.globalAlpha = 0.13;
      ctx.fillRect(x, top, span, height);
      ctx.globalAlpha = 1;
      ctx.fillRect(x, top, span, CASE_MARK_PX * devicePixelRatio);
    }
    ctx.restore();
  }

  /** Over the mid: trades, by side and size. */
  drawOver(plot: uPlot): void {
    const { ctx, bbox: { left, top, width, height } } = plot;
    const [fromUs] = spanOf(plot);
    const all = this.#source.trades(fromUs);
    if (all.length === 0) return;
    const trades = all.length <= TRADES_DRAWN_MAX
      ? all
      : all.toSorted((a, b) => b.size - a.size).slice(0, TRADES_DRAWN_MAX);
    const largest = Math.max(...trades.map(({ size }) => size));
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    ctx.lineWidth = devicePixelRatio;
    for (const { timeUs, price, size, side } of trades) {
      const share = Math.sqrt(size / largest);
      const radius = (TRADE_RADIUS_PX_MIN + (TRADE_RADIUS_PX_MAX - TRADE_RADIUS_PX_MIN) * share) * devicePixelRatio;
      const color = side === "buy" ? this.#colors.up : side === "sell" ? this.#colors.down : this.#colors.muted;
      ctx.beginPath();
      ctx.arc(
        plot.valToPos(timeUs / US_PER_SECOND, "x", true),
        plot.valToPos(price, "y", true),
        radius,
        0,
        2 * Math.PI,
      );
      ctx.fillStyle = color;
      ctx.globalAlpha = 0.3;
      ctx.fill();
      ctx.globalAlpha = 0.9;
      ctx.strokeStyle = color;
      ctx.stroke();
    }
    ctx.restore();
  }
}

function spanOf(plot: uPlot): [fromUs: number, toUs: number] {
  const { min = 0, max = 0 } = plot.scales.x!;
  return [(min ?? 0) * US_PER_SECOND, (max ?? 0) * US_PER_SECOND];
}

/** A colour as the browser resolves it, `rgb(r, g, b)`. */
function rgbOf(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = color.match(/\d+/g)?.map(Number) ?? [];
  return [red, green, blue];
}
