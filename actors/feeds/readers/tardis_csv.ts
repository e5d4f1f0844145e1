/**
 * Tardis, its downloadable CSV: quotes, trades, incremental_book_L2, book_snapshot_5 and _25.
 *
 * Times are microseconds; `timestamp`, the exchange's, is the event time. Symbols that are no currency pairs need the pair told.
 *
 * @module
 */
import { EventFlag, EventKind, type RejectCode, Side } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { BookRows } from "./book_rows.ts";
import { columnParser } from "./columns.ts";
import { EventBatch } from "./event_batch.ts";
import { Fields, spells } from "./fields.ts";
import { type FileHead, firstLine, type LineFormat, type LineParser } from "./format.ts";
import type { LineSource } from "./lines.ts";
import { parseDecimal } from "./numbers.ts";
import { PairCache } from "./pair_cache.ts";
import { parseEpochTime } from "./times.ts";

const COMMON = "exchange,symbol,timestamp,local_timestamp";
const QUOTES = `${COMMON},ask_amount,ask_price,bid_price,bid_amount`;
const TRADES = `${COMMON},id,side,price,amount`;
const LEVELS = `${COMMON},is_snapshot,side,price,amount`;
const BOOK = /,asks\[(\d+)\]\.price,asks\[\1\]\.amount,bids\[\1\]\.price,bids\[\1\]\.amount$/;
/** Levels of a row that fit into the columns that a row may have. */
const BOOK_LEVELS_MAX = 50;

const SYMBOL_AT = 1;
const TIME_AT = 2;
const BATCH_AT = 3;

export const tardisCsv: LineFormat = {
  name: "tardis_csv",
  title: `Tardis: quotes, trades, incremental_book_L2, book_snapshot_N with their headers, ${COMMON},…`,
  sniff: (lines) => firstLine(lines)?.text.startsWith(`${COMMON},`) === true,
  open(head) {
    const first = firstLine(head.lines);
    const header = first?.text.trim() ?? "";
    const lineCount = first?.lineCount ?? 0;
    const columns = { delimiter: ",", names: header.split(","), time: TIME_AT, parseTime: parseEpochTime } as const;
    const symbol = { pair: SYMBOL_AT, pairIsSymbol: true };
    if (header === QUOTES) {
      const quote = { askSize: 4, ask: 5, bid: 6, bidSize: 7, sidesMayBeEmpty: true };
      return columnParser({ ...columns, ...symbol, ...quote }, head, lineCount);
    }
    if (header === TRADES) return columnParser({ ...columns, ...symbol, side: 5, price: 6, size: 7 }, head, lineCount);
    if (header === LEVELS) return new LevelParser(head, lineCount);
    const levels = Number(BOOK.exec(header)?.[1]) + 1;
    if (levels <= BOOK_LEVELS_MAX && columns.names.length === 4 + 4 * levels) {
      return new BookParser(head, lineCount, levels);
    }
    throw new SourceError(
      head.path,
      `as tardis_csv: the header is "${header.slice(0, 200)}"; expected one of ` +
        `${QUOTES}, ${TRADES}, ${LEVELS}, or the columns of book_snapshot_N`,
    );
  },
};

/** What both kinds of books have in common: the columns in front, and the words for what is wrong. */
abstract class SymbolParser implements LineParser {
  readonly headerLineCount: number;
  protected readonly fields: Fields = new Fields(",");
  protected timeUs = NaN;
  protected pairBatch: EventBatch | undefined;
  readonly #names: readonly string[];
  readonly #pairs: PairCache;
  #fault = "";

  constructor(head: FileHead, headerLineCount: number) {
    this.headerLineCount = headerLineCount;
    this.#names = head.lines[headerLineCount - 1]!.trim().split(",");
    this.#pairs = new PairCache({ only: head.options.pair, areSymbols: true });
  }

  abstract parse(line: LineSource, sink: EventSink): RejectCode | undefined;

  fault(): string {
    return this.#fault;
  }

