/**
 * Dukascopy's own files: an hour of ticks of one pair as LZMA, `GBPJPY/2012/11/03/12h_ticks.bi5`. Months count from zero there.
 *
 * Rows of 20 bytes, big endian: u32 milliseconds of the hour, u32 ask and u32 bid in points, f32 ask and bid volume in millions.
 * An empty file is an hour without ticks.
 *
 * The decoder knows only whole files and takes what is behind the end for data. But whatever follows, LZMA decodes to the same
 * as far as the bytes given decide it, and the code words that could follow lie between all zeros and all ones: what the data
 * decodes to with either behind it is what it says, and where the two part it is cut off.
 *
 * @module
 */
import { emptyEvent, EventFlag, EventKind, type Pair, pairSpec, parsePair, US_PER_HOUR } from "../../contract/mod.ts";
import { decompress } from "lzma1";
import type { OpenedFile } from "../ports.ts";
import { SourceError } from "../source_error.ts";
import { ByteSource } from "./byte_source.ts";
import { type FileFormat, type FileReader, type ReaderOptions, resetEvent, type RowSink } from "./format.ts";

/** Compressed bytes of an hour at most; the busiest have some 1 MB. A larger file is refused. */
export const BI5_FILE_BYTES_MAX = 8 * 1024 * 1024;
/** Rows of an hour at most: 500 a second for all of it. A file that claims more is refused. */
export const BI5_ROWS_MAX = 1_800_000;

const ROW_BYTES = 20;
const PATH = /([A-Z]{6})[/\\](\d{4})[/\\](\d{2})[/\\](\d{2})[/\\](\d{2})h_ticks\.bi5$/i;
/** Properties, size of the dictionary and, from byte 5, size of the data. */
const HEADER_BYTES = 13;
const SIZE_AT = 5;
/** Bytes behind the data: more than the decoder is ahead of what it has decided. */
const PADDING_BYTES = 32;
/** A lot of volume is rounded to this many units: a 32-bit float holds seven digits. */
const SIZE_STEP_UNITS = 100;

export const dukascopyBi5: FileFormat = {
  name: "dukascopy_bi5",
  title: "Dukascopy's hourly files, by name: GBPJPY/2012/11/03/12h_ticks.bi5",
  knowsName: (path) => /\.bi5$/i.test(path),
  async openFile(path, file, options) {
    const source = new ByteSource(path, file.stream);
    try {
      const { pair, hourUs } = hourOf(path, options);
      const bytes = await readWhole(path, source);
      const { rows, rowCount, failure } = unpack(path, bytes);
      return new Bi5Reader({ pair, hourUs, rows, rowCount, failure, bytesRead: source.bytesRead, file });
    } finally {
      await source.close();
    }
  },
};

function hourOf(path: string, options: ReaderOptions): { pair: Pair; hourUs: number } {
  const parts = PATH.exec(path);
  if (parts === null) {
    throw new SourceError(path, "its path does not tell pair and hour; expected GBPJPY/2012/11/03/12h_ticks.bi5");
  }
  const named = parsePair(parts[1]!);
  if (named !== undefined && options.pair !== undefined && named !== options.pair) {
    throw new SourceError(path, `its path names ${named}, asked for ${options.pair}`);
  }
  const pair = options.pair ?? named;
  if (pair === undefined) throw new SourceError(path, `"${parts[1]}" is no pair of the table; say it with --pair`);
  const [year, month, day, hour] = parts.slice(2).map(Number) as [number, number, number, number];
  const date = new Date(Date.UTC(year, month, day, hour));
  if (month > 11 || hour > 23 || date.getUTCDate() !== day) throw new SourceError(path, "its path names no real hour");
  return { pair, hourUs: date.getTime() * 1000 };
}

