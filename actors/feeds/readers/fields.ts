/**
 * Where the fields of a delimited line begin and end. One pass, nothing copied.
 *
 * @module
 */
import type { LineSource } from "./lines.ts";

/** Columns of a row at most. A header with more is refused; a row with more has the wrong count anyway. */
export const COLUMNS_MAX = 256;

const SPACE = 0x20;
const QUOTE = 0x22;

export class Fields {
  readonly starts: Int32Array = new Int32Array(COLUMNS_MAX + 1);
  readonly ends: Int32Array = new Int32Array(COLUMNS_MAX + 1);
  count = 0;
  readonly #delimiter: number;

  constructor(delimiter: "," | ";" | "\t" | "|" | " ") {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Find the fields of the current line, without spaces and quotes around them. Returns how many there are. */
  split(line: LineSource): number {
    const { bytes, end } = line;
    const delimiter = this.#delimiter;
    const { starts, ends } = this;
    let count = 0;
    let at = line.start;
    for (;;) {
      if (count > COLUMNS_MAX) break;
      while (at < end && bytes[at] === SPACE && delimiter !== SPACE) at++;
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
    return this.count = count;
  }

  /** A field as text, for messages and for what is read once. */
  text(line: LineSource, column: number): string {
    return new TextDecoder().decode(line.bytes.subarray(this.starts[column]!, this.ends[column]!));
  }
}

/** `buy`, `b`, `sell`, `s` in any case, `1` and `2` as on our wire: 1 or 2, otherwise 0. */
export function aggressorOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 1) {
    const first = bytes[start]!;
    if (first === 0x31 || (first | 0x20) === 0x62) return 1;
    return first === 0x32 || (first | 0x20) === 0x73 ? 2 : 0;
  }
  if (length === 3 && spells(bytes, start, "buy")) return 1;
  return length === 4 && spells(bytes, start, "sell") ? 2 : 0;
}

/** Whether a word in lower case stands here, in any case. */
export function spells(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if ((bytes[start + i]! | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}
