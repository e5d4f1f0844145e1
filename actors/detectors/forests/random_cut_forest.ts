/**
 * Robust random cut forest: how many vectors of a sample would stand elsewhere in a random tree if one had not come.
 *
 * A tree cuts the box of its vectors at random, a dimension as often as it is long, until each is alone; equal ones share a leaf. It is kept
 * that way as vectors come and go: one that comes goes down until a cut of the box that it would make parts it from all of a subtree,
 * one that leaves gives its place to its sibling. Its collusive displacement is the largest, among the subtrees S that it would be in,
 * of |sibling of S| / |S|; the score is the mean of the trees over the number of vectors, in [0, 1].
 *
 * Cost: one way down a tree, a box a step, to score, learn or forget. State: cuts of the trees; vectors are the owner's.
 * Source: Guha, Mishra, Roy, Schrijvers (2016), Robust random cut forest based anomaly detection on streams, ICML.
 *
 * @module
 */
import { Random } from "../../contract/mod.ts";
import type { Estimator } from "../../estimators/mod.ts";
import { joined, separated } from "../state_list.ts";
import type { VectorWindow } from "./vector_window.ts";

export interface RandomCutForestOptions {
  /** The vectors that the trees are of, by their slots. */
  points: VectorWindow;
  /** @default {40} */
  trees?: number;
  seed: number;
}

const NONE = -1;

export class RandomCutForest implements Estimator {
  readonly #trees: readonly RandomCutTree[];
  readonly #random: Random;

  constructor({ points, trees = 40, seed }: RandomCutForestOptions) {
    this.#random = new Random(seed);
    this.#trees = Array.from({ length: trees }, () => new RandomCutTree(points, this.#random));
  }

