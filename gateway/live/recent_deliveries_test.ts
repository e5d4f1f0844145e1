import assert from "node:assert/strict";
import type { Delivery } from "../../actors/contract/mod.ts";
import { RECENT_DELIVERIES_MAX, RecentDeliveries } from "./recent_deliveries.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const delivery = (more: Partial<Delivery>): Delivery => ({
  v: 1,
  route: "desk",
  state: "delivered",
  timeMs: 1_000,
  alertId: "a",
  alertSequence: 1,
  logCreatedMs: 7,
  through: 1,
  beyond: [],
  ...more,
});

Deno.test("`RecentDeliveries` keeps what was said last of each message and route", () => {
  const recent = new RecentDeliveries();
  const fault = { code: "timeout" as const, detail: "no answer" };
  recent.take(bytesOf(delivery({ state: "passed", alertId: undefined, alertSequence: undefined })));
  recent.take(bytesOf(delivery({ state: "retrying", fault, timeMs: 1_000 })));
  recent.take(bytesOf(delivery({ state: "retrying", fault, timeMs: 2_000 })));
  recent.take(bytesOf(delivery({ route: "mail" })));
  recent.take(bytesOf({ ...delivery({}), route: "No" }));
  assert.deepEqual(recent.of("a").map(({ route, state }) => `${route} ${state}`), ["desk retrying", "mail delivered"]);
  const failing = recent.health("desk")!;
  assert.deepEqual([failing.retryingCount, failing.failingSinceMs, failing.fault], [1, 1_000, fault]);
  recent.take(bytesOf(delivery({ timeMs: 3_000 })));
  const well = recent.health("desk")!;
  assert.deepEqual([well.retryingCount, well.deliveredCount, well.lastDeliveredMs, well.failingSinceMs], [
    0,
    1,
    3_000,
    undefined,
  ]);
  assert.deepEqual([recent.health("none"), recent.rejectedCount], [undefined, 1]);
});

Deno.test("`RecentDeliveries` is bounded", () => {
  const recent = new RecentDeliveries();
  const count = RECENT_DELIVERIES_MAX + 10;
  for (let i = 1; i <= count; i++) recent.take(bytesOf(delivery({ alertSequence: i, state: "retrying" })));
  assert.deepEqual([recent.of("a").length, recent.health("desk")!.retryingCount], [
    RECENT_DELIVERIES_MAX,
    RECENT_DELIVERIES_MAX,
  ]);
});
