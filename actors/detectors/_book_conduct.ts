/**
 * The detectors that find conduct in the book.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";

export function bookConductDetectors(_maker: DetectorMaker): DetectorEntry[] {
  return [];
}
