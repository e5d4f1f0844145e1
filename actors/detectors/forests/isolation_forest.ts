/**
 * Isolation forest: how few random cuts part a vector from a sample of the past.
 *
 * Each tree is grown on ψ vectors drawn from those it is trained on: cut at a random place of a random dimension that is not constant
 * among them, to depth ⌈log₂ ψ⌉ at most. A vector's path length h is the depth of its leaf plus c(size of the leaf), c the mean path
 * length of an unsuccessful search in a binary tree: c(n) = 2·H(n − 1) − 2·(n − 1)/n. Its score is 2^(−E[h]/c(ψ)), above one half where
 * it is unusual.
 *
 * Training goes in slices of some trees; the forest before answers until all are there. A forest is told by what it was trained on
 * and its number.
 *
 * Cost: one descent of each tree per vector; ψ·log₂ ψ steps per tree that is grown. State: the vectors it was trained on, twice while
 * it is trained.
 * Source: Liu, Ting, Zhou (2008), Isolation forest, ICDM, algorithms 1 to 3.
 *
 * @module
 */
import { Random } from "../../contract/mod.ts";
import type { Estimator } from "../../estimators/mod.ts";
import { joined, separated } from "../state_list.ts";
import { VectorWindow, type VectorWindowOptions } from "./vector_window.ts";

export interface IsolationForestOptions {
  dimensions: number;
  /** @default {100} */
  trees?: number;
  /** ψ. @default {256} */
  sampleCount?: number;
  /** Vectors it is trained on, at most. */
  capacity: number;
  seed: number;
  /** Steps of a feature in [0, 1], see {@linkcode VectorWindow}. */
  levels?: number;
}

const EULER_GAMMA = 0.577_215_664_901_532_9;

/** Mean path length of an unsuccessful search among n, with H(i) ≈ ln i + γ. */
export function meanPathLength(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n;
}

/** All trees in flat arrays; a tree has at most 2ψ − 1 nodes. */
class Trees {
  readonly stride: number;
  readonly dimension: Uint16Array;
  readonly threshold: Float64Array;
  /** First of two children, within the tree; 0 at a leaf. */
  readonly child: Uint16Array;
  readonly path: Float32Array;

  constructor(count: number, sampleCount: number) {
    this.stride = 2 * sampleCount - 1;
    const length = count * this.stride;
    this.dimension = new Uint16Array(length);
    this.threshold = new Float64Array(length);
    this.child = new Uint16Array(length);
    this.path = new Float32Array(length);
  }
}

export class IsolationForest implements Estimator {
  readonly #trees: number;
  readonly #sampleCount: number;
  readonly #depthMax: number;
  readonly #seed: number;
  readonly #dimensions: number;
  /** What the forest that answers was trained on, and the one that grows. */
  #known: VectorWindow;
  #next: VectorWindow;
  #grown: Trees;
  #growing: Trees;
  /** Forests that were begun, and which of them answers. */
  #number = 0;
  #knownNumber = 0;
  /** Trees of the newest that are there; all where none grows. */
  #grownCount: number;
  #size = 0;
  readonly #order: Uint32Array;
  /** Where the node that is made is cut. */
  readonly #cut = { dimension: 0, threshold: 0 };

  constructor({ dimensions, trees = 100, sampleCount = 256, capacity, seed, levels }: IsolationForestOptions) {
    this.#trees = trees;
    this.#sampleCount = sampleCount;
    this.#depthMax = Math.ceil(Math.log2(sampleCount));
    this.#seed = seed;
    this.#dimensions = dimensions;
    const window: VectorWindowOptions = { dimensions, capacity, ...(levels !== undefined && { levels }) };
    this.#known = new VectorWindow(window);
    this.#next = new VectorWindow(window);
    this.#grown = new Trees(trees, sampleCount);
    this.#growing = new Trees(trees, sampleCount);
    this.#grownCount = trees;
    this.#order = new Uint32Array(capacity);
  }

  /** Whether a forest grows. */
  get isGrowing(): boolean {
    return this.#grownCount < this.#trees;
  }

  /** Begin a forest on what a window holds now; one that grows is given up. At least two vectors. */
  begin(window: VectorWindow): void {
    this.#next.copy(window);
    this.#number++;
    this.#grownCount = 0;
  }

