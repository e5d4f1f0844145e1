/**
 * Kyle's λ: how far the mid moves per million of base currency that aggressors buy.
 *
 * Formula: Δm_k = α + λ·x_k + ε over the last n intervals of length Δ (n = 60, Δ = 10 s), by ordinary least squares;
 * Δm_k = 1e4·(m_k − m_{k−1})/m_{k−1} in bps, m the last mid strictly before the interval's edge; x_k = Σ D·v/1e6, D = 1 where a buyer took,
 * −1 where a seller hit, v the size in base units. A trade whose side is unknown adds nothing to x, one of size 0 is left out. An interval
 * of an open market without trades counts, with x = 0; one over a closed market (a mid older than 1 h) does not.
 * Warm-up: 10 intervals. `undefined` where x has no variance, as without trades; t and R² also where the mid stands still.
 * Cost: O(1) amortised per event, a comparison for most; after a pause at most 1 h/Δ intervals are made up. State: 5·n + 14 numbers.
 * Pitfall: flow also follows the mid (trades chase quotes), and λ takes that for impact: a coefficient of association over Δ.
 * Source: Kyle (1985), Continuous auctions and insider trading, theorem 1; regression as in López de Prado (2018), Advances in
 * financial machine learning, 19.4.1, with an intercept and on mids, to keep the bounce between bid and ask out of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const kyle = new KyleLambda({ intervalUs: 1_000_000, count: 3, countMin: 3 });
 * kyle.quote(0, 100);
 * kyle.trade({ timeUs: 1_200_000, size: 1e6, sign: 1 });
 * kyle.quote(1_500_000, 100.01); // 1 bps for a million bought
 * kyle.trade({ timeUs: 2_200_000, size: 1e6, sign: -1 });
 * kyle.quote(2_500_000, 99.999999); // and back
 * kyle.advance(4_000_000); // nothing in the third
 * assert.equal(kyle.count, 3);
 * assert(Math.abs(kyle.slope! - 1) < 1e-9);
 * ```
 *
 * @module
 */
import { IntervalRegression } from "./_interval_regression.ts";
import type { SignedTrade } from "./trade_sign.ts";

/** Base units that λ is told per. */
const MILLION = 1e6;

/** `slope` is λ, bps per million of base currency. */
export class KyleLambda extends IntervalRegression {
  trade({ timeUs, size, sign }: Pick<SignedTrade, "timeUs" | "size" | "sign">): void {
    if (size > 0) this.add(timeUs, (sign * size) / MILLION);
  }
}
