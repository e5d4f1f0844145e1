/**
 * How much the book holds on each side, over levels and within distances of the mid: pure functions of one ladder.
 *
 * Formula: over N levels B = Σ_{i≤N} q_i, best levels first. Within X bps of the mid m: the sizes bid at m·(1 − X/1e4) and higher, or
 * offered at m·(1 + X/1e4) and lower, both ends included. Imbalance (B − A)/(B + A), from −1 (all on the ask) to 1.
 * Warm-up: none. An empty ladder has no depth: `undefined`, not 0.
 * Cost: a walk over the levels that count, at most `LADDER_LEVELS_MAX`; for samples, not for every event. No state.
 * Pitfall: a feed that sends ten levels shows depth as far as they reach and no further; nothing is made up behind them, and nobody
 * can tell ten levels of many from a book of ten: the figure is what is shown, a lower bound. Only a ladder that is full, and so may
 * have dropped what lay behind, gives no depth within a distance that it does not reach. Where a feed sends quotes and levels, the mid
 * is that of the quotes and the sizes are those of the levels alone, or the touch would count twice; a level that lies on the wrong
 * side of such a mid counts, it is nearer still.
 * Source: Cartea, Jaimungal, Penalva (2015), Algorithmic and high-frequency trading, ch. 3 (depth, imbalance).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Ladder } from "../book/mod.ts";
 *
 * const bids = new Ladder("bid");
 * for (const [price, size] of [[1.0999, 1e6], [1.0998, 2e6], [1.0989, 5e6]] as const) bids.set(price, size);
 * assert.equal(depthOverLevels(bids, 2), 3e6);
 * assert.equal(depthWithinBps(bids, 1.1, 2), 3e6);
 * assert.equal(depthWithinBps(bids, 1.1, 10), 8e6); // 1.0989 is 10 bps away
 * assert.equal(depthImbalance(3e6, 1e6), 0.5);
 * ```
 *
 * @module
 */
import { type Ladder, LADDER_LEVELS_MAX } from "../book/mod.ts";
import { BPS_PER_ONE } from "../contract/mod.ts";
import { finite } from "./estimator.ts";

/** Share of a distance that is rounding: a level right at the distance lies within it, however its price rounds. */
const DISTANCE_ROUNDING = 1e-9;

/** Size over the best levels; `undefined` where there is none. */
export function depthOverLevels(ladder: Ladder, levels: number): number | undefined {
  return ladder.count > 0 ? ladder.depth(levels) : undefined;
}

/** Size no further from the mid than so many bps; `undefined` for an empty ladder, and a full one that ends nearer. */
export function depthWithinBps(ladder: Ladder, mid: number, distanceBps: number): number | undefined {
  if (ladder.count === 0) return undefined;
  const sign = ladder.side === "bid" ? -1 : 1;
  const limit = mid * (1 + (sign * distanceBps * (1 + DISTANCE_ROUNDING)) / BPS_PER_ONE);
  if (ladder.count === LADDER_LEVELS_MAX && (ladder.price(ladder.count - 1) - limit) * sign <= 0) return undefined;
  return limit === limit ? ladder.sizeTo(limit) : undefined;
}

/** (B − A)/(B + A); `undefined` where both are 0 or one is unknown. */
export function depthImbalance(bidSize: number | undefined, askSize: number | undefined): number | undefined {
  return bidSize === undefined || askSize === undefined ? undefined : finite((bidSize - askSize) / (bidSize + askSize));
}
