/**
 * Reads the two files of a LOBSTER recording in step.
 *
 * @module
 */
import { EventFlag, EventKind, type Pair, type RejectCode, Side, StatusCode } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { BookRows } from "./book_rows.ts";
import { EventBatch } from "./event_batch.ts";
import { Fields } from "./fields.ts";
import type { FileReader, RowSink } from "./format.ts";
import type { LineSource } from "./lines.ts";
import { parseDecimal } from "./numbers.ts";

export interface LobsterReaderOptions {
  messagePath: string;
  bookPath: string;
  messages: LineSource;
  book: LineSource;
  sizeBytes: number;
  pair: Pair;
  levels: number;
  /** Midnight in New York. */
  midnightUs: number;
}

const MESSAGE_COLUMNS = ["time", "type", "order", "size", "price", "direction"];
const MessageType = { new: 1, cancel: 2, delete: 3, execution: 4, hiddenExecution: 5, cross: 6, halt: 7 } as const;
const WORDS = ["", "a new order", "a cancellation", "a deletion", "an execution", "a hidden execution"];
/** Prices are whole numbers of 1e-4, so that they compare exactly. */
const PRICE_FACTOR = 10_000;
const NO_LEVEL = 9_999_999_999;

export class LobsterReader implements FileReader {
  readonly format = "lobster";
  readonly sizeBytes: number;
  rowCount = 0;
  /** Rows whose message and book do not agree. */
  mismatchCount = 0;
  readonly #options: LobsterReaderOptions;
  readonly #batch: EventBatch;
  readonly #rows: BookRows;
  readonly #fields = new Fields(",");
  /** A message is taken whose book is not there yet. */
  #hasMessage = false;
  /** The row before could not be read: what changed since is not one message's doing. */
  #isGap = false;
  #firstMismatch = "";
  #fault = "";
  readonly #describe = () => this.#fault;

  constructor(options: LobsterReaderOptions) {
    this.#options = options;
    this.sizeBytes = options.sizeBytes;
    this.#batch = new EventBatch(options.pair);
    this.#rows = new BookRows(options.levels);
  }

  get lineNumber(): number {
    return this.#options.messages.lineNumber;
  }

  get bytesRead(): number {
    return this.#options.messages.bytesRead + this.#options.book.bytesRead;
  }

  get notes(): readonly string[] {
    if (this.mismatchCount === 0) return [];
    const rows = this.mismatchCount === 1 ? "1 row does" : `${this.mismatchCount} rows do`;
    return [`${rows} not reconcile with the order book, the first in ${this.#firstMismatch}`];
  }

