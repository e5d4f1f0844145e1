/**
 * Market frames on the wire: FIX Simple Binary Encoding, little endian. The schema is `market.sbe.xml`.
 *
 * ```text
 *  0  u16 block length of the root = 28   u16 template = 1   u16 schema = 64207   u16 version = 1
 *  8  u64 source sequence   16  i64 receive time ns   24  i64 base event time ns   32  u32 source id
 * 36  u16 length of one entry = 40        u16 number of entries
 * 40  entries, 40 bytes each:
 *      0 u8 kind   1 u8 side   2 u16 flags   4 u32 time offset ns from the base
 *      8 f64 price   16 f64 size   24 f64 price2   32 f64 size2
 * ```
 *
 * An entry of a later version may be longer: a reader steps by the length that the frame states and reads what it knows.
 * Times become integer microseconds here; 64-bit nanoseconds are split into 32-bit halves, because a BigInt per event would
 * cost more than the rest of the decoding.
 *
 * @module
 */
import { emptyEvent, type MarketEvent } from "./events.ts";
import { FrameError } from "./errors.ts";

export const FRAME_TEMPLATE_ID = 1;
export const FRAME_SCHEMA_ID = 64207;
export const FRAME_VERSION = 1;
const MESSAGE_HEADER_BYTES = 8;
const ROOT_BYTES = 28;
const GROUP_HEADER_BYTES = 4;
/** Bytes before the first entry. */
export const FRAME_HEADER_BYTES = MESSAGE_HEADER_BYTES + ROOT_BYTES + GROUP_HEADER_BYTES;
/** Bytes of one entry as this version writes it. */
export const FRAME_ENTRY_BYTES = 40;
/** Entries a frame holds at most. A writer starts a new frame; a reader refuses the frame as `too-many-entries`. */
export const FRAME_ENTRIES_MAX = 4096;
/** Bytes a frame takes at most: well under the 1 MB that a NATS message may carry. A reader refuses more as `oversized`. */
export const FRAME_BYTES_MAX = 512 * 1024;
/** The furthest an event may lie after the frame's base time: what u32 nanoseconds hold, in whole microseconds. */
export const FRAME_SPAN_US_MAX = Math.floor(0xffff_ffff / 1000);

const TWO_32 = 4_294_967_296;

/** What a frame says of all its events. */
export interface FrameHead {
  /** Which source wrote it: {@linkcode sourceId} of its name. */
  sourceId: number;
  /** Number of the frame at its source, counted from 1. Exact below 2^53. */
  sourceSequence: number;
  /** When the feed received it, microseconds since the epoch. */
  receiveTimeUs: number;
}

