/**
 * The book over time, from the changes of its levels that ClickHouse keeps.
 *
 * ClickHouse puts the changes of each column and price together: the size that stood last, and the largest one. Carried on from column
 * to column they are the book, so the answer costs what changed and not what happened. What stood before the window is read off the
 * changes of a while before it; a level that nobody touched for longer is not known. A level counts in a column with the largest size
 * that it had there: an order that came and went within a column is seen.
 *
 * @module
 */
import { DEPTH_LEVELS_MAX, type DepthAnswer, type Pair, US_PER_MINUTE } from "../actors/contract/mod.ts";
import type { QueryQueue } from "./query_queue.ts";

/** How far before the window levels are looked for. */
const LOOK_BACK_US = 15 * US_PER_MINUTE;
/** Rows of one answer of ClickHouse. Overflow: the window ends earlier. */
const ROWS_MAX = 400_000;

export interface DepthQuery {
  pair: Pair;
  fromUs: number;
  toUs: number;
  stepUs: number;
}

/** What a column changed of one price: `most` is the largest size in it, `last` the one at its end. */
interface Change {
  side: "bid" | "ask";
  price: number;
  most: number;
  last: number;
}

export class DepthHistory {
  readonly #queries: Pick<QueryQueue, "columns">;

  constructor(queries: Pick<QueryQueue, "columns">) {
    this.#queries = queries;
  }

  async depth({ pair, fromUs, toUs, stepUs }: DepthQuery): Promise<DepthAnswer> {
    // A clear empties the book: what stood before the last one of a column is gone, and so is what was carried on to it.
    const rows = await this.#queries.columns<
      { at: number[]; side: string[]; price: number[]; most: number[]; last: number[]; cleared: number[] }
    >(
      `WITH changes AS (
         SELECT greatest(-1, intDiv(toUnixTimestamp64Micro(time) - {fromUs: Int64}, {stepUs: Int64})
             - if(toUnixTimestamp64Micro(time) < {fromUs: Int64}, 1, 0)) AS at,
           toString(side) AS side, price, size, (time, seq, idx) AS place
         FROM levels WHERE pair = {pair: String}
           AND time >= fromUnixTimestamp64Micro({fromUs: Int64} - {backUs: Int64}, 'UTC')
           AND time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')
       ), clears AS (SELECT at, max(place) AS cleared FROM changes WHERE side = 'clear' GROUP BY at)
       SELECT at, side, price, max(size) AS most,
         if(max(place) > any(clears.cleared), argMax(size, place), 0) AS last, max(clears.cleared.2 > 0) AS cleared
       FROM changes LEFT JOIN clears USING (at)
       GROUP BY at, side, price ORDER BY at LIMIT {limit: UInt32}`,
      { pair, fromUs, toUs, stepUs, backUs: LOOK_BACK_US, limit: ROWS_MAX },
    );
    const count = rows.at?.length ?? 0;
    const endUs = count < ROWS_MAX ? toUs : fromUs + stepUs * Math.max(0, rows.at![count - 1]!);
    const columnCount = Math.ceil((endUs - fromUs) / stepUs);
    const book = new CarriedBook();
    const bids: number[][] = [];
    const asks: number[][] = [];
    let row = 0;
    for (let column = -1; column < columnCount; column++) {
      const changes: Change[] = [];
      let isCleared = false;
      for (; row < count && rows.at![row]! <= column; row++) {
        isCleared ||= rows.cleared![row] === 1;
        const side = rows.side![row];
        if (side !== "bid" && side !== "ask") continue;
        changes.push({ side, price: rows.price![row]!, most: rows.most![row]!, last: rows.last![row]! });
      }
      const shown = book.take(changes, isCleared);
      if (column < 0) continue;
      bids.push(shown.bids);
      asks.push(shown.asks);
    }
    return { pair, fromUs, toUs: fromUs + columnCount * stepUs, stepUs, bids, asks };
  }
}

/** Levels as they stand, carried from column to column. */
class CarriedBook {
  readonly #bids = new Map<number, number>();
  readonly #asks = new Map<number, number>();

  /** The levels of a column, best first, price and size in turn; the book is then as at its end. */
  take(changes: readonly Change[], isCleared: boolean): { bids: number[]; asks: number[] } {
    const most = { bid: new Map(this.#bids), ask: new Map(this.#asks) };
    if (isCleared) {
      this.#bids.clear();
      this.#asks.clear();
    }
    for (const { side, price, most: size, last } of changes) {
      most[side].set(price, Math.max(size, most[side].get(price) ?? 0));
      const book = side === "bid" ? this.#bids : this.#asks;
      if (last > 0) book.set(price, last);
      else book.delete(price);
    }
    return { bids: flat(most.bid, -1), asks: flat(most.ask, 1) };
  }
}

function flat(levels: ReadonlyMap<number, number>, direction: 1 | -1): number[] {
  return [...levels].filter(([, size]) => size > 0).sort(([a], [b]) => direction * (a - b)).slice(0, DEPTH_LEVELS_MAX)
    .flat();
}
