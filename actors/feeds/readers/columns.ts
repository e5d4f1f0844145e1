/**
 * Rows of delimited columns into events: the engine of every CSV format. A format is a {@linkcode ColumnLayout}.
 *
 * One pass finds where the fields begin and end, then only the fields of the layout are read. Nothing is allocated for a row
 * that is fine; the words for a bad one are made when they are asked for.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, type Pair, type RejectCode, Side } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { aggressorOf, Fields, spells } from "./fields.ts";
import { type FileHead, type LineParser, resetEvent } from "./format.ts";
import type { LineSource } from "./lines.ts";
import { parseDecimal, saysNotFinite } from "./numbers.ts";
import { PairCache } from "./pair_cache.ts";
import type { ParseTime } from "./times.ts";

/** Where each number of an event stands, as a column's index from 0. What is left out is not in the file. */
export interface ColumnLayout {
  delimiter: "," | ";" | "\t" | "|" | " ";
  /** Names of the columns, for messages; a row has just as many. */
  names: readonly string[];
  time: number;
  parseTime: ParseTime;
  /** Column that names the pair. */
  pair?: number;
  /**
   * Whether that column holds names of instruments that need not be pairs: then the file is of one instrument, whose pair is told.
   * @default {false}
   */
  pairIsSymbol?: boolean;
  bid?: number;
  ask?: number;
  bidSize?: number;
  askSize?: number;
  /** Sizes stand in units of 10^shift. @default {0} */
  sizeShift?: number;
  /** Prices stand in units of 10^shift. @default {0} */
  priceShift?: number;
  /** Units that are no power of ten. @default {1} */
  priceFactor?: number;
  sizeFactor?: number;
  /** An empty bid or ask is a side that is not there; otherwise such a row is malformed. @default {false} */
  sidesMayBeEmpty?: boolean;
  /** Price of a trade. With it the rows are trades, otherwise quotes. */
  price?: number;
  size?: number;
  /** Aggressor of a trade: buy or sell. */
  side?: number;
}

/** @throws {SourceError} where neither a column nor the options tell the pair. */
export function columnParser(layout: ColumnLayout, head: FileHead, headerLineCount: number): LineParser {
  if (layout.pair === undefined && head.pair === undefined) {
    throw new SourceError(
      head.path,
      "no column names the pair, and neither does the file name; say it with --pair, such as --pair EURUSD",
    );
  }
  return new ColumnParser(layout, head, headerLineCount);
}

const ABSENT = -1;
const ABSENT_COLUMNS = {
  pair: ABSENT,
  pairIsSymbol: false,
  bid: ABSENT,
  ask: ABSENT,
  bidSize: ABSENT,
  askSize: ABSENT,
  sizeShift: 0,
  priceShift: 0,
  priceFactor: 1,
  sizeFactor: 1,
  sidesMayBeEmpty: false,
  price: ABSENT,
  size: ABSENT,
  side: ABSENT,
};

class ColumnParser implements LineParser {
  readonly headerLineCount: number;
  readonly #layout: Required<ColumnLayout>;
  readonly #isTrade: boolean;
  readonly #pair: Pair | undefined;
  readonly #pairs: PairCache;
  readonly #fields: Fields;
  readonly #event = emptyEvent();
  #line: LineSource | undefined;
  /** Column of the last fault; −1 where it is the row as a whole. */
  #faultColumn = -1;

  constructor(layout: ColumnLayout, head: FileHead, headerLineCount: number) {
    this.headerLineCount = headerLineCount;
    const given = Object.entries(layout).filter(([, value]) => value !== undefined);
    this.#layout = { ...ABSENT_COLUMNS, ...Object.fromEntries(given) } as Required<ColumnLayout>;
    this.#fields = new Fields(layout.delimiter);
    this.#isTrade = layout.price !== undefined;
    this.#pair = head.pair;
    this.#pairs = new PairCache({ only: head.options.pair, areSymbols: this.#layout.pairIsSymbol });
  }

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    this.#line = line;
    this.#faultColumn = -1;
    const layout = this.#layout;
    const columnCount = layout.names.length;
    const fieldCount = this.#fields.split(line);
    if (fieldCount !== columnCount) return fieldCount < columnCount ? "column-missing" : "line-malformed";

