/**
 * Blocks of ClickHouse's Native format, just enough of it for tests.
 *
 * @module
 */

/** A column of fixed-width values. */
export interface NativeColumn {
  name: string;
  type: string;
  values: ArrayBufferView<ArrayBuffer> & { length: number };
}

/** One block: counts, then name, type and raw values of each column. */
export function nativeBlock(columns: readonly NativeColumn[]): Uint8Array<ArrayBuffer> {
  const rowCount = columns[0]?.values.length ?? 0;
  const parts: Uint8Array[] = [varint(columns.length), varint(rowCount)];
  for (const { name, type, values } of columns) {
    parts.push(text(name), text(type), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return Uint8Array.from([...varint(bytes.length), ...bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(rest % 128 | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
