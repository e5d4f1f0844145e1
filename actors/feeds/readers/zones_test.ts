import assert from "node:assert/strict";
import { formatTimeUs, parseTimeUs } from "../../contract/mod.ts";
import { isZone, zoneOf } from "./zones.ts";
import { isTimePattern, patternParser } from "./time_pattern.ts";

const utc = (zone: string, local: string) => formatTimeUs(zoneOf(zone)!(parseTimeUs(`${local}Z`)!)).slice(0, 19);

Deno.test("zoneOf() knows fixed and named zones, and both sides of a change of clocks", () => {
  assert.equal(utc("UTC", "2014-05-08T00:00:00"), "2014-05-08T00:00:00");
  assert.equal(utc("-05:00", "2014-05-08T00:00:00"), "2014-05-08T05:00:00");
  assert.equal(utc("UTC+5:30", "2014-05-08T00:00:00"), "2014-05-07T18:30:00");
  const newYork = {
    "2012-06-21T09:30:00": "2012-06-21T13:30:00",
    "2012-12-21T09:30:00": "2012-12-21T14:30:00",
    "2019-03-10T01:59:59": "2019-03-10T06:59:59",
    "2019-03-10T03:00:00": "2019-03-10T07:00:00",
    "2019-03-10T18:00:00": "2019-03-10T22:00:00",
    "2019-11-03T00:59:59": "2019-11-03T04:59:59",
    "2019-11-03T01:30:00": "2019-11-03T05:30:00",
    "2019-11-03T02:00:00": "2019-11-03T07:00:00",
  };
  for (const [local, expected] of Object.entries(newYork)) {
    assert.equal(utc("America/New_York", local), expected, local);
  }
  for (const zone of ["", "Mars/Base", "+15:00", "+05:60", "5"]) assert(!isZone(zone), zone);
});

Deno.test("patternParser() reads what its pattern says and nothing else", () => {
  const read = (pattern: string, text: string) => {
    const bytes = new TextEncoder().encode(`x${text}`);
    const timeUs = patternParser(pattern)(bytes, 1, bytes.length);
    return Number.isNaN(timeUs) ? undefined : formatTimeUs(timeUs);
  };
  assert.equal(read("YYYYMMDD HH:MM:SS.sss", "20190204 01:02:03.4567"), "2019-02-04T01:02:03.456700Z");
  assert.equal(read("YYYYMMDD HH:MM:SS.sss", "20190204 01:02:03"), "2019-02-04T01:02:03.000000Z");
  assert.equal(read("MM/DD/YYYY HH:MM", "02/04/2019 23:59"), "2019-02-04T23:59:00.000000Z");
  assert.equal(read("YYYYMMDDHHMMSSsss", "20190204010203004"), "2019-02-04T01:02:03.004000Z");
  for (
    const text of [
      "20190230 01:02:03.4",
      "20190204-01:02:03.4",
      "20190204 01:02",
      "20190204 24:02:03.4",
      "",
      "20190204 01:02:03.",
    ]
  ) {
    assert.equal(read("YYYYMMDD HH:MM:SS.sss", text), undefined, text);
  }
  for (const pattern of ["", "HH:MM", "YYYY", "YYYYMMDD HH", "YYYYMMDD HH:MM.sss", "YYYYYYYY MM DD HH:MM"]) {
    assert(!isTimePattern(pattern), pattern);
  }
});
