/**
 * One side of an order book: price levels, best first to the reader.
 *
 * Two sorted typed arrays, the best level at their end, where nearly all changes happen: a change costs a binary search and
 * a short move. At most {@linkcode LADDER_LEVELS_MAX} levels; one more drops the level furthest from the touch and is counted.
 *
 * @module
 */

/** Levels of one side that are kept. Overflow: the furthest level goes, and `droppedCount` says how often. */
export const LADDER_LEVELS_MAX = 1000;
/** Share of a size that is nothing but the rounding of the sizes that make it up. */
const SIZE_ROUNDING = 1e-12;

export class Ladder {
  readonly #prices = new Float64Array(LADDER_LEVELS_MAX);
  readonly #sizes = new Float64Array(LADDER_LEVELS_MAX);
  /** 1 where a higher price is better (bids), −1 where a lower one is. */
  readonly #sign: number;
  #count = 0;
  droppedCount = 0;

  constructor(readonly side: "bid" | "ask") {
    this.#sign = side === "bid" ? 1 : -1;
  }

  get count(): number {
    return this.#count;
  }

  /** Set the total size at a price; 0 removes the level. Answers what it was, 0 where there was none. */
  set(price: number, size: number): number {
    const prices = this.#prices;
    const key = price * this.#sign;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (prices[middle]! * this.#sign < key) low = middle + 1;
      else high = middle;
    }
    if (low < this.#count && prices[low] === price) {
      const before = this.#sizes[low]!;
      if (size > 0) this.#sizes[low] = size;
      else this.#remove(low);
      return before;
    }
    if (size > 0) this.#insert(low, price, size);
    return 0;
  }

  /** Price of a level, 0 the best; NaN where there is none. */
  price(depth: number): number {
    return depth < this.#count ? this.#prices[this.#count - 1 - depth]! : NaN;
  }

  /** Size of a level, 0 the best; NaN where there is none. */
  size(depth: number): number {
    return depth < this.#count ? this.#sizes[this.#count - 1 - depth]! : NaN;
  }

  /** Total size of the best levels, at most `levels` of them. */
  depth(levels: number): number {
    let total = 0;
    for (let i = Math.max(0, this.#count - levels); i < this.#count; i++) total += this.#sizes[i]!;
    return total;
  }

  /** Total size at a price and at better ones. */
  sizeTo(price: number): number {
    const key = price * this.#sign;
    let total = 0;
    for (let i = this.#count - 1; i >= 0 && this.#prices[i]! * this.#sign >= key; i--) total += this.#sizes[i]!;
    return total;
  }

  /** Mean price of so much size, taken from the best level on; NaN where the ladder does not hold it. */
  vwapOf(size: number): number {
    let left = size;
    let value = 0;
    for (let i = this.#count - 1; i >= 0; i--) {
      const taken = Math.min(left, this.#sizes[i]!);
      value += taken * this.#prices[i]!;
      left -= taken;
      if (left <= size * SIZE_ROUNDING) return value / (size - left);
    }
    return NaN;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Price, size, price, size, … from the worst level to the best. */
  snapshot(): number[] {
    const state: number[] = [this.droppedCount];
    for (let i = 0; i < this.#count; i++) state.push(this.#prices[i]!, this.#sizes[i]!);
    return state;
  }

  restore(state: readonly number[]): void {
    this.droppedCount = state[0]!;
    this.#count = (state.length - 1) / 2;
    for (let i = 0; i < this.#count; i++) {
      this.#prices[i] = state[1 + 2 * i]!;
      this.#sizes[i] = state[2 + 2 * i]!;
    }
  }

  #insert(at: number, price: number, size: number): void {
    if (this.#count === LADDER_LEVELS_MAX) {
      this.droppedCount++;
      // The furthest level stands first. If the new one is further still, it is the one to drop.
      if (at === 0) return;
      this.#prices.copyWithin(0, 1, at);
      this.#sizes.copyWithin(0, 1, at);
      at--;
    } else {
      this.#prices.copyWithin(at + 1, at, this.#count);
      this.#sizes.copyWithin(at + 1, at, this.#count);
      this.#count++;
    }
    this.#prices[at] = price;
    this.#sizes[at] = size;
  }

  #remove(at: number): void {
    this.#prices.copyWithin(at, at + 1, this.#count);
    this.#sizes.copyWithin(at, at + 1, this.#count);
    this.#count--;
  }
}
