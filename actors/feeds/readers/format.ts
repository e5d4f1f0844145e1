/**
 * What a file format is to the readers: how to know it, and how to read its lines.
 *
 * @module
 */
import type { MarketEvent, Pair, RejectCode } from "../../contract/mod.ts";
import type { EventSink, OpenedFile, OpenFile } from "../ports.ts";
import type { ColumnMap } from "./column_map.ts";
import type { LineSource } from "./lines.ts";

/** Reads lines of one file, each into the same reused event. */
export interface LineParser {
  /** Lines at the start of the file, blank ones included, that are no rows. */
  readonly headerLineCount: number;
  /**
   * Read the current line of a source and hand its event on.
   *
   * @returns why the line is refused, or `undefined`. The event is not validated yet: the normaliser does that.
   */
  parse(line: LineSource, sink: EventSink): RejectCode | undefined;
  /** The last refusal in words. Asked for only where it is shown. */
  fault(): string;
  /** Hand on what waited for a next line that does not come. Called once, at the end of the file. */
  finish?(sink: EventSink): void;
}

/** Where the lines of a file go. */
export interface RowSink {
  event: EventSink;
  /** `describe` makes the words; called only where they are shown. */
  refuse(code: RejectCode, lineNumber: number, describe: () => string): void;
}

/** One file that is being read. */
export interface FileReader {
  readonly format: string;
  /** Rows taken so far: lines that are neither blank nor header. */
  readonly rowCount: number;
  /** Number of the line, or of the binary row, taken last, from 1. */
  readonly lineNumber: number;
  /** Bytes of the file read so far, compressed where it is, and its size. */
  readonly bytesRead: number;
  readonly sizeBytes: number;
  /** What people should know of the file that is no refusal of a row, a sentence each. */
  readonly notes: readonly string[];
  /** Take one line that lies in memory; `false` where there is none: `fill`, then go on. */
  next(sink: RowSink): boolean;
  /** Read on. `false` at the end. @throws {SourceError} where the file breaks off; the lines before it were served. */
  fill(): Promise<boolean>;
  close(): Promise<void>;
}

/** What a reader may be told about a file. */
export interface ReaderOptions {
  /** Name of the format; guessed from the first lines where left out. */
  format?: string;
  /** The pair of a file whose rows do not name one; where they do, the others are refused. @default the one in the file's name */
  pair?: Pair;
  /** Zone of times that do not say it, of a format that takes one: `UTC`, `-05:00`, `America/New_York`. */
  zone?: string;
  /** What the columns of a file mean. */
  map?: ColumnMap;
  /** Opens the file that belongs to another. @default there is none */
  openFile?: OpenFile;
}

/** What is known of a file before its rows are read. */
export interface FileHead {
  readonly path: string;
  /** The name that speaks of the content: of the member of an archive, otherwise of the file. */
  readonly name: string;
  /** The first lines of the file. */
  readonly lines: readonly string[];
  /** The pair of a file whose rows do not name one. */
  readonly pair: Pair | undefined;
  readonly options: ReaderOptions;
}

interface NamedFormat {
  readonly name: string;
  /** One line of help. */
  readonly title: string;
  /** Whether its times have the zone that it is told. @default {false} */
  readonly takesZone?: boolean;
}

/** A format of one file of lines, known by their look. */
export interface LineFormat extends NamedFormat {
  /** Whether the first lines look like this format. `name` is that of the file, or of the member of an archive. */
  sniff(headLines: readonly string[], name: string): boolean;
  /** @throws {SourceError} where the file cannot be of this format, or its pair is not known. */
  open(head: FileHead): LineParser;
}

/** A format of binary rows or of several files, known by the name of the file. */
export interface FileFormat extends NamedFormat {
  knowsName(path: string): boolean;
  /** @throws {SourceError} as {@linkcode LineFormat.open}. Closes the stream then. */
  openFile(path: string, file: OpenedFile, options: ReaderOptions): Promise<FileReader>;
}

export type ReaderFormat = LineFormat | FileFormat;

/** The first line that is not blank, and how many lines up to and with it; `undefined` where there is none. */
export function firstLine(lines: readonly string[]): { text: string; lineCount: number } | undefined {
  const index = lines.findIndex((line) => line.trim() !== "");
  return index < 0 ? undefined : { text: lines[index]!, lineCount: index + 1 };
}

/** The event with nothing in it but its kind and time: what readers start a row from. */
export function resetEvent(event: MarketEvent, kind: number, flags: number): void {
  event.kind = kind;
  event.side = 0;
  event.flags = flags;
  event.price = NaN;
  event.size = NaN;
  event.price2 = NaN;
  event.size2 = NaN;
}
