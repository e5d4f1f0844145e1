/**
 * Trade flow over a rolling minute: what aggressors bought and sold.
 *
 * Over the window [⌊t/Δ⌋·Δ − W, t], W = 60 s, Δ = 1 s: B, S = size bought and sold by aggressors, imbalance (B − S)/(B + S), count, and
 * VWAP = Σp·v/Σv over all trades. Sizes in base units. A trade whose aggressor is unknown counts in VWAP and count, not in B
 * and S. O(1) per trade, 307 numbers of state, no warm-up: `undefined` while the window holds no trade.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const flow = new TradeFlow();
 * flow.update(0, 1.10, 3e6, 1);
 * flow.update(1_000, 1.11, 1e6, -1);
 * assert.equal(flow.imbalance, 0.5);
 * assert.equal(flow.count, 2);
 * assert(Math.abs(flow.vwap! - 1.1025) < 1e-12);
 * ```
 *
 * @module
 */
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

const BUY = 0;
const SELL = 1;
const SIZE = 2;
const NOTIONAL = 3;
const COUNT = 4;

export class TradeFlow implements Estimator {
  readonly #window = new SlottedWindow({ slotUs: 1_000_000, slotCount: 60, channelCount: 5 });

  /** One trade; `sign` is 1 where a buyer took, −1 where a seller hit, 0 where it is unknown. */
  update(timeUs: number, price: number, size: number, sign: number): void {
    const window = this.#window;
    if (timeUs >= window.slotEndUs) window.advance(timeUs);
    if (sign > 0) window.add(BUY, size);
    else if (sign < 0) window.add(SELL, size);
    window.add(SIZE, size);
    window.add(NOTIONAL, price * size);
    window.add(COUNT, 1);
  }

  /** Bring the window to a time without a trade. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
  }

  get count(): number {
    return this.#window.sum(COUNT);
  }

  get buySize(): number | undefined {
    return this.count > 0 ? finite(this.#window.sum(BUY)) : undefined;
  }

  get sellSize(): number | undefined {
    return this.count > 0 ? finite(this.#window.sum(SELL)) : undefined;
  }

  get imbalance(): number | undefined {
    const buy = this.#window.sum(BUY);
    const sell = this.#window.sum(SELL);
    return finite((buy - sell) / (buy + sell));
  }

  get vwap(): number | undefined {
    return finite(this.#window.sum(NOTIONAL) / this.#window.sum(SIZE));
  }

  snapshot(): number[] {
    return this.#window.snapshot();
  }

  restore(state: readonly number[]): void {
    this.#window.restore(state);
  }
}
