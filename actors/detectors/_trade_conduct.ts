/**
 * The detectors that find conduct in trades.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";

export function tradeConductDetectors(_maker: DetectorMaker): DetectorEntry[] {
  return [];
}
