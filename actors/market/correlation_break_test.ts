import assert from "node:assert/strict";
import { correlationBreak, FISHER_CORRELATION_MAX, SCATTER } from "./correlation_break.ts";

Deno.test("`correlationBreak()` gives Fisher's example of two samples (Statistical Methods for Research Workers)", () => {
  // 0.6 of 20 pairs and 0.8 of 25: z .6931 and 1.0986, their difference .4055 with a standard error of √(1/17 + 1/22) = .3229.
  const z = correlationBreak({ correlation: 0.8, count: 25 }, { correlation: 0.6, count: 20 })!;
  assert(Math.abs(SCATTER * z - 0.4055 / 0.3229) < 5e-4, `${z}`);
  assert.equal(correlationBreak({ correlation: 0.6, count: 20 }, { correlation: 0.8, count: 25 }), -z);
});

Deno.test("`correlationBreak()` is absent without a correlation or returns, at and beyond ±1, and finite up to there", () => {
  const some = { correlation: 0.5, count: 100 };
  assert.equal(correlationBreak(some, some), 0);
  assert.equal(correlationBreak({ correlation: undefined, count: 100 }, some), undefined);
  assert.equal(correlationBreak(some, { correlation: undefined, count: 100 }), undefined);
  assert.equal(correlationBreak({ correlation: 0.5, count: 3 }, some), undefined);
  const limit = correlationBreak({ correlation: FISHER_CORRELATION_MAX, count: 100 }, some)!;
  assert(limit > 0 && Number.isFinite(limit));
  assert.equal(correlationBreak({ correlation: 0.99, count: 100 }, some), limit);
  for (const correlation of [1, -1, 1.2]) assert.equal(correlationBreak({ correlation, count: 100 }, some), undefined);
});
