/**
 * Bytes into lines, streaming, in memory that does not grow with the file.
 *
 * Lines stay bytes: `next` sets `start` and `end` within `bytes`, and nothing is decoded or copied per line. A partial line at
 * the end of the buffer waits for the next `fill`. Gzip is told by its first two bytes and may have several members (`cat a.gz b.gz`). CRLF and a byte order mark are taken
 * off; a line longer than {@linkcode LINE_BYTES_MAX} is passed over up to its end and marked `tooLong`.
 *
 * @module
 */
import { Duplex } from "node:stream";
import { createGunzip } from "node:zlib";
import { SourceError } from "../source_error.ts";

/** Bytes of one line at most. A longer one is refused as `line-too-long` and skipped to the next newline. */
export const LINE_BYTES_MAX = 16 * 1024;
/** Bytes that are looked at to guess a format. A file whose first line is longer cannot be guessed. */
export const HEAD_BYTES_MAX = 8 * 1024;
/** Compressed bytes given to the decompressor at once: bounds what one step can expand to (deflate: 1032 times). */
const GZIP_SLICE_BYTES = 16 * 1024;
/** Room of the buffer at first; it grows to the largest chunk of the stream and one line. */
const BUFFER_BYTES = 128 * 1024;

const LF = 10;
const CR = 13;

export class LineSource {
  /** Holds the current line, from `start` to `end`. */
  bytes: Uint8Array = new Uint8Array(BUFFER_BYTES);
  start = 0;
  end = 0;
  /** Whether the current line was longer than the limit; it is empty then. */
  tooLong = false;
  /** Number of the current line, from 1. */
  lineNumber = 0;
  /** Bytes taken from the file so far, compressed where it is. */
  bytesRead = 0;

  readonly #path: string;
  readonly #raw: ReadableStreamDefaultReader<Uint8Array>;
  #plain: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Where the next line begins, up to where it was searched for its end, and where the data ends. */
  #at = 0;
  #scanned = 0;
  #length = 0;
  #skipping = false;
  #atEnd = false;
  #gzip = false;
  /** What went wrong while looking ahead: thrown when the lines before it have been served. */
  #failure: SourceError | undefined;

  constructor(path: string, stream: ReadableStream<Uint8Array>) {
    this.#path = path;
    this.#raw = stream.getReader();
  }

