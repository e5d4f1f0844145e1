/**
 * Online isolation forest: trees that grow where vectors come and shrink where they are forgotten.
 *
 * A tree is a histogram of bins within bins. A bin keeps how many vectors it has, h, and the box that they have filled. A leaf of depth k
 * that reaches h = η·2^k is cut at a random place of a random dimension of its box; what its two halves hold is drawn anew, h vectors
 * evenly from the box. A bin that falls below η·2^k by forgetting takes its halves together again. A vector's path is k + log₂(h/η) of
 * its leaf (the second part where it is above zero), its score 2^(−E[path]/log₂(n/η)) for n vectors that are known: near 1 where few cuts
 * part it from the others.
 *
 * Cost: one descent a tree to score, learn or forget; a cut draws h vectors, at most as many as are known. State: boxes, cuts and counts
 * of at most 2ⁿ⁺¹ − 1 bins a tree, n = ⌈log₂(ω/η)⌉.
 * Source: Leveni, Weigert Cassales, Pfahringer, Bifet, Boracchi (2024), Online Isolation Forest, ICML.
 *
 * @module
 */
import { Random } from "../../contract/mod.ts";
import type { Estimator } from "../../estimators/mod.ts";
import { VectorWindow } from "./vector_window.ts";

export interface OnlineIsolationForestOptions {
  dimensions: number;
  /** @default {32} */
  trees?: number;
  /** η, vectors that a bin of depth 0 holds before it is cut. @default {32} */
  leafCount?: number;
  /** ω, vectors that are known at once, at most. */
  windowCount: number;
  seed: number;
  /** Steps of a feature in [0, 1], see {@linkcode VectorWindow}. */
  levels?: number;
}

const LEAF = -1;

export class OnlineIsolationForest implements Estimator {
  readonly #dimensions: number;
  readonly #trees: number;
  readonly #leafCount: number;
  readonly #levels: number | undefined;
  readonly #depthMax: number;
  readonly #random: Random;
  /** Bins of a tree; the halves of bin i are 2i + 1 and 2i + 2. */
  readonly #stride: number;
  readonly #counts: Float64Array;
  /** Dimension and place of a bin's cut; {@linkcode LEAF} where it has none. */
  readonly #cutDimension: Int16Array;
  readonly #cut: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #drawn: Float64Array;

  constructor(options: OnlineIsolationForestOptions) {
    const { dimensions, trees = 32, leafCount = 32, windowCount, seed, levels } = options;
    this.#dimensions = dimensions;
    this.#trees = trees;
    this.#leafCount = leafCount;
    this.#levels = levels;
    this.#depthMax = Math.max(0, Math.ceil(Math.log2(windowCount / leafCount)));
    this.#stride = 2 ** (this.#depthMax + 1) - 1;
    this.#random = new Random(seed);
    const bins = trees * this.#stride;
    this.#counts = new Float64Array(bins);
    this.#cutDimension = new Int16Array(bins).fill(LEAF);
    this.#cut = new Float64Array(bins);
    this.#low = new Float64Array(bins * dimensions).fill(Infinity);
    this.#high = new Float64Array(bins * dimensions).fill(-Infinity);
    this.#drawn = new Float64Array(dimensions);
  }

