import { strictEqual } from "node:assert/strict";
import { type ConnectionEvent, type ConnectionState, initialConnection, nextConnection } from "./connection.ts";

function after(...events: [number, ConnectionEvent][]): ConnectionState {
  return events.reduce((state, [nowMs, event]) => nextConnection(state, event, nowMs), initialConnection(0));
}

Deno.test("`nextConnection()` is live from the first message and remembers since when", () => {
  const state = after([5, { type: "message", serverTimeMs: 1 }], [50, { type: "message", serverTimeMs: 46 }]);
  strictEqual(state.phase, "live");
  strictEqual(state.sinceMs, 5);
  strictEqual(state.lastMessageMs, 50);
});

Deno.test("`nextConnection()` measures delay against the fastest message, whatever the two clocks say", () => {
  const state = after(
    [1000, { type: "message", serverTimeMs: 90_000 }],
    [1110, { type: "message", serverTimeMs: 90_100 }],
  );
  strictEqual(state.delayMs, 10);
});

Deno.test("`nextConnection()` is stale since the newest message", () => {
  const state = after([5, { type: "message", serverTimeMs: 5 }], [4005, { type: "silence" }]);
  strictEqual(state.phase, "stale");
  strictEqual(state.sinceMs, 5);
});

Deno.test("`nextConnection()` stays lost since the same moment through failed attempts", () => {
  const state = after(
    [5, { type: "message", serverTimeMs: 5 }],
    [100, { type: "closed", nextTryMs: 600 }],
    [600, { type: "trying" }],
    [610, { type: "closed", nextTryMs: 1600 }],
  );
  strictEqual(state.phase, "lost");
  strictEqual(state.sinceMs, 5);
  strictEqual(state.failedAttempts, 2);
  strictEqual(state.nextTryMs, 1600);
});

Deno.test("`nextConnection()` forgets failures and waits with the first message", () => {
  const state = after(
    [10, { type: "closed", nextTryMs: 600 }],
    [600, { type: "trying" }],
    [620, { type: "message", serverTimeMs: 620 }],
  );
  strictEqual(state.phase, "live");
  strictEqual(state.sinceMs, 620);
  strictEqual(state.failedAttempts, 0);
  strictEqual(state.nextTryMs, undefined);
});
