/**
 * Reads a file of lines with the parser of its format.
 *
 * @module
 */
import type { FileReader, LineParser, RowSink } from "./format.ts";
import { LINE_BYTES_MAX, type LineSource } from "./lines.ts";

export class LineFileReader implements FileReader {
  rowCount = 0;
  readonly format: string;
  readonly sizeBytes: number;
  readonly notes: readonly string[] = [];
  readonly #lines: LineSource;
  readonly #parser: LineParser;
  readonly #describe: () => string;
  #isFinished = false;
  #atEnd = false;

  constructor(format: string, sizeBytes: number, lines: LineSource, parser: LineParser) {
    this.format = format;
    this.sizeBytes = sizeBytes;
    this.#lines = lines;
    this.#parser = parser;
    this.#describe = () => parser.fault();
  }

  get lineNumber(): number {
    return this.#lines.lineNumber;
  }

  get bytesRead(): number {
    return this.#lines.bytesRead;
  }

  next(sink: RowSink): boolean {
    const lines = this.#lines;
    if (!lines.next()) {
      if (!this.#atEnd || this.#isFinished) return false;
      this.#isFinished = true;
      this.#parser.finish?.(sink.event);
      return true;
    }
    if (lines.lineNumber <= this.#parser.headerLineCount) return true;
    if (lines.tooLong) {
      this.rowCount++;
      sink.refuse("line-too-long", lines.lineNumber, () => `more than ${LINE_BYTES_MAX} bytes`);
      return true;
    }
    if (isBlank(lines.bytes, lines.start, lines.end)) return true;
    this.rowCount++;
    const code = this.#parser.parse(lines, sink.event);
    if (code !== undefined) sink.refuse(code, lines.lineNumber, this.#describe);
    return true;
  }

  async fill(): Promise<boolean> {
    if (await this.#lines.fill()) return true;
    // One more turn for what the parser still holds.
    if (this.#parser.finish === undefined || this.#atEnd) return false;
    return this.#atEnd = true;
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0x20 && bytes[at] !== 0x09) return false;
  return true;
}