    const bytes = line.bytes;
    const { starts, ends } = this.#fields;
    const event = this.#event;
    const timeUs = layout.parseTime(bytes, starts[layout.time]!, ends[layout.time]!);
    if (timeUs !== timeUs) return this.#refuse(layout.time, "time-invalid");
    const pair = layout.pair < 0 ? this.#pair : this.#pairs.get(bytes, starts[layout.pair]!, ends[layout.pair]!);
    if (pair === undefined) return this.#refuse(layout.pair, this.#pairs.refusal);

    event.eventTimeUs = timeUs;
    const refused = this.#isTrade ? this.#readTrade() : this.#readQuote();
    if (refused === undefined) sink(pair, event);
    return refused;
  }

  fault(): string {
    const line = this.#line;
    if (line === undefined) return "";
    const names = this.#layout.names;
    const column = this.#faultColumn;
    if (column < 0) return `${this.#fields.count} columns, expected ${names.length}: ${names.join(",")}`;
    const value = JSON.stringify(this.#fields.text(line, column).slice(0, 40));
    if (column === this.#layout.pair && this.#pairs.refusal === "pair-other") {
      return `${names[column]} ${value}, asked for ${this.#pair}`;
    }
    return `cannot read ${names[column]} from ${value}`;
  }

  #readQuote(): RejectCode | undefined {
    const { bid, ask, bidSize, askSize, sizeShift, sizeFactor, priceShift, priceFactor } = this.#layout;
    const event = this.#event;
    resetEvent(event, EventKind.quote, EventFlag.lastOfBatch);
    event.price = this.#number(bid, priceShift) * priceFactor;
    if (event.price !== event.price && !this.#mayBeAbsent(bid)) return this.#refuseNumber(bid, "price-not-finite");
    event.price2 = this.#number(ask, priceShift) * priceFactor;
    if (event.price2 !== event.price2 && !this.#mayBeAbsent(ask)) return this.#refuseNumber(ask, "price-not-finite");
    event.size = this.#number(bidSize, sizeShift) * sizeFactor;
    if (event.size !== event.size && !this.#isEmpty(bidSize)) return this.#refuseNumber(bidSize, "size-not-finite");
    event.size2 = this.#number(askSize, sizeShift) * sizeFactor;
    if (event.size2 !== event.size2 && !this.#isEmpty(askSize)) return this.#refuseNumber(askSize, "size-not-finite");
    return undefined;
  }

  #readTrade(): RejectCode | undefined {
    const { price, size, side, sizeShift, sizeFactor, priceShift, priceFactor } = this.#layout;
    const event = this.#event;
    resetEvent(event, EventKind.trade, EventFlag.lastOfBatch);
    event.price = this.#number(price, priceShift) * priceFactor;
    if (event.price !== event.price) return this.#refuseNumber(price, "price-not-finite");
    event.size = this.#number(size, sizeShift) * sizeFactor;
    if (event.size !== event.size) return this.#refuseNumber(size, "size-not-finite");
    if (this.#isEmpty(side)) return undefined;
    const aggressor = aggressorOf(this.#line!.bytes, this.#fields.starts[side]!, this.#fields.ends[side]!);
    if (aggressor === Side.none) {
      const { starts, ends } = this.#fields;
      const isUnknown = ends[side]! - starts[side]! === 7 && spells(this.#line!.bytes, starts[side]!, "unknown");
      return isUnknown ? undefined : this.#refuse(side, "side-unknown");
    }
    event.side = aggressor;
    event.flags |= EventFlag.aggressorKnown;
    return undefined;
  }

  #number(column: number, shift: number): number {
    return column < 0
      ? NaN
      : parseDecimal(this.#line!.bytes, this.#fields.starts[column]!, this.#fields.ends[column]!, shift);
  }

  #isEmpty(column: number): boolean {
    return column < 0 || this.#fields.starts[column] === this.#fields.ends[column];
  }

  #mayBeAbsent(column: number): boolean {
    return this.#layout.sidesMayBeEmpty && this.#isEmpty(column);
  }

  #refuse(column: number, code: RejectCode): RejectCode {
    this.#faultColumn = column;
    return code;
  }

  #refuseNumber(column: number, whenInWords: RejectCode): RejectCode {
    const text = new TextDecoder().decode(
      this.#line!.bytes.subarray(
        this.#fields.starts[column]!,
        Math.min(this.#fields.ends[column]!, this.#fields.starts[column]! + 16),
      ),
    );
    return this.#refuse(column, saysNotFinite(text) ? whenInWords : "line-malformed");
  }
}
