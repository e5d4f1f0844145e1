/**
 * A recording whose rows are whole books, as the changes of levels between them.
 *
 * A row is ask, ask size, bid, bid size of level 1 and on, best first, NaN where there is no level. A level that leaves the
 * rows is told as removed, so that the book that is folded is the row. One pass over both rows a side, nothing allocated.
 *
 * @module
 */
import { EventFlag, EventKind, Side } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import type { EventBatch } from "./event_batch.ts";

/** Where a side's first price stands in a row. */
const ASK_AT = 0;
const BID_AT = 2;

export class BookRows {
  /** The row that is filled in; `accept` makes it the one before. */
  next: Float64Array;
  #last: Float64Array;
  #hasLast = false;
  readonly #levels: number;

  constructor(levels: number) {
    this.#levels = levels;
    this.next = new Float64Array(4 * levels).fill(NaN);
    this.#last = this.next.slice();
  }

  /** Whether there is a row before. */
  get hasLast(): boolean {
    return this.#hasLast;
  }

  /** Tell how the book got from the last row to the next one: all of it where there is no last. */
  tell(batch: EventBatch, sink: EventSink, timeUs: number): void {
    const flags = this.#hasLast ? 0 : EventFlag.snapshot;
    if (!this.#hasLast) batch.add(sink, timeUs, EventKind.clear, Side.none, NaN, NaN, flags);
    this.#tellSide(batch, sink, timeUs, BID_AT, flags);
    this.#tellSide(batch, sink, timeUs, ASK_AT, flags);
  }

  accept(): void {
    const next = this.#last;
    this.#last = this.next;
    this.next = next;
    this.#hasLast = true;
  }

  /** Size at a price in the last row; 0 where the row shows that there is none, NaN where it cannot tell. */
  sizeBefore(side: number, price: number): number {
    return sizeAt(this.#last, this.#levels, side, price);
  }

  /** As {@linkcode sizeBefore}, in the next row. */
  sizeAfter(side: number, price: number): number {
    return sizeAt(this.next, this.#levels, side, price);
  }

  #tellSide(batch: EventBatch, sink: EventSink, timeUs: number, from: number, flags: number): void {
    const [last, next] = [this.#last, this.next];
    const side = from === BID_AT ? Side.bid : Side.ask;
    const end = 4 * this.#levels;
    let i = this.#hasLast ? from : end;
    let j = from;
    for (;;) {
      const before = i < end ? last[i]! : NaN;
      const after = j < end ? next[j]! : NaN;
      if (before === after) {
        if (last[i + 1] !== next[j + 1]) {
          batch.add(sink, timeUs, EventKind.level, side, after, next[j + 1]!, flags);
        }
        i += 4;
        j += 4;
      } else if (after !== after || (side === Side.bid ? before > after : before < after)) {
        if (before !== before) return;
        batch.add(sink, timeUs, EventKind.level, side, before, 0, flags);
        i += 4;
      } else {
        batch.add(sink, timeUs, EventKind.level, side, after, next[j + 1]!, flags);
        j += 4;
      }
    }
  }
}

function sizeAt(row: Float64Array, levels: number, side: number, price: number): number {
  const from = side === Side.bid ? BID_AT : ASK_AT;
  const end = 4 * levels;
  for (let at = from; at < end; at += 4) {
    const level = row[at]!;
    if (level === price) return row[at + 1]!;
    // Beyond the last level that there is, or between two that are.
    if (level !== level || (side === Side.bid ? level < price : level > price)) return 0;
  }
  return NaN;
}
