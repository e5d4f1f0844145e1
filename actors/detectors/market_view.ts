/**
 * What the detectors of a pair see: the book, what is usual, and the event under way. One object, changed in place.
 *
 * @module
 */
import { BPS_PER_ONE, type Pair, pairSpec, SessionClock } from "../contract/mod.ts";
import { Book } from "../book/mod.ts";
import type { CaseSink } from "./case.ts";
import { FlowTape } from "./flow_tape.ts";
import { OrderTape } from "./order_tape.ts";
import { UsualMarket } from "./usual_market.ts";

export class MarketView {
  readonly pair: Pair;
  readonly pipSize: number;
  readonly usual = new UsualMarket();
  readonly flow = new FlowTape();
  readonly orders = new OrderTape();
  readonly sessions = new SessionClock();
  /** The book after the event under way. */
  book = new Book();
  /** Event time now, microseconds. */
  timeUs = 0;
  /** Entry of the log under way. */
  sequence = 0;
  /** When the book was last told anew, or a gap or reconnect was told; 0 for never. */
  interruptedUs = 0;
  /** Whether levels make the book, or quotes alone. */
  hasLevels = false;
  /** The newest quote may be a bad tick: nothing is made of it before the next one. */
  suspect = false;
  /** Takes what cases say. */
  sink: CaseSink = () => {};

  constructor(pair: Pair) {
    this.pair = pair;
    this.pipSize = pairSpec(pair).pipSize;
  }

  /** NaN where a side is empty. */
  get mid(): number {
    return (this.book.bid + this.book.ask) / 2;
  }

  get spreadBps(): number {
    return (BPS_PER_ONE * (this.book.ask - this.book.bid)) / this.mid;
  }
}
