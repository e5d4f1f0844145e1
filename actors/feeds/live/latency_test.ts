import assert from "node:assert/strict";
import fc from "fast-check";
import { HALF_WINDOW_US, Latency } from "./latency.ts";

const START_US = 1_700_000_000_000_000;

Deno.test("Latency.quantileMs() is at most 19 % above the true quantile, and never below it", () => {
  const delays = fc.array(fc.integer({ min: 100, max: 10_000_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(fc.property(delays, fc.constantFrom(0.5, 0.9, 0.99, 1), (delaysUs, p) => {
    const latency = new Latency();
    for (const delayUs of delaysUs) latency.add(delayUs, START_US);
    const sorted = [...delaysUs].sort((a, b) => a - b);
    const trueMs = sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1]! / 1_000;
    const foundMs = latency.quantileMs(p, START_US)!;
    assert(foundMs >= trueMs * (1 - 1e-9) && foundMs <= trueMs * 2 ** 0.25 * (1 + 1e-9), `${foundMs} for ${trueMs}`);
    assert.equal(latency.minUs(START_US), sorted[0]);
  }));
});

Deno.test("Latency forgets what is older than its window, and shows a clock that is ahead as a negative offset", () => {
  const latency = new Latency();
  assert.equal(latency.quantileMs(0.5, START_US), undefined);
  assert.equal(latency.minUs(START_US), undefined);
  latency.add(-1_270_000, START_US);
  assert.equal(latency.minUs(START_US), -1_270_000);
  assert.equal(latency.quantileMs(0.5, START_US), 0);
  latency.add(5_000, START_US + HALF_WINDOW_US);
  assert.equal(latency.minUs(START_US + HALF_WINDOW_US), -1_270_000);
  latency.add(6_000, START_US + 2 * HALF_WINDOW_US);
  assert.equal(latency.minUs(START_US + 2 * HALF_WINDOW_US), 5_000);
  assert.equal(latency.minUs(START_US + 9 * HALF_WINDOW_US), undefined);
});