  next(sink: RowSink): boolean {
    const { messages, book } = this.#options;
    if (!this.#hasMessage) {
      if (!messages.next()) return false;
      this.#hasMessage = true;
    }
    if (!book.next()) return false;
    this.#hasMessage = false;
    this.rowCount++;
    const code = this.#readRow(sink.event);
    if (code !== undefined) {
      this.#isGap = true;
      sink.refuse(code, this.lineNumber, this.#describe);
    }
    return true;
  }

  async fill(): Promise<boolean> {
    const { messages, book, messagePath, bookPath } = this.#options;
    if (await (this.#hasMessage ? book : messages).fill()) return true;
    const moreMessages = (this.#hasMessage ? 1 : 0) + await countRest(messages);
    const moreBooks = await countRest(book);
    if (moreMessages === moreBooks) return false;
    throw new SourceError(
      messagePath,
      `it has ${this.rowCount + moreMessages} rows and ${bookPath} has ${this.rowCount + moreBooks}; ` +
        `the first ${this.rowCount} of both were read`,
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.messages.close(), this.#options.book.close()]);
  }

  #readRow(sink: EventSink): RejectCode | undefined {
    const { messages, midnightUs } = this.#options;
    const { bytes } = messages;
    const fields = this.#fields;
    const { starts, ends } = fields;
    const fieldCount = fields.split(messages);
    if (fieldCount !== MESSAGE_COLUMNS.length) {
      this.#fault = `${fieldCount} columns, expected ${MESSAGE_COLUMNS.length}: ${MESSAGE_COLUMNS.join(",")}`;
      return fieldCount < MESSAGE_COLUMNS.length ? "column-missing" : "line-malformed";
    }
    const timeUs = midnightUs + Math.floor(parseDecimal(bytes, starts[0]!, ends[0]!, 6));
    if (timeUs !== timeUs) return this.#refuse("time-invalid", 0);
    const type = parseDecimal(bytes, starts[1]!, ends[1]!);
    if (!(type >= MessageType.new && type <= MessageType.halt)) return this.#refuse("kind-unknown", 1);
    const size = parseDecimal(bytes, starts[3]!, ends[3]!);
    if (size !== size) return this.#refuse("line-malformed", 3);
    const price = parseDecimal(bytes, starts[4]!, ends[4]!);
    if (price !== price) return this.#refuse("line-malformed", 4);
    const direction = parseDecimal(bytes, starts[5]!, ends[5]!);
    if (direction !== 1 && direction !== -1) return this.#refuse("side-unknown", 5);
    const bookFault = this.#readBook();
    if (bookFault !== undefined) return bookFault;

    const side = direction === 1 ? Side.bid : Side.ask;
    const rows = this.#rows;
    const isFirst = !rows.hasLast;
    if (type <= MessageType.hiddenExecution && !isFirst && !this.#isGap) this.#reconcile(type, side, price, size);
    if (isFirst) this.#tellBook(sink, timeUs);
    if (type >= MessageType.execution && type <= MessageType.cross) {
      this.#tellTrade(sink, timeUs, type, side, price, size);
    }
    if (type === MessageType.halt) this.#tellHalt(sink, timeUs, price);
    if (!isFirst) this.#tellBook(sink, timeUs);
    this.#batch.end(sink);
    rows.accept();
    this.#isGap = false;
    return undefined;
  }

  #tellBook(sink: EventSink, timeUs: number): void {
    this.#rows.tell(this.#batch, sink, timeUs);
  }

  #tellTrade(sink: EventSink, timeUs: number, type: number, side: number, price: number, size: number): void {
    const isKnown = type !== MessageType.cross;
    // The direction is that of the order that rested: who took from the bid sold.
    const aggressor = !isKnown ? Side.none : side === Side.bid ? Side.sell : Side.buy;
    const flags = isKnown ? EventFlag.aggressorKnown : 0;
    this.#batch.add(sink, timeUs, EventKind.trade, aggressor, price / PRICE_FACTOR, size, flags);
  }

  /** −1 halts, 0 resumes quotes only, 1 resumes trading. */
  #tellHalt(sink: EventSink, timeUs: number, price: number): void {
    if (price === 0) return;
    const status = price === 1 ? StatusCode.marketOpen : StatusCode.marketClosed;
    this.#batch.add(sink, timeUs, EventKind.status, status, NaN, NaN, 0);
  }

  /** What the message says must be what changed at its price, where both rows show that price. */
  #reconcile(type: number, side: number, price: number, size: number): void {
    const before = this.#rows.sizeBefore(side, price / PRICE_FACTOR);
    const found = this.#rows.sizeAfter(side, price / PRICE_FACTOR);
    if (before !== before || found !== found) return;
    const change = type === MessageType.new ? size : type === MessageType.hiddenExecution ? 0 : -size;
    const expected = before + change;
    if (found === expected) return;
    if (this.mismatchCount++ > 0) return;
    const level = `${side === Side.bid ? "bid" : "ask"} ${price / PRICE_FACTOR}`;
    this.#firstMismatch = `line ${this.lineNumber}: after ${
      WORDS[type]
    } of ${size} at ${level} there should be ${expected}, there is ${found}`;
  }

  /** The whole numbers of a row, straight from its digits: half of the bytes of a recording are these. */
  #readBook(): RejectCode | undefined {
    const { bytes, start, end } = this.#options.book;
    const row = this.#rows.next;
    let count = 0;
    let value = 0;
    let isNegative = false;
    let digitCount = 0;
    for (let at = start; at <= end; at++) {
      const digit = at < end ? bytes[at]! - 0x30 : -4;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digitCount++;
      } else if (digit === -4) {
        if (digitCount === 0 || count === row.length) return this.#refuseBook();
        row[count++] = isNegative ? -value : value;
        value = digitCount = 0;
        isNegative = false;
      } else if (digit === -3 && digitCount === 0 && !isNegative) isNegative = true;
      else return this.#refuseBook();
    }
    if (count !== row.length) return this.#refuseBook();
    for (let at = 0; at < count; at += 2) {
      if (row[at] === NO_LEVEL || row[at] === -NO_LEVEL) row[at] = row[at + 1] = NaN;
      else row[at]! /= PRICE_FACTOR;
    }
    return undefined;
  }

  #refuseBook(): RejectCode {
    const { book, levels } = this.#options;
    this.#fault = `its order book is no row of ${4 * levels} whole numbers: ${
      JSON.stringify(book.text().slice(0, 60))
    }`;
    return "line-malformed";
  }

  #refuse(code: RejectCode, column: number): RejectCode {
    const value = this.#fields.text(this.#options.messages, column).slice(0, 40);
    this.#fault = `cannot read ${MESSAGE_COLUMNS[column]} from ${JSON.stringify(value)}`;
    return code;
  }
}

async function countRest(lines: LineSource): Promise<number> {
  let count = 0;
  do while (lines.next()) count++; while (await lines.fill());
  return count;
}
