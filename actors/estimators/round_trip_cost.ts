/**
 * What it would cost to trade a size at once, against the book as it stands: pure functions of its ladders.
 *
 * Formula: XLM(q) = 1e4·(VWAPask(q) − VWAPbid(q))/m: buying q and selling it again, in bps of the mid m, VWAP the mean price of q taken
 * from the best level on. Slippage of buying 1e4·(VWAPask(q) − m)/m, of selling 1e4·(m − VWAPbid(q))/m; the two add up to XLM.
 * Warm-up: none. A ladder that does not hold q: `undefined`; nothing is extrapolated.
 * Cost: a walk over the levels that q takes, at most `LADDER_LEVELS_MAX`; for samples, not for every event. No state.
 * Pitfall: it is the price of taking all of q from one venue in one instant. Where a feed sends quotes and levels, the mid is that of
 * the quotes, the rest comes from the levels; while the two disagree, a slippage can be negative.
 * Source: Gomber, Schweickert (2002), The market impact: liquidity measure in electronic securities trading; Gomber, Schweickert,
 * Theissen (2015), Liquidity dynamics in an electronic open limit order book.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Ladder } from "../book/mod.ts";
 *
 * const bids = new Ladder("bid");
 * const asks = new Ladder("ask");
 * bids.set(99, 5);
 * asks.set(101, 1);
 * asks.set(103, 1);
 * assert.equal(buySlippageBps(asks, 100, 2), 200); // half at 101, half at 103
 * assert.equal(sellSlippageBps(bids, 100, 2), 100);
 * assert.equal(roundTripCostBps(bids, asks, 100, 2), 300);
 * assert.equal(roundTripCostBps(bids, asks, 100, 3), undefined);
 * ```
 *
 * @module
 */
import type { Ladder } from "../book/mod.ts";
import { BPS_PER_ONE } from "../contract/mod.ts";
import { finite } from "./estimator.ts";

/** 1e4·(VWAPask(q) − VWAPbid(q))/m, q in base units. */
export function roundTripCostBps(bids: Ladder, asks: Ladder, mid: number, size: number): number | undefined {
  return finite((BPS_PER_ONE * (asks.vwapOf(size) - bids.vwapOf(size))) / mid);
}

/** What buying a size costs beyond the mid, bps of it. */
export function buySlippageBps(asks: Ladder, mid: number, size: number): number | undefined {
  return finite((BPS_PER_ONE * (asks.vwapOf(size) - mid)) / mid);
}

/** What selling a size loses to the mid, bps of it. */
export function sellSlippageBps(bids: Ladder, mid: number, size: number): number | undefined {
  return finite((BPS_PER_ONE * (mid - bids.vwapOf(size))) / mid);
}
