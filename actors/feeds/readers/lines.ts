/**
 * Bytes into lines, streaming, in memory that does not grow with the file.
 *
 * Lines stay bytes: `next` sets `start` and `end` within `bytes`, and nothing is decoded or copied per line. A partial line at
 * the end of the buffer waits for the next `fill`. What is compressed is unpacked. CRLF and a byte order mark are taken off; a
 * line longer than {@linkcode LINE_BYTES_MAX} is passed over up to its end and marked `tooLong`.
 *
 * @module
 */
import { SourceError } from "../source_error.ts";
import { ByteSource } from "./byte_source.ts";
import type { WantedMember } from "./decoders.ts";

/** Bytes of one line at most. A longer one is refused as `line-too-long` and skipped to the next newline. */
export const LINE_BYTES_MAX = 16 * 1024;
/** Bytes that are looked at to guess a format. A file whose first line is longer cannot be guessed. */
export const HEAD_BYTES_MAX = 8 * 1024;
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

  readonly #source: ByteSource;
  readonly #where = () => `line ${this.lineNumber}`;
  #isOpen = false;
  /** Where the next line begins, up to where it was searched for its end, and where the data ends. */
  #at = 0;
  #scanned = 0;
  #length = 0;
  #skipping = false;
  #atEnd = false;
  /** What went wrong while looking ahead: thrown when the lines before it have been served. */
  #failure: SourceError | undefined;

  constructor(path: string, stream: ReadableStream<Uint8Array>, options: { wantedMember?: WantedMember } = {}) {
    this.#source = new ByteSource(path, stream, options);
  }

  /** Bytes taken from the file so far, compressed where it is. */
  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  /** Name of the member of an archive that is read. */
  get memberName(): string | undefined {
    return this.#source.memberName;
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
    const chunk = this.#isOpen ? await this.#source.read(this.#where) : await this.#open();
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
    await this.#source.close();
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

  /** The first bytes without their byte order mark, wherever the chunks end. */
  async #open(): Promise<Uint8Array | undefined> {
    this.#isOpen = true;
    let first = await this.#source.read(this.#where);
    while (first !== undefined && first.length < 3) {
      const more = await this.#source.read(this.#where);
      if (more === undefined) break;
      const both = new Uint8Array(first.length + more.length);
      both.set(first);
      both.set(more, first.length);
      first = both;
    }
    return first?.[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? first.subarray(3) : first;
  }
}