  /** Above one half where the vector is unusual; `undefined` before a bin is full. */
  score(vector: ArrayLike<number>): number | undefined {
    const usualPath = Math.log2(this.#counts[0]! / this.#leafCount);
    if (!(usualPath > 0)) return undefined;
    let path = 0;
    for (let tree = 0; tree < this.#trees; tree++) {
      const first = tree * this.#stride;
      let bin = 0;
      let depth = 0;
      for (; this.#cutDimension[first + bin] !== LEAF; depth++) bin = this.#halfOf(first, bin, vector);
      path += depth + Math.max(0, Math.log2(this.#counts[first + bin]! / this.#leafCount));
    }
    return 2 ** (-path / this.#trees / usualPath);
  }

  learn(vector: ArrayLike<number>): void {
    for (let tree = 0; tree < this.#trees; tree++) {
      const first = tree * this.#stride;
      let bin = 0;
      let depth = 0;
      for (;; depth++) {
        this.#counts[first + bin]!++;
        this.#fill(first + bin, vector);
        if (this.#cutDimension[first + bin] === LEAF) break;
        bin = this.#halfOf(first, bin, vector);
      }
      if (depth < this.#depthMax && this.#counts[first + bin]! >= this.#leafCount * 2 ** depth) this.#split(first, bin);
    }
  }

  /** Forget a vector that was learnt. */
  forget(vector: ArrayLike<number>): void {
    for (let tree = 0; tree < this.#trees; tree++) {
      const first = tree * this.#stride;
      let bin = 0;
      for (let depth = 0;; depth++) {
        // Halves hold what was drawn: one may have had fewer than are forgotten of it.
        this.#counts[first + bin] = Math.max(0, this.#counts[first + bin]! - 1);
        if (this.#cutDimension[first + bin] === LEAF) break;
        if (this.#counts[first + bin]! < this.#leafCount * 2 ** depth) {
          this.#merge(first, bin);
          break;
        }
        bin = this.#halfOf(first, bin, vector);
      }
    }
  }

  #halfOf(first: number, bin: number, vector: ArrayLike<number>): number {
    const at = first + bin;
    return 2 * bin + (vector[this.#cutDimension[at]!]! <= this.#cut[at]! ? 1 : 2);
  }

  /** A bin's box holds a vector too. */
  #fill(at: number, vector: ArrayLike<number>): void {
    const from = at * this.#dimensions;
    for (let k = 0; k < this.#dimensions; k++) {
      const value = vector[k]!;
      if (value < this.#low[from + k]!) this.#low[from + k] = value;
      if (value > this.#high[from + k]!) this.#high[from + k] = value;
    }
  }

  #isFilled(at: number): boolean {
    return this.#high[at * this.#dimensions]! >= this.#low[at * this.#dimensions]!;
  }

  #empty(at: number): void {
    const from = at * this.#dimensions;
    this.#counts[at] = 0;
    this.#cutDimension[at] = LEAF;
    this.#low.fill(Infinity, from, from + this.#dimensions);
    this.#high.fill(-Infinity, from, from + this.#dimensions);
  }

  /** Cut a leaf, if its box has any extent. */
  #split(first: number, bin: number): void {
    const at = first + bin;
    const from = at * this.#dimensions;
    const start = this.#random.below(this.#dimensions);
    for (let k = 0; k < this.#dimensions; k++) {
      const dimension = (start + k) % this.#dimensions;
      const low = this.#low[from + dimension]!;
      const high = this.#high[from + dimension]!;
      if (!(high > low)) continue;
      this.#cutDimension[at] = dimension;
      this.#cut[at] = low + this.#random.uniform() * (high - low);
      break;
    }
    if (this.#cutDimension[at] === LEAF) return;
    this.#empty(first + 2 * bin + 1);
    this.#empty(first + 2 * bin + 2);
    for (let i = this.#counts[at]!; i > 0; i--) {
      for (let k = 0; k < this.#dimensions; k++) {
        const low = this.#low[from + k]!;
        this.#drawn[k] = this.#onLevel(low + this.#random.uniform() * (this.#high[from + k]! - low));
      }
      const half = first + this.#halfOf(first, bin, this.#drawn);
      this.#counts[half]!++;
      this.#fill(half, this.#drawn);
    }
  }

  #onLevel(value: number): number {
    return this.#levels === undefined ? value : Math.round(value * this.#levels) / this.#levels;
  }

  /** Take the halves of a bin together, and theirs; its box is what theirs fill. */
  #merge(first: number, bin: number): void {
    const at = first + bin;
    const from = at * this.#dimensions;
    this.#cutDimension[at] = LEAF;
    this.#low.fill(Infinity, from, from + this.#dimensions);
    this.#high.fill(-Infinity, from, from + this.#dimensions);
    for (const half of [2 * bin + 1, 2 * bin + 2]) {
      if (this.#cutDimension[first + half] !== LEAF) this.#merge(first, half);
      if (this.#isFilled(first + half)) {
        const halfFrom = (first + half) * this.#dimensions;
        this.#fill(at, this.#low.subarray(halfFrom, halfFrom + this.#dimensions));
        this.#fill(at, this.#high.subarray(halfFrom, halfFrom + this.#dimensions));
      }
      this.#empty(first + half);
    }
  }

  /** Bins that are in use, each before its halves. */
  *#bins(): Generator<number> {
    for (let tree = 0; tree < this.#trees; tree++) {
      const first = tree * this.#stride;
      const waiting = [0];
      for (let bin = waiting.pop(); bin !== undefined; bin = waiting.pop()) {
        yield first + bin;
        if (this.#cutDimension[first + bin] !== LEAF) waiting.push(2 * bin + 2, 2 * bin + 1);
      }
    }
  }

  #boxes(): VectorWindow {
    const { length } = this.#counts;
    const levels = this.#levels === undefined ? {} : { levels: this.#levels };
    return new VectorWindow({ dimensions: this.#dimensions, capacity: 2 * length, ...levels });
  }

  snapshot(): number[] {
    const dimensions = this.#dimensions;
    const boxes = this.#boxes();
    const bins: number[] = [];
    for (const at of this.#bins()) {
      bins.push(this.#counts[at]!, this.#cutDimension[at]!, this.#cut[at]!);
      bins.push(Number(this.#isFilled(at)));
      if (!this.#isFilled(at)) continue;
      boxes.push(this.#low.subarray(at * dimensions, (at + 1) * dimensions));
      boxes.push(this.#high.subarray(at * dimensions, (at + 1) * dimensions));
    }
    return [...this.#random.snapshot(), bins.length, ...bins, ...boxes.snapshot()];
  }

  restore(state: readonly number[]): void {
    const dimensions = this.#dimensions;
    const randomLength = this.#random.snapshot().length;
    this.#random.restore(state.slice(0, randomLength));
    const from = randomLength + 1;
    const binsLength = state[randomLength]!;
    const boxes = this.#boxes();
    boxes.restore(state.slice(from + binsLength));
    for (let at = 0; at < this.#counts.length; at++) this.#empty(at);
    let at = from;
    let box = 0;
    // A bin is read before its halves are asked for.
    for (const bin of this.#bins()) {
      this.#counts[bin] = state[at]!;
      this.#cutDimension[bin] = state[at + 1]!;
      this.#cut[bin] = state[at + 2]!;
      const isFilled = state[at + 3] === 1;
      at += 4;
      if (!isFilled) continue;
      for (const ends of [this.#low, this.#high]) {
        ends.set(boxes.values.subarray(box * dimensions, (box + 1) * dimensions), bin * dimensions);
        box++;
      }
    }
  }
}