  /** Read what stands before the book. A book is of one pair: of the first one that is wanted. */
  protected readFront(line: LineSource): RejectCode | undefined {
    const { starts, ends } = this.fields;
    const count = this.fields.split(line);
    if (count !== this.#names.length) {
      this.#fault = `${count} columns, expected ${this.#names.length}`;
      return count < this.#names.length ? "column-missing" : "line-malformed";
    }
    this.timeUs = parseEpochTime(line.bytes, starts[TIME_AT]!, ends[TIME_AT]!);
    if (this.timeUs !== this.timeUs) return this.refuse(line, "time-invalid", TIME_AT);
    const pair = this.#pairs.get(line.bytes, starts[SYMBOL_AT]!, ends[SYMBOL_AT]!);
    if (pair === undefined) return this.refuse(line, this.#pairs.refusal, SYMBOL_AT);
    if (this.pairBatch === undefined) {
      this.pairBatch = new EventBatch(pair);
      this.#pairs.settleOn(pair);
    }
    return undefined;
  }

  protected refuse(line: LineSource, code: RejectCode, column: number): RejectCode {
    const value = JSON.stringify(this.fields.text(line, column).slice(0, 40));
    const advice = code === "pair-unknown" ? "; say with --pair which pair it shall be" : "";
    this.#fault = `cannot read ${this.#names[column]} from ${value}${advice}`;
    return code;
  }

  protected number(line: LineSource, column: number): number {
    return parseDecimal(line.bytes, this.fields.starts[column]!, this.fields.ends[column]!);
  }
}

/** Changes of levels. Rows of one message have the same local time; a message that is a picture clears the book first. */
class LevelParser extends SymbolParser {
  #batchTimeUs = NaN;
  #wasSnapshot = false;

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    const fault = this.readFront(line);
    if (fault !== undefined) return fault;
    const { starts, ends } = this.fields;
    const { bytes } = line;
    const localUs = parseEpochTime(bytes, starts[BATCH_AT]!, ends[BATCH_AT]!);
    if (localUs !== localUs) return this.refuse(line, "time-invalid", BATCH_AT);
    const isSnapshot = ends[4]! - starts[4]! === 4 && spells(bytes, starts[4]!, "true");
    const sideLength = ends[5]! - starts[5]!;
    if (sideLength !== 3) return this.refuse(line, "side-unknown", 5);
    const side = spells(bytes, starts[5]!, "bid") ? Side.bid : spells(bytes, starts[5]!, "ask") ? Side.ask : Side.none;
    if (side === Side.none) return this.refuse(line, "side-unknown", 5);
    const price = this.number(line, 6);
    if (price !== price) return this.refuse(line, "line-malformed", 6);
    const size = this.number(line, 7);
    if (size !== size) return this.refuse(line, "line-malformed", 7);

    const batch = this.pairBatch!;
    if (localUs !== this.#batchTimeUs) batch.end(sink);
    this.#batchTimeUs = localUs;
    const flags = isSnapshot ? EventFlag.snapshot : 0;
    if (isSnapshot && !this.#wasSnapshot) batch.add(sink, this.timeUs, EventKind.clear, Side.none, NaN, NaN, flags);
    this.#wasSnapshot = isSnapshot;
    batch.add(sink, this.timeUs, EventKind.level, side, price, size, flags);
    return undefined;
  }

  finish(sink: EventSink): void {
    this.pairBatch?.end(sink);
  }
}

/** The first levels of the book in each row: the first row as a snapshot, the others as what changed. */
class BookParser extends SymbolParser {
  readonly #rows: BookRows;
  readonly #columnCount: number;

  constructor(head: FileHead, headerLineCount: number, levels: number) {
    super(head, headerLineCount);
    this.#rows = new BookRows(levels);
    this.#columnCount = 4 * levels;
  }

  parse(line: LineSource, sink: EventSink): RejectCode | undefined {
    const fault = this.readFront(line);
    if (fault !== undefined) return fault;
    const row = this.#rows.next;
    for (let column = 0; column < this.#columnCount; column++) {
      const at = 4 + column;
      row[column] = this.number(line, at);
      // An empty field is a level that is not there.
      if (row[column] !== row[column] && this.fields.starts[at] !== this.fields.ends[at]) {
        return this.refuse(line, "line-malformed", at);
      }
    }
    this.#rows.tell(this.pairBatch!, sink, this.timeUs);
    this.pairBatch!.end(sink);
    this.#rows.accept();
    return undefined;
  }
}
