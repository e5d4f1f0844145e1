/**
 * Order-flow imbalance of every level of the book, down to a depth.
 *
 * What happens behind the touch tells of prices too: makers who thin out their deeper levels have not moved the touch yet.
 *
 * Formula: for consecutive books and each level k, primes the previous one, e_k = qb·1{b≥b′} − qb′·1{b≤b′} − qa·1{a≤a′} + qa′·1{a≥a′}
 * of the k-th best bid and ask and their sizes, summed over the window [⌊t/Δ⌋·Δ − W, t], W = 10 s, Δ = W/40. In base units.
 * Warm-up: the first pair of books that have the level; `undefined` while no such pair ended within the window.
 * Cost: O(levels) per book, at the end of a batch; levels that neither book has cost nothing. O(40) per value. State: 46·levels + 5
 * numbers.
 * Pitfall: a level that either book lacks, on either side, has no flow in that step, and no flow is derived over a book that stood
 * for more than an hour. After a re-snapshot of the book call `restart`, or the difference between two pictures would count as flow.
 * A better price shifts all levels behind it: their flows are strongly related, see `integrated_ofi.ts`.
 * Source: Xu, Gould, Howison (2019), Multi-level order-flow imbalance in a limit order book, section 3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Ladder } from "../book/mod.ts";
 *
 * const [bids, asks] = [new Ladder("bid"), new Ladder("ask")];
 * for (const [price, size] of [[100, 5], [99, 8]] as const) bids.set(price, size);
 * for (const [price, size] of [[101, 7], [102, 9]] as const) asks.set(price, size);
 * const ofi = new MultiLevelOfi({ levels: 2 });
 * ofi.update(0, bids, asks);
 * bids.set(99, 11);
 * ofi.update(1_000, bids, asks); // three came to the second level
 * assert.deepEqual([ofi.sum(1), ofi.sum(2)], [0, 3]);
 * ```
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_SECOND } from "../contract/mod.ts";
import { type Estimator, finite } from "./estimator.ts";
import { touchFlow } from "./order_flow_imbalance.ts";
import { SlottedWindow } from "./slotted_window.ts";

/** One side of a book, as a reader sees it: 0 is the best level, NaN where there is none. */
export interface LadderSide {
  readonly count: number;
  price(depth: number): number;
  size(depth: number): number;
}

export interface MultiLevelOfiOptions {
  /** Levels, from the touch. @default {10} */
  levels?: number;
  /** Microseconds. @default {10_000_000} */
  windowUs?: number;
}

const SLOTS = 40;
/** Bid, its size, ask, its size. */
const NUMBERS_PER_LEVEL = 4;

export class MultiLevelOfi implements Estimator {
  readonly levels: number;
  /** Flow of each level in the newest step, base units; 0 where it has none. */
  readonly flows: Float64Array;
  /** Mean size of a level in the newest step, over both sides and the levels that have a flow; NaN where none has. */
  depthSize = NaN;
  readonly #window: SlottedWindow;
  readonly #previous: Float64Array;
  /** Time of each level's newest step. */
  readonly #stepUs: Float64Array;
  /** Levels of the previous book, on its deeper side. */
  #count = 0;
  #timeUs = 0;
  #nowUs = 0;

  constructor({ levels = 10, windowUs = 10 * US_PER_SECOND }: MultiLevelOfiOptions = {}) {
    this.levels = levels;
    this.flows = new Float64Array(levels);
    this.#previous = new Float64Array(NUMBERS_PER_LEVEL * levels).fill(NaN);
    this.#stepUs = new Float64Array(levels).fill(NaN);
    this.#window = new SlottedWindow({ slotUs: windowUs / SLOTS, slotCount: SLOTS, channelCount: levels });
  }

  /** The book from this time on, consistent; sizes in base units. Answers whether any level has a flow in this step. */
  update(timeUs: number, bids: LadderSide, asks: LadderSide): boolean {
    const { levels, flows } = this;
    const window = this.#window;
    const previous = this.#previous;
    const stepUs = this.#stepUs;
    if (timeUs >= window.slotEndUs) window.advance(timeUs);
    const linked = timeUs - this.#timeUs <= CLOSED_MARKET_US;
    const count = Math.min(levels, Math.max(bids.count, asks.count));
    const deepest = Math.max(count, this.#count);
    let steps = 0;
    let total = 0;
    for (let k = 0, at = 0; k < deepest; k++, at += NUMBERS_PER_LEVEL) {
      const bid = bids.price(k);
      const bidSize = bids.size(k);
      const ask = asks.price(k);
      const askSize = asks.size(k);
      const bid0 = previous[at]!;
      const bidSize0 = previous[at + 1]!;
      const ask0 = previous[at + 2]!;
      const askSize0 = previous[at + 3]!;
      let flow = 0;
      // Most levels are what they were.
      if (bid !== bid0 || ask !== ask0 || bidSize !== bidSize0 || askSize !== askSize0) {
        flow = touchFlow(bid0, bidSize0, ask0, askSize0, bid, bidSize, ask, askSize);
        previous[at] = bid;
        previous[at + 1] = bidSize;
        previous[at + 2] = ask;
        previous[at + 3] = askSize;
      }
      flows[k] = 0;
      if (!linked || flow !== flow) continue;
      steps++;
      total += bidSize + askSize;
      stepUs[k] = timeUs;
      if (flow === 0) continue;
      flows[k] = flow;
      window.add(k, flow);
    }
    this.depthSize = total / (2 * steps);
    this.#count = count;
    this.#timeUs = this.#nowUs = timeUs;
    return steps > 0;
  }

  /** Forget the previous book: the next one starts a new chain. */
  restart(): void {
    this.#previous.fill(NaN);
    this.flows.fill(0);
    this.depthSize = NaN;
    this.#count = 0;
  }

  /** Bring the window to a time without a change. */
  advance(timeUs: number): void {
    this.#window.advance(timeUs);
    this.#nowUs = timeUs;
  }

  /** Flow of a level over the window, base units; level 1 is the touch. */
  sum(level: number): number | undefined {
    const { slotUs } = this.#window;
    const startUs = (Math.floor(this.#nowUs / slotUs) - SLOTS) * slotUs;
    return this.#stepUs[level - 1]! >= startUs ? finite(this.#window.sum(level - 1)) : undefined;
  }

  snapshot(): number[] {
    return [
      this.#timeUs,
      this.#nowUs,
      this.#count,
      ...this.#previous,
      ...this.#stepUs,
      ...this.#window.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    [this.#timeUs, this.#nowUs, this.#count] = state as [number, number, number];
    const stepsAt = 3 + this.#previous.length;
    const windowAt = stepsAt + this.levels;
    this.#previous.set(state.slice(3, stepsAt));
    this.#stepUs.set(state.slice(stepsAt, windowAt));
    this.#window.restore(state.slice(windowAt));
    this.flows.fill(0);
    this.depthSize = NaN;
  }
}
