/**
 * The detectors that find conduct in the book.
 *
 * @module
 */
import type { DetectorEntry } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import { Flickering } from "./flickering.ts";
import { GhostLiquidity } from "./ghost_liquidity.ts";
import { ImbalanceFlip } from "./imbalance_flip.ts";
import { QuoteStuffing } from "./quote_stuffing.ts";
import { Spoofing } from "./spoofing.ts";

export function bookConductDetectors(maker: DetectorMaker): DetectorEntry[] {
  const { options } = maker;
  return [
    { kinds: ["quote-stuffing"], enabled: options.quoteStuffing.enabled, make: () => new QuoteStuffing(maker) },
    { kinds: ["spoofing", "layering"], enabled: options.spoofing.enabled, make: () => new Spoofing(maker) },
    { kinds: ["imbalance-flip"], enabled: options.imbalanceFlip.enabled, make: () => new ImbalanceFlip(maker) },
    { kinds: ["ghost-liquidity"], enabled: options.ghostLiquidity.enabled, make: () => new GhostLiquidity(maker) },
    { kinds: ["flickering"], enabled: options.flickering.enabled, make: () => new Flickering(maker) },
  ];
}
