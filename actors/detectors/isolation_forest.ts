/**
 * Unusual vectors of features by an isolation forest that is trained anew on a sample of the last half hour.
 *
 * The sample is a reservoir: a new vector takes the place of a random one, as often as makes a vector stay for the window on average.
 * Every five minutes a new forest is begun on it and grows by {@linkcode TREES_PER_STEP} trees with each vector; the one before answers
 * meanwhile.
 *
 * Input: quotes; sizes, levels and trades where they are there. Score: 1 − tail probability of the smoothed score. Warm-up: a full
 * reservoir and 1,200 scores. Cost: one descent of 100 trees a vector, and the slices.
 * Limits: what goes on for half an hour is usual.
 * Source: Liu, Ting, Zhou (2008), Isolation forest; Aggarwal (2006), On biased reservoir sampling.
 *
 * @module
 */
import { DETECTORS, Random, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import { seedOf, UnusualVector, type VectorModel } from "./_unusual_vector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { FEATURE_LEVELS, IsolationForest, VectorWindow } from "./forests/mod.ts";

/** Vectors that tell what score is usual to a new forest. */
const USUAL_COUNT = 32;
/** Scores lie around one half. */
const POWER = 12;

/** Trees that grow with a vector at most. */
export const TREES_PER_STEP = 2;

export class IsolationForestDetector extends UnusualVector {
  constructor(maker: DetectorMaker) {
    const options = maker.options.isolationForest;
    super(maker, "isolation-forest", {
      ...options,
      power: POWER,
      model: new TrailingIsolationForest({
        dimensions: options.features.length,
        trees: options.trees,
        sampleCount: options.sampleCount,
        capacity: options.reservoirCount,
        windowCount: (options.windowS * US_PER_SECOND) / (options.stepMs * US_PER_MS),
        trainUs: options.trainS * US_PER_SECOND,
        seed: seedOf(`${maker.pair} isolation-forest ${DETECTORS["isolation-forest"].version}`),
      }),
    });
  }
}

interface TrailingIsolationForestOptions {
  dimensions: number;
  trees: number;
  sampleCount: number;
  /** Vectors of the reservoir. */
  capacity: number;
  /** Vectors that it is a sample of. */
  windowCount: number;
  trainUs: number;
  seed: number;
}

class TrailingIsolationForest implements VectorModel {
  readonly #forest: IsolationForest;
  readonly #reservoir: VectorWindow;
  readonly #random: Random;
  readonly #keepShare: number;
  readonly #trainUs: number;
  #trainedUs = 0;
  #usualScore = 0.5;

  constructor({ windowCount, trainUs, ...options }: TrailingIsolationForestOptions) {
    const { dimensions, capacity, seed } = options;
    this.#forest = new IsolationForest({ ...options, levels: FEATURE_LEVELS });
    this.#reservoir = new VectorWindow({ dimensions, capacity, levels: FEATURE_LEVELS });
    this.#random = new Random(seed, 1);
    this.#keepShare = Math.min(1, capacity / windowCount);
    this.#trainUs = trainUs;
  }

  score(vector: Float64Array): number | undefined {
    const score = this.#forest.score(vector);
    return score === undefined ? undefined : Math.max(0, Math.min(1, 0.5 + score - this.#usualScore));
  }

  learn(vector: Float64Array, timeUs: number): void {
    const { isFull, capacity } = this.#reservoir;
    if (!isFull) this.#reservoir.push(vector);
    else if (this.#random.uniform() < this.#keepShare) this.#reservoir.set(this.#random.below(capacity), vector);
    if (this.#forest.isGrowing) {
      this.#forest.grow(TREES_PER_STEP);
      if (!this.#forest.isGrowing) this.#usualScore = this.#meanScore();
      return;
    }
    if (!this.#reservoir.isFull || timeUs - this.#trainedUs < this.#trainUs) return;
    this.#trainedUs = timeUs;
    this.#forest.begin(this.#reservoir);
  }

  /** Mean score of some of the vectors that the forest was trained on: forests differ in what is usual to them. */
  #meanScore(): number {
    const { values, dimensions, count } = this.#reservoir;
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
    return [this.#trainedUs, this.#usualScore, ...this.#random.snapshot(), ...joined([this.#forest, this.#reservoir])];
  }

  restore(state: readonly number[]): void {
    this.#trainedUs = state[0]!;
    this.#usualScore = state[1]!;
    this.#random.restore(state.slice(2, 7));
    separated([this.#forest, this.#reservoir], state, 7);
  }
}
