/**
 * The detectors that say something of the market.
 *
 * @module
 */
import { BadTick } from "./bad_tick.ts";
import { Crossed } from "./crossed.ts";
import { DepthDepletion } from "./depth_depletion.ts";
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { FlashCrash } from "./flash_crash.ts";
import { Jump } from "./jump.ts";
import { LiquidityHole } from "./liquidity_hole.ts";
import { SpreadBlowout } from "./spread_blowout.ts";
import { Toxicity } from "./toxicity.ts";
import { VolatilityCluster } from "./volatility_cluster.ts";

/** Bad ticks first: the others ask whether a quote is suspect. */
export function marketDetectors(maker: DetectorMaker): DetectorEntry[] {
  const { options } = maker;
  return [
    { kinds: ["bad-tick"], enabled: options.badTick.enabled, make: () => new BadTick(maker) },
    { kinds: ["spread-blowout"], enabled: options.spreadBlowout.enabled, make: () => new SpreadBlowout(maker) },
    { kinds: ["depth-depletion"], enabled: options.depthDepletion.enabled, make: () => new DepthDepletion(maker) },
    {
      kinds: ["volatility-cluster"],
      enabled: options.volatilityCluster.enabled,
      make: () => new VolatilityCluster(maker),
    },
    { kinds: ["jump"], enabled: options.jump.enabled, make: () => new Jump(maker) },
    { kinds: ["liquidity-hole"], enabled: options.liquidityHole.enabled, make: () => new LiquidityHole(maker) },
    { kinds: ["flash-crash"], enabled: options.flashCrash.enabled, make: () => new FlashCrash(maker) },
    { kinds: ["crossed", "locked"], enabled: options.crossed.enabled, make: () => new Crossed(maker) },
    { kinds: ["toxicity"], enabled: options.toxicity.enabled, make: () => new Toxicity(maker) },
  ];
}
