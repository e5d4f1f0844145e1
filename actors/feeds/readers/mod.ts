/**
 * Readers of recordings: the registry of formats, and `openReader` for one file.
 *
 * Every reader steps line by line through one reused event, and says of each bad line why it is refused; the lines around it
 * are not concerned. The replay and the analysis share this registry.
 *
 * @module
 */
import type { Pair, RejectCode } from "../../contract/mod.ts";
import type { EventSink, OpenedFile } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { csv } from "./csv.ts";
import { dukascopyCsv } from "./dukascopy_csv.ts";
import type { LineParser, ReaderFormat } from "./format.ts";
import { histdataAscii } from "./histdata_ascii.ts";
import { LINE_BYTES_MAX, LineSource } from "./lines.ts";
import { ndjson } from "./ndjson.ts";
import { pairOfFileName } from "./pair_of_file.ts";
import { truefxCsv } from "./truefx_csv.ts";

export type { LineParser, ReaderFormat } from "./format.ts";
export { pairOfFileName } from "./pair_of_file.ts";

/** Every format, the most particular first: the first that knows a file's head reads it. */
export const READERS: readonly ReaderFormat[] = [ndjson, truefxCsv, histdataAscii, dukascopyCsv, csv];

/** Names of the formats, as `--format` takes them. */
export const FORMAT_NAMES: readonly string[] = READERS.map((reader) => reader.name);

/** Lines of a file that a format is guessed from. */
const HEAD_LINES = 10;

/** The format that knows these first lines; the name decides only for a file whose lines no other knows. */
export function guessFormat(headLines: readonly string[], fileName: string): ReaderFormat | undefined {
  return READERS.find((reader) => reader.sniff(headLines)) ??
    (/\.(ndjson|jsonl)(\.gz)?$/i.test(fileName) ? ndjson : undefined);
}

/** Where the lines of a file go. */
export interface RowSink {
  event: EventSink;
  /** `describe` makes the words; called only where they are shown. */
  refuse(code: RejectCode, lineNumber: number, describe: () => string): void;
}

export interface ReaderOptions {
  /** Name of the format; guessed from the first lines where left out. */
  format?: string;
  /** The pair of a file whose rows do not name one. @default the one in the file's name */
  pair?: Pair;
}

/** One file that is being read. */
export interface FileReader {
  readonly format: string;
  /** Rows taken so far: lines that are neither blank nor header. */
  readonly rowCount: number;
  /** Number of the line taken last, from 1. */
  readonly lineNumber: number;
  /** Bytes of the file read so far, compressed where it is, and its size. */
  readonly bytesRead: number;
  readonly sizeBytes: number;
  /** Take one line that lies in memory; `false` where there is none: `fill`, then go on. */
  next(sink: RowSink): boolean;
  /** Read on. `false` at the end. @throws {SourceError} where the file breaks off; the lines before it were served. */
  fill(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Look at a file's first lines and make it ready for reading.
 *
 * @throws {SourceError} where the file is empty, its format is not known or its header is wrong, or the pair is not known.
 */
export async function openReader(path: string, file: OpenedFile, options: ReaderOptions = {}): Promise<FileReader> {
  const lines = new LineSource(path, file.stream);
  try {
    const head = await lines.peek(HEAD_LINES);
    if (head.every((line) => line.trim() === "")) throw new SourceError(path, "the file is empty");
    const format = options.format === undefined
      ? guessFormat(head, path)
      : READERS.find((reader) => reader.name === options.format);
    if (format === undefined) throw new SourceError(path, unknownFormat(options.format, head));
    const parser = format.open({ path, lines: head, pair: options.pair ?? pairOfFileName(path) });
    return new LineFileReader(format.name, file.sizeBytes, lines, parser);
  } catch (error) {
    await lines.close();
    throw error;
  }
}

function unknownFormat(given: string | undefined, head: readonly string[]): string {
  const known = `formats: ${FORMAT_NAMES.join(", ")}`;
  if (given !== undefined) return `no format is named "${given}"; ${known}`;
  const first = head.find((line) => line.trim() !== "") ?? "";
  return `its format is not known from the first line ${JSON.stringify(first.slice(0, 120))}; ` +
    `expected ${READERS.map((reader) => reader.title).join("; or ")}`;
}

class LineFileReader implements FileReader {
  rowCount = 0;
  readonly format: string;
  readonly sizeBytes: number;
  readonly #lines: LineSource;
  readonly #parser: LineParser;
  readonly #describe: () => string;

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
    if (!lines.next()) return false;
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

  fill(): Promise<boolean> {
    return this.#lines.fill();
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0x20 && bytes[at] !== 0x09) return false;
  return true;
}
