/**
 * The detectors that learn a model of the market.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { HalfSpaceTreesDetector } from "./half_space_trees.ts";
import { IsolationForestDetector } from "./isolation_forest.ts";
import { RegimeShift } from "./regime_shift.ts";

export function modelDetectors(maker: DetectorMaker): DetectorEntry[] {
  const { options } = maker;
  return [
    {
      kinds: ["half-space-trees"],
      enabled: options.halfSpaceTrees.enabled,
      make: () => new HalfSpaceTreesDetector(maker),
    },
    {
      kinds: ["isolation-forest"],
      enabled: options.isolationForest.enabled,
      make: () => new IsolationForestDetector(maker),
    },
    { kinds: ["regime-shift"], enabled: options.regimeShift.enabled, make: () => new RegimeShift(maker) },
  ];
}
