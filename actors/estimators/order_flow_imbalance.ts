/**
 * Order-flow imbalance at the touch.
 *
 * For consecutive best quotes, primes the previous one:
 * e = qb·1{b≥b′} − qb′·1{b≤b′} − qa·1{a≤a′} + qa′·1{a≥a′}, summed over the window [⌊t/Δ⌋·Δ − W, t] (W = 1 s and 10 s, Δ = 50 ms), in base
 * units. Positive: demand pushed the touch. Normalised by the mean depth (qb + qa)/2 at the touch over the same quotes.
 *
 * O(1) per quote, 609 numbers of state, warm after the first pair of quotes. A quote without sizes or sides breaks the chain:
 * nothing is derived across it. After a re-snapshot of the book call `restart`, or the difference between two pictures would
 * count as flow. Reference: Cont, Kukanov, Stoikov (2014), The price impact of order book events, eq. 1 to 3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const ofi = new OrderFlowImbalance();
 * ofi.update(0, 100, 5, 101, 7);
 * ofi.update(1_000, 100.5, 3, 101.5, 2); // bid and ask both moved up: 3 + 7
 * assert.equal(ofi.sum1s, 10);
 * ```
 *
 * @module
 */
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

const SLOT_US = 50_000;
const SLOTS_1S = 20;
const SLOTS_10S = 200;
const FLOW = 0;
const DEPTH = 1;
const COUNT = 2;

export class OrderFlowImbalance implements Estimator {
  readonly #window = new SlottedWindow({ slotUs: SLOT_US, slotCount: SLOTS_10S, channelCount: 3 });
  #bid = NaN;
  #bidSize = NaN;
  #ask = NaN;
  #askSize = NaN;

  /** The best quote from this time on; sizes in base units. */
  update(timeUs: number, bid: number, bidSize: number, ask: number, askSize: number): void {
    const window = this.#window;
    if (timeUs >= window.slotEndUs) window.advance(timeUs);
    let flow = 0;
    if (bid >= this.#bid) flow += bidSize;
    if (bid <= this.#bid) flow -= this.#bidSize;
    if (ask <= this.#ask) flow -= askSize;
    if (ask >= this.#ask) flow += this.#askSize;
    // A NaN on either side of a comparison is false, so the chain must be checked as a whole.
    const known = bid + bidSize + ask + askSize + this.#bid + this.#bidSize + this.#ask + this.#askSize;
    if (known === known) {
      window.add(FLOW, flow);
      window.add(DEPTH, (bidSize + askSize) / 2);
      window.add(COUNT, 1);
    }
    this.#bid = bid;
    this.#bidSize = bidSize;
    this.#ask = ask;
    this.#askSize = askSize;
  }

  /** Forget the previous quote: the next one starts a new chain. */
  restart(): void {
    this.#bid =
      this.#bidSize =
      this.#ask =
      this.#askSize =
        NaN;
  }

  /** Bring the windows to a time without a quote. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
  }

  /** Over the last second, base units; `undefined` while no two quotes lie within 10 s. */
  get sum1s(): number | undefined {
    return this.#window.sum(COUNT) > 0 ? finite(this.#window.sum(FLOW, SLOTS_1S)) : undefined;
  }

  /** Over the last 10 s, base units. */
  get sum10s(): number | undefined {
    return this.#window.sum(COUNT) > 0 ? finite(this.#window.sum(FLOW)) : undefined;
  }

  /** `sum10s` in units of the mean touch depth. */
  get normalised10s(): number | undefined {
    return finite(this.#window.sum(FLOW) / (this.#window.sum(DEPTH) / this.#window.sum(COUNT)));
  }

  snapshot(): number[] {
    return [this.#bid, this.#bidSize, this.#ask, this.#askSize, ...this.#window.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#bid, this.#bidSize, this.#ask, this.#askSize] = state as [number, number, number, number];
    this.#window.restore(state.slice(4));
  }
}
