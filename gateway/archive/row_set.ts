/**
 * Rows on their way into one table: columns that are filled together and leave as one block.
 *
 * @module
 */
import { FRAME_ENTRIES_MAX } from "../../actors/contract/mod.ts";
import { type Column, Int64Column, nativeBlock, NumberColumn, StringColumn } from "./native_block.ts";

/** Rows of one block at most. A row set that is full must leave before it takes another row. */
export const BLOCK_ROWS_MAX = 131_072;

/** Bytes of one text column of a block; above it the block leaves before the next message. */
const TEXT_BYTES_MAX = 16 * 1024 * 1024;

export interface RowSetOptions {
  /** Rows that one message makes at most: a row set with less room than this takes no further message. @default {4096} */
  messageRowsMax?: number;
}

/** The columns that every table has: which log the row comes from and where it stands there. */
export class RowSet {
  readonly table: string;
  rows = 0;
  readonly columns: Column[] = [];
  readonly #texts: StringColumn[] = [];
  readonly #epoch: NumberColumn<Uint32Array>;
  readonly #sequence: Int64Column;
  readonly #index: NumberColumn<Uint16Array>;
  readonly #pair: StringColumn;
  readonly #messageRowsMax: number;

  constructor(table: string, { messageRowsMax = FRAME_ENTRIES_MAX }: RowSetOptions = {}) {
    this.table = table;
    this.#messageRowsMax = messageRowsMax;
    this.#pair = this.text("pair");
    this.#epoch = this.numbers("epoch", "UInt32", Uint32Array);
    this.#sequence = this.int64("seq", "UInt64");
    this.#index = this.numbers("idx", "UInt16", Uint16Array);
  }

  numbers<A extends Uint8Array | Int8Array | Uint16Array | Uint32Array | Float64Array>(
    name: string,
    type: string,
    array: new (length: number) => A,
  ): NumberColumn<A> {
    return this.#add(new NumberColumn(name, type, new array(BLOCK_ROWS_MAX)));
  }

  int64(name: string, type: string): Int64Column {
    return this.#add(new Int64Column(name, type, BLOCK_ROWS_MAX));
  }

  /** A time in nanoseconds, UTC. */
  time(name: string): Int64Column {
    return this.int64(name, "DateTime64(9, 'UTC')");
  }

  text(name: string): StringColumn {
    const column = this.#add(new StringColumn(name, BLOCK_ROWS_MAX));
    this.#texts.push(column);
    return column;
  }

  /** Whether another message might not fit, or the text is long enough for a block. */
  get full(): boolean {
    return this.rows > BLOCK_ROWS_MAX - this.#messageRowsMax ||
      this.#texts.some(({ byteCount }) => byteCount > TEXT_BYTES_MAX);
  }

  /** Begin the next row; answers its number, at which the number columns are then set. */
  begin(pair: string, origin: { epoch: number; sequence: number; index: number }): number {
    const row = this.rows++;
    this.#pair.append(pair);
    this.#epoch.values[row] = origin.epoch;
    this.#sequence.set(row, origin.sequence);
    this.#index.values[row] = origin.index;
    return row;
  }

  get columnNames(): string {
    return this.columns.map(({ name }) => name).join(", ");
  }

  /** All rows as one block. */
  block(): Uint8Array<ArrayBuffer> {
    return nativeBlock(this.columns, this.rows);
  }

  reset(): void {
    this.rows = 0;
    for (const column of this.columns) column.reset();
  }

  #add<C extends Column>(column: C): C {
    this.columns.push(column);
    return column;
  }
}
