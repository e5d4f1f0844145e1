import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTimeUs, parseTimeUs } from "../../contract/mod.ts";
import {
  parseAnyTime,
  parseCompactTime,
  parseDottedTime,
  parseEpochTime,
  parseHistdataTime,
  parseIsoTime,
  type ParseTime,
} from "./times.ts";

const read = (parse: ParseTime, text: string) => {
  const bytes = new TextEncoder().encode(`9${text}9`);
  return parse(bytes, 1, bytes.length - 1);
};
const us = (iso: string) => parseTimeUs(iso)!;

Deno.test("parseIsoTime() reads what parseTimeUs() reads", () => {
  const time = fc.integer({ min: 1, max: 7e15 });
  fc.assert(
    fc.property(
      time,
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom("", "Z", "+05:30", "-0500"),
      (timeUs, digits, zone) => {
        const iso = formatTimeUs(timeUs).slice(0, -1) + "789";
        const text = (digits === 0 ? iso.slice(0, 19) : iso.slice(0, 20 + digits)) + zone;
        assert.equal(read(parseIsoTime, text), parseTimeUs(text), text);
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (text) => {
    const expected = parseTimeUs(text);
    const actual = read(parseIsoTime, text);
    if (expected === undefined) assert(Number.isNaN(actual), text);
    else assert.equal(actual, expected, text);
  }));
});

Deno.test("the readers of times refuse what is no real date", () => {
  const wrong = [
    "2013-02-30T00:00:00Z",
    "2013-13-01T00:00:00Z",
    "2013-00-10T00:00:00Z",
    "2013-01-01T24:00:00Z",
    "2013-01-01T00:60:00Z",
    "2013-01-01T00:00:60Z",
    "2013-01-01T00:00:00.Z",
    "2013-01-01T00:00:00+1",
    "2013-01-01 00:00",
    "2013-01-01T00:00:0x",
    "2013-01-01T00:00:00.123456789x",
    "2013-01-01T00:00:00.1234567890",
  ];
  for (const text of wrong) assert(Number.isNaN(read(parseIsoTime, text)), text);
  assert(Number.isNaN(read(parseCompactTime, "20130230 22:00:00.123")));
  assert(Number.isNaN(read(parseHistdataTime, "20200101 250000000")));
  assert(Number.isNaN(read(parseDottedTime, "32.12.2019 22:00:00.123")));
});

Deno.test("parseIsoTime() knows leap days", () => {
  assert.equal(read(parseIsoTime, "2000-02-29T00:00:00Z"), us("2000-02-29T00:00:00Z"));
  assert(Number.isNaN(read(parseIsoTime, "2100-02-29T00:00:00Z")));
});

Deno.test("parseCompactTime() reads TrueFX's times", () => {
  assert.equal(read(parseCompactTime, "20130101 22:00:00.123"), us("2013-01-01T22:00:00.123Z"));
  assert.equal(read(parseCompactTime, "20130101 22:00:00"), us("2013-01-01T22:00:00Z"));
});

Deno.test("parseHistdataTime() is five hours behind UTC, in summer too", () => {
  assert.equal(read(parseHistdataTime, "20200101 170014123"), us("2020-01-01T22:00:14.123Z"));
  assert.equal(read(parseHistdataTime, "20200701 170014123"), us("2020-07-01T22:00:14.123Z"));
});

Deno.test("parseDottedTime() reads Dukascopy's times", () => {
  assert.equal(read(parseDottedTime, "31.12.2019 22:00:00.123"), us("2019-12-31T22:00:00.123Z"));
});

Deno.test("parseEpochTime() tells the unit by the size", () => {
  const timeUs = us("2019-02-04T00:00:00.123456Z");
  for (
    const text of [
      "1549238400.123456",
      "1549238400123.456",
      "1549238400123456",
      "1549238400123456789",
      "1549238400.1234567",
    ]
  ) {
    assert.equal(read(parseEpochTime, text), timeUs, text);
  }
  assert.equal(read(parseEpochTime, "1549238400"), us("2019-02-04T00:00:00Z"));
  for (const text of ["", ".", "1549238400.", "-1549238400", "15492384x0", "1".repeat(21)]) {
    assert(Number.isNaN(read(parseEpochTime, text)), text);
  }
});

Deno.test("parseAnyTime() takes ISO and epoch", () => {
  assert.equal(read(parseAnyTime, "2019-02-04 00:00:00"), read(parseAnyTime, "1549238400000"));
  assert(Number.isNaN(read(parseAnyTime, "")));
});
