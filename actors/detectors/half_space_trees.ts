/**
 * Unusual vectors of features by half-space trees: those of the last full window are usual.
 *
 * Input: quotes; sizes, levels and trades where they are there. Score: 1 − tail probability of the smoothed score. Warm-up: 1,200
 * scores, five minutes of a market that moves. Cost: one descent of 25 trees a vector; 5 trees are built at most with a vector.
 * Limits: a burst that fills a window is usual in the next one.
 * Source: Tan, Ting, Liu (2011), Fast anomaly detection for streaming data.
 *
 * @module
 */
import { DETECTORS } from "../contract/mod.ts";
import { seedOf, UnusualVector } from "./_unusual_vector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { FEATURE_LEVELS, HalfSpaceTrees, SeededHalfSpaceSplits } from "./forests/mod.ts";

const TREES_PER_STEP = 5;

export class HalfSpaceTreesDetector extends UnusualVector {
  constructor(maker: DetectorMaker) {
    const options = maker.options.halfSpaceTrees;
    const dimensions = options.features.length;
    const seed = seedOf(`${maker.pair} half-space-trees ${DETECTORS["half-space-trees"].version}`);
    super(maker, "half-space-trees", {
      ...options,
      model: new HalfSpaceTrees({
        ...options,
        dimensions,
        splits: new SeededHalfSpaceSplits(seed, dimensions),
        treesPerStep: TREES_PER_STEP,
        levels: FEATURE_LEVELS,
      }),
    });
  }
}
