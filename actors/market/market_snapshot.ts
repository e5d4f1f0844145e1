/**
 * The market's state as bytes: a head in JSON, and all lists of numbers one after another as 64-bit floats, little endian. JSON alone
 * would take three times the room, and longer.
 *
 * ```text
 * 0  u32 length of the head in bytes   4  head in UTF-8   4 + length  numbers
 * ```
 *
 * @module
 */
import type { MarketOptions } from "../contract/mod.ts";
import type { MarketSnapshot } from "./market_state.ts";

interface Head {
  /** What the metrics were computed with: their state is of these windows. */
  options: MarketOptions;
  pairs: MarketSnapshot["pairs"];
  counts: MarketSnapshot["counts"];
  /** Numbers of each list. */
  lengths: number[];
}

const HEAD_AT = 4;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

export function encodeSnapshot(state: MarketSnapshot, options: MarketOptions): Uint8Array {
  const { metrics } = state;
  const lists = [
    state.numbers,
    state.clock,
    state.waiting,
    metrics.mids,
    metrics.thinner,
    metrics.correlations,
    metrics.leadLag,
    metrics.triangles,
    metrics.strength,
    state.detection,
    ...state.members.flatMap(({ told, book }) => [told, book.touch, book.bids, book.asks]),
  ];
  const lengths = lists.map(({ length }) => length);
  const head: Head = { options, pairs: state.pairs, counts: state.counts, lengths };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const numbersAt = HEAD_AT + headBytes.length;
  const bytes = new Uint8Array(numbersAt + NUMBER_BYTES * lengths.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headBytes.length, true);
  bytes.set(headBytes, HEAD_AT);
  let at = numbersAt;
  for (const list of lists) {
    for (const number of list) {
      view.setFloat64(at, number, true);
      at += NUMBER_BYTES;
    }
  }
  return bytes;
}

/** @throws {RangeError} where the bytes are cut off, or too many. */
export function decodeSnapshot(bytes: Uint8Array): { options: MarketOptions; state: MarketSnapshot } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbersAt = HEAD_AT + view.getUint32(0, true);
  const head: Head = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD_AT, numbersAt)));
  let at = numbersAt;
  const lists = head.lengths.map((length) =>
    Array.from({ length }, () => {
      const number = view.getFloat64(at, true);
      at += NUMBER_BYTES;
      return number;
    })
  );
  if (at !== bytes.byteLength) {
    throw new RangeError(`Cannot restore the market: ${bytes.byteLength - at} bytes too many`);
  }
  const [numbers, clock, waiting, mids, thinner, correlations, leadLag, triangles, strength, detection, ...rest] =
    lists;
  const members = head.pairs.map((_, number) => {
    const [told, touch, bids, asks] = rest.slice(4 * number, 4 * number + 4);
    return { told: told!, book: { touch: touch!, bids: bids!, asks: asks! } };
  });
  const state: MarketSnapshot = {
    pairs: head.pairs,
    counts: head.counts,
    numbers: numbers!,
    clock: clock!,
    waiting: waiting!,
    members,
    metrics: {
      mids: mids!,
      thinner: thinner!,
      correlations: correlations!,
      leadLag: leadLag!,
      triangles: triangles!,
      strength: strength!,
    },
    detection: detection!,
  };
  return { options: head.options, state };
}
