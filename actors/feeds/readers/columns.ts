/**
 * Rows of delimited columns into events: the engine of every CSV format. A format is a {@linkcode ColumnLayout}.
 *
 * One pass finds where the fields begin and end, then only the fields of the layout are read. Nothing is allocated for a row
 * that is fine; the words for a bad one are made when they are asked for.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, type Pair, parsePair, type RejectCode, Side } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { type LineParser, resetEvent } from "./format.ts";
import type { LineSource } from "./lines.ts";
import { parseDecimal, saysNotFinite } from "./numbers.ts";
import type { ParseTime } from "./times.ts";

/** Columns of a row at most. A header with more is refused; a row with more has the wrong count anyway. */
export const COLUMNS_MAX = 256;

/** Where each number of an event stands, as a column's index from 0. What is left out is not in the file. */
export interface ColumnLayout {
  delimiter: "," | ";" | "\t";
  /** Names of the columns, for messages; a row has just as many. */
  names: readonly string[];
  time: number;
  parseTime: ParseTime;
  /** Column that names the pair. */
  pair?: number;
  bid?: number;
  ask?: number;
  bidSize?: number;
  askSize?: number;
  /** Sizes stand in units of 10^shift. @default {0} */
  sizeShift?: number;
  /** An empty bid or ask is a side that is not there; otherwise such a row is malformed. @default {false} */
  sidesMayBeEmpty?: boolean;
  /** Price of a trade. With it the rows are trades, otherwise quotes. */
  price?: number;
  size?: number;
  /** Aggressor of a trade: buy or sell. */
  side?: number;
}

export interface ColumnParserOptions {
  path: string;
  /** The pair where no column names it. */
  pair?: Pair;
  headerLineCount: number;
}

/** @throws {SourceError} where neither a column nor the options tell the pair. */
export function columnParser(layout: ColumnLayout, options: ColumnParserOptions): LineParser {
  if (layout.pair === undefined && options.pair === undefined) {
    throw new SourceError(
      options.path,
      "no column names the pair, and neither does the file name; say it with --pair, such as --pair EURUSD",
    );
  }
  return new ColumnParser(layout, options);
}

const ABSENT = -1;
const ABSENT_COLUMNS = {
  pair: ABSENT,
  bid: ABSENT,
  ask: ABSENT,
  bidSize: ABSENT,
  askSize: ABSENT,
  sizeShift: 0,
  sidesMayBeEmpty: false,
  price: ABSENT,
  size: ABSENT,
  side: ABSENT,
};

class ColumnParser implements LineParser {
  readonly headerLineCount: number;
  readonly #layout: Required<ColumnLayout>;
  readonly #delimiter: number;
  readonly #isTrade: boolean;
  readonly #pair: Pair | undefined;
  readonly #pairs = new PairCache();
  readonly #starts = new Int32Array(COLUMNS_MAX + 1);
  readonly #ends = new Int32Array(COLUMNS_MAX + 1);
  readonly #event = emptyEvent();
  #line: LineSource | undefined;
  #fieldCount = 0;
  /** Column of the last fault; −1 where it is the row as a whole. */
  #faultColumn = -1;

  constructor(layout: ColumnLayout, options: ColumnParserOptions) {
    this.headerLineCount = options.headerLineCount;
    const given = Object.entries(layout).filter(([, value]) => value !== undefined);
    this.#layout = { ...ABSENT_COLUMNS, ...Object.fromEntries(given) } as Required<ColumnLayout>;
    this.#delimiter = layout.delimiter.charCodeAt(0);
    this.#isTrade = layout.price !== undefined;
    this.#pair = options.pair;
  }

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    this.#line = line;
    this.#faultColumn = -1;
    const layout = this.#layout;
    const columnCount = layout.names.length;
    const fieldCount = this.#split(line);
    if (fieldCount !== columnCount) return fieldCount < columnCount ? "column-missing" : "line-malformed";

