import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTimeUs, parseTimeUs, TRADING_SECONDS_PER_YEAR, US_PER_DAY, US_PER_SECOND } from "./units.ts";

Deno.test("`formatTimeUs()` writes six decimals in UTC, before 1970 too", () => {
  assert.equal(formatTimeUs(1_357_077_600_123_456), "2013-01-01T22:00:00.123456Z");
  assert.equal(formatTimeUs(0), "1970-01-01T00:00:00.000000Z");
  assert.equal(formatTimeUs(-1), "1969-12-31T23:59:59.999999Z");
  assert.equal(formatTimeUs(-1_000), "1969-12-31T23:59:59.999000Z");
  assert.equal(formatTimeUs(1), "1970-01-01T00:00:00.000001Z");
});

Deno.test("`parseTimeUs()` reads back every microsecond that `formatTimeUs()` writes", () => {
  const bound = 7_258_118_400_000_000;
  fc.assert(fc.property(fc.integer({ min: -bound, max: bound }), (timeUs) => {
    assert.equal(parseTimeUs(formatTimeUs(timeUs)), timeUs);
  }));
});

Deno.test("`parseTimeUs()` reads zones, separators and any number of decimals", () => {
  const second = 1_704_067_200 * US_PER_SECOND; // 2024-01-01T00:00:00Z
  const cases: [string, number][] = [
    ["2024-01-01T00:00:00Z", second],
    ["2024-01-01T00:00:00", second],
    ["2024-01-01 00:00:00", second],
    ["2024-01-01T00:00:00.5Z", second + 500_000],
    ["2024-01-01T00:00:00,000001Z", second + 1],
    ["2024-01-01T00:00:00.123456789Z", second + 123_456],
    ["2024-01-01T02:00:00+02:00", second],
    ["2023-12-31T19:00:00-0500", second],
    ["2024-02-29T00:00:00Z", second + 59 * US_PER_DAY],
    ["2024-02-29T23:30:00-01:00", second + 60 * US_PER_DAY + 1_800 * US_PER_SECOND],
  ];
  for (const [text, timeUs] of cases) assert.equal(parseTimeUs(text), timeUs, text);
});

Deno.test("`parseTimeUs()` refuses what is no real date or time, whatever its zone", () => {
  const days = ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-01-00"];
  const times = ["24:00:00", "23:60:00", "23:59:60", "1:00:00", "00:00", "00:00:00.", "00:00:00.1234567890"];
  for (const zone of ["", "Z", "+01:00", "-0500"]) {
    for (const day of days) assert.equal(parseTimeUs(`${day}T00:00:00${zone}`), undefined, `${day} ${zone}`);
    for (const time of times) assert.equal(parseTimeUs(`2024-01-01T${time}${zone}`), undefined, `${time} ${zone}`);
  }
  for (const text of ["", "now", "2024-01-01", "1704067200", "2024-01-01T00:00:00+99:99", " 2024-01-01T00:00:00Z"]) {
    assert.equal(parseTimeUs(text), undefined, text);
  }
});

Deno.test("`parseTimeUs()` answers an integer or `undefined` for any text", () => {
  const digits = fc.stringMatching(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{0,9})?(Z|[+-]\d{2}:?\d{2})?$/);
  fc.assert(fc.property(fc.oneof(fc.string(), digits), (text) => {
    const timeUs = parseTimeUs(text);
    assert(timeUs === undefined || Number.isSafeInteger(timeUs));
  }));
});

Deno.test("TRADING_SECONDS_PER_YEAR is 24 hours on 5 days of 52 weeks", () => {
  assert.equal(TRADING_SECONDS_PER_YEAR, 22_464_000);
});
