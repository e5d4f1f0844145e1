/**
 * Single orders, where a feed tells them: how old they are, how much of them is left.
 *
 * An order that is seen for the first time is born then. Bounded: {@linkcode ORDERS_MAX} orders; one more forgets the oldest, which is
 * then born anew when it is told of again, and `forgottenCount` says how often that was.
 *
 * Cost: a look-up in a map per order event. State: seven numbers an order.
 *
 * @module
 */
import type { MarketEvent } from "../contract/mod.ts";

/** Orders that are known at once. Overflow: the one that came first is forgotten. */
export const ORDERS_MAX = 4_096;

/** A change of one order. One object, changed in place. */
export interface OrderChange {
  id: number;
  side: number;
  price: number;
  /** Size before and after; before is 0 for one that was not there, after 0 for one that is gone. */
  before: number;
  after: number;
  /** The largest it ever was. */
  peak: number;
  bornUs: number;
  sequenceBorn: number;
}

interface Known {
  side: number;
  price: number;
  size: number;
  peak: number;
  bornUs: number;
  sequenceBorn: number;
}

export class OrderTape {
  readonly change: OrderChange = {
    id: NaN,
    side: 0,
    price: NaN,
    before: 0,
    after: 0,
    peak: 0,
    bornUs: 0,
    sequenceBorn: 0,
  };
  forgottenCount = 0;
  /** By id, in the order of their birth. */
  readonly #orders = new Map<number, Known>();

  get count(): number {
    return this.#orders.size;
  }

  /** An order event. Tells the change in `change`; answers whether there is one. */
  order(timeUs: number, sequence: number, { side, price, size, price2: id }: MarketEvent): boolean {
    if (!(id === id)) return false;
    const { change } = this;
    let known = this.#orders.get(id);
    // An order that changes its price is another one at the end of another queue.
    const moved = known !== undefined && (known.price !== price || known.side !== side) && size > 0;
    if (moved) {
      this.#orders.delete(id);
      known = undefined;
    }
    change.id = id;
    change.side = side;
    change.price = price;
    change.after = size;
    if (known === undefined) {
      if (size === 0) return false;
      if (this.#orders.size >= ORDERS_MAX) this.#forget();
      this.#orders.set(id, { side, price, size, peak: size, bornUs: timeUs, sequenceBorn: sequence });
      change.before = 0;
      change.peak = size;
      change.bornUs = timeUs;
      change.sequenceBorn = sequence;
      return true;
    }
    if (known.size === size) return false;
    change.side = known.side;
    change.price = known.price;
    change.before = known.size;
    change.peak = known.peak;
    change.bornUs = known.bornUs;
    change.sequenceBorn = known.sequenceBorn;
    if (size === 0) this.#orders.delete(id);
    else {
      known.size = size;
      known.peak = Math.max(known.peak, size);
    }
    return true;
  }

  #forget(): void {
    const oldest = this.#orders.keys().next().value!;
    this.#orders.delete(oldest);
    this.forgottenCount++;
  }

  /** The book is told anew: orders that are told again are born then. */
  interrupt(): void {
    this.#orders.clear();
  }

  snapshot(): number[] {
    const state = [this.forgottenCount];
    for (const [id, { side, price, size, peak, bornUs, sequenceBorn }] of this.#orders) {
      state.push(id, side, price, size, peak, bornUs, sequenceBorn);
    }
    return state;
  }

  restore(state: readonly number[]): void {
    this.forgottenCount = state[0]!;
    this.#orders.clear();
    for (let at = 1; at + 7 <= state.length; at += 7) {
      const [id, side, price, size, peak, bornUs, sequenceBorn] = state.slice(at, at + 7) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      this.#orders.set(id, { side, price, size, peak, bornUs, sequenceBorn });
    }
  }
}
