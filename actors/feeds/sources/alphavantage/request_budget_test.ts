import assert from "node:assert/strict";
import fc from "fast-check";
import { RequestBudget } from "./request_budget.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

Deno.test("RequestBudget.pauseMs() keeps to the minute and the day, wherever in the day it starts", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: DAY - 1 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 10 }),
      (startMs, requestsPerMinute, requestsPerDay, firstRound) => {
        const budget = new RequestBudget({ requestsPerMinute, requestsPerDay, firstRound });
        const perDay = new Map<number, number>();
        for (let nowMs = startMs; nowMs < startMs + 2 * DAY;) {
          const day = Math.floor(nowMs / DAY);
          perDay.set(day, (perDay.get(day) ?? 0) + 1);
          budget.spend(nowMs);
          const pauseMs = budget.pauseMs(nowMs);
          assert(pauseMs > 0);
          // At the end of a day only the next day's pace can be kept.
          assert(pauseMs >= MINUTE / requestsPerMinute || Math.floor((nowMs + pauseMs) / DAY) > day);
          nowMs += Math.ceil(pauseMs);
        }
        for (const count of perDay.values()) assert(count <= requestsPerDay, `${count}`);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("RequestBudget.refusedMs() waits for the next minute first, and for the next day where that did not help", () => {
  const limits = { requestsPerMinute: 5, requestsPerDay: 25, firstRound: 1 };
  const nowMs = 10 * DAY + 7 * MINUTE + 12_000;
  const budget = new RequestBudget(limits);
  budget.spend(nowMs);
  assert.equal(budget.refusedMs(nowMs, { isNote: false }), 48_000);
  assert.equal(budget.refusedMs(nowMs, { isNote: false }), DAY - 7 * MINUTE - 12_000);
  budget.accepted();
  for (let i = 0; i < 3; i++) assert.equal(budget.refusedMs(nowMs, { isNote: true }), 48_000);
  assert.equal(budget.refusedMs(nowMs, { isNote: true }), DAY - 7 * MINUTE - 12_000);
  const spent = new RequestBudget({ ...limits, requestsPerDay: 1 });
  spent.spend(nowMs);
  assert.equal(spent.refusedMs(nowMs, { isNote: true }), DAY - 7 * MINUTE - 12_000);
});
