/**
 * The schema that other languages generate their codecs from, held against this codec: neither can change alone.
 */
import assert from "node:assert/strict";
import { emptyEvent, EventFlag, EventKind, StatusCode } from "./events.ts";
import {
  FRAME_ENTRIES_MAX,
  FRAME_ENTRY_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_SCHEMA_ID,
  FRAME_TEMPLATE_ID,
  FRAME_VERSION,
  FrameWriter,
} from "./frame.ts";

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

const XML = await Deno.readTextFile(new URL("market.sbe.xml", import.meta.url));
const ELEMENTS: Element[] = [...XML.matchAll(/<([\w:]+)((?:\s+[\w:]+="[^"]*")+)\s*\/?>([^<]*)/g)].map((match) => ({
  name: match[1]!,
  attributes: Object.fromEntries(
    [...match[2]!.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  ),
  text: match[3]!.trim(),
}));
const only = (name: string, filter: Record<string, string> = {}): Element => {
  const found = ELEMENTS.filter((element) =>
    element.name === name && Object.entries(filter).every(([key, value]) => element.attributes[key] === value)
  );
  assert.equal(found.length, 1, `${name} ${JSON.stringify(filter)}`);
  return found[0]!;
};
const BYTES: Record<string, number> = { uint8: 1, uint16: 2, uint32: 4, uint64: 8, int64: 8, double: 8 };
/** Bytes of a type, by its name in the schema. */
function bytesOf(type: string): number {
  if (type in BYTES) return BYTES[type]!;
  const declared = ELEMENTS.find(({ name, attributes }) =>
    attributes.name === type && ["type", "enum", "set"].includes(name)
  );
  assert(declared !== undefined, type);
  return BYTES[declared.attributes.primitiveType ?? declared.attributes.encodingType!]!;
}

/** A frame whose every field has another value, and the place of each in the schema. */
const event = {
  ...emptyEvent(),
  kind: 0x11,
  side: 0x12,
  flags: 0x1314,
  eventTimeUs: 2_000_000,
  price: 1.5,
  size: 2.5,
  price2: 3.5,
  size2: 4.5,
};
const writer = new FrameWriter();
writer.add({ ...event, eventTimeUs: 1_000_000 });
writer.add(event);
const frame = writer.finish({ sourceId: 0x51525354, sourceSequence: 0x6162636465, receiveTimeUs: 3_000_000 });
const view = new DataView(frame.buffer);

Deno.test("market.sbe.xml states the ids, version and byte order of the codec", () => {
  const { attributes } = only("sbe:messageSchema");
  assert.equal(Number(attributes.id), FRAME_SCHEMA_ID);
  assert.equal(Number(attributes.version), FRAME_VERSION);
  assert.equal(attributes.byteOrder, "littleEndian");
  assert.equal(Number(only("sbe:message").attributes.id), FRAME_TEMPLATE_ID);
});

Deno.test("market.sbe.xml states the block lengths and the limit of the codec", () => {
  const root = Number(only("sbe:message").attributes.blockLength);
  assert.equal(8 + root + 4, FRAME_HEADER_BYTES);
  assert.equal(view.getUint16(0, true), root);
  assert.equal(Number(only("group").attributes.blockLength), FRAME_ENTRY_BYTES);
  assert.equal(view.getUint16(36, true), FRAME_ENTRY_BYTES);
  assert.equal(Number(only("type", { name: "numInGroup" }).attributes.maxValue), FRAME_ENTRIES_MAX);
});

Deno.test("the header of market.sbe.xml is the header of the frame", () => {
  const header = XML.slice(XML.indexOf('composite name="messageHeader"'), XML.indexOf("</composite>"));
  const names = [...header.matchAll(/<type name="(\w+)" primitiveType="uint16"/g)].map((match) => match[1]);
  assert.deepEqual(names, ["blockLength", "templateId", "schemaId", "version"]);
  assert.deepEqual([0, 2, 4, 6].map((at) => view.getUint16(at, true)), [
    FRAME_HEADER_BYTES - 12,
    FRAME_TEMPLATE_ID,
    FRAME_SCHEMA_ID,
    FRAME_VERSION,
  ]);
  const group = XML.slice(XML.indexOf('composite name="groupSizeEncoding"'));
  assert.match(group, /blockLength" primitiveType="uint16"[^]*?numInGroup" primitiveType="uint16"/);
});

Deno.test("every field stands where market.sbe.xml says", () => {
  const at = (name: string, base: number) => base + Number(only("field", { name }).attributes.offset);
  const root = (name: string) => at(name, 8);
  assert.equal(view.getBigUint64(root("sourceSequence"), true), 0x6162636465n);
  assert.equal(view.getBigInt64(root("receiveTime"), true), 3_000_000_000n);
  assert.equal(view.getBigInt64(root("baseEventTime"), true), 1_000_000_000n);
  assert.equal(view.getUint32(root("sourceId"), true), 0x51525354);
  const entry = (name: string) => at(name, FRAME_HEADER_BYTES + FRAME_ENTRY_BYTES);
  assert.equal(view.getUint8(entry("kind")), event.kind);
  assert.equal(view.getUint8(entry("side")), event.side);
  assert.equal(view.getUint16(entry("flags"), true), event.flags);
  assert.equal(view.getUint32(entry("timeOffset"), true), 1_000_000_000);
  for (const name of ["price", "size", "price2", "size2"] as const) {
    assert.equal(view.getFloat64(entry(name), true), event[name]);
  }
});

Deno.test("the fields of market.sbe.xml fill their blocks without gap or overlap", () => {
  const fields = ELEMENTS.filter(({ name }) => name === "field").map(({ attributes }) => ({
    offset: Number(attributes.offset),
    bytes: bytesOf(attributes.type!),
    id: Number(attributes.id),
  }));
  assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length, "ids are unique");
  const ends = (list: typeof fields) =>
    list.reduce((end, { offset, bytes }) => (assert.equal(offset, end), end + bytes), 0);
  assert.equal(ends(fields.filter(({ id }) => id < 10)), FRAME_HEADER_BYTES - 12);
  assert.equal(ends(fields.filter(({ id }) => id > 10)), FRAME_ENTRY_BYTES);
});

Deno.test("market.sbe.xml names the kinds, flags and status codes of the code", () => {
  const lower = (name: string) => name[0]!.toLowerCase() + name.slice(1);
  const values = (name: string) =>
    Object.fromEntries(
      ELEMENTS.filter((element) => element.name === name).map(({ attributes, text }) => [
        lower(attributes.name!),
        Number(text),
      ]),
    );
  assert.deepEqual(values("validValue"), EventKind);
  const flags = Object.fromEntries(Object.entries(values("choice")).map(([name, bit]) => [name, 1 << bit]));
  assert.deepEqual(flags, EventFlag);
  const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const codes = Object.entries(StatusCode).map(([name, code]) => `${code} ${words(name)}`).join(", ");
  assert(only("type", { name: "side" }).attributes.description!.endsWith(`status: ${codes}`));
});
