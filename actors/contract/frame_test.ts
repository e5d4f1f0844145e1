import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameError, type FrameErrorCode } from "./errors.ts";
import { emptyEvent, EventKind, type MarketEvent } from "./events.ts";
import {
  FRAME_BYTES_MAX,
  FRAME_ENTRIES_MAX,
  FRAME_ENTRY_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_SPAN_US_MAX,
  type FrameHead,
  FrameReader,
  FrameWriter,
  sourceId,
} from "./frame.ts";

const TIME_US = 1_700_000_000_123_456;
const HEAD: FrameHead = { sourceId: sourceId("test"), sourceSequence: 7, receiveTimeUs: TIME_US + 250 };

function eventOf(kind: number, change: Partial<MarketEvent> = {}): MarketEvent {
  return { ...emptyEvent(), kind, eventTimeUs: TIME_US, ...change };
}

function frameOf(events: readonly MarketEvent[], head: FrameHead = HEAD): Uint8Array {
  const writer = new FrameWriter();
  for (const event of events) assert(writer.add(event));
  return writer.finish(head);
}

function read(bytes: Uint8Array): { head: FrameHead; events: MarketEvent[] } {
  const reader = new FrameReader();
  reader.open(bytes);
  const events: MarketEvent[] = [];
  while (reader.next()) {
    assert.equal(reader.index, events.length);
    events.push({ ...reader.event });
  }
  assert.equal(events.length, reader.entryCount);
  const { sourceId, sourceSequence, receiveTimeUs } = reader;
  return { head: { sourceId, sourceSequence, receiveTimeUs }, events };
}

function refusal(bytes: Uint8Array): FrameErrorCode {
  try {
    new FrameReader().open(bytes);
  } catch (error) {
    assert(error instanceof FrameError, String(error));
    return error.code;
  }
  assert.fail("the frame was read");
}

/** The frame with a number changed. */
function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint16(at, value, true);
  return copy;
}

const ONE_OF_EACH = Object.values(EventKind).map((kind, i) =>
  eventOf(kind, { side: i % 3, flags: 0xffff >> i, eventTimeUs: TIME_US + i, price: 1.1 + i, size2: i * 1e6 })
);

Deno.test("`FrameReader` reads what `FrameWriter` wrote, every kind, absent numbers as NaN", () => {
  assert.deepEqual(read(frameOf(ONE_OF_EACH)), { head: HEAD, events: ONE_OF_EACH });
});

Deno.test("a frame keeps times up to 2^53 µs, before 1970, and sequences up to 2^53 exactly", () => {
  const times = [
    Number.MAX_SAFE_INTEGER - FRAME_SPAN_US_MAX,
    Number.MAX_SAFE_INTEGER,
    1,
    0,
    -1,
    -1_000_001,
    -(2 ** 52),
  ];
  for (const eventTimeUs of times) {
    const head = { sourceId: 0xffff_ffff, sourceSequence: Number.MAX_SAFE_INTEGER, receiveTimeUs: eventTimeUs };
    const events = [eventOf(EventKind.clear, { eventTimeUs })];
    assert.deepEqual(read(frameOf(events, head)), { head, events });
  }
});

Deno.test("`FrameReader` rounds nanoseconds of other writers down to whole microseconds, once for base and offset", () => {
  const bytes = frameOf([eventOf(EventKind.clear)]);
  const view = new DataView(bytes.buffer);
  const baseNs = BigInt(TIME_US) * 1000n + 999n;
  view.setBigInt64(24, baseNs, true);
  for (const offsetNs of [0, 1, 999, 1000, 0xffff_ffff]) {
    view.setUint32(FRAME_HEADER_BYTES + 4, offsetNs, true);
    const expected = Number((baseNs + BigInt(offsetNs)) / 1000n);
    assert.equal(read(bytes).events[0]!.eventTimeUs, expected, String(offsetNs));
  }
});

Deno.test("`FrameReader` reads 64-bit nanoseconds as a BigInt would", () => {
  const bytes = frameOf([eventOf(EventKind.clear)]);
  const view = new DataView(bytes.buffer);
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (ns) => {
    if (ns / 1000n > BigInt(Number.MAX_SAFE_INTEGER)) return;
    view.setBigInt64(16, ns, true);
    view.setBigInt64(24, ns, true);
    const { head, events } = read(bytes);
    assert.equal(head.receiveTimeUs, Number(ns / 1000n));
    assert.equal(events[0]!.eventTimeUs, Number(ns / 1000n));
  }));
});

