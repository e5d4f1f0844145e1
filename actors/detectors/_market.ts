/**
 * The detectors that say something of the market.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { SpreadBlowout } from "./spread_blowout.ts";

export function marketDetectors(maker: DetectorMaker): DetectorEntry[] {
  const { options } = maker;
  return [
    {
      kinds: ["spread-blowout"],
      enabled: options.spreadBlowout.enabled,
      make: () => new SpreadBlowout(maker),
    },
  ];
}
