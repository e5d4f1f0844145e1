import assert from "node:assert/strict";
import type { Alert } from "../../actors/contract/alert.ts";
import type { LiveAlerts } from "../../actors/contract/live.ts";
import {
  ALERTS_KEPT_MAX,
  alertTitle,
  applyAlerts,
  countsOf,
  isListed,
  placeOf,
  saidText,
  timeText,
} from "./alert_state.ts";

const alertOf = (more: Partial<Alert> = {}): Alert => ({
  v: 1,
  id: "a",
  pair: "EURUSD",
  kind: "spoofing",
  severity: "warning",
  state: "open",
  timeUs: 1e15,
  rule: "default",
  score: 0.9,
  sentence: "It was so.",
  ...more,
});
const message = (alerts: Alert[], more: Partial<LiveAlerts> = {}): LiveAlerts => ({
  type: "alerts",
  serverTimeMs: 1,
  whole: false,
  followed: true,
  openCount: alerts.length,
  alerts,
  ...more,
});

Deno.test("`applyAlerts()` keeps the newest message of each, open ones first, the newest of them first", () => {
  let state = applyAlerts(
    undefined,
    message([alertOf({ id: "a" }), alertOf({ id: "b", openedUs: 2e15 })], { whole: true }),
  );
  state = applyAlerts(state, message([alertOf({ id: "b", state: "resolved" }), alertOf({ id: "c", openedUs: 3e15 })]));
  assert.deepEqual([...state.alerts.keys()], ["c", "a", "b"]);
  state = applyAlerts(state, message([alertOf({ id: "d" })], { whole: true, openCount: 1 }));
  assert.deepEqual([...state.alerts.keys()], ["d", "b"]);
  assert.equal(state.openCount, 1);
});

Deno.test("`applyAlerts()` keeps so many, resolved ones go first", () => {
  const many = Array.from({ length: ALERTS_KEPT_MAX + 5 }, (_, i) => alertOf({ id: `r${i}`, state: "resolved" }));
  const state = applyAlerts(undefined, message([...many, alertOf({ id: "open", openedUs: 1 })]));
  assert.equal(state.alerts.size, ALERTS_KEPT_MAX);
  assert.equal([...state.alerts.keys()][0], "open");
});

Deno.test("`isListed()` goes by what is asked for", () => {
  const ids = (filter: Parameters<typeof isListed>[0], me?: string) =>
    [
      alertOf({ id: "open" }),
      alertOf({ id: "known", acknowledgedBy: "ann", severity: "critical" }),
      alertOf({ id: "muted", muted: true, pair: "USDJPY", rule: "mine" }),
      alertOf({ id: "hers", assignee: "bea", severity: "info" }),
      alertOf({ id: "over", state: "resolved", assignee: "ann" }),
    ].filter((alert) => isListed(filter, alert, me)).map(({ id }) => id);
  assert.deepEqual(ids({}), ["open", "known", "muted", "hers"]);
  assert.deepEqual(ids({ show: "waiting" }), ["open", "hers"]);
  assert.deepEqual(ids({ show: "mine" }, "ann"), ["known"]);
  assert.deepEqual(ids({ show: "mine" }), []);
  assert.deepEqual(ids({ show: "all", severity: "critical" }), ["known"]);
  assert.deepEqual(ids({ pair: "USDJPY" }), ["muted"]);
  assert.deepEqual(ids({ rule: "mine" }), ["muted"]);
});

Deno.test("`countsOf()` counts what waits for somebody, and how bad it is", () => {
  const state = applyAlerts(
    undefined,
    message([
      alertOf({ id: "a" }),
      alertOf({ id: "b", severity: "critical", acknowledgedBy: "ann" }),
      alertOf({ id: "c", severity: "critical", state: "resolved" }),
    ]),
  );
  assert.deepEqual(countsOf(state), { waiting: 1, critical: 1, worst: "warning" });
  assert.deepEqual(countsOf(undefined), { waiting: 0, critical: 0, worst: undefined });
});

Deno.test("an alert in words", () => {
  assert.equal(alertTitle(alertOf()), "Spoofing");
  assert.equal(alertTitle(alertOf({ kind: "held-back" })), "Held back");
  assert.deepEqual(placeOf(alertOf({ anomalyId: "x" })), { caseId: "x" });
  assert.deepEqual(placeOf(alertOf({ kind: "metric", anomalyId: "EURUSD" })), { pair: "EURUSD" });
  assert.equal(placeOf(alertOf({ kind: "held-back", pair: "MARKET" })), undefined);
  assert.equal(saidText(alertOf({ state: "assigned", by: "ann", assignee: "bea" })), "assigned to bea by ann");
  assert.equal(saidText(alertOf({ state: "commented", by: "ann", comment: "seen" })), "commented by ann: seen");
  assert.equal(saidText(alertOf()), "opened, warning");
  const timeUs = Date.UTC(2026, 0, 2, 3, 4, 5) * 1_000;
  assert.equal(timeText(timeUs, Date.UTC(2026, 0, 2, 23)), "03:04:05");
  assert.equal(timeText(timeUs, Date.UTC(2026, 0, 3)), "01-02 03:04");
});