Deno.test("any events that fit into one frame round-trip", () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, Number.MIN_VALUE));
  const event = fc.record({
    kind: fc.integer({ min: 0, max: 255 }),
    side: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 0xffff }),
    eventTimeUs: fc.integer({ min: 0, max: FRAME_SPAN_US_MAX }),
    price: number,
    size: number,
    price2: number,
    size2: number,
  }, { noNullPrototype: true });
  const head = fc.record({
    sourceId: fc.integer({ min: 0, max: 0xffff_ffff }),
    sourceSequence: fc.maxSafeNat(),
    receiveTimeUs: fc.maxSafeNat(),
  }, { noNullPrototype: true });
  const base = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - FRAME_SPAN_US_MAX });
  fc.assert(fc.property(fc.array(event, { maxLength: 20 }), head, base, (events, head, baseUs) => {
    const placed = events.map((event, i) => ({ ...event, eventTimeUs: baseUs + (i === 0 ? 0 : event.eventTimeUs) }));
    assert.deepEqual(read(frameOf(placed, head)), { head, events: placed });
  }));
});

Deno.test("`FrameWriter.add()` takes offsets up to 4.29 s and leaves the frame as it was for what does not fit", () => {
  const writer = new FrameWriter();
  const at = (offsetUs: number) => eventOf(EventKind.quote, { eventTimeUs: TIME_US + offsetUs, price: offsetUs });
  assert.equal(FRAME_SPAN_US_MAX, 4_294_967);
  assert(writer.add(at(0)));
  assert(!writer.add(at(-1)), "before the base");
  assert(!writer.add(at(FRAME_SPAN_US_MAX + 1)), "beyond the span");
  assert(writer.add(at(FRAME_SPAN_US_MAX)));
  assert(writer.add(at(1)), "order within a frame is free");
  assert.equal(writer.entryCount, 3);
  assert.deepEqual(read(writer.finish(HEAD)).events, [at(0), at(FRAME_SPAN_US_MAX), at(1)]);
  assert.equal(writer.entryCount, 0);
  assert(writer.add(at(-1)), "the next frame has a base of its own");
});

Deno.test("`FrameWriter.add()` takes FRAME_ENTRIES_MAX events and no more; the frame is within its limit", () => {
  const writer = new FrameWriter();
  for (let i = 0; i < FRAME_ENTRIES_MAX; i++) assert(writer.add(eventOf(EventKind.level, { price: i })));
  assert(!writer.add(eventOf(EventKind.level)));
  const bytes = writer.finish(HEAD);
  assert(bytes.length < FRAME_BYTES_MAX);
  const { events } = read(bytes);
  assert.equal(events.length, FRAME_ENTRIES_MAX);
  assert.equal(events.at(-1)!.price, FRAME_ENTRIES_MAX - 1);
});

Deno.test("`FrameWriter.finish()` gives bytes of its own: the next frame does not change them", () => {
  const writer = new FrameWriter();
  writer.add(eventOf(EventKind.quote, { price: 1 }));
  const first = writer.finish(HEAD);
  const copy = first.slice();
  writer.add(eventOf(EventKind.trade, { price: 2 }));
  writer.finish(HEAD);
  assert.deepEqual(first, copy);
});

Deno.test("`FrameReader` reads an empty frame, and a frame at any place of a larger buffer", () => {
  assert.deepEqual(read(frameOf([])).events, []);
  const bytes = frameOf(ONE_OF_EACH);
  const larger = new Uint8Array(bytes.length + 13).fill(0xff);
  larger.set(bytes, 5);
  assert.deepEqual(read(larger.subarray(5, 5 + bytes.length)).events, ONE_OF_EACH);
});

Deno.test("`FrameReader.open()` refuses every truncation as `truncated`", () => {
  const bytes = frameOf(ONE_OF_EACH);
  for (let size = 0; size < bytes.length; size++) {
    assert.equal(refusal(bytes.subarray(0, size)), "truncated", `${size}`);
  }
});