  /** Step to the next line that lies in memory; `false` where there is none: `fill`, then try again. */
  next(): boolean {
    const length = this.#length;
    let newline = this.#scanned;
    const bytes = this.bytes;
    while (newline < length && bytes[newline] !== LF) newline++;
    if (newline === length) {
      this.#scanned = length;
      if (!this.#atEnd || (this.#at === length && !this.#skipping)) return false;
    }
    this.lineNumber++;
    this.start = this.#at;
    this.end = newline > this.#at && bytes[newline - 1] === CR ? newline - 1 : newline;
    this.tooLong = this.#skipping || this.end - this.start > LINE_BYTES_MAX;
    if (this.tooLong) this.end = this.start;
    this.#skipping = false;
    this.#at = this.#scanned = newline < length ? newline + 1 : length;
    return true;
  }

  /**
   * Read on.
   *
   * @returns `false` at the end of the file, when the last line has been taken.
   * @throws {SourceError} where reading or decompression fails; it says after which line. Of compressed data, what the
   * decompressor holds when it breaks off (some 100 kB of text) is not served.
   */
  async fill(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#atEnd) return this.#at < this.#length || this.#skipping;
    let chunk: Uint8Array | undefined;
    try {
      if (this.#plain === undefined) {
        this.#plain = await this.#open();
        if (this.#length > this.#at) return true;
      }
      chunk = (await this.#plain.read()).value;
    } catch (error) {
      if (error instanceof SourceError) throw error;
      const reason = this.#gzip ? "gzip data is truncated or corrupt, " : "";
      throw new SourceError(
        this.#path,
        `${reason}reading stopped after line ${this.lineNumber} (${(error as Error).message})`,
        { cause: error },
      );
    }
    if (chunk === undefined) {
      this.#atEnd = true;
      return this.#at < this.#length || this.#skipping;
    }
    this.#append(chunk);
    return true;
  }

  /** The first lines, without taking them. Before the first `next` only. */
  async peek(lineCount: number): Promise<string[]> {
    while (this.#length - this.#at < HEAD_BYTES_MAX && !this.#atEnd) {
      try {
        await this.fill();
      } catch (error) {
        if (!(error instanceof SourceError) || this.#at === this.#length) throw error;
        this.#failure = error;
        break;
      }
    }
    const head = new TextDecoder().decode(
      this.bytes.subarray(this.#at, Math.min(this.#length, this.#at + HEAD_BYTES_MAX)),
    );
    const lines = head.split("\n").map((line) => line.replace(/\r$/, ""));
    const cut = !this.#atEnd || this.#length - this.#at > HEAD_BYTES_MAX;
    if (lines.length > 1 && (cut || lines.at(-1) === "")) lines.pop();
    return lines.slice(0, lineCount);
  }

  /** The current line as text. */
  text(): string {
    return new TextDecoder().decode(this.bytes.subarray(this.start, this.end));
  }

  /** Let go of the file. */
  async close(): Promise<void> {
    this.#atEnd = true;
    this.#at = this.#scanned = this.#length = 0;
    this.#skipping = false;
    await (this.#plain ?? this.#raw).cancel().catch(() => {});
  }

  #append(chunk: Uint8Array): void {
    let rest = this.#length - this.#at;
    if (this.#skipping || (rest > LINE_BYTES_MAX && this.#scanned === this.#length)) {
      // The line is beyond its limit: what there is of it goes, the rest is skipped as it comes.
      this.#skipping = true;
      this.#at = this.#length;
      rest = 0;
    }
    if (this.#length + chunk.length > this.bytes.length) {
      const needed = rest + chunk.length;
      const target = needed > this.bytes.length ? new Uint8Array(needed + LINE_BYTES_MAX) : this.bytes;
      target.set(this.bytes.subarray(this.#at, this.#length));
      this.bytes = target;
      this.#scanned -= this.#at;
      this.#at = 0;
      this.#length = rest;
    }
    this.bytes.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.#skipping) this.#scanned = this.#at;
  }

  /** Look at the first bytes: what is compressed goes through the decompressor, what is no text is refused. */
  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const head: number[] = [];
    const chunks: Uint8Array[] = [];
    while (head.length < 4) {
      const { value } = await this.#raw.read();
      if (value === undefined) break;
      this.bytesRead += value.length;
      chunks.push(value);
      for (let i = 0; i < value.length && head.length < 4; i++) head.push(value[i]!);
    }
    const [first = 0, second = 0, third = 0] = head;
    if (first === 0x50 && second === 0x4b) throw new SourceError(this.#path, "it is a zip archive; unpack it first");
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      throw new SourceError(this.#path, "it is UTF-16 text; expected UTF-8");
    }
    const gzip = this.#gzip = first === 0x1f && second === 0x8b;
    const counted = this.#countedStream(chunks, gzip ? GZIP_SLICE_BYTES : Infinity);
    const plain = gzip
      ? counted.pipeThrough(Duplex.toWeb(createGunzip()) as ReadableWritablePair<Uint8Array, Uint8Array>)
      : counted;
    const reader = plain.getReader();
    if (gzip || (first === 0xef && second === 0xbb && third === 0xbf)) await this.#skipMark(reader);
    return reader;
  }

  /** Take a byte order mark off the plain text: the first three bytes, wherever the chunks end. */
  async #skipMark(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    while (this.#length < 3) {
      const { value } = await reader.read();
      if (value === undefined) break;
      this.#append(value);
    }
    const [a, b, c] = this.bytes;
    if (this.#length >= 3 && a === 0xef && b === 0xbb && c === 0xbf) this.#at = this.#scanned = 3;
  }

  /** The file's bytes again from its start, in chunks of at most `sliceBytes`, counted as they are taken from the file. */
  #countedStream(first: Uint8Array[], sliceBytes: number): ReadableStream<Uint8Array> {
    const pending = first.flatMap((chunk) => slices(chunk, sliceBytes));
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        while (pending.length === 0) {
          const { value } = await this.#raw.read();
          if (value === undefined) return controller.close();
          this.bytesRead += value.length;
          pending.push(...slices(value, sliceBytes));
        }
        controller.enqueue(pending.shift()!);
      },
      cancel: (reason) => this.#raw.cancel(reason),
    }, { highWaterMark: 0 });
  }
}

function slices(chunk: Uint8Array, sliceBytes: number): Uint8Array[] {
  if (chunk.length <= sliceBytes) return chunk.length === 0 ? [] : [chunk];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < chunk.length; at += sliceBytes) parts.push(chunk.subarray(at, at + sliceBytes));
  return parts;
}
