/**
 * Trade flow over a rolling window: what aggressors bought and sold, how much changes hands, and how many messages go with it.
 *
 * Formula: over the window [⌊t/Δ⌋·Δ − W, t], W = 60 s, Δ = W/60: B, S = Σv of the trades whose buyer, whose seller took; imbalance
 * (B − S)/(B + S); count; VWAP = Σp·v/Σv and traded per second Σv/T over all trades, T the part of the window since the first event;
 * order to trade = book events / trades. Sizes in base units.
 * Warm-up: `undefined` while the window holds no trade; B, S and imbalance also while it holds none whose side is known; traded per
 * second until a tenth of the window has been seen.
 * Cost: O(1) per trade and book event, O(60) per value. State: 370 numbers.
 * Pitfall: a trade whose aggressor is unknown counts in VWAP, count and traded per second, not in B and S. A venue that tells one
 * taker's order as a trade per maker has more trades, and a lower order-to-trade ratio, than one that tells it as one.
 * Source: Chordia, Subrahmanyam (2004), Order imbalance and individual stock returns, for the imbalance; Hendershott, Jones, Menkveld
 * (2011), Does algorithmic trading improve liquidity?, for messages against trades.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const flow = new TradeFlow();
 * flow.bookEvent(0);
 * flow.update(0, 1.10, 3e6, 1);
 * flow.bookEvent(500);
 * flow.bookEvent(800);
 * flow.update(1_000, 1.11, 1e6, -1);
 * assert.equal(flow.imbalance, 0.5);
 * assert.equal(flow.count, 2);
 * assert(Math.abs(flow.vwap! - 1.1025) < 1e-12);
 * assert.equal(flow.orderToTradeRatio, 1.5);
 * flow.advance(8_000_000);
 * assert.equal(flow.tradedPerSecond, 500_000); // 4 million in the 8 s that have been seen
 * ```
 *
 * @module
 */
import { US_PER_MINUTE, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

export interface TradeFlowOptions {
  /** Microseconds. @default {60_000_000} */
  windowUs?: number;
}

const SLOTS = 60;
/** Part of the window that must have been seen before there is a rate. */
const SEEN_SHARE_MIN = 0.1;
const BUY = 0;
const SELL = 1;
const SIZE = 2;
const NOTIONAL = 3;
const COUNT = 4;
const BOOK_EVENTS = 5;

export class TradeFlow implements Estimator {
  readonly #windowUs: number;
  readonly #window: SlottedWindow;
  /** Time of the first event; −1 before it. */
  #firstUs = -1;
  #nowUs = 0;

  constructor({ windowUs = US_PER_MINUTE }: TradeFlowOptions = {}) {
    this.#windowUs = windowUs;
    this.#window = new SlottedWindow({ slotUs: windowUs / SLOTS, slotCount: SLOTS, channelCount: 6 });
  }

  /** One trade; `sign` is 1 where a buyer took, −1 where a seller hit, 0 where it is unknown. */
  update(timeUs: number, price: number, size: number, sign: number): void {
    const window = this.#window;
    this.#come(timeUs);
    if (sign > 0) window.add(BUY, size);
    else if (sign < 0) window.add(SELL, size);
    window.add(SIZE, size);
    window.add(NOTIONAL, price * size);
    window.add(COUNT, 1);
  }

  /** One quote, level or clear. */
  bookEvent(timeUs: number): void {
    this.#come(timeUs);
    this.#window.add(BOOK_EVENTS, 1);
  }

  #come(timeUs: number): void {
    if (timeUs >= this.#window.slotEndUs) this.#window.advance(timeUs);
    if (this.#firstUs < 0) this.#firstUs = timeUs;
    this.#nowUs = timeUs;
  }

  /** Bring the window to a time without an event. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
    this.#nowUs = timeUs;
  }

  get count(): number {
    return this.#window.sum(COUNT);
  }

  get buySize(): number | undefined {
    return this.#signed ? finite(this.#window.sum(BUY)) : undefined;
  }

  get sellSize(): number | undefined {
    return this.#signed ? finite(this.#window.sum(SELL)) : undefined;
  }

  get imbalance(): number | undefined {
    const buy = this.#window.sum(BUY);
    const sell = this.#window.sum(SELL);
    return finite((buy - sell) / (buy + sell));
  }

  /** Base units per second. */
  get tradedPerSecond(): number | undefined {
    const { slotUs } = this.#window;
    const startUs = Math.floor(this.#nowUs / slotUs) * slotUs - this.#windowUs;
    const seenUs = this.#nowUs - Math.max(startUs, this.#firstUs);
    if (this.count === 0 || seenUs < SEEN_SHARE_MIN * this.#windowUs) return undefined;
    return finite((this.#window.sum(SIZE) / seenUs) * US_PER_SECOND);
  }

  get vwap(): number | undefined {
    return finite(this.#window.sum(NOTIONAL) / this.#window.sum(SIZE));
  }

  /** Book events per trade. */
  get orderToTradeRatio(): number | undefined {
    return finite(this.#window.sum(BOOK_EVENTS) / this.count);
  }

  get #signed(): boolean {
    return this.#window.sum(BUY) + this.#window.sum(SELL) > 0;
  }

  snapshot(): number[] {
    return [this.#firstUs, this.#nowUs, ...this.#window.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#firstUs, this.#nowUs] = state as [number, number];
    this.#window.restore(state.slice(2));
  }
}
