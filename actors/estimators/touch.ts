/**
 * Figures of the touch, the best bid b and ask a with sizes qb and qa: pure functions of one quote.
 *
 * Formula: mid m = (a + b)/2; quoted spread a − b, in bps 1e4·(a − b)/m; imbalance (qb − qa)/(qb + qa); weighted mid I·a + (1 − I)·b
 * with I = qb/(qb + qa).
 * Warm-up: none; a figure whose inputs are absent is absent.
 * Cost: a few operations, no state.
 * Pitfall: the weighted mid is not the microprice of Stoikov (2018), which is an expectation of the future mid.
 * Source: Gatheral, Oomen (2010), Zero-intelligence realized variance estimation (weighted mid); common definitions otherwise.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * // Three million bid at 1.1000, one million offered at 1.1002: the weighted mid leans to the ask.
 * assert.equal(touchImbalance(3e6, 1e6), 0.5);
 * assert(Math.abs(weightedMid(1.1, 3e6, 1.1002, 1e6)! - 1.10015) < 1e-12);
 * assert(Math.abs(quotedSpreadBps(1.1, 1.1002)! - 1.8180) < 1e-3);
 * ```
 *
 * @module
 */
import { BPS_PER_ONE } from "../contract/mod.ts";
import { finite } from "./estimator.ts";

/** m = (a + b)/2, in quote currency. */
export function midPrice(bid: number, ask: number): number | undefined {
  return finite((bid + ask) / 2);
}

/** 1e4·(a − b)/m. Negative where the quote is crossed. */
export function quotedSpreadBps(bid: number, ask: number): number | undefined {
  return finite((BPS_PER_ONE * (ask - bid)) / ((bid + ask) / 2));
}

/** (B − A)/(B + A), from −1 (all on the ask) to 1. `undefined` where both sizes are 0 or one is unknown. */
export function touchImbalance(bidSize: number, askSize: number): number | undefined {
  return finite((bidSize - askSize) / (bidSize + askSize));
}

/** I·a + (1 − I)·b with I = qb/(qb + qa): where the mid would lie if size pushed the price. */
export function weightedMid(bid: number, bidSize: number, ask: number, askSize: number): number | undefined {
  const share = bidSize / (bidSize + askSize);
  return finite(share * ask + (1 - share) * bid);
}
