/**
 * A small book in integer ticks that remembers what changed: the books of the simulated markets.
 *
 * Levels of a side lie best first under keys that rise away from the touch: the ask's key is its tick, the bid's is minus its
 * tick. So one piece of code serves both sides. A change costs a walk over at most {@linkcode SIDE_LEVELS_MAX} levels.
 *
 * @module
 */
import { Side } from "../../contract/mod.ts";

/** Levels a side holds between two batches. */
export const BOOK_LEVELS = 10;
/** Levels a side may hold within a batch, before it is trimmed. Overflow: `set` throws, a defect of the market's rules. */
export const SIDE_LEVELS_MAX = 2 * BOOK_LEVELS;
/** Changes of one batch at most: both sides emptied, filled again, and some. Overflow: `set` throws. */
const CHANGES_MAX = 8 * BOOK_LEVELS;

/** Changes of one batch in their order: which side, which tick, the new size. */
export class BookChanges {
  readonly sides = new Uint8Array(CHANGES_MAX);
  readonly ticks = new Int32Array(CHANGES_MAX);
  readonly sizes = new Float64Array(CHANGES_MAX);
  count = 0;

  push(side: number, tick: number, size: number): void {
    if (this.count === CHANGES_MAX) throw new RangeError(`Cannot record more than ${CHANGES_MAX} changes in a batch`);
    this.sides[this.count] = side;
    this.ticks[this.count] = tick;
    this.sizes[this.count++] = size;
  }
}

export class BookSide {
  readonly side: number;
  /** `tick = sign · key`. */
  readonly sign: 1 | -1;
  readonly keys = new Int32Array(SIDE_LEVELS_MAX);
  readonly sizes = new Float64Array(SIDE_LEVELS_MAX);
  count = 0;
  readonly #changes: BookChanges;

  constructor(side: typeof Side.bid | typeof Side.ask, changes: BookChanges) {
    this.side = side;
    this.sign = side === Side.bid ? -1 : 1;
    this.#changes = changes;
  }

  get bestTick(): number {
    return this.sign * this.keys[0]!;
  }

  get bestSize(): number {
    return this.sizes[0]!;
  }

  /** Key of the level furthest from the touch. */
  get worstKey(): number {
    return this.keys[this.count - 1]!;
  }

  /** Set the size of a level; 0 removes it. */
  set(key: number, size: number): void {
    let at = 0;
    while (at < this.count && this.keys[at]! < key) at++;
    const present = at < this.count && this.keys[at] === key;
    if (!present && size === 0) return;
    if (present && size > 0) this.sizes[at] = size;
    else if (present) {
      this.keys.copyWithin(at, at + 1, this.count);
      this.sizes.copyWithin(at, at + 1, this.count);
      this.count--;
    } else {
      if (this.count === SIDE_LEVELS_MAX) throw new RangeError(`Cannot hold more than ${SIDE_LEVELS_MAX} levels`);
      this.keys.copyWithin(at + 1, at, this.count);
      this.sizes.copyWithin(at + 1, at, this.count);
      this.keys[at] = key;
      this.sizes[at] = size;
      this.count++;
    }
    this.#changes.push(this.side, this.sign * key, size);
  }

  has(key: number): boolean {
    for (let at = 0; at < this.count; at++) if (this.keys[at] === key) return true;
    return false;
  }
}
