/**
 * The book over time as the page keeps it: columns of equal length, each with the largest size that stood at each price. Pure.
 *
 * @module
 */
import type { DepthAnswer } from "../../actors/contract/api.ts";
import type { LiveBook } from "../../actors/contract/live.ts";

/** Columns that are kept. Overflow: the oldest go. */
export const DEPTH_COLUMNS_KEPT_MAX = 1_500;

export interface DepthColumn {
  readonly timeUs: number;
  /** Price and size in turn, best first. */
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

export class DepthMap {
  readonly stepUs: number;
  /** By time. */
  #columns: DepthColumn[] = [];
  /** The column under way: the largest size of each price. */
  #bids = new Map<number, number>();
  #asks = new Map<number, number>();
  #openUs = 0;

  constructor(stepUs: number) {
    this.stepUs = stepUs;
  }

  /** Takes what history says; what was heard live behind it stays. */
  addHistory({ fromUs, stepUs, bids, asks }: DepthAnswer): void {
    if (stepUs !== this.stepUs) return;
    const told = bids.map((levels, at) => ({ timeUs: fromUs + at * stepUs, bids: levels, asks: asks[at] ?? [] }))
      .filter((column) => column.bids.length > 0 || column.asks.length > 0);
    const last = told.at(-1);
    if (last === undefined) return;
    const [first] = told;
    this.#columns = [
      ...this.#columns.filter(({ timeUs }) => timeUs < first!.timeUs),
      ...told,
      ...this.#columns.filter(({ timeUs }) => timeUs > last.timeUs),
    ].slice(-DEPTH_COLUMNS_KEPT_MAX);
  }

  /** Takes the newest book; whether a column was finished by it. */
  addBook({ timeUs, bids, asks }: Pick<LiveBook, "timeUs" | "bids" | "asks">): boolean {
    const startUs = Math.floor(timeUs / this.stepUs) * this.stepUs;
    const isNext = startUs !== this.#openUs;
    if (isNext) {
      this.#finish();
      this.#openUs = startUs;
    }
    for (const [levels, most] of [[bids, this.#bids], [asks, this.#asks]] as const) {
      for (const [price, size] of levels) most.set(price, Math.max(size, most.get(price) ?? 0));
    }
    return isNext;
  }

  /** Columns from a time on, the one under way among them. */
  columns(fromUs: number): DepthColumn[] {
    const all = this.#openUs === 0 ? this.#columns : [...this.#columns, this.#open()];
    const at = all.findIndex(({ timeUs }) => timeUs + this.stepUs > fromUs);
    return at < 0 ? [] : all.slice(at);
  }

  #finish(): void {
    const last = this.#columns.at(-1);
    if (this.#openUs === 0) return;
    // Another recording, or the same one from its start.
    if (last !== undefined && this.#openUs < last.timeUs) this.#columns = [];
    else if (last?.timeUs === this.#openUs) this.#columns.pop();
    this.#columns.push(this.#open());
    if (this.#columns.length > DEPTH_COLUMNS_KEPT_MAX) this.#columns.shift();
    this.#bids = new Map();
    this.#asks = new Map();
  }

  #open(): DepthColumn {
    return { timeUs: this.#openUs, bids: flat(this.#bids, -1), asks: flat(this.#asks, 1) };
  }
}

function flat(most: ReadonlyMap<number, number>, direction: 1 | -1): number[] {
  return [...most].filter(([, size]) => size > 0).sort(([a], [b]) => direction * (a - b)).flat();
}

/** The smallest step between prices of these columns, a whole share of a pip; what the cells' height is. */
export function priceStep(columns: readonly DepthColumn[], pipSize: number): number {
  const smallest = pipSize / 10;
  let step = Infinity;
  for (const { bids, asks } of columns.slice(-50)) {
    for (const levels of [bids, asks]) {
      for (let at = 2; at < levels.length; at += 2) step = Math.min(step, Math.abs(levels[at]! - levels[at - 2]!));
    }
  }
  return step === Infinity ? smallest : Math.max(smallest, Math.round(step / smallest) * smallest);
}

/** The size beyond which cells look alike: all but the largest fiftieth of those that are shown lie below. */
export function sizeScale(columns: readonly DepthColumn[]): number {
  const sizes: number[] = [];
  const stride = Math.max(1, Math.floor(columns.length / 100));
  for (let column = 0; column < columns.length; column += stride) {
    for (const levels of [columns[column]!.bids, columns[column]!.asks]) {
      for (let at = 1; at < levels.length; at += 2) sizes.push(levels[at]!);
    }
  }
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(0.98 * sizes.length)] ?? 1;
}

export interface DepthImage {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each cell; rows from the highest price down. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export type Rgb = readonly [red: number, green: number, blue: number];

export interface PaintOptions {
  stepUs: number;
  fromUs: number;
  toUs: number;
  low: number;
  high: number;
  priceStep: number;
  sizeScale: number;
  bid: Rgb;
  ask: Rgb;
}

/** Cells of a picture at most. Overflow: prices are put together. */
export const IMAGE_CELLS_MAX = 600_000;

/** One cell for each column and price: the fuller, the larger what stood there, by the root of its share of the scale. */
export function paintDepth(columns: readonly DepthColumn[], options: PaintOptions): DepthImage {
  const { stepUs, fromUs, toUs, low, high, sizeScale, bid, ask } = options;
  const firstUs = Math.floor(fromUs / stepUs) * stepUs;
  const width = Math.max(1, Math.ceil((toUs - firstUs) / stepUs));
  const rows = Math.max(1, Math.round((high - low) / options.priceStep));
  const height = Math.min(rows, Math.floor(IMAGE_CELLS_MAX / width));
  const cell = (high - low) / height;
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (const { timeUs, bids, asks } of columns) {
    const x = Math.round((timeUs - firstUs) / stepUs);
    if (x < 0 || x >= width) continue;
    for (const [levels, [red, green, blue]] of [[bids, bid], [asks, ask]] as const) {
      for (let at = 0; at < levels.length; at += 2) {
        const y = Math.floor((high - levels[at]!) / cell);
        if (y < 0 || y >= height) continue;
        const pixel = 4 * (y * width + x);
        const alpha = 10 + 160 * Math.sqrt(Math.min(1, levels[at + 1]! / sizeScale));
        if (alpha <= pixels[pixel + 3]!) continue;
        pixels[pixel] = red;
        pixels[pixel + 1] = green;
        pixels[pixel + 2] = blue;
        pixels[pixel + 3] = alpha;
      }
    }
  }
  return { width, height, pixels };
}
