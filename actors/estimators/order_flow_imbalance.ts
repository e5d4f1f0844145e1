/**
 * Order-flow imbalance at the touch: what came to the best bid and left the best ask, less the reverse.
 *
 * Positive where demand pushed the touch. In base units, and in units of the mean depth at the touch.
 *
 * Formula: for consecutive best quotes, primes the previous one, e = qb·1{b≥b′} − qb′·1{b≤b′} − qa·1{a≤a′} + qa′·1{a≥a′}, summed over
 * the window [⌊t/Δ⌋·Δ − W, t], W = 1 s and 10 s, Δ = 50 ms. Normalised: Σe over the mean of (qb + qa)/2 over the same quotes.
 * Warm-up: the first pair of quotes; `undefined` while no pair ended within 10 s.
 * Cost: O(1) per quote; O(200) per value. State: 610 numbers.
 * Pitfall: a quote without sizes or sides breaks the chain, as does one that stood for more than an hour, which is of a closed
 * market: nothing is derived across it. After a re-snapshot of the book call `restart`, or the difference between two pictures
 * would count as flow.
 * Source: Cont, Kukanov, Stoikov (2014), The price impact of order book events, Journal of Financial Econometrics 12(1), eq. 1 to 3.
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
import { CLOSED_MARKET_US } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { SlottedWindow } from "./slotted_window.ts";

const SLOT_US = 50_000;
const SLOTS_1S = 20;
const SLOTS_10S = 200;
const FLOW = 0;
const DEPTH = 1;
const COUNT = 2;

/**
 * Flow of one step, from a bid and ask with their sizes to the next: e of the formula above, NaN where a number is absent.
 * Eight numbers in place of two objects, because this runs for every level of every book event.
 */
export function touchFlow(
  bid0: number,
  bidSize0: number,
  ask0: number,
  askSize0: number,
  bid: number,
  bidSize: number,
  ask: number,
  askSize: number,
): number {
  // A comparison with NaN is false, and not every case needs every number: an absent one must be asked for.
  const all = bid0 + bidSize0 + ask0 + askSize0 + bid + bidSize + ask + askSize;
  if (all !== all) return NaN;
  const bidFlow = bid > bid0 ? bidSize : bid < bid0 ? -bidSize0 : bidSize - bidSize0;
  const askFlow = ask < ask0 ? askSize : ask > ask0 ? -askSize0 : askSize - askSize0;
  return bidFlow - askFlow;
}

export class OrderFlowImbalance implements Estimator {
  readonly #window = new SlottedWindow({ slotUs: SLOT_US, slotCount: SLOTS_10S, channelCount: 3 });
  #timeUs = 0;
  #bid = NaN;
  #bidSize = NaN;
  #ask = NaN;
  #askSize = NaN;

  /** The best quote from this time on; sizes in base units. */
  update(timeUs: number, bid: number, bidSize: number, ask: number, askSize: number): void {
    const window = this.#window;
    if (timeUs >= window.slotEndUs) window.advance(timeUs);
    const flow = touchFlow(this.#bid, this.#bidSize, this.#ask, this.#askSize, bid, bidSize, ask, askSize);
    if (flow === flow && timeUs - this.#timeUs <= CLOSED_MARKET_US) {
      window.add(FLOW, flow);
      window.add(DEPTH, (bidSize + askSize) / 2);
      window.add(COUNT, 1);
    }
    this.#timeUs = timeUs;
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
    return [this.#timeUs, this.#bid, this.#bidSize, this.#ask, this.#askSize, ...this.#window.snapshot()];
  }

  restore(state: readonly number[]): void {
    [this.#timeUs, this.#bid, this.#bidSize, this.#ask, this.#askSize] = state as [
      number,
      number,
      number,
      number,
      number,
    ];
    this.#window.restore(state.slice(5));
  }
}