  /** Mean displacement that a vector would make, as a share of all; `undefined` for an empty forest. */
  score(vector: ArrayLike<number>): number | undefined {
    const { size } = this.#trees[0]!;
    if (size === 0) return undefined;
    let sum = 0;
    for (const tree of this.#trees) sum += tree.displacement(vector);
    return sum / this.#trees.length / size;
  }

  /** Take up the vector of a slot. */
  learn(slot: number): void {
    for (const tree of this.#trees) tree.insert(slot);
  }

  /** Give up the vector of a slot, which is there still. */
  forget(slot: number): void {
    for (const tree of this.#trees) tree.remove(slot);
  }

  snapshot(): number[] {
    return [...this.#random.snapshot(), ...joined(this.#trees)];
  }

  restore(state: readonly number[]): void {
    const length = this.#random.snapshot().length;
    this.#random.restore(state.slice(0, length));
    separated(this.#trees, state, length);
  }
}

/** Nodes below the capacity are leaves, named by a slot whose vector they hold; those from there on are cuts. */
class RandomCutTree implements Estimator {
  readonly #points: VectorWindow;
  readonly #random: Random;
  readonly #capacity: number;
  readonly #dimensions: number;
  readonly #parent: Int32Array;
  /** Vectors below a node, equal ones counted each. */
  readonly #count: Float64Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #cutDimension: Uint16Array;
  readonly #cut: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** The leaf of each slot. */
  readonly #leaf: Int32Array;
  readonly #free: number[] = [];
  #root = NONE;
  /** The cut that was drawn last. */
  #drawnDimension = 0;
  #drawn = 0;

  constructor(points: VectorWindow, random: Random) {
    const { capacity, dimensions } = points;
    this.#points = points;
    this.#random = random;
    this.#capacity = capacity;
    this.#dimensions = dimensions;
    const nodes = 2 * capacity - 1;
    this.#parent = new Int32Array(nodes).fill(NONE);
    this.#count = new Float64Array(nodes);
    this.#left = new Int32Array(nodes);
    this.#right = new Int32Array(nodes);
    this.#cutDimension = new Uint16Array(nodes);
    this.#cut = new Float64Array(nodes);
    this.#low = new Float64Array(nodes * dimensions);
    this.#high = new Float64Array(nodes * dimensions);
    this.#leaf = new Int32Array(capacity).fill(NONE);
    this.#clear();
  }

  get size(): number {
    return this.#root === NONE ? 0 : this.#count[this.#root]!;
  }

  #clear(): void {
    this.#root = NONE;
    this.#leaf.fill(NONE);
    this.#free.length = 0;
    for (let node = 2 * this.#capacity - 2; node >= this.#capacity; node--) this.#free.push(node);
  }

  /** Collusive displacement that a vector would have. */
  displacement(vector: ArrayLike<number>): number {
    if (this.#root === NONE) return 0;
    let node = this.#root;
    let largest = 0;
    for (;;) {
      const side = this.#partingSide(node, vector);
      if (side !== undefined) {
        if (side !== 0) largest = Math.max(largest, this.#count[node]!);
        break;
      }
      node = this.#childOf(node, vector);
    }
    // Above it the subtrees are one larger for it; a leaf of equal ones is one itself.
    for (let parent = this.#parent[node]!; parent !== NONE; node = parent, parent = this.#parent[node]!) {
      largest = Math.max(largest, this.#count[this.#siblingOf(node, parent)]! / (this.#count[node]! + 1));
    }
    return largest;
  }

  insert(slot: number): void {
    const vector = this.#vectorOf(slot);
    this.#setLeaf(slot, vector);
    if (this.#root === NONE) {
      this.#root = slot;
      return;
    }
    let node = this.#root;
    let side = this.#partingSide(node, vector);
    for (; side === undefined; side = this.#partingSide(node, vector)) node = this.#childOf(node, vector);
    if (side === 0) {
      this.#leaf[slot] = node;
      for (let above = node; above !== NONE; above = this.#parent[above]!) this.#count[above]!++;
      return;
    }
    const cut = this.#free.pop()!;
    const parent = this.#parent[node]!;
    this.#cutDimension[cut] = this.#drawnDimension;
    this.#cut[cut] = this.#drawn;
    this.#left[cut] = side < 0 ? slot : node;
    this.#right[cut] = side < 0 ? node : slot;
    this.#replace(parent, { node, by: cut });
    this.#parent[node] = this.#parent[slot] = cut;
    this.#gather(cut);
  }

  remove(slot: number): void {
    const leaf = this.#leaf[slot]!;
    this.#leaf[slot] = NONE;
    if (this.#count[leaf]! > 1) {
      for (let above = leaf; above !== NONE; above = this.#parent[above]!) this.#count[above]!--;
      if (leaf === slot) this.#rename(leaf, this.#leaf.indexOf(leaf));
      return;
    }
    const parent = this.#parent[leaf]!;
    if (parent === NONE) {
      this.#root = NONE;
      return;
    }
    const above = this.#parent[parent]!;
    this.#replace(above, { node: parent, by: this.#siblingOf(leaf, parent) });
    this.#free.push(parent);
    this.#gather(above);
  }

  #vectorOf(slot: number): Float64Array {
    return this.#points.values.subarray(slot * this.#dimensions, (slot + 1) * this.#dimensions);
  }

  #setLeaf(slot: number, vector: ArrayLike<number>): void {
    this.#leaf[slot] = slot;
    this.#count[slot] = 1;
    this.#parent[slot] = NONE;
    this.#low.set(vector, slot * this.#dimensions);
    this.#high.set(vector, slot * this.#dimensions);
  }

  #childOf(node: number, vector: ArrayLike<number>): number {
    return vector[this.#cutDimension[node]!]! <= this.#cut[node]! ? this.#left[node]! : this.#right[node]!;
  }

  #siblingOf(node: number, parent: number): number {
    return this.#left[parent] === node ? this.#right[parent]! : this.#left[parent]!;
  }

  /**
   * Draw a cut of the box of a node and a vector. @returns −1 or 1 where it parts them, the vector below or above; 0 where the box is the
   * vector; `undefined` where it parts the box.
   */
  #partingSide(node: number, vector: ArrayLike<number>): -1 | 0 | 1 | undefined {
    const from = node * this.#dimensions;
    let total = 0;
    for (let k = 0; k < this.#dimensions; k++) {
      total += Math.max(this.#high[from + k]!, vector[k]!) - Math.min(this.#low[from + k]!, vector[k]!);
    }
    if (!(total > 0)) return 0;
    let left = this.#random.uniform() * total;
    for (let k = 0; k < this.#dimensions; k++) {
      const value = vector[k]!;
      const low = this.#low[from + k]!;
      const high = this.#high[from + k]!;
      const least = Math.min(low, value);
      const length = Math.max(high, value) - least;
      if (left >= length) {
        left -= length;
        continue;
      }
      this.#drawnDimension = k;
      this.#drawn = least + left;
      if (this.#drawn < low) return -1;
      return this.#drawn >= high && this.#drawn < value ? 1 : undefined;
    }
    return this.#partingSide(node, vector);
  }

  #replace(parent: number, { node, by }: { node: number; by: number }): void {
    this.#parent[by] = parent;
    if (parent === NONE) this.#root = by;
    else if (this.#left[parent] === node) this.#left[parent] = by;
    else this.#right[parent] = by;
  }

  /** A leaf is named by another of the slots that hold its vector. */
  #rename(leaf: number, slot: number): void {
    const count = this.#count[leaf]!;
    const parent = this.#parent[leaf]!;
    this.#setLeaf(slot, this.#vectorOf(slot));
    this.#count[slot] = count;
    this.#replace(parent, { node: leaf, by: slot });
    for (let one = 0; one < this.#capacity; one++) if (this.#leaf[one] === leaf) this.#leaf[one] = slot;
  }

  /** Counts and boxes of a cut and all above it, from those below. */
  #gather(cut: number): void {
    const dimensions = this.#dimensions;
    for (let node = cut; node !== NONE; node = this.#parent[node]!) {
      const left = this.#left[node]!;
      const right = this.#right[node]!;
      this.#count[node] = this.#count[left]! + this.#count[right]!;
      for (let k = 0; k < dimensions; k++) {
        const at = node * dimensions + k;
        this.#low[at] = Math.min(this.#low[left * dimensions + k]!, this.#low[right * dimensions + k]!);
        this.#high[at] = Math.max(this.#high[left * dimensions + k]!, this.#high[right * dimensions + k]!);
      }
    }
  }

  /** Each slot's leaf, then the nodes, a cut before its halves: −1 − dimension and place of a cut, the name of a leaf. */
  snapshot(): number[] {
    const nodes: number[] = [];
    const waiting = this.#root === NONE ? [] : [this.#root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node < this.#capacity) nodes.push(node);
      else {
        nodes.push(-1 - this.#cutDimension[node]!, this.#cut[node]!);
        waiting.push(this.#right[node]!, this.#left[node]!);
      }
    }
    const shared = [...this.#leaf].flatMap((leaf, slot) => leaf === NONE || leaf === slot ? [] : [slot, leaf]);
    return [shared.length, ...shared, ...nodes];
  }

  restore([sharedLength = 0, ...state]: readonly number[]): void {
    this.#clear();
    let at = sharedLength;
    const read = (): number => {
      const word = state[at++]!;
      if (word >= 0) {
        this.#setLeaf(word, this.#vectorOf(word));
        return word;
      }
      const cut = this.#free.pop()!;
      this.#cutDimension[cut] = -1 - word;
      this.#cut[cut] = state[at++]!;
      const left = this.#left[cut] = read();
      const right = this.#right[cut] = read();
      this.#parent[left] = this.#parent[right] = cut;
      return cut;
    };
    if (at < state.length) {
      this.#root = read();
      this.#parent[this.#root] = NONE;
    }
    for (let i = 0; i < sharedLength; i += 2) {
      const leaf = state[i + 1]!;
      this.#leaf[state[i]!] = leaf;
      this.#count[leaf]!++;
    }
    this.#gatherBelow(this.#root);
  }

  #gatherBelow(node: number): void {
    if (node < this.#capacity) return;
    this.#gatherBelow(this.#left[node]!);
    this.#gatherBelow(this.#right[node]!);
    const above = this.#parent[node]!;
    this.#parent[node] = NONE;
    this.#gather(node);
    this.#parent[node] = above;
  }
}
