/**
 * The detectors that find conduct in trades.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { FixPressure } from "./fix_pressure.ts";
import { MomentumIgnition } from "./momentum_ignition.ts";
import { Pinging } from "./pinging.ts";
import { WashTrading } from "./wash_trading.ts";

export function tradeConductDetectors(maker: DetectorMaker): DetectorEntry[] {
  const { options } = maker;
  return [
    { kinds: ["wash-trading"], enabled: options.washTrading.enabled, make: () => new WashTrading(maker) },
    {
      kinds: ["momentum-ignition"],
      enabled: options.momentumIgnition.enabled,
      make: () => new MomentumIgnition(maker),
    },
    { kinds: ["fix-pressure"], enabled: options.fixPressure.enabled, make: () => new FixPressure(maker) },
    { kinds: ["pinging"], enabled: options.pinging.enabled, make: () => new Pinging(maker) },
  ];
}
