import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BackOff,
  GOOD_WHILE_MS,
  RATE_LIMIT_RETRY_MS,
  RECONNECT_MS_MAX,
  RECONNECT_MS_MIN,
  REFUSED_RETRY_MS,
  RETRY_AFTER_MS_MAX,
} from "./back_off.ts";
import { FeedFault, httpFault } from "../../contract/mod.ts";

const closed = new FeedFault("closed", "gone");

Deno.test("BackOff.pauseMs() grows to its limit, stays between its bounds, and starts over after a good while", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (share) => {
    const backOff = new BackOff(() => share);
    let ceilingMs = RECONNECT_MS_MIN;
    for (let i = 0; i < 40; i++) {
      const pauseMs = backOff.pauseMs(closed, 0);
      assert(pauseMs >= RECONNECT_MS_MIN && pauseMs <= Math.min(ceilingMs, RECONNECT_MS_MAX), `${pauseMs}`);
      ceilingMs = Math.min(RECONNECT_MS_MAX, ceilingMs * 2);
    }
    assert.equal(backOff.pauseMs(closed, GOOD_WHILE_MS), RECONNECT_MS_MIN);
  }));
  const late = new BackOff(() => 1);
  const pauses = Array.from({ length: 9 }, () => late.pauseMs(closed, GOOD_WHILE_MS - 1));
  assert.deepEqual(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

Deno.test("BackOff.pauseMs() waits as long as the source says, or as what went wrong needs", () => {
  const pause = (fault: FeedFault) => new BackOff(() => 0).pauseMs(fault, 0) - RECONNECT_MS_MIN;
  assert.equal(pause(new FeedFault("auth", "wrong key")), REFUSED_RETRY_MS);
  assert.equal(pause(new FeedFault("rate-limited", "slow down")), RATE_LIMIT_RETRY_MS);
  assert.equal(pause(new FeedFault("rate-limited", "slow down", { retryAfterMs: 5_000 })), 5_000);
  assert.equal(pause(new FeedFault("http", "down", { retryAfterMs: 1e12 })), RETRY_AFTER_MS_MAX);
});

Deno.test("httpFault() tells a status by its meaning, and reads Retry-After as seconds or as a date", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const fault = (status: number, retryAfter?: string) => httpFault(status, { what: "venue", retryAfter, nowMs });
  assert.deepEqual([401, 403, 429, 418, 500, 301].map((status) => fault(status).code), [
    "auth",
    "auth",
    "rate-limited",
    "rate-limited",
    "http",
    "http",
  ]);
  assert.equal(fault(429, "120").retryAfterMs, 120_000);
  assert.equal(fault(503, "Thu, 01 Jan 2026 00:00:30 GMT").retryAfterMs, 30_000);
  for (const text of ["soon", "-1", "Thu, 01 Jan 2015 00:00:30 GMT", ""]) {
    assert.equal(fault(503, text).retryAfterMs, undefined, text);
  }
});
