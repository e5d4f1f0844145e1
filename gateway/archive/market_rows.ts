/**
 * Market frames as rows of the tables quotes, levels, trades, orders and feed_status.
 *
 * @module
 */
import {
  EventFlag,
  EventKind,
  FrameError,
  FrameReader,
  type MarketEvent,
  type Pair,
  pairOfSubject,
  Side,
  validateReceived,
} from "../../actors/contract/mod.ts";
import type { Rows } from "./archiver.ts";
import type { Int64Column, NumberColumn } from "./native_block.ts";
import { RowSet } from "./row_set.ts";

type Doubles = NumberColumn<Float64Array>;

/** Columns of every table of market events. */
class EventRows {
  readonly set: RowSet;
  readonly #time: Int64Column;
  readonly #receiveTime: Int64Column;
  readonly #source: NumberColumn<Uint32Array>;
  readonly #flags: NumberColumn<Uint16Array>;

  constructor(table: string) {
    this.set = new RowSet(table);
    this.#time = this.set.time("time");
    this.#receiveTime = this.set.time("receive_time");
    this.#source = this.set.numbers("source", "UInt32", Uint32Array);
    this.#flags = this.set.numbers("flags", "UInt16", Uint16Array);
  }

  begin(pair: Pair, reader: FrameReader, epoch: number, sequence: number): number {
    const row = this.set.begin(pair, { epoch, sequence, index: reader.index });
    this.#time.setMicrosAsNanos(row, reader.event.eventTimeUs);
    this.#receiveTime.setMicrosAsNanos(row, reader.receiveTimeUs);
    this.#source.values[row] = reader.sourceId;
    this.#flags.values[row] = reader.event.flags;
    return row;
  }

  doubles(name: string): Doubles {
    return this.set.numbers(name, "Float64", Float64Array);
  }
}

export class MarketRows implements Rows {
  readonly #reader = new FrameReader();
  readonly #quotes = new EventRows("quotes");
  readonly #bid = this.#quotes.doubles("bid");
  readonly #ask = this.#quotes.doubles("ask");
  readonly #bidSize = this.#quotes.doubles("bid_size");
  readonly #askSize = this.#quotes.doubles("ask_size");

  readonly #levels = new EventRows("levels");
  readonly #levelSide = this.#levels.set.numbers("side", "Enum8('clear' = 0, 'bid' = 1, 'ask' = 2)", Int8Array);
  readonly #levelPrice = this.#levels.doubles("price");
  readonly #levelSize = this.#levels.doubles("size");

  readonly #trades = new EventRows("trades");
  readonly #tradeSide = this.#trades.set.numbers("side", "Enum8('unknown' = 0, 'buy' = 1, 'sell' = 2)", Int8Array);
  readonly #tradePrice = this.#trades.doubles("price");
  readonly #tradeSize = this.#trades.doubles("size");
  readonly #buyer = this.#trades.set.int64("buyer", "UInt64");
  readonly #seller = this.#trades.set.int64("seller", "UInt64");

  readonly #orders = new EventRows("orders");
  readonly #orderSide = this.#orders.set.numbers("side", "Enum8('bid' = 1, 'ask' = 2)", Int8Array);
  readonly #orderPrice = this.#orders.doubles("price");
  readonly #orderSize = this.#orders.doubles("size");
  readonly #orderId = this.#orders.set.int64("order_id", "UInt64");

  readonly #status = new EventRows("feed_status");
  readonly #statusCode = this.#status.set.numbers("status", "UInt8", Uint8Array);

  readonly sets = [this.#quotes.set, this.#levels.set, this.#trades.set, this.#orders.set, this.#status.set];
  readonly rejected: Record<string, number> = {};

  take(subject: string, sequence: number, data: Uint8Array, epoch: number): void {
    const pair = pairOfSubject(subject);
    if (pair === undefined) return this.#reject("pair-unknown");
    const reader = this.#reader;
    try {
      reader.open(data);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return this.#reject(`frame-${error.code}`);
    }
    while (reader.next()) {
      const fault = validateReceived(reader.event, reader.receiveTimeUs);
      if (fault === undefined) this.#takeEvent(pair, reader, epoch, sequence);
      else this.#reject(fault);
    }
  }

  #takeEvent(pair: Pair, reader: FrameReader, epoch: number, sequence: number): void {
    const event = reader.event;
    switch (event.kind) {
      case EventKind.quote: {
        const row = this.#quotes.begin(pair, reader, epoch, sequence);
        this.#bid.values[row] = event.price;
        this.#ask.values[row] = event.price2;
        this.#bidSize.values[row] = event.size;
        this.#askSize.values[row] = event.size2;
        return;
      }
      case EventKind.level:
      case EventKind.clear:
        return this.#takeLevel(this.#levels.begin(pair, reader, epoch, sequence), event);
      case EventKind.trade: {
        const row = this.#trades.begin(pair, reader, epoch, sequence);
        this.#tradeSide.values[row] = (event.flags & EventFlag.aggressorKnown) === 0 ? Side.none : event.side;
        this.#tradePrice.values[row] = event.price;
        this.#tradeSize.values[row] = event.size;
        this.#buyer.set(row, idOf(event.price2));
        this.#seller.set(row, idOf(event.size2));
        return;
      }
      case EventKind.order: {
        const row = this.#orders.begin(pair, reader, epoch, sequence);
        this.#orderSide.values[row] = event.side;
        this.#orderPrice.values[row] = event.price;
        this.#orderSize.values[row] = event.size;
        this.#orderId.set(row, idOf(event.price2));
        return;
      }
      case EventKind.status:
        this.#statusCode.values[this.#status.begin(pair, reader, epoch, sequence)] = event.side;
    }
  }

  #takeLevel(row: number, event: MarketEvent): void {
    const cleared = event.kind === EventKind.clear;
    this.#levelSide.values[row] = cleared ? 0 : event.side;
    this.#levelPrice.values[row] = cleared ? 0 : event.price;
    this.#levelSize.values[row] = cleared ? 0 : event.size;
  }

  #reject(code: string): void {
    this.rejected[code] = (this.rejected[code] ?? 0) + 1;
  }
}

/** An id as a whole number; 0 where there is none, or none that a double can hold. */
function idOf(value: number): number {
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}
