/**
 * The detectors that are learnt models.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";

export function modelDetectors(_maker: DetectorMaker): DetectorEntry[] {
  return [];
}
