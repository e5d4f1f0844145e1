/**
 * Every scenario there is.
 *
 * @module
 */
import { HARD_NEGATIVES } from "./hard_negatives.ts";
import {
  badTick,
  correlationBreak,
  crossed,
  depthDepletion,
  flashCrash,
  jump,
  liquidityHole,
  locked,
  spreadBlowout,
  staleQuote,
  toxicity,
  triangle,
  volatilityCluster,
} from "./market_shocks.ts";
import { flickering, ghostLiquidity, imbalanceFlip, quoteStuffing } from "./message_storms.ts";
import { layering, spoofing } from "./spoofing.ts";
import type { Scenario } from "./stage.ts";
import { fixPressure, momentumIgnition, pinging, washTrading } from "./trade_conduct.ts";

export { HARD_NEGATIVES };

/** What should be found. New ones come last: the draws of a seed follow this order. */
export const PLANTED: readonly Scenario[] = [
  spoofing,
  layering,
  quoteStuffing,
  flickering,
  ghostLiquidity,
  imbalanceFlip,
  washTrading,
  pinging,
  momentumIgnition,
  fixPressure,
  spreadBlowout,
  depthDepletion,
  liquidityHole,
  flashCrash,
  jump,
  volatilityCluster,
  toxicity,
  crossed,
  locked,
  badTick,
  staleQuote,
  triangle,
  correlationBreak,
];

/** Kinds that may be asked for. */
export const SCENARIO_KINDS: readonly string[] = [...PLANTED, ...HARD_NEGATIVES].map(({ kind }) => kind);
/** Kinds of hard negatives. */
export const HARD_NEGATIVE_KINDS: readonly string[] = HARD_NEGATIVES.map(({ kind }) => kind);
