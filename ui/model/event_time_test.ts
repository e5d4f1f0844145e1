import { strictEqual } from "node:assert/strict";
import {
  BACKWARD_US_MAX,
  formatClock,
  formatEventTime,
  FORWARD_US_MAX,
  isOtherRecording,
  isReplay,
  writeTimesIn,
  zoneId,
  zoneLabel,
} from "./event_time.ts";

const T = Date.UTC(2012, 10, 14, 8, 30, 12, 345) * 1000;

Deno.test("`isOtherRecording()` forgives disorder and week-ends, not a jump", () => {
  strictEqual(isOtherRecording(T, T + 250_000), false);
  strictEqual(isOtherRecording(T, T - BACKWARD_US_MAX), false);
  strictEqual(isOtherRecording(T, T - BACKWARD_US_MAX - 1), true);
  strictEqual(isOtherRecording(T, T + FORWARD_US_MAX), false);
  strictEqual(isOtherRecording(T, T + FORWARD_US_MAX + 1), true);
});

Deno.test("`isReplay()` tells recordings from the market of this moment", () => {
  strictEqual(isReplay(T, T / 1000 + 500), false);
  strictEqual(isReplay(T, Date.UTC(2026, 0, 1)), true);
});

Deno.test("`formatEventTime()` writes UTC to the second", () => {
  strictEqual(formatEventTime(T), "2012-11-14 08:30:12");
  strictEqual(formatClock(T), "08:30:12");
});

Deno.test("`writeTimesIn()` chooses by whose clock times are written, summer time and all", () => {
  writeTimesIn("new-york");
  strictEqual(formatEventTime(T), "2012-11-14 03:30:12");
  strictEqual(formatClock(Date.UTC(2024, 6, 1, 3, 5) * 1000), "23:05:00");
  strictEqual(`${zoneLabel()} ${zoneId()}`, "New York America/New_York");
  writeTimesIn("london");
  strictEqual(formatEventTime(Date.UTC(2024, 6, 1, 23, 5) * 1000), "2024-07-02 00:05:00");
  writeTimesIn("utc");
  strictEqual(formatClock(T), "08:30:12");
});
