/**
 * A LOBSTER sample: the messages of a session and the book after each of them, as columns.
 *
 * Message k moves the book from row k − 1 to row k. Prices are in 1e-4 of a dollar, whole numbers, so that they compare exactly.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

export interface LobsterSession {
  rowCount: number;
  levels: number;
  /** Microseconds after midnight. */
  timeUs: Float64Array;
  /** 1 new, 2 part cancelled, 3 deleted, 4 executed, 5 hidden execution, 7 halt. */
  type: Float64Array;
  size: Float64Array;
  price: Float64Array;
  /** Side of the order: 1 bid, −1 ask. */
  direction: Float64Array;
  /** Ask, its size, bid, its size, of level 1 and on; `4·levels` numbers a row; NaN where there is no level. */
  book: Float64Array;
}

/** The session in an archive of LOBSTER. */
export function readLobster(path: string): LobsterSession {
  const entries = unzip(readFileSync(path));
  const find = (part: string) => entries.find(([name]) => name.includes(part))![1];
  const messages = table(find("_message_"), 6);
  const levels = Number(/_(\d+)\.zip$/.exec(path)![1]);
  const rowCount = messages.length / 6;
  const column = (index: number) => Float64Array.from({ length: rowCount }, (_, row) => messages[6 * row + index]!);
  const book = table(find("_orderbook_"), 4 * levels);
  // Where there is no level, the price is ±9999999999 and the size 0.
  for (let at = 0; at < book.length; at += 2) if (Math.abs(book[at]!) === 9_999_999_999) book.fill(NaN, at, at + 2);
  return {
    rowCount,
    levels,
    timeUs: column(0).map((seconds) => Math.round(seconds * 1e6)),
    type: column(1),
    size: column(3),
    price: column(4),
    direction: column(5),
    book,
  };
}

/** Path of a sample, and whether it is there. */
export function lobsterSample(name: string): { path: string; absent: boolean } {
  const data = Deno.env.get("FXMM_SHARED_DATA") ?? new URL("../../../shared/data", import.meta.url).pathname;
  const path = `${data}/lob/lobster/${name}`;
  return { path, absent: !existsSync(path) };
}

function table(text: string, columnCount: number): Float64Array {
  const numbers = Float64Array.from(text.trim().split(/[\n,]/), Number);
  if (numbers.length % columnCount !== 0) {
    throw new RangeError(`Cannot make rows of ${columnCount} of ${numbers.length}`);
  }
  return numbers;
}

/** The files of a ZIP archive, by its central directory. */
function unzip(bytes: Uint8Array): [name: string, text: string][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    const compressedLength = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const dataAt = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = bytes.subarray(dataAt, dataAt + compressedLength);
    const stored = view.getUint16(at + 10, true) === 0;
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return [name, new TextDecoder().decode(stored ? data : inflateRawSync(data))];
  });
}
