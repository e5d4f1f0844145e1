/**
 * Readers of recordings: the registry of formats, and `openReader` for one file.
 *
 * Every reader steps line by line through one reused event, and says of each bad line why it is refused; the lines around it
 * are not concerned. The replay and the analysis share this registry.
 *
 * @module
 */
import type { OpenedFile } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { csv } from "./csv.ts";
import { dukascopyBi5 } from "./dukascopy_bi5.ts";
import { dukascopyCsv } from "./dukascopy_csv.ts";
import type { FileReader, LineFormat, ReaderFormat, ReaderOptions } from "./format.ts";
import { histdataAscii } from "./histdata_ascii.ts";
import { leanTicks } from "./lean_ticks.ts";
import { LineFileReader } from "./line_file_reader.ts";
import { LineSource } from "./lines.ts";
import { lobster } from "./lobster.ts";
import { mappedCsv } from "./mapped_csv.ts";
import { ndjson } from "./ndjson.ts";
import { pairOfFileName } from "./pair_of_file.ts";
import { tardisCsv } from "./tardis_csv.ts";
import { truefxCsv } from "./truefx_csv.ts";

export { type ColumnMap, readColumnMap } from "./column_map.ts";
export type { FileReader, LineParser, ReaderFormat, ReaderOptions, RowSink } from "./format.ts";
export { withoutPartners } from "./lobster_names.ts";
export { pairOfFileName } from "./pair_of_file.ts";
export { isZone } from "./zones.ts";

/** Every format, the most particular first: the first that knows a file's name or head reads it. */
export const READERS: readonly ReaderFormat[] = [
  dukascopyBi5,
  lobster,
  ndjson,
  tardisCsv,
  truefxCsv,
  histdataAscii,
  leanTicks,
  dukascopyCsv,
  csv,
  mappedCsv,
];

/** Names of the formats, as `--format` takes them. */
export const FORMAT_NAMES: readonly string[] = READERS.map((reader) => reader.name);

/** Lines of a file that a format is guessed from. */
const HEAD_LINES = 10;

const isLines = (format: ReaderFormat): format is LineFormat => "sniff" in format;

/** The format that knows these first lines; the name decides only for a file whose lines no other knows. */
export function guessFormat(headLines: readonly string[], fileName: string): LineFormat | undefined {
  return READERS.filter(isLines).find((reader) => reader.sniff(headLines, fileName)) ??
    (/\.(ndjson|jsonl)(\.(gz|zst|zip))?$/i.test(fileName) ? ndjson : undefined);
}

/**
 * Look at a file's name and first lines and make it ready for reading.
 *
 * @throws {SourceError} where the file is empty, its format is not known or its header is wrong, or the pair is not known.
 */
export async function openReader(path: string, file: OpenedFile, options: ReaderOptions = {}): Promise<FileReader> {
  const wanted = options.format ?? (options.map === undefined ? undefined : mappedCsv.name);
  const named = READERS.find((reader) =>
    wanted === undefined ? !isLines(reader) && reader.knowsName(path) : reader.name === wanted
  );
  if (named !== undefined && !isLines(named)) {
    checkZone(path, named, options);
    return await named.openFile(path, file, options);
  }
  const lines = new LineSource(path, file.stream);
  try {
    const head = await lines.peek(HEAD_LINES);
    if (head.every((line) => line.trim() === "")) throw new SourceError(path, "the file is empty");
    const name = lines.memberName ?? path;
    const format = wanted === undefined ? guessFormat(head, name) : named;
    if (format === undefined) throw new SourceError(path, unknownFormat(wanted, head));
    checkZone(path, format, options);
    const pair = options.pair ?? pairOfFileName(path) ?? pairOfFileName(name);
    const parser = format.open({ path, name, lines: head, pair, options });
    return new LineFileReader(format.name, file.sizeBytes, lines, parser);
  } catch (error) {
    await lines.close();
    throw error;
  }
}

function checkZone(path: string, format: ReaderFormat, { zone }: ReaderOptions): void {
  if (zone === undefined || format.takesZone === true) return;
  const takers = READERS.filter(({ takesZone }) => takesZone === true).map(({ name }) => name).join(", ");
  throw new SourceError(path, `${format.name} knows the zone of its times; --zone is for ${takers}`);
}

function unknownFormat(given: string | undefined, head: readonly string[]): string {
  const known = `formats: ${FORMAT_NAMES.join(", ")}`;
  if (given !== undefined) return `no format is named "${given}"; ${known}`;
  const first = head.find((line) => line.trim() !== "") ?? "";
  return `its format is not known from the first line ${JSON.stringify(first.slice(0, 120))}; ` +
    `expected ${READERS.map((reader) => reader.title).join("; or ")}; or any other columns with --map`;
}
