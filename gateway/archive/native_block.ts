/**
 * ClickHouse Native blocks, built by column.
 *
 * A block is `varuint columns, varuint rows`, then for each column `string name, string type` and its values in binary, little
 * endian. Columns are typed arrays that are reused from block to block; 64-bit integers are set as two halves, because a BigInt
 * per row would cost more than everything else.
 *
 * @module
 */
const encoder = new TextEncoder();
const TWO_32 = 4_294_967_296;

/** A column that is being filled, row by row. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** The values of the first `rows` rows as they stand in the block. */
  bytes(rows: number): Uint8Array;
  /** Start over. */
  reset(): void;
}

/** A column of one byte, two bytes, four bytes or a double per row; `set` at the row. */
export class NumberColumn<A extends Uint8Array | Int8Array | Uint16Array | Uint32Array | Float64Array>
  implements Column {
  constructor(readonly name: string, readonly type: string, readonly values: A) {}

  bytes(rows: number): Uint8Array {
    return new Uint8Array(this.values.buffer, 0, rows * this.values.BYTES_PER_ELEMENT);
  }

  reset(): void {}
}

/** A column of 64-bit integers, set as halves. */
export class Int64Column implements Column {
  readonly #halves: Uint32Array;

  constructor(readonly name: string, readonly type: string, rowsMax: number) {
    this.#halves = new Uint32Array(2 * rowsMax);
  }

  /** A whole number from 0 to 2^53. */
  set(row: number, value: number): void {
    this.#halves[2 * row] = value % TWO_32;
    this.#halves[2 * row + 1] = value / TWO_32;
  }

  /** Microseconds, stored as nanoseconds. */
  setMicrosAsNanos(row: number, timeUs: number): void {
    const high = Math.floor(timeUs / TWO_32);
    const low = (timeUs - high * TWO_32) * 1000;
    const carry = Math.floor(low / TWO_32);
    this.#halves[2 * row] = low - carry * TWO_32;
    this.#halves[2 * row + 1] = high * 1000 + carry;
  }

  bytes(rows: number): Uint8Array {
    return new Uint8Array(this.#halves.buffer, 0, 8 * rows);
  }

  reset(): void {}
}

/** A column of strings, appended in the order of the rows. */
export class StringColumn implements Column {
  readonly type = "String";
  #bytes: Uint8Array<ArrayBuffer>;
  #size = 0;
  /** The last string and its encoding: neighbours are often alike. */
  #last = "";
  #lastEncoded: Uint8Array = new Uint8Array([0]);

  constructor(readonly name: string, rowsMax: number) {
    this.#bytes = new Uint8Array(rowsMax * 8);
  }

  append(text: string): void {
    if (text !== this.#last) {
      const encoded = encoder.encode(text);
      this.#lastEncoded = concat([varuint(encoded.length), encoded]);
      this.#last = text;
    }
    const size = this.#size + this.#lastEncoded.length;
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    this.#bytes.set(this.#lastEncoded, this.#size);
    this.#size = size;
  }

  /** Bytes of the rows so far. */
  get byteCount(): number {
    return this.#size;
  }

  bytes(_rows: number): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  reset(): void {
    this.#size = 0;
  }
}

/** One block of these columns, as bytes of its own. */
export function nativeBlock(columns: readonly Column[], rows: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [varuint(columns.length), varuint(rows)];
  for (const column of columns) {
    parts.push(lengthPrefixed(column.name), lengthPrefixed(column.type), column.bytes(rows));
  }
  return concat(parts);
}

function lengthPrefixed(text: string): Uint8Array {
  const encoded = encoder.encode(text);
  return concat([varuint(encoded.length), encoded]);
}

function varuint(value: number): Uint8Array {
  const bytes: number[] = [];
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return new Uint8Array(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
