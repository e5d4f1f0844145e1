/**
 * What happens to the levels of a book, and which of it trades explain.
 *
 * On a book of levels a cancellation is a size drop that no trade explains. Trades and drops of one price are matched whichever comes
 * first, within half a second: venues send the two on channels of their own. A book of quotes alone is taken as one of a single level
 * a side: a touch that moves away took its size along, whoever did it.
 *
 * Cost: a walk over at most 16 trades or drops per change; three rings of 16. Overflow: the oldest is forgotten, and counts as
 * unexplained.
 *
 * @module
 */
import { BPS_PER_ONE, EventFlag, type MarketEvent, Side, US_PER_MS } from "../contract/mod.ts";
import type { Book } from "../book/mod.ts";
import type { SignedTrade } from "../estimators/mod.ts";

/** A change of one level. One object, changed in place. */
export interface LevelChange {
  side: number;
  price: number;
  /** Total size before and after; 0 where there is no level. */
  before: number;
  after: number;
  /** What came, or went. */
  added: number;
  removed: number;
  /** Of what went, the part that trades before it explain. The rest was withdrawn, unless a trade that comes later explains it. */
  traded: number;
  withdrawn: number;
  /** Distance from the touch of its side as it was before, bps of the mid: 0 at it, negative where it improves it. NaN without. */
  distanceBps: number;
}

/** A trade as detectors see it. One object, changed in place. */
export interface TapeTrade {
  price: number;
  size: number;
  /** 1 bought, −1 sold, 0 where nobody knows. */
  sign: number;
  /** The side of the book that gave it, where the sign is known; `Side.none` otherwise. */
  passiveSide: number;
  /** Owners, NaN where they are not told. */
  buyer: number;
  seller: number;
  /** Of its size, the part that explains drops which were taken as withdrawn. */
  explains: number;
  /** The mid before it; NaN where there was none. */
  mid: number;
}

/** How long a trade may lie before or behind the drop that it explains. */
export const EXPLAIN_US_MAX = 500 * US_PER_MS;
const RING = 16;
/** Prices this near are the same. */
const PRICE_TOLERANCE = 1e-9;

/** Sizes that wait to be matched, by price. */
class Waiting {
  readonly #prices = new Float64Array(RING);
  readonly #sides = new Float64Array(RING);
  readonly #sizes = new Float64Array(RING);
  readonly #timesUs = new Float64Array(RING);
  #next = 0;

  push(timeUs: number, side: number, price: number, size: number): void {
    const at = this.#next;
    this.#prices[at] = price;
    this.#sides[at] = side;
    this.#sizes[at] = size;
    this.#timesUs[at] = timeUs;
    this.#next = (at + 1) % RING;
  }

