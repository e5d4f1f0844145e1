/**
 * The state of a pair as bytes: a JSON head, then all numbers as one block of doubles.
 *
 * `length of the head u32 │ head, padded with spaces to a multiple of 8 with what is before it │ doubles`, little endian, as every
 * machine is that runs this. The head names the lists of numbers and their lengths in the order in which they follow. Text would cost
 * ten times the time and three times the bytes.
 *
 * @module
 */
import type { MarketEvent, MetricSample, Pair } from "../contract/mod.ts";

/** Version of the snapshot's shape. Older ones that are known are upgraded; from others the state is folded from the log. */
export const PAIR_SNAPSHOT_VERSION = 5;

export interface PairSnapshot {
  pair: string;
  /** The options that the estimators ran with, as JSON. With others they begin anew. */
  options: string;
  numbers: number[];
  counts: MetricSample["counts"];
  lastTrade: MarketEvent;
  book: { touch: number[]; bids: number[]; asks: number[] };
  /** State of each estimator by its name. */
  metrics: Record<string, number[]>;
  /** State of the detectors, and what they share. */
  detection: Record<string, number[]>;
}

interface Head extends Pick<PairSnapshot, "pair" | "options" | "counts"> {
  lastTrade: Record<string, number | null>;
  lists: [name: string, length: number][];
}

const HEAD_LENGTH_BYTES = 4;
const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT;
const BOOK_PREFIX = "book.";
const DETECTION_PREFIX = "detection.";
const NUMBERS = "numbers";

export function encodePairSnapshot({ numbers, book, metrics, detection, ...rest }: PairSnapshot): Uint8Array {
  const lists: [string, number[]][] = [
    [NUMBERS, numbers],
    ...Object.entries(book).map(([name, list]): [string, number[]] => [`${BOOK_PREFIX}${name}`, list]),
    ...Object.entries(detection).map(([name, list]): [string, number[]] => [`${DETECTION_PREFIX}${name}`, list]),
    ...Object.entries(metrics),
  ];
  // JSON writes an absent number of the last trade as null.
  const text = JSON.stringify({ ...rest, lists: lists.map(([name, list]) => [name, list.length]) });
  const head = new TextEncoder().encode(text + " ".repeat(DOUBLE_BYTES));
  const dataAt = Math.floor((HEAD_LENGTH_BYTES + head.length) / DOUBLE_BYTES) * DOUBLE_BYTES;
  const count = lists.reduce((total, [, { length }]) => total + length, 0);
  const bytes = new Uint8Array(dataAt + count * DOUBLE_BYTES);
  new DataView(bytes.buffer).setUint32(0, dataAt - HEAD_LENGTH_BYTES, true);
  bytes.set(head.subarray(0, dataAt - HEAD_LENGTH_BYTES), HEAD_LENGTH_BYTES);
  const doubles = new Float64Array(bytes.buffer, dataAt);
  let at = 0;
  for (const [, list] of lists) {
    // Every absent number as the same bits: that of a calculation may carry a sign.
    for (const number of list) doubles[at++] = number === number ? number : NaN;
  }
  return bytes;
}

/**
 * The snapshot that bytes of a version hold, in the newest shape.
 *
 * @throws {RangeError} where the version is none that is known, or the bytes are not of it.
 */
export function decodePairSnapshot(bytes: Uint8Array, version: number | undefined): PairSnapshot {
  // Version 4 knew of no detectors.
  if (version === PAIR_SNAPSHOT_VERSION || version === 4) return decode(bytes);
  if (version === 2 || version === 3) return upgraded(bytes, version);
  throw new RangeError(`Cannot restore version ${PAIR_SNAPSHOT_VERSION} from a snapshot of version ${version}`);
}

function decode(bytes: Uint8Array): PairSnapshot {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const dataAt = HEAD_LENGTH_BYTES + headLength;
  const { lists, lastTrade, ...rest }: Head = JSON.parse(
    new TextDecoder().decode(bytes.subarray(HEAD_LENGTH_BYTES, dataAt)),
  );
  const count = lists.reduce((total, [, length]) => total + length, 0);
  const length = dataAt + count * DOUBLE_BYTES;
  if (length !== bytes.length) {
    throw new RangeError(`Cannot restore a snapshot of ${length} bytes from ${bytes.length}`);
  }
  // A copy: the bytes may lie anywhere in memory, doubles may not.
  const doubles = new Float64Array(bytes.slice(dataAt).buffer);
  let at = 0;
  const read = new Map(lists.map(([name, length]) => [name, Array.from(doubles.subarray(at, at += length))]));
  const take = (name: string) => {
    const list = read.get(name);
    if (list === undefined) throw new RangeError(`Cannot restore a snapshot without "${name}"`);
    read.delete(name);
    return list;
  };
  return {
    ...rest,
    lastTrade: withNaN(lastTrade) as unknown as MarketEvent,
    numbers: take(NUMBERS),
    book: { touch: take(`${BOOK_PREFIX}touch`), bids: take(`${BOOK_PREFIX}bids`), asks: take(`${BOOK_PREFIX}asks`) },
    ...separated(read),
  };
}

/** Lists of the detectors, and those of the metrics. */
function separated(lists: ReadonlyMap<string, number[]>): Pick<PairSnapshot, "metrics" | "detection"> {
  const all = [...lists];
  const isDetection = ([name]: [string, number[]]) => name.startsWith(DETECTION_PREFIX);
  return {
    metrics: Object.fromEntries(all.filter((list) => !isDetection(list))),
    detection: Object.fromEntries(
      all.filter(isDetection).map(([name, list]) => [name.slice(DETECTION_PREFIX.length), list]),
    ),
  };
}

function withNaN(event: Record<string, number | null>): Record<string, number> {
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, value ?? NaN]));
}

/** Estimators of version 3 that begin with a time and did not say since when their value held: it is taken to hold since then. */
const HELD_SINCE_4 = ["spreadMean", "spreadMeanBps", "spreadEwBps"];
/** Estimators of version 3 whose state is what it was, or can be made of it; the others begin anew. */
const UNCHANGED_SINCE_3 = [
  "spreadMean",
  "spreadMeanBps",
  "spreadEwBps",
  "volatilityFast",
  "volatilitySlow",
  "touches",
  "bookEvents",
  "trades",
];

function withSince(name: string, [timeUs, held, ...rest]: number[]): number[] {
  return name === "spreadEwBps" ? [timeUs!, held!, ...rest, timeUs!] : [timeUs!, held!, timeUs!, ...rest];
}

/** Versions 2 and 3 were JSON, with `null` for NaN; version 2 wrapped the state and knew of no gaps. */
function upgraded(bytes: Uint8Array, version: 2 | 3): PairSnapshot {
  const parsed = JSON.parse(new TextDecoder().decode(bytes), (_key, value) => value === null ? NaN : value);
  const state: Omit<PairSnapshot, "pair" | "options" | "detection"> = version === 2 ? parsed.state : parsed;
  return {
    ...state,
    pair: parsed.pair as Pair,
    options: "",
    detection: {},
    metrics: Object.fromEntries(
      UNCHANGED_SINCE_3.flatMap((name) => {
        const own = state.metrics[name];
        return own === undefined ? [] : [[name, HELD_SINCE_4.includes(name) ? withSince(name, own) : own]];
      }),
    ),
  };
}
