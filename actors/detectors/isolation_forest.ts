/**
 * Unusual vectors of features by an isolation forest of the last half hour.
 *
 * Which forest is an option: one that is trained anew every five minutes, in slices (`retrained`), an online isolation forest (`online`), or a
 * robust random cut forest (`random-cut`); see `_trailing_models.ts` for how each keeps to the window.
 *
 * Input: quotes; sizes, levels and trades where they are there. Score: 1 − tail probability of the smoothed score. Warm-up: a full
 * reservoir and 1,200 scores. Cost: one way down each tree a vector, and what is learnt.
 * Limits: what goes on for half an hour is usual.
 * Source: Liu, Ting, Zhou (2008), Isolation forest; Leveni and others (2024), Online Isolation Forest; Guha and others (2016), Robust
 * random cut forest.
 *
 * @module
 */
import { type DetectionOptions, DETECTORS, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import { CutForest, OnlineForest, RetrainedForest, type TrailingModelOptions } from "./_trailing_models.ts";
import { seedOf, UnusualVector, type VectorModel } from "./_unusual_vector.ts";
import type { DetectorMaker } from "./detector_maker.ts";

type Model = DetectionOptions["isolationForest"]["model"];

const MODELS: Readonly<
  Record<Model, { make: new (options: TrailingModelOptions) => VectorModel; power: number; trees: number }>
> = {
  // Scores of these lie around one half.
  "retrained": { make: RetrainedForest, power: 12, trees: 100 },
  "online": { make: OnlineForest, power: 12, trees: 32 },
  "random-cut": { make: CutForest, power: 1, trees: 40 },
};

export class IsolationForestDetector extends UnusualVector {
  constructor(maker: DetectorMaker) {
    const options = maker.options.isolationForest;
    const { make, power, trees } = MODELS[options.model];
    super(maker, "isolation-forest", {
      ...options,
      power,
      model: new make({
        dimensions: options.features.length,
        trees: options.trees ?? trees,
        sampleCount: options.sampleCount,
        capacity: options.reservoirCount,
        windowCount: (options.windowS * US_PER_SECOND) / (options.stepMs * US_PER_MS),
        trainUs: options.trainS * US_PER_SECOND,
        seed: seedOf(`${maker.pair} isolation-forest ${DETECTORS["isolation-forest"].version}`),
      }),
    });
  }
}