  /** Take up to so much of what waits at a price; answers how much there was. */
  take(timeUs: number, side: number, price: number, size: number): number {
    let left = size;
    for (let k = 1; k <= RING && left > 0; k++) {
      const at = (this.#next - k + RING) % RING;
      const waiting = this.#sizes[at]!;
      if (waiting === 0 || timeUs - this.#timesUs[at]! > EXPLAIN_US_MAX) continue;
      // A trade whose side nobody knows explains drops of either.
      if (this.#sides[at] !== side && side !== Side.none && this.#sides[at] !== Side.none) continue;
      if (Math.abs(this.#prices[at]! - price) > PRICE_TOLERANCE * price) continue;
      const taken = Math.min(left, waiting);
      this.#sizes[at] = waiting - taken;
      left -= taken;
    }
    return size - left;
  }

  clear(): void {
    this.#sizes.fill(0);
  }

  snapshot(): number[] {
    return [this.#next, ...this.#prices, ...this.#sides, ...this.#sizes, ...this.#timesUs];
  }

  restore(state: readonly number[]): void {
    this.#next = state[0]!;
    [this.#prices, this.#sides, this.#sizes, this.#timesUs].forEach((list, k) => {
      list.set(state.slice(1 + k * RING, 1 + (k + 1) * RING));
    });
  }
}

const WAITING_LENGTH = 1 + 4 * RING;
/** Numbers of the state that are not of the rings. */
const OWN_LENGTH = 11;

export class FlowTape {
  readonly change: LevelChange = {
    side: 0,
    price: NaN,
    before: 0,
    after: 0,
    added: 0,
    removed: 0,
    traded: 0,
    withdrawn: 0,
    distanceBps: NaN,
  };
  readonly trade: TapeTrade = {
    price: NaN,
    size: 0,
    sign: 0,
    passiveSide: 0,
    buyer: NaN,
    seller: NaN,
    explains: 0,
    mid: NaN,
  };
  readonly #trades = new Waiting();
  readonly #drops = new Waiting();
  /** The touch as it was before the newest event, by side: price and size; for a book of quotes, what the change is from. */
  readonly #touch = new Float64Array(4).fill(NaN);
  /** The newest trade, to know one that is told twice. */
  readonly #last = new Float64Array(7).fill(NaN);

  /** A level event; the book has taken it. Tells the change in `change`; answers whether there is one. */
  level(timeUs: number, { side, price, size }: MarketEvent, { sizeBefore }: Book): boolean {
    return this.#set(timeUs, side, price, sizeBefore, size);
  }

  /**
   * A touch of a book of quotes alone: up to two changes a side, each handed to `take`.
   */
  quote(timeUs: number, book: Book, take: (change: LevelChange) => void): void {
    this.#quoteSide(timeUs, Side.bid, book.bid, book.bidSize, take);
    this.#quoteSide(timeUs, Side.ask, book.ask, book.askSize, take);
  }

  #quoteSide(timeUs: number, side: number, price: number, size: number, take: (change: LevelChange) => void): void {
    const at = side === Side.bid ? 0 : 2;
    const wasPrice = this.#touch[at]!;
    const wasSize = this.#touch[at + 1]!;
    if (price === wasPrice) {
      if (this.#set(timeUs, side, price, wasSize, size)) take(this.change);
      return;
    }
    const improves = side === Side.bid ? price > wasPrice : price < wasPrice;
    // A better touch stands before the old one, which is still there; a worse one is what lay behind it.
    if (!improves && this.#set(timeUs, side, wasPrice, wasSize, 0)) take(this.change);
    if (improves && this.#set(timeUs, side, price, 0, size)) take(this.change);
  }

  #set(timeUs: number, side: number, price: number, before: number, after: number): boolean {
    // Sizes that are not told change nothing; so does a level that stays.
    if (before === after || !(price === price) || !(before === before) || !(after === after)) return false;
    const { change } = this;
    change.side = side;
    change.price = price;
    change.before = before;
    change.after = after;
    change.added = Math.max(0, after - before);
    change.removed = Math.max(0, before - after);
    change.traded = 0;
    if (change.removed > 0) {
      change.traded = this.#trades.take(timeUs, side, price, change.removed);
      if (change.traded < change.removed) this.#drops.push(timeUs, side, price, change.removed - change.traded);
    }
    change.withdrawn = change.removed - change.traded;
    const bid = this.#touch[0]!;
    const ask = this.#touch[2]!;
    const away = side === Side.bid ? bid - price : price - ask;
    change.distanceBps = (BPS_PER_ONE * away) / ((bid + ask) / 2);
    return true;
  }

  /** A trade. Tells it in `trade`; answers whether it is another one than the one before. */
  take(event: MarketEvent, signed: SignedTrade): boolean {
    const { trade } = this;
    const known = [event.eventTimeUs, event.price, event.size, event.side, event.flags, event.price2, event.size2];
    if (known.every((number, i) => Object.is(number, this.#last[i]))) return false;
    this.#last.set(known);
    trade.price = signed.price;
    trade.size = signed.size;
    trade.sign = signed.sign;
    trade.passiveSide = signed.sign > 0 ? Side.ask : signed.sign < 0 ? Side.bid : Side.none;
    trade.buyer = event.price2;
    trade.seller = event.size2;
    trade.mid = signed.mid;
    trade.explains = this.#drops.take(signed.timeUs, trade.passiveSide, signed.price, signed.size);
    const left = signed.size - trade.explains;
    if (left > 0) this.#trades.push(signed.timeUs, trade.passiveSide, signed.price, left);
    return true;
  }

  /** The touch that later changes are measured from. */
  settle({ bid, bidSize, ask, askSize }: Book): void {
    this.#touch[0] = bid;
    this.#touch[1] = bidSize;
    this.#touch[2] = ask;
    this.#touch[3] = askSize;
  }

  /** Flow under way is void. */
  interrupt(): void {
    this.#trades.clear();
    this.#drops.clear();
    this.#touch.fill(NaN);
  }

  snapshot(): number[] {
    return [...this.#touch, ...this.#last, ...this.#trades.snapshot(), ...this.#drops.snapshot()];
  }

  restore(state: readonly number[]): void {
    this.#touch.set(state.slice(0, 4));
    this.#last.set(state.slice(4, OWN_LENGTH));
    this.#trades.restore(state.slice(OWN_LENGTH, OWN_LENGTH + WAITING_LENGTH));
    this.#drops.restore(state.slice(OWN_LENGTH + WAITING_LENGTH));
  }
}

/** Whether an event is part of a full picture, from which no flow may be derived. */
export const isPicture = ({ flags }: MarketEvent): boolean => (flags & EventFlag.snapshot) !== 0;
