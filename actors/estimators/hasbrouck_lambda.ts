/**
 * Hasbrouck's λ: how far the mid moves per signed square root of what aggressors pay.
 *
 * Formula: Δm_k = α + λ·x_k + ε over the last n intervals of length Δ (n = 60, Δ = 10 s), by ordinary least squares;
 * Δm_k = 1e4·(m_k − m_{k−1})/m_{k−1} in bps, m the last mid strictly before the interval's edge; x_k = Σ D·√(p·v/1e6), D = 1 where a buyer
 * took, −1 where a seller hit, p·v the notional in quote currency. Unknown sides, intervals without trades and closed markets as
 * for Kyle's λ (`kyle_lambda.ts`).
 * Warm-up: 10 intervals. `undefined` where x has no variance, as without trades; t and R² also where the mid stands still.
 * Cost: O(1) amortised per event, a comparison for most; after a pause at most 1 h/Δ intervals are made up. State: 5·n + 14 numbers.
 * Pitfall: the root is taken trade by trade: the same volume in more, smaller trades is more flow.
 * Source: Hasbrouck (2009), Trading costs and returns for U.S. equities: estimating effective costs from daily data (log returns of
 * five minutes there; here simple changes of the mid, the same to within their square).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const hasbrouck = new HasbrouckLambda({ intervalUs: 1_000_000, count: 3, countMin: 3 });
 * hasbrouck.quote(0, 100);
 * hasbrouck.trade({ timeUs: 1_200_000, price: 100, size: 40_000, sign: 1 }); // 4 millions: a root of 2
 * hasbrouck.quote(1_500_000, 100.01); // 1 bps
 * hasbrouck.advance(4_000_000);
 * assert(Math.abs(hasbrouck.slope! - 0.5) < 1e-9);
 * ```
 *
 * @module
 */
import { IntervalRegression } from "./_interval_regression.ts";
import type { SignedTrade } from "./trade_sign.ts";

/** Quote currency that the root is taken in units of. */
const MILLION = 1e6;

/** `slope` is λ, bps per root of a million of quote currency. */
export class HasbrouckLambda extends IntervalRegression {
  trade({ timeUs, price, size, sign }: Pick<SignedTrade, "timeUs" | "price" | "size" | "sign">): void {
    const notionalMillion = (price * size) / MILLION;
    if (notionalMillion > 0) this.add(timeUs, sign * Math.sqrt(notionalMillion));
  }
}
