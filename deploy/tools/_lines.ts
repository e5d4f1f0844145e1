/**
 * Splits the output of a process into lines, bounded in memory whatever the process writes.
 *
 * @module
 */

/** Bytes kept of one line. The rest of a longer line is dropped and its size noted at the end of what is kept. */
export const LINE_BYTES_MAX = 16 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines of `stream` without their ends; a last line without an end counts. Memory: at most `bytesMax` and one chunk. */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  bytesMax: number = LINE_BYTES_MAX,
): AsyncGenerator<string, void, undefined> {
  const line = new LineBuffer(bytesMax);
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      line.push(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.push(chunk.subarray(start));
  }
  if (line.size > 0) yield line.take();
}

class LineBuffer {
  /** Bytes of the line so far, kept or not. */
  size = 0;
  #kept: Uint8Array;
  #keptSize = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#kept = new Uint8Array(Math.min(256, bytesMax));
  }

  push(bytes: Uint8Array): void {
    this.size += bytes.length;
    const part = bytes.subarray(0, this.#bytesMax - this.#keptSize);
    const needed = this.#keptSize + part.length;
    if (needed > this.#kept.length) {
      const grown = new Uint8Array(Math.min(this.#bytesMax, Math.max(needed, 2 * this.#kept.length)));
      grown.set(this.#kept.subarray(0, this.#keptSize));
      this.#kept = grown;
    }
    this.#kept.set(part, this.#keptSize);
    this.#keptSize = needed;
  }

  take(): string {
    const dropped = this.size - this.#keptSize;
    if (dropped === 0 && this.#kept[this.#keptSize - 1] === CARRIAGE_RETURN) this.#keptSize--;
    const text = new TextDecoder().decode(this.#kept.subarray(0, this.#keptSize));
    this.size = 0;
    this.#keptSize = 0;
    return dropped === 0 ? text : `${text}… (${dropped} bytes dropped)`;
  }
}
