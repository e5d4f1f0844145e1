/**
 * The detectors of a pair, in the order in which they are told what happens.
 *
 * @module
 */
import type { DetectionOptions, Pair } from "../contract/mod.ts";
import { bookConductDetectors } from "./_book_conduct.ts";
import { marketDetectors } from "./_market.ts";
import { modelDetectors } from "./_model.ts";
import { tradeConductDetectors } from "./_trade_conduct.ts";
import type { DetectorEntry } from "./detector.ts";
import { DetectorMaker } from "./detector_maker.ts";

/** Every detector of a pair, also those that the options switch off. */
export function detectorsOf(pair: Pair, options: DetectionOptions): DetectorEntry[] {
  const maker = new DetectorMaker(pair, options);
  return [
    ...marketDetectors(maker),
    ...bookConductDetectors(maker),
    ...tradeConductDetectors(maker),
    ...modelDetectors(maker),
  ];
}
