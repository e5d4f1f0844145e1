/**
 * The book of one pair, from quotes (L1), levels (L2) or both.
 *
 * A feed that sends quotes says itself what its touch is: the touch comes from them, the ladder adds depth. A feed that sends
 * levels only has its touch read off the ladder, at the end of each batch, when the book is consistent.
 *
 * @module
 */
import { EventFlag, EventKind, type MarketEvent, Side } from "../contract/mod.ts";
import { Ladder } from "./ladder.ts";

export class Book {
  readonly bids = new Ladder("bid");
  readonly asks = new Ladder("ask");
  bid = NaN;
  bidSize = NaN;
  ask = NaN;
  askSize = NaN;
  /** Total size that the newest level event found at its price; 0 where there was none. */
  sizeBefore = 0;
  /** The newest event gave the touch of a full picture of the book: no flow may be derived from how it differs. */
  fromSnapshot = false;
  /** The same of the levels, as they stood at the end of the newest batch. */
  levelsFromSnapshot = false;
  #quoted = false;
  /** A full picture is under way: the next touch comes from it. */
  #snapshotPending = false;
  /** The batch under way is part of a full picture of the levels. */
  #levelsPending = false;

  /** Take a quote, level or clear. Answers whether the touch is another one now. */
  apply(event: MarketEvent): boolean {
    // A touch that stands is told again at later events, which are no part of the picture that it came with.
    this.fromSnapshot = false;
    const touched = this.#take(event);
    if ((event.flags & EventFlag.lastOfBatch) !== 0) {
      this.levelsFromSnapshot = this.#levelsPending;
      this.#levelsPending = false;
    }
    return touched;
  }

  #take(event: MarketEvent): boolean {
    switch (event.kind) {
      case EventKind.quote:
        this.#quoted = true;
        if ((event.flags & EventFlag.snapshot) !== 0) this.#snapshotPending = true;
        return this.#setTouch(event.price, event.size, event.price2, event.size2);
      case EventKind.level:
        this.sizeBefore = (event.side === Side.bid ? this.bids : this.asks).set(event.price, event.size);
        if ((event.flags & EventFlag.snapshot) !== 0) this.#snapshotPending = this.#levelsPending = true;
        return this.#readTouch(event.flags);
      case EventKind.clear:
        this.bids.clear();
        this.asks.clear();
        this.#snapshotPending = this.#levelsPending = true;
        if (!this.#quoted) return this.#readTouch(event.flags);
        this.#quoted = false;
        return this.#setTouch(NaN, NaN, NaN, NaN);
      default:
        return false;
    }
  }

  #readTouch(flags: number): boolean {
    if (this.#quoted || (flags & EventFlag.lastOfBatch) === 0) return false;
    const { bids, asks } = this;
    return this.#setTouch(bids.price(0), bids.size(0), asks.price(0), asks.size(0));
  }

  #setTouch(bid: number, bidSize: number, ask: number, askSize: number): boolean {
    this.fromSnapshot = this.#snapshotPending;
    this.#snapshotPending = false;
    if (
      same(bid, this.bid) && same(bidSize, this.bidSize) && same(ask, this.ask) && same(askSize, this.askSize)
    ) return false;
    this.bid = bid;
    this.bidSize = bidSize;
    this.ask = ask;
    this.askSize = askSize;
    return true;
  }

  snapshot(): { touch: number[]; bids: number[]; asks: number[] } {
    return {
      touch: [
        this.bid,
        this.bidSize,
        this.ask,
        this.askSize,
        Number(this.#snapshotPending),
        Number(this.#quoted),
        Number(this.#levelsPending),
      ],
      bids: this.bids.snapshot(),
      asks: this.asks.snapshot(),
    };
  }

  restore(state: { touch: number[]; bids: number[]; asks: number[] }): void {
    const [bid, bidSize, ask, askSize, snapshotPending, quoted, levelsPending] = state.touch as [
      number,
      number,
      number,
      number,
      number,
      number,
      number?,
    ];
    Object.assign(this, { bid, bidSize, ask, askSize });
    this.#snapshotPending = snapshotPending === 1;
    this.#quoted = quoted === 1;
    this.#levelsPending = levelsPending === 1;
    this.bids.restore(state.bids);
    this.asks.restore(state.asks);
  }
}

/** Whether two numbers are the same, an absent one (NaN) being the same as another. */
function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}