  /** Grow so many trees more; the new forest answers once all are there. */
  grow(count: number): void {
    if (!this.isGrowing) return;
    const to = Math.min(this.#trees, this.#grownCount + count);
    while (this.#grownCount < to) {
      this.#growTree(this.#growing, this.#next, { number: this.#number, tree: this.#grownCount++ });
    }
    if (this.isGrowing) return;
    [this.#grown, this.#growing] = [this.#growing, this.#grown];
    [this.#known, this.#next] = [this.#next, this.#known];
    this.#knownNumber = this.#number;
    this.#next.count = 0;
    this.#size = Math.min(this.#sampleCount, this.#known.count);
  }

  /** 2^(−E[h]/c(ψ)); `undefined` before the first forest has grown. */
  score(vector: ArrayLike<number>): number | undefined {
    if (this.#size < 2) return undefined;
    const { stride, dimension, threshold, child, path } = this.#grown;
    let sum = 0;
    for (let tree = 0; tree < this.#trees; tree++) {
      const root = tree * stride;
      let node = root;
      for (let first = child[node]!; first !== 0; first = child[node]!) {
        node = root + first + (vector[dimension[node]!]! <= threshold[node]! ? 0 : 1);
      }
      sum += path[node]!;
    }
    return 2 ** (-sum / this.#trees / meanPathLength(this.#size));
  }

  #growTree(trees: Trees, window: VectorWindow, { number, tree }: { number: number; tree: number }): void {
    const random = new Random(this.#seed, number * this.#trees + tree);
    const order = this.#order;
    const { count } = window;
    const sample = Math.min(this.#sampleCount, count);
    for (let i = 0; i < count; i++) order[i] = i;
    for (let i = 0; i < sample; i++) {
      const other = i + random.below(count - i);
      const row = order[other]!;
      order[other] = order[i]!;
      order[i] = row;
    }
    let used = 1;
    const first = tree * trees.stride;
    const cut = this.#cut;
    const grow = (node: number, depth: number, from: number, to: number): void => {
      const at = first + node;
      trees.child[at] = 0;
      trees.path[at] = depth + meanPathLength(to - from);
      if (depth >= this.#depthMax || to - from <= 1 || !this.#findCut(window, random, from, to)) return;
      const child = used;
      used += 2;
      trees.dimension[at] = cut.dimension;
      trees.threshold[at] = cut.threshold;
      trees.child[at] = child;
      const middle = this.#part(window, from, to);
      grow(child, depth + 1, from, middle);
      grow(child + 1, depth + 1, middle, to);
    };
    grow(0, 0, 0, sample);
  }

  /** Find a dimension that differs among vectors and a place in its range; answers whether there is one. */
  #findCut({ values }: VectorWindow, random: Random, from: number, to: number): boolean {
    const dimensions = this.#dimensions;
    const start = random.below(dimensions);
    for (let k = 0; k < dimensions; k++) {
      const dimension = (start + k) % dimensions;
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = values[this.#order[i]! * dimensions + dimension]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (!(high > low)) continue;
      this.#cut.dimension = dimension;
      // The place is below the highest, so that both sides have vectors.
      this.#cut.threshold = Math.min(low + random.uniform() * (high - low), previous(high));
      return true;
    }
    return false;
  }

  /** Order vectors by the cut. @returns where those beyond it begin. */
  #part({ values, dimensions }: VectorWindow, from: number, to: number): number {
    const { dimension, threshold } = this.#cut;
    const order = this.#order;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (!(values[row * dimensions + dimension]! <= threshold)) continue;
      order[i] = order[middle]!;
      order[middle++] = row;
    }
    return middle;
  }

  snapshot(): number[] {
    return [this.#number, this.#knownNumber, this.#grownCount, ...joined([this.#known, this.#next])];
  }

  restore(state: readonly number[]): void {
    [this.#number, this.#knownNumber, this.#grownCount] = state as [number, number, number];
    separated([this.#known, this.#next], state, 3);
    this.#size = Math.min(this.#sampleCount, this.#known.count);
    if (this.#known.count >= 2) {
      for (let tree = 0; tree < this.#trees; tree++) {
        this.#growTree(this.#grown, this.#known, { number: this.#knownNumber, tree });
      }
    }
    if (!this.isGrowing) return;
    for (let tree = 0; tree < this.#grownCount; tree++) {
      this.#growTree(this.#growing, this.#next, { number: this.#number, tree });
    }
  }
}

/** The number next below one. */
function previous(value: number): number {
  return value - Math.abs(value) * Number.EPSILON - Number.MIN_VALUE;
}
