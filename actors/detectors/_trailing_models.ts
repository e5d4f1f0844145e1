/**
 * Isolation forests of the trailing window, each over a reservoir of its vectors.
 *
 * A reservoir is a sample of the last half hour or so: a new vector takes the place of a random one, as often as makes a vector stay for the
 * window on average (Aggarwal 2006, On biased reservoir sampling). One kind of forest is trained on it anew now and then, in slices of
 * some trees with each vector, while the one before answers; the others are kept up: what the reservoir gives up they forget, what it
 * takes they learn.
 *
 * @module
 */
import { Random } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { VectorModel } from "./_unusual_vector.ts";
import {
  FEATURE_LEVELS,
  IsolationForest,
  OnlineIsolationForest,
  RandomCutForest,
  VectorWindow,
} from "./forests/mod.ts";

/** Trees that grow with a vector at most. */
const TREES_PER_STEP = 2;
/** Vectors that tell what score is usual to a new forest. */
const USUAL_COUNT = 32;

export interface TrailingModelOptions {
  dimensions: number;
  trees: number;
  /** Vectors of a tree. */
  sampleCount: number;
  /** Vectors of the reservoir. */
  capacity: number;
  /** Vectors that it is a sample of. */
  windowCount: number;
  /** Between two trainings, microseconds. */
  trainUs: number;
  seed: number;
}

/** Vectors of the trailing window, in slots. */
class Reservoir implements Estimator {
  readonly window: VectorWindow;
  readonly #random: Random;
  readonly #keptShare: number;

  constructor({ dimensions, capacity, windowCount, seed }: TrailingModelOptions) {
    this.window = new VectorWindow({ dimensions, capacity, levels: FEATURE_LEVELS });
    this.#random = new Random(seed, 1);
    this.#keptShare = Math.min(1, capacity / windowCount);
  }

  /** The slot that a vector is to take, whatever it holds; `undefined` where it is not taken. */
  slot(): number | undefined {
    const { isFull, capacity, count } = this.window;
    if (!isFull) return count;
    return this.#random.uniform() < this.#keptShare ? this.#random.below(capacity) : undefined;
  }

  /** Put a vector into a slot. */
  put(slot: number, vector: Float64Array): void {
    if (slot === this.window.count) this.window.push(vector);
    else this.window.set(slot, vector);
  }

  snapshot(): number[] {
    return [...this.#random.snapshot(), ...this.window.snapshot()];
  }

  restore(state: readonly number[]): void {
    const length = this.#random.snapshot().length;
    this.#random.restore(state.slice(0, length));
    this.window.restore(state.slice(length));
  }
}

/** A forest that is trained anew on the reservoir every some minutes. */
export class RetrainedForest implements VectorModel {
  readonly #forest: IsolationForest;
  readonly #reservoir: Reservoir;
  readonly #trainUs: number;
  #trainedUs = 0;
  #usualScore = 0.5;

  constructor(options: TrailingModelOptions) {
    const { dimensions, trees, sampleCount, capacity, seed, trainUs } = options;
    this.#forest = new IsolationForest({ dimensions, trees, sampleCount, capacity, seed, levels: FEATURE_LEVELS });
    this.#reservoir = new Reservoir(options);
    this.#trainUs = trainUs;
  }

  score(vector: Float64Array): number | undefined {
    const score = this.#forest.score(vector);
    return score === undefined ? undefined : Math.max(0, Math.min(1, 0.5 + score - this.#usualScore));
  }

  learn(vector: Float64Array, timeUs: number): void {
    const slot = this.#reservoir.slot();
    if (slot !== undefined) this.#reservoir.put(slot, vector);
    if (this.#forest.isGrowing) {
      this.#forest.grow(TREES_PER_STEP);
      if (!this.#forest.isGrowing) this.#usualScore = this.#meanScore();
      return;
    }
    const { window } = this.#reservoir;
    if (!window.isFull || timeUs - this.#trainedUs < this.#trainUs) return;
    this.#trainedUs = timeUs;
    this.#forest.begin(window);
  }

  /** Mean score of some of the vectors that the forest was trained on: forests differ in what is usual to them. */
  #meanScore(): number {
    const { values, dimensions, count } = this.#reservoir.window;
    const step = Math.max(1, Math.floor(count / USUAL_COUNT));
    let sum = 0;
    let scored = 0;
    for (let row = 0; row < count; row += step) {
      sum += this.#forest.score(values.subarray(row * dimensions, (row + 1) * dimensions)) ?? 0.5;
      scored++;
    }
    return sum / scored;
  }

  snapshot(): number[] {
    return [this.#trainedUs, this.#usualScore, ...joined([this.#forest, this.#reservoir])];
  }

  restore(state: readonly number[]): void {
    this.#trainedUs = state[0]!;
    this.#usualScore = state[1]!;
    separated([this.#forest, this.#reservoir], state, 2);
  }
}

/** An online isolation forest of the reservoir. */
export class OnlineForest implements VectorModel {
  readonly #forest: OnlineIsolationForest;
  readonly #reservoir: Reservoir;

  constructor(options: TrailingModelOptions) {
    const { dimensions, trees, capacity, seed } = options;
    this.#reservoir = new Reservoir(options);
    this.#forest = new OnlineIsolationForest({
      dimensions,
      trees,
      windowCount: capacity,
      seed,
      levels: FEATURE_LEVELS,
    });
  }

  score(vector: Float64Array): number | undefined {
    return this.#reservoir.window.isFull ? this.#forest.score(vector) : undefined;
  }

  learn(vector: Float64Array): void {
    const slot = this.#reservoir.slot();
    if (slot === undefined) return;
    const { values, dimensions, count } = this.#reservoir.window;
    if (slot < count) this.#forest.forget(values.subarray(slot * dimensions, (slot + 1) * dimensions));
    this.#reservoir.put(slot, vector);
    this.#forest.learn(vector);
  }

  snapshot(): number[] {
    return joined([this.#forest, this.#reservoir]);
  }

  restore(state: readonly number[]): void {
    separated([this.#forest, this.#reservoir], state, 0);
  }
}

/** A robust random cut forest of the reservoir. */
export class CutForest implements VectorModel {
  readonly #forest: RandomCutForest;
  readonly #reservoir: Reservoir;

  constructor(options: TrailingModelOptions) {
    this.#reservoir = new Reservoir(options);
    this.#forest = new RandomCutForest({
      points: this.#reservoir.window,
      trees: options.trees,
      seed: options.seed,
    });
  }

  score(vector: Float64Array): number | undefined {
    return this.#reservoir.window.isFull ? this.#forest.score(vector) : undefined;
  }

  learn(vector: Float64Array): void {
    const slot = this.#reservoir.slot();
    if (slot === undefined) return;
    if (slot < this.#reservoir.window.count) this.#forest.forget(slot);
    this.#reservoir.put(slot, vector);
    this.#forest.learn(slot);
  }

  snapshot(): number[] {
    return joined([this.#reservoir, this.#forest]);
  }

  /** The reservoir first: the trees are of its vectors. */
  restore(state: readonly number[]): void {
    separated([this.#reservoir, this.#forest], state, 0);
  }
}
