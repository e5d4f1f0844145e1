/**
 * Half-space trees: how much of the last window of vectors lay where a vector lies.
 *
 * Each tree halves the space again and again, at places that do not depend on the data. The window that has just ended gives every
 * region its mass r. A vector goes down each tree to its terminal node: one of mass at most sizeLimit = 0.1·window, or of the greatest
 * depth. Its score there is
 *
 * - `terminal-node`: r · 2^k, k the depth of the node (the paper's);
 * - `path-sum`: Σ r · 2^k over all nodes from the root to it.
 *
 * The sum over the trees, as a share of the largest possible, is how usual the vector is; {@linkcode HalfSpaceTrees.score} answers
 * 1 − that share. While a window fills, the one before it is the reference; in the first one there is no score.
 *
 * Only nodes above the terminal ones exist, at most 20 of a depth: a tree of depth 15 has some hundred nodes in place of 65,535, and
 * all trees are told by the vectors of their window. They are built anew some at a time, the old ones answering meanwhile.
 *
 * Cost: one descent of each tree per vector, and depth × window steps a tree each window. State: up to three windows.
 * Source: Tan, Ting, Liu (2011), Fast anomaly detection for streaming data, IJCAI, algorithms 1 to 3.
 *
 * @module
 */
import type { Estimator } from "../../estimators/mod.ts";
import { joined, separated } from "../state_list.ts";
import { VectorWindow } from "./vector_window.ts";

export type HalfSpaceScoring = "terminal-node" | "path-sum";

/** Where the trees halve. */
export interface HalfSpaceSplits {
  /** Set `low` and `high` to the range that a tree divides, by dimension. */
  range(tree: number, low: Float64Array, high: Float64Array): void;
  /** Dimension that a node of a tree divides; node 0 is the root, the children of i are 2i + 1 and 2i + 2. */
  dimension(tree: number, node: number): number;
  /** Where in its range [low, high) it does so: lower values go to the first child. */
  place(tree: number, node: number, low: number, high: number): number;
}

export interface HalfSpaceTreesOptions {
  dimensions: number;
  /** @default {25} */
  trees?: number;
  /** Depth of the deepest nodes. @default {15} */
  depth?: number;
  /** Vectors of a window. @default {250} */
  windowCount?: number;
  /** @default {"terminal-node"} */
  scoring?: HalfSpaceScoring;
  splits: HalfSpaceSplits;
  /** Trees that a vector builds at most; a vector that ends a window builds the first. @default {all} */
  treesPerStep?: number;
  /** Steps of a feature in [0, 1], see {@linkcode VectorWindow}. */
  levels?: number;
}

/** Share of the window whose mass ends a descent. */
const SIZE_LIMIT_SHARE = 0.1;

/** Trees as flat arrays: where a node goes on, or what it is worth where it ends. */
class Nodes {
  /** First node of each tree. */
  readonly roots: Int32Array;
  dimension = new Uint16Array(256);
  threshold = new Float64Array(256);
  /** First of the two children; 0 at a terminal node. */
  child = new Int32Array(256);
  worth = new Float64Array(256);
  count = 0;

  constructor(trees: number) {
    this.roots = new Int32Array(trees);
  }

  /** Room for so many more nodes. @returns the first of them. */
  add(count: number): number {
    const first = this.count;
    this.count += count;
    if (this.count > this.child.length) {
      const grown = <A extends Uint16Array | Int32Array | Float64Array>(array: A, larger: A) => {
        larger.set(array);
        return larger;
      };
      const length = 2 * this.child.length;
      this.dimension = grown(this.dimension, new Uint16Array(length));
      this.threshold = grown(this.threshold, new Float64Array(length));
      this.child = grown(this.child, new Int32Array(length));
      this.worth = grown(this.worth, new Float64Array(length));
    }
    return first;
  }
}

/** A node that is made. */
interface Branch {
  /** Its number among the nodes that exist, and in the whole tree. */
  node: number;
  place: number;
  /** Its vectors are order[from … to). */
  from: number;
  to: number;
  /** Σ r · 2^k of the nodes above. */
  above: number;
}

