/**
 * What a file format is to the readers: how to know it, and how to read its lines.
 *
 * @module
 */
import type { MarketEvent, Pair, RejectCode } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
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
}

/** What is known of a file before its rows are read. */
export interface FileHead {
  readonly path: string;
  /** The first lines of the file. */
  readonly lines: readonly string[];
  /** The pair of a file whose rows do not name one. */
  readonly pair: Pair | undefined;
}

export interface ReaderFormat {
  readonly name: string;
  /** One line of help. */
  readonly title: string;
  /** Whether the first lines look like this format. */
  sniff(headLines: readonly string[]): boolean;
  /** @throws {SourceError} where the file cannot be of this format, or its pair is not known. */
  open(head: FileHead): LineParser;
}

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
