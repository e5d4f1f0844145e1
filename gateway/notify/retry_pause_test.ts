import assert from "node:assert/strict";
import { RETRY_AFTER_MS_MAX, RETRY_MS_MAX, RETRY_MS_MIN, retryPauseMs } from "./retry_pause.ts";

Deno.test("`retryPauseMs()` doubles up to the longest, jittered, and waits as long as it is asked to", () => {
  assert.equal(retryPauseMs(1, { random: 0 }), RETRY_MS_MIN / 2);
  assert.equal(retryPauseMs(3, { random: 1 }), RETRY_MS_MIN * 4);
  assert.equal(retryPauseMs(1_000, { random: 1 }), RETRY_MS_MAX);
  assert.equal(retryPauseMs(1, { random: 0, askedMs: 7_000 }), 7_000);
  assert.equal(retryPauseMs(1, { random: 0, askedMs: 1e12 }), RETRY_AFTER_MS_MAX);
});