/** FNV-1a of a source's name: the 32-bit number under which its frames travel. */
export function sourceId(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * Collects events and writes them as one frame.
 *
 * `add` answers `false`, and takes nothing, where the event cannot stand in the same frame: it is full, or the event lies
 * before the first one or more than {@linkcode FRAME_SPAN_US_MAX} after it. The caller then takes `finish()` and adds it again.
 *
 * @example
 * ```ts
 * import { emptyEvent, EventKind, FrameReader, FrameWriter, sourceId } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const writer = new FrameWriter();
 * const quote = { ...emptyEvent(), kind: EventKind.quote, eventTimeUs: 1_357_077_600_000_000, price: 86.73, price2: 86.75 };
 * assert(writer.add(quote));
 * const bytes = writer.finish({ sourceId: sourceId("example"), sourceSequence: 1, receiveTimeUs: 1_357_077_600_000_200 });
 *
 * const reader = new FrameReader();
 * reader.open(bytes);
 * assert(reader.next());
 * assert.equal(reader.event.price2, 86.75);
 * assert(!reader.next());
 * ```
 */
export class FrameWriter {
  readonly #bytes = new Uint8Array(FRAME_HEADER_BYTES + FRAME_ENTRIES_MAX * FRAME_ENTRY_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #entryCount = 0;
  #baseTimeUs = 0;

  /** Events collected since the last `finish`. */
  get entryCount(): number {
    return this.#entryCount;
  }

  add(event: MarketEvent): boolean {
    const view = this.#view;
    if (this.#entryCount === 0) this.#baseTimeUs = event.eventTimeUs;
    const offsetUs = event.eventTimeUs - this.#baseTimeUs;
    if (offsetUs < 0 || offsetUs > FRAME_SPAN_US_MAX || this.#entryCount === FRAME_ENTRIES_MAX) return false;
    const at = FRAME_HEADER_BYTES + this.#entryCount * FRAME_ENTRY_BYTES;
    view.setUint8(at, event.kind);
    view.setUint8(at + 1, event.side);
    view.setUint16(at + 2, event.flags, true);
    view.setUint32(at + 4, offsetUs * 1000, true);
    view.setFloat64(at + 8, event.price, true);
    view.setFloat64(at + 16, event.size, true);
    view.setFloat64(at + 24, event.price2, true);
    view.setFloat64(at + 32, event.size2, true);
    this.#entryCount++;
    return true;
  }

  /** The frame as bytes of its own; the writer is empty afterwards. */
  finish(head: FrameHead): Uint8Array {
    const view = this.#view;
    view.setUint16(0, ROOT_BYTES, true);
    view.setUint16(2, FRAME_TEMPLATE_ID, true);
    view.setUint16(4, FRAME_SCHEMA_ID, true);
    view.setUint16(6, FRAME_VERSION, true);
    view.setUint32(8, head.sourceSequence % TWO_32, true);
    view.setUint32(12, Math.floor(head.sourceSequence / TWO_32), true);
    setTimeUs(view, 16, head.receiveTimeUs);
    setTimeUs(view, 24, this.#baseTimeUs);
    view.setUint32(32, head.sourceId, true);
    view.setUint16(36, FRAME_ENTRY_BYTES, true);
    view.setUint16(38, this.#entryCount, true);
    const bytes = this.#bytes.slice(0, FRAME_HEADER_BYTES + this.#entryCount * FRAME_ENTRY_BYTES);
    this.#entryCount = 0;
    return bytes;
  }
}

/**
 * Reads frames, one after another, through one reused event.
 *
 * `open` checks the frame as a whole and throws {@linkcode FrameError}; `next` then fills {@linkcode FrameReader.event} from
 * the next entry. What the entries say is not checked here: `validateEvent` does that, entry by entry.
 */
export class FrameReader implements FrameHead {
  /** The current entry; overwritten by `next`. */
  readonly event: MarketEvent = emptyEvent();
  sourceId = 0;
  sourceSequence = 0;
  receiveTimeUs = 0;
  /** Entries in the frame. */
  entryCount = 0;
  /** Number of the current entry, from 0; −1 before the first. */
  index = -1;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #entryBytes = 0;
  #at = 0;
  #baseTimeUs = 0;
  #baseRestNs = 0;

  open(bytes: Uint8Array): void {
    // Until the frame is found good there is nothing to read, not even of the frame before it.
    this.entryCount = 0;
    this.index = -1;
    const size = bytes.byteLength;
    if (size < FRAME_HEADER_BYTES) {
      throw new FrameError("truncated", `frame has ${size} bytes, its header alone takes ${FRAME_HEADER_BYTES}`);
    }
    if (size > FRAME_BYTES_MAX) {
      throw new FrameError("oversized", `frame has ${size} bytes, at most ${FRAME_BYTES_MAX}`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    const rootBytes = view.getUint16(0, true);
    const templateId = view.getUint16(2, true);
    const schemaId = view.getUint16(4, true);
    const version = view.getUint16(6, true);
    if (schemaId !== FRAME_SCHEMA_ID || templateId !== FRAME_TEMPLATE_ID) {
      throw new FrameError(
        "foreign",
        `schema ${schemaId} template ${templateId}, expected ${FRAME_SCHEMA_ID} and ${FRAME_TEMPLATE_ID}`,
      );
    }
    if (version < FRAME_VERSION) throw new FrameError("version", `frame version ${version}, at least ${FRAME_VERSION}`);
    const groupAt = MESSAGE_HEADER_BYTES + rootBytes;
    if (rootBytes < ROOT_BYTES || groupAt + GROUP_HEADER_BYTES > size) {
      throw new FrameError(
        "inconsistent",
        `root block of ${rootBytes} bytes in a frame of ${size}, at least ${ROOT_BYTES}`,
      );
    }
    const entryBytes = view.getUint16(groupAt, true);
    const entryCount = view.getUint16(groupAt + 2, true);
    if (entryBytes < FRAME_ENTRY_BYTES) {
      throw new FrameError("inconsistent", `entries of ${entryBytes} bytes, at least ${FRAME_ENTRY_BYTES}`);
    }
    if (entryCount > FRAME_ENTRIES_MAX) {
      throw new FrameError("too-many-entries", `${entryCount} entries, at most ${FRAME_ENTRIES_MAX}`);
    }
    const expected = groupAt + GROUP_HEADER_BYTES + entryCount * entryBytes;
    if (size < expected) {
      throw new FrameError("truncated", `frame has ${size} bytes, ${entryCount} entries end at ${expected}`);
    }
    if (size > expected) {
      throw new FrameError("inconsistent", `${size - expected} bytes after the last of ${entryCount} entries`);
    }

    this.#view = view;
    this.sourceSequence = view.getUint32(12, true) * TWO_32 + view.getUint32(8, true);
    this.receiveTimeUs = getTimeUs(view, 16);
    this.sourceId = view.getUint32(32, true);
    const lo = view.getUint32(24, true);
    const hi = view.getInt32(28, true);
    // 2^32 = 4294967 · 1000 + 296: whole microseconds and the rest of 64-bit nanoseconds, exact without a BigInt.
    const rest = hi * 296 + lo;
    this.#baseTimeUs = hi * 4_294_967 + Math.floor(rest / 1000);
    this.#baseRestNs = rest - Math.floor(rest / 1000) * 1000;
    this.#entryBytes = entryBytes;
    this.#at = groupAt + GROUP_HEADER_BYTES - entryBytes;
    this.entryCount = entryCount;
  }

  /** Fill `event` from the next entry; `false` after the last. */
  next(): boolean {
    if (this.index + 1 >= this.entryCount) return false;
    this.index++;
    const at = this.#at += this.#entryBytes;
    const view = this.#view;
    const event = this.event;
    event.kind = view.getUint8(at);
    event.side = view.getUint8(at + 1);
    event.flags = view.getUint16(at + 2, true);
    event.eventTimeUs = this.#baseTimeUs + Math.floor((this.#baseRestNs + view.getUint32(at + 4, true)) / 1000);
    event.price = view.getFloat64(at + 8, true);
    event.size = view.getFloat64(at + 16, true);
    event.price2 = view.getFloat64(at + 24, true);
    event.size2 = view.getFloat64(at + 32, true);
    return true;
  }
}

/** Write microseconds as 64-bit nanoseconds: exact, in 32-bit halves. */
function setTimeUs(view: DataView, at: number, timeUs: number): void {
  const high = Math.floor(timeUs / TWO_32);
  const low = (timeUs - high * TWO_32) * 1000;
  const carry = Math.floor(low / TWO_32);
  view.setUint32(at, low - carry * TWO_32, true);
  view.setInt32(at + 4, high * 1000 + carry, true);
}

/** Read 64-bit nanoseconds as whole microseconds, rounded down. */
function getTimeUs(view: DataView, at: number): number {
  const hi = view.getInt32(at + 4, true);
  return hi * 4_294_967 + Math.floor((hi * 296 + view.getUint32(at, true)) / 1000);
}