Deno.test("`FrameReader.open()` says what is wrong with a frame", () => {
  const bytes = frameOf(ONE_OF_EACH);
  const cases: [string, Uint8Array, FrameErrorCode][] = [
    ["nothing", new Uint8Array(0), "truncated"],
    ["more than the limit", new Uint8Array(FRAME_BYTES_MAX + 1), "oversized"],
    ["zeros of the limit", new Uint8Array(FRAME_BYTES_MAX), "foreign"],
    ["foreign template", patched(bytes, 2, 2), "foreign"],
    ["foreign schema", patched(bytes, 4, 1), "foreign"],
    ["version 0", patched(bytes, 6, 0), "version"],
    ["short root block", patched(bytes, 0, 27), "inconsistent"],
    ["root block beyond the end", patched(bytes, 0, 0xffff), "inconsistent"],
    ["short entries", patched(bytes, 36, FRAME_ENTRY_BYTES - 1), "inconsistent"],
    ["entries of no length", patched(bytes, 36, 0), "inconsistent"],
    ["one entry fewer", patched(bytes, 38, ONE_OF_EACH.length - 1), "inconsistent"],
    ["one entry more", patched(bytes, 38, ONE_OF_EACH.length + 1), "truncated"],
    ["too many entries", patched(bytes, 38, FRAME_ENTRIES_MAX + 1), "too-many-entries"],
    ["a trailing byte", new Uint8Array([...bytes, 0]), "inconsistent"],
    ["text", new TextEncoder().encode("this is a text that is longer than a header"), "foreign"],
  ];
  for (const [name, wrong, code] of cases) assert.equal(refusal(wrong), code, name);
});

Deno.test("`FrameReader` reads frames of a later version: longer root block, longer entries", () => {
  const bytes = frameOf(ONE_OF_EACH);
  const rootBytes = 28 + 12;
  const entryBytes = FRAME_ENTRY_BYTES + 8;
  const later = new Uint8Array(8 + rootBytes + 4 + ONE_OF_EACH.length * entryBytes).fill(0xee);
  later.set(bytes.subarray(0, 36));
  const view = new DataView(later.buffer);
  view.setUint16(0, rootBytes, true);
  view.setUint16(6, 2, true);
  view.setUint16(8 + rootBytes, entryBytes, true);
  view.setUint16(8 + rootBytes + 2, ONE_OF_EACH.length, true);
  ONE_OF_EACH.forEach((_, i) => {
    const at = FRAME_HEADER_BYTES + i * FRAME_ENTRY_BYTES;
    later.set(bytes.subarray(at, at + FRAME_ENTRY_BYTES), 8 + rootBytes + 4 + i * entryBytes);
  });
  assert.deepEqual(read(later), { head: HEAD, events: ONE_OF_EACH });
  assert.equal(refusal(later.subarray(0, later.length - 1)), "truncated");
});

Deno.test("`FrameReader` has nothing to read after a frame that it refused", () => {
  const reader = new FrameReader();
  reader.open(frameOf(ONE_OF_EACH));
  assert(reader.next());
  assert.throws(() => reader.open(new Uint8Array(3)), FrameError);
  assert.equal(reader.entryCount, 0);
  assert(!reader.next());
  reader.open(frameOf(ONE_OF_EACH));
  assert(reader.next());
  assert.deepEqual(reader.event, ONE_OF_EACH[0]);
});

/** Reads or refuses; never anything else, and never more entries than the frame has room for. */
function readOrRefuse(bytes: Uint8Array, reader: FrameReader): boolean {
  try {
    reader.open(bytes);
  } catch (error) {
    assert(error instanceof FrameError, String((error as Error).stack));
    return false;
  }
  let count = 0;
  while (reader.next()) assert(++count <= bytes.length / FRAME_ENTRY_BYTES);
  assert.equal(count, reader.entryCount);
  return true;
}

Deno.test("`FrameReader` reads or refuses 20,000 arrays of random bytes", () => {
  const reader = new FrameReader();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readOrRefuse(bytes, reader);
      if (bytes.length < FRAME_HEADER_BYTES) return;
      // With the right ids the rest of the header is reached as well.
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      view.setUint16(2, 1, true);
      view.setUint16(4, 64207, true);
      readOrRefuse(bytes, reader);
      view.setUint16(0, 28, true);
      readOrRefuse(bytes, reader);
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("`FrameReader` reads or refuses 20,000 valid frames with flipped bits", () => {
  const reader = new FrameReader();
  const valid = frameOf(ONE_OF_EACH);
  let readCount = 0;
  const flips = fc.array(fc.nat({ max: valid.length * 8 - 1 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(flips, (bits) => {
      const bytes = valid.slice();
      for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (readOrRefuse(bytes, reader)) readCount++;
    }),
    { numRuns: 20_000 },
  );
  assert(readCount > 1_000, "most bits belong to entries, which any bits may fill");
});

Deno.test("`sourceId()` is FNV-1a of 32 bits", () => {
  // Vectors of the reference implementation (Fowler, Noll, Vo).
  assert.equal(sourceId(""), 0x811c9dc5);
  assert.equal(sourceId("a"), 0xe40c292c);
  assert.equal(sourceId("foobar"), 0xbf9cf968);
});
