import assert from "node:assert/strict";
import { grouped, progressLine, summaryText } from "./report.ts";

const progress = {
  path: "a/EURUSD.csv",
  fileNumber: 1,
  fileCount: 2,
  rows: 1_234_567,
  bytesRead: 50,
  sizeBytes: 100,
  rowsPerSecond: 1000.4,
  secondsLeft: 65,
};

Deno.test("progressLine() shows bar, rows, rate and time left within the columns", () => {
  assert.equal(
    progressLine(progress),
    `[${"#".repeat(12)}${".".repeat(12)}] 50 %  1,234,567 rows  1,000/s  1m 05s left  1/2 EURUSD.csv`,
  );
  assert.equal(progressLine(progress, 20).length, 20);
  assert.match(
    progressLine({ ...progress, sizeBytes: 0, bytesRead: 2e6, secondsLeft: undefined }),
    /^2\.0 MB {2}1,234,567 rows/,
  );
  assert.match(progressLine({ ...progress, secondsLeft: 3_720 }), /1h 02m left/);
});

Deno.test("summaryText() names rows, range, reasons with example lines, and files that failed", () => {
  const rejected = { total: 5, byCode: { "time-back": { count: 5, examples: [{ line: 7, message: "goes back" }] } } };
  const text = summaryText({
    rows: 10_000,
    published: 9_995,
    frames: 12,
    rejected,
    firstTimeUs: 1_549_238_400_123_456,
    lastTimeUs: 1_549_238_401_000_000,
    elapsedSeconds: 2,
    files: [
      {
        path: "EURUSD.csv",
        format: "csv",
        rows: 10_000,
        published: 9_995,
        rejected,
        error: undefined,
        notes: ["it holds 2 pairs"],
      },
      {
        path: "x",
        format: undefined,
        rows: 0,
        published: 0,
        rejected: { total: 0, byCode: {} },
        notes: [],
        error: "Cannot read x: no",
      },
    ],
  });
  assert.equal(
    text,
    [
      "10,000 rows, 9,995 events in 12 frames, 2.00 s, 5,000 rows/s",
      "from 2019-02-04T00:00:00.123456Z to 2019-02-04T00:00:01.000000Z",
      "EURUSD.csv: csv, 10,000 rows, 9,995 events",
      "  5 refused:",
      "  5 time-back (line 7: goes back; …)",
      "  it holds 2 pairs",
      "x: not read, 0 rows, 0 events",
      "  Cannot read x: no",
      "5 rows refused",
    ].join("\n"),
  );
});

Deno.test("grouped() sets commas between thousands", () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
});
