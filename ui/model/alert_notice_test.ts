import assert from "node:assert/strict";
import type { Alert } from "../../actors/contract/alert.ts";
import type { LiveAlerts } from "../../actors/contract/live.ts";
import { noticesOf, noticeText } from "./alert_notice.ts";
import { applyAlerts } from "./alert_state.ts";

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
  openCount: 0,
  alerts,
  ...more,
});

Deno.test("`noticesOf()` calls for what opens or escalates while the page looks, and for nothing else", () => {
  const before = applyAlerts(undefined, message([alertOf({ id: "known" })], { whole: true }));
  const ids = (alerts: Alert[], more: Partial<LiveAlerts> = {}) =>
    noticesOf(before, message(alerts, more), "warning").map(({ id }) => id);
  assert.deepEqual(ids([alertOf({ id: "new" }), alertOf({ id: "known" })]), ["new"]);
  assert.deepEqual(ids([alertOf({ id: "known", state: "escalated", escalated: true })]), ["known"]);
  assert.deepEqual(ids([alertOf({ id: "new" })], { whole: true }), []);
  assert.deepEqual(ids([alertOf({ id: "new" })], { followed: false }), []);
  assert.deepEqual(
    ids([alertOf({ id: "small", severity: "info" }), alertOf({ id: "had", acknowledgedBy: "ann" })]),
    [],
  );
  assert.deepEqual(noticesOf(undefined, message([alertOf()]), "info"), []);
});

Deno.test("`noticeText()` is one call for several, led by the worst", () => {
  const label = (pair: string) => pair;
  assert.equal(noticeText([], label), undefined);
  const one = noticeText([alertOf()], label)!;
  assert.deepEqual([one.title, one.body], ["Warning: EURUSD Spoofing", "It was so."]);
  const many = noticeText(
    [alertOf(), alertOf({ id: "b", severity: "critical", state: "escalated" }), alertOf()],
    label,
  )!;
  assert.deepEqual([many.title, many.alert.id], ["Escalated: EURUSD Spoofing, and 2 more", "b"]);
});