export class HalfSpaceTrees implements Estimator {
  readonly #trees: number;
  readonly #depth: number;
  readonly #windowCount: number;
  readonly #sumsPath: boolean;
  readonly #splits: HalfSpaceSplits;
  readonly #treesPerStep: number;
  readonly #sizeLimit: number;
  readonly #scoreMax: number;
  /** The window that fills, the one under construction, the one that answers. */
  readonly #latest: VectorWindow;
  readonly #ended: VectorWindow;
  readonly #reference: VectorWindow;
  #nodes: Nodes;
  #building: Nodes;
  /** Trees of {@linkcode #ended} that are built; `trees` when none is under construction. */
  #builtCount: number;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #order: Uint32Array;
  /** One for each depth, used again and again. */
  readonly #branches: readonly Branch[];

  constructor(options: HalfSpaceTreesOptions) {
    const { dimensions, trees = 25, depth = 15, windowCount = 250, scoring = "terminal-node", levels } = options;
    this.#trees = trees;
    this.#depth = depth;
    this.#windowCount = windowCount;
    this.#sumsPath = scoring === "path-sum";
    this.#splits = options.splits;
    this.#treesPerStep = options.treesPerStep ?? trees;
    this.#sizeLimit = SIZE_LIMIT_SHARE * windowCount;
    this.#scoreMax = trees * windowCount * (this.#sumsPath ? 2 ** (depth + 1) - 1 : 2 ** depth);
    const window = { dimensions, capacity: windowCount, ...(levels !== undefined && { levels }) };
    this.#latest = new VectorWindow(window);
    this.#ended = new VectorWindow(window);
    this.#reference = new VectorWindow(window);
    this.#nodes = new Nodes(trees);
    this.#building = new Nodes(trees);
    this.#builtCount = trees;
    this.#low = new Float64Array(dimensions);
    this.#high = new Float64Array(dimensions);
    this.#order = new Uint32Array(windowCount);
    this.#branches = Array.from({ length: depth + 1 }, () => ({ node: 0, place: 0, from: 0, to: 0, above: 0 }));
  }