    const bytes = line.bytes;
    const starts = this.#starts;
    const ends = this.#ends;
    const event = this.#event;
    const timeUs = layout.parseTime(bytes, starts[layout.time]!, ends[layout.time]!);
    if (timeUs !== timeUs) return this.#refuse(layout.time, "time-invalid");
    const pair = layout.pair < 0 ? this.#pair : this.#pairs.get(bytes, starts[layout.pair]!, ends[layout.pair]!);
    if (pair === undefined) return this.#refuse(layout.pair, "pair-unknown");

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
    if (column < 0) return `${this.#fieldCount} columns, expected ${names.length}: ${names.join(",")}`;
    const value = new TextDecoder().decode(line.bytes.subarray(this.#starts[column]!, this.#ends[column]!));
    return `cannot read ${names[column]} from ${JSON.stringify(value.slice(0, 40))}`;
  }

  #readQuote(): RejectCode | undefined {
    const { bid, ask, bidSize, askSize, sizeShift } = this.#layout;
    const event = this.#event;
    resetEvent(event, EventKind.quote, EventFlag.lastOfBatch);
    event.price = this.#number(bid, 0);
    if (event.price !== event.price && !this.#mayBeAbsent(bid)) return this.#refuseNumber(bid, "price-not-finite");
    event.price2 = this.#number(ask, 0);
    if (event.price2 !== event.price2 && !this.#mayBeAbsent(ask)) return this.#refuseNumber(ask, "price-not-finite");
    event.size = this.#number(bidSize, sizeShift);
    if (event.size !== event.size && !this.#isEmpty(bidSize)) return this.#refuseNumber(bidSize, "size-not-finite");
    event.size2 = this.#number(askSize, sizeShift);
    if (event.size2 !== event.size2 && !this.#isEmpty(askSize)) return this.#refuseNumber(askSize, "size-not-finite");
    return undefined;
  }

  #readTrade(): RejectCode | undefined {
    const { price, size, side, sizeShift } = this.#layout;
    const event = this.#event;
    resetEvent(event, EventKind.trade, EventFlag.lastOfBatch);
    event.price = this.#number(price, 0);
    if (event.price !== event.price) return this.#refuseNumber(price, "price-not-finite");
    event.size = this.#number(size, sizeShift);
    if (event.size !== event.size) return this.#refuseNumber(size, "size-not-finite");
    if (this.#isEmpty(side)) return undefined;
    const aggressor = aggressorOf(this.#line!.bytes, this.#starts[side]!, this.#ends[side]!);
    if (aggressor === Side.none) return this.#refuse(side, "side-unknown");
    event.side = aggressor;
    event.flags |= EventFlag.aggressorKnown;
    return undefined;
  }

  #number(column: number, shift: number): number {
    return column < 0 ? NaN : parseDecimal(this.#line!.bytes, this.#starts[column]!, this.#ends[column]!, shift);
  }

  #isEmpty(column: number): boolean {
    return column < 0 || this.#starts[column] === this.#ends[column];
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
      this.#line!.bytes.subarray(this.#starts[column]!, Math.min(this.#ends[column]!, this.#starts[column]! + 16)),
    );
    return this.#refuse(column, saysNotFinite(text) ? whenInWords : "line-malformed");
  }

  /** Where the fields lie, without spaces and quotes around them. Returns how many there are. */
  #split(line: LineSource): number {
    const { bytes, end } = line;
    const delimiter = this.#delimiter;
    const starts = this.#starts;
    const ends = this.#ends;
    let count = 0;
    let at = line.start;
    for (;;) {
      if (count > COLUMNS_MAX) break;
      while (at < end && bytes[at] === SPACE) at++;
      const quoted = at < end && bytes[at] === QUOTE;
      starts[count] = quoted ? at + 1 : at;
      if (quoted) {
        at++;
        while (at < end && bytes[at] !== QUOTE) at++;
      }
      while (at < end && bytes[at] !== delimiter) at++;
      let last = at;
      while (last > starts[count]! && (bytes[last - 1] === SPACE || (quoted && bytes[last - 1] === QUOTE))) last--;
      ends[count++] = last;
      if (at >= end) break;
      at++;
    }
    return this.#fieldCount = count;
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;

/** `buy`, `b`, `sell`, `s` in any case, `1` and `2` as on our wire. */
function aggressorOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 1) {
    const first = bytes[start]!;
    if (first === 0x31 || (first | 0x20) === 0x62) return Side.buy;
    return first === 0x32 || (first | 0x20) === 0x73 ? Side.sell : Side.none;
  }
  if (length === 3 && spells(bytes, start, "buy")) return Side.buy;
  return length === 4 && spells(bytes, start, "sell") ? Side.sell : Side.none;
}

function spells(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if ((bytes[start + i]! | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

/** Pairs by the letters in the row, so that a row costs one look-up and no text. */
class PairCache {
  readonly #pairs = new Map<number, Pair | undefined>();

  get(bytes: Uint8Array, start: number, end: number): Pair | undefined {
    const separator = end - start === 7 ? 1 : 0;
    if (end - start - separator !== 6) return undefined;
    // Six letters of five bits each: the case does not matter, and no two names share a key that are both letters only.
    let key = separator;
    for (let i = 0; i < 6; i++) {
      const byte = bytes[start + i + (i >= 3 ? separator : 0)]! | 0x20;
      if (byte < 0x61 || byte > 0x7a) return undefined;
      key = key * 32 + byte - 0x60;
    }
    if (separator === 1) key = key * 256 + bytes[start + 3]!;
    let pair = this.#pairs.get(key);
    if (pair === undefined && !this.#pairs.has(key)) {
      pair = parsePair(new TextDecoder().decode(bytes.subarray(start, end)));
      if (this.#pairs.size < PAIR_NAMES_MAX) this.#pairs.set(key, pair);
    }
    return pair;
  }
}

/** Spellings of pairs remembered per file; beyond it they are looked up in the table each time. */
const PAIR_NAMES_MAX = 1024;