async function readWhole(path: string, source: ByteSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await source.read(() => `byte ${length}`);
    if (chunk === undefined) break;
    chunks.push(chunk.slice());
    length += chunk.length;
    if (length > BI5_FILE_BYTES_MAX) throw new SourceError(path, `more than ${BI5_FILE_BYTES_MAX} bytes are no hour`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

interface Unpacked {
  rows: Uint8Array;
  rowCount: number;
  failure: SourceError | undefined;
}

function unpack(path: string, bytes: Uint8Array): Unpacked {
  if (bytes.length === 0) return { rows: bytes, rowCount: 0, failure: undefined };
  const told = bytes.length < HEADER_BYTES ? 0 : toldSize(bytes);
  const maxBytes = BI5_ROWS_MAX * ROW_BYTES;
  if (told !== undefined && told > maxBytes) {
    throw new SourceError(path, `it claims ${told} bytes of ticks, at most ${maxBytes} are an hour`);
  }
  const whole = bytes.length < HEADER_BYTES ? undefined : decided(bytes, told ?? maxBytes);
  if (whole !== undefined && whole.length % ROW_BYTES === 0) {
    return { rows: whole, rowCount: whole.length / ROW_BYTES, failure: undefined };
  }
  if (whole !== undefined) {
    const rowCount = Math.floor(whole.length / ROW_BYTES);
    const reason =
      `its ${whole.length} bytes are no multiple of ${ROW_BYTES}: ${rowCount} rows are good and are served`;
    return { rows: whole, rowCount, failure: new SourceError(path, reason) };
  }
  // The most rows that are decided, found by halving.
  let good = 0;
  let rows: Uint8Array = new Uint8Array(0);
  for (let low = 0, high = Math.floor((told ?? maxBytes) / ROW_BYTES); low < high;) {
    const middle = Math.ceil((low + high) / 2);
    const found = bytes.length < HEADER_BYTES ? undefined : decided(bytes, middle * ROW_BYTES);
    if (found === undefined) high = middle - 1;
    else {
      rows = found;
      good = low = middle;
    }
  }
  const failure = new SourceError(path, `its LZMA data is truncated or corrupt: ${good} rows are good and are served`);
  return { rows, rowCount: good, failure };
}

/** Size of the data as the header tells it; `undefined` where it leaves that to a mark at the end. */
function toldSize(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [low, high] = [view.getUint32(SIZE_AT, true), view.getUint32(SIZE_AT + 4, true)];
  return low === 0xffff_ffff && high === 0xffff_ffff ? undefined : high * 2 ** 32 + low;
}

/** The first `size` bytes of the data, where its compressed bytes decide them. */
function decided(bytes: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const zeros = decodeBefore(bytes, size, 0);
    const ones = decodeBefore(bytes, size, 0xff);
    return zeros.length === ones.length && zeros.every((byte, index) => byte === ones[index]) ? zeros : undefined;
  } catch {
    return undefined;
  }
}

function decodeBefore(bytes: Uint8Array, size: number, padding: number): Uint8Array {
  const padded = new Uint8Array(bytes.length + PADDING_BYTES).fill(padding);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  view.setUint32(SIZE_AT, size, true);
  view.setUint32(SIZE_AT + 4, 0, true);
  return decompress(padded).subarray(0, size);
}

interface Hour extends Unpacked {
  pair: Pair;
  hourUs: number;
  bytesRead: number;
  file: OpenedFile;
}

class Bi5Reader implements FileReader {
  readonly format = dukascopyBi5.name;
  readonly notes: readonly string[] = [];
  rowCount = 0;
  readonly #hour: Hour;
  readonly #view: DataView;
  readonly #pointFactor: number;
  readonly #event = emptyEvent();

  constructor(hour: Hour) {
    this.#hour = hour;
    this.#view = new DataView(hour.rows.buffer, hour.rows.byteOffset, hour.rows.byteLength);
    this.#pointFactor = 10 ** pairSpec(hour.pair).priceDecimals;
  }

  get lineNumber(): number {
    return this.rowCount;
  }

  get bytesRead(): number {
    const { rowCount, bytesRead } = this.#hour;
    return rowCount === 0 ? bytesRead : Math.round(bytesRead * this.rowCount / rowCount);
  }

  get sizeBytes(): number {
    return this.#hour.file.sizeBytes;
  }

  next(sink: RowSink): boolean {
    const { pair, hourUs, rowCount } = this.#hour;
    if (this.rowCount === rowCount) return false;
    const view = this.#view;
    const at = ROW_BYTES * this.rowCount++;
    const timeUs = view.getUint32(at) * 1000;
    if (timeUs >= US_PER_HOUR) {
      sink.refuse("time-invalid", this.rowCount, () => `${timeUs / 1000} ms are beyond the hour`);
      return true;
    }
    const event = this.#event;
    resetEvent(event, EventKind.quote, EventFlag.lastOfBatch);
    event.eventTimeUs = hourUs + timeUs;
    event.price2 = view.getUint32(at + 4) / this.#pointFactor;
    event.price = view.getUint32(at + 8) / this.#pointFactor;
    event.size2 = sizeOf(view.getFloat32(at + 12));
    event.size = sizeOf(view.getFloat32(at + 16));
    sink.event(pair, event);
    return true;
  }

  async fill(): Promise<boolean> {
    if (this.#hour.failure !== undefined) throw this.#hour.failure;
    return false;
  }

  async close(): Promise<void> {}
}

const sizeOf = (millions: number): number => Math.round(millions * (1e6 / SIZE_STEP_UNITS)) * SIZE_STEP_UNITS;