  /** How unlike the reference window a vector is, in [0, 1]; `undefined` before the first window has ended. */
  score(vector: ArrayLike<number>): number | undefined {
    if (this.#reference.count === 0) return undefined;
    const { roots, dimension, threshold, child, worth } = this.#nodes;
    let sum = 0;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree]!;
      for (let first = child[node]!; first !== 0; first = child[node]!) {
        node = vector[dimension[node]!]! < threshold[node]! ? first : first + 1;
      }
      sum += worth[node]!;
    }
    return 1 - sum / this.#scoreMax;
  }

  /** Take a vector into the window; builds what is to be built. */
  learn(vector: ArrayLike<number>): void {
    this.#latest.push(vector);
    if (this.#latest.isFull) {
      this.#ended.copy(this.#latest);
      this.#latest.count = 0;
      this.#building.count = 0;
      this.#builtCount = 0;
    }
    this.#buildSome(this.#treesPerStep);
  }

  #buildSome(count: number): void {
    if (this.#builtCount >= this.#trees) return;
    const to = Math.min(this.#trees, this.#builtCount + count);
    while (this.#builtCount < to) this.#build(this.#building, this.#ended, this.#builtCount++);
    if (this.#builtCount < this.#trees) return;
    this.#reference.copy(this.#ended);
    this.#ended.count = 0;
    [this.#nodes, this.#building] = [this.#building, this.#nodes];
  }

  #build(nodes: Nodes, window: VectorWindow, tree: number): void {
    const order = this.#order;
    for (let i = 0; i < window.count; i++) order[i] = i;
    this.#splits.range(tree, this.#low, this.#high);
    // Node 0 is nobody's child: a child of 0 says that there is none.
    if (nodes.count === 0) nodes.add(1);
    const root = this.#branches[0]!;
    root.node = nodes.roots[tree] = nodes.add(1);
    root.place = root.from = root.above = 0;
    root.to = window.count;
    this.#grow(0, { nodes, window, tree });
  }

  /** Make the node of the branch at a depth, of the vectors order[from … to). */
  #grow(depth: number, work: { nodes: Nodes; window: VectorWindow; tree: number }): void {
    const { nodes, window, tree } = work;
    const { node, place, from, to } = this.#branches[depth]!;
    const mass = to - from;
    const own = mass * 2 ** depth;
    const above = this.#branches[depth]!.above + own;
    nodes.child[node] = 0;
    nodes.worth[node] = this.#sumsPath ? above : own;
    if (depth === this.#depth || this.#isTerminal(mass)) return;
    const dimension = this.#splits.dimension(tree, place);
    const low = this.#low[dimension]!;
    const high = this.#high[dimension]!;
    const threshold = this.#splits.place(tree, place, low, high);
    const child = nodes.add(2);
    nodes.dimension[node] = dimension;
    nodes.threshold[node] = threshold;
    nodes.child[node] = child;
    const branch = this.#branches[depth + 1]!;
    branch.from = from;
    const middle = branch.to = this.#part(window, this.#branches[depth]!, dimension, threshold);
    branch.node = child;
    branch.place = 2 * place + 1;
    branch.above = above;
    this.#high[dimension] = threshold;
    this.#grow(depth + 1, work);
    this.#high[dimension] = high;
    branch.from = middle;
    branch.to = to;
    branch.node = child + 1;
    branch.place = 2 * place + 2;
    branch.above = above;
    this.#low[dimension] = threshold;
    this.#grow(depth + 1, work);
    this.#low[dimension] = low;
  }

  /** The paper ends a descent at the limit, the sum over the path below it. */
  #isTerminal(mass: number): boolean {
    return this.#sumsPath ? mass < this.#sizeLimit : mass <= this.#sizeLimit;
  }

  /** Order the vectors of a branch so that those below a threshold come first. @returns where the others begin. */
  #part({ values, dimensions }: VectorWindow, { from, to }: Branch, dimension: number, threshold: number): number {
    const order = this.#order;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (!(values[row * dimensions + dimension]! < threshold)) continue;
      order[i] = order[middle]!;
      order[middle++] = row;
    }
    return middle;
  }

  snapshot(): number[] {
    return [this.#builtCount, ...joined([this.#latest, this.#ended, this.#reference])];
  }

  restore(state: readonly number[]): void {
    separated([this.#latest, this.#ended, this.#reference], state, 1);
    this.#nodes = new Nodes(this.#trees);
    this.#building = new Nodes(this.#trees);
    if (this.#reference.count > 0) {
      for (let tree = 0; tree < this.#trees; tree++) this.#build(this.#nodes, this.#reference, tree);
    }
    this.#builtCount = state[0]!;
    if (this.#builtCount === this.#trees) return;
    for (let tree = 0; tree < this.#builtCount; tree++) this.#build(this.#building, this.#ended, tree);
  }
}

/**
 * Splits as the paper has them: each tree divides a range that holds [0, 1] in a place of its own, each node the half that is left of
 * a dimension drawn at random. Which dimension follows from seed, tree and node alone.
 */
export class SeededHalfSpaceSplits implements HalfSpaceSplits {
  readonly #seed: number;
  readonly #dimensions: number;

  constructor(seed: number, dimensions: number) {
    this.#seed = seed;
    this.#dimensions = dimensions;
  }

  range(tree: number, low: Float64Array, high: Float64Array): void {
    for (let dimension = 0; dimension < this.#dimensions; dimension++) {
      const middle = hashed(this.#seed, tree, -1 - dimension);
      const half = 2 * Math.max(middle, 1 - middle);
      low[dimension] = middle - half;
      high[dimension] = middle + half;
    }
  }

  dimension(tree: number, node: number): number {
    return Math.floor(hashed(this.#seed, tree, node) * this.#dimensions);
  }

  place(_tree: number, _node: number, low: number, high: number): number {
    return (low + high) / 2;
  }
}

/** A number in [0, 1) that three whole numbers give: two rounds of a multiply-xor-shift mix. */
function hashed(a: number, b: number, c: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35) ^
    Math.imul(c + 0x165667b1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296;
}
