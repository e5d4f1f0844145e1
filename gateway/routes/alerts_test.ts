import assert from "node:assert/strict";
import {
  type Alert,
  type AlertCommand,
  AlertRule,
  type AlertsAnswer,
  type Problem,
} from "../../actors/contract/mod.ts";
import { appDeps } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import { BucketRecords, RECENT_ALERTS_MAX, RecentAlerts } from "../live/mod.ts";
import type { AppDeps } from "../ports.ts";

const alertOf = (more: Partial<Alert> = {}): Alert => ({
  v: 1,
  id: "default-1-0",
  pair: "EURUSD",
  kind: "spoofing",
  severity: "warning",
  state: "open",
  timeUs: 1,
  rule: "default",
  score: 0.9,
  sentence: "It was so.",
  ...more,
});

function setUp(alerts: readonly Alert[] = []) {
  const recentAlerts = new RecentAlerts();
  for (const alert of alerts) recentAlerts.take(new TextEncoder().encode(JSON.stringify(alert)));
  recentAlerts.follow();
  const commands: AlertCommand[] = [];
  const written: [string, string | undefined][] = [];
  const rules = new BucketRecords(AlertRule);
  const desk: AppDeps["desk"] = {
    command: (command) => Promise.resolve(void commands.push(command)),
    putRule: (name, rule) => Promise.resolve(written.push([name, rule])),
    deleteRule: (name) => Promise.resolve(void written.push([name, undefined])),
    versions: () =>
      Promise.resolve([{ revision: 3, timeMs: 5, text: "{}" }, { revision: 4, timeMs: 6, text: undefined }]),
  };
  const app = createApp(appDeps({ recentAlerts, rules, desk }));
  const send = async (method: string, path: string, value?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  return { recentAlerts, commands, written, rules, send };
}

Deno.test("GET /api/alerts has those that are open, or all, by severity, pair and rule", async () => {
  const { send } = setUp([
    alertOf({ id: "a" }),
    alertOf({ id: "b", pair: "USDJPY", severity: "critical" }),
    alertOf({ id: "c", rule: "mine" }),
    alertOf({ id: "a", state: "resolved" }),
    alertOf({ id: "a", state: "commented" }),
  ]);
  const ids = async (query: string) =>
    ((await send("GET", `/api/alerts${query}`)).body as AlertsAnswer).alerts.map(({ id, state }) => `${id} ${state}`);
  assert.deepEqual(await ids(""), ["c open", "b open"]);
  assert.deepEqual(await ids("?state=all"), ["a resolved", "c open", "b open"]);
  assert.deepEqual(await ids("?severity=critical"), ["b open"]);
  assert.deepEqual(await ids("?pair=usd/jpy"), ["b open"]);
  assert.deepEqual(await ids("?rule=mine"), ["c open"]);
  assert.equal((await send("GET", "/api/alerts?state=some")).status, 400);
});

Deno.test("POST /api/alerts/{id} hands on what somebody does, and says what is wrong with it", async () => {
  const { send, commands } = setUp([alertOf({ id: "a" })]);
  const done = await send("POST", "/api/alerts/a", { action: "acknowledge", by: "ann" });
  assert.deepEqual([done.status, commands], [202, [{ v: 1, id: "a", action: "acknowledge", by: "ann" }]]);
  const wrong = [{}, { action: "explode", by: "ann" }, { action: "acknowledge" }, {
    action: "comment",
    by: "ann",
    x: 1,
  }];
  for (const value of wrong) {
    assert.equal((await send("POST", "/api/alerts/a", value)).status, 400, JSON.stringify(value));
  }
  assert.equal((await send("POST", "/api/alerts/no-such", { action: "acknowledge", by: "ann" })).status, 404);
  const elsewhere = await send("POST", "/api/alerts/a", { action: "resolve", by: "ann" }, {
    "sec-fetch-site": "cross-site",
  });
  assert.deepEqual([elsewhere.status, (elsewhere.body as Problem).type], [403, "urn:fxmm:problem:cross-site"]);
  assert.equal(commands.length, 1);
});

Deno.test("rules are read, written, deleted and remembered; nonsense is refused with the reason", async () => {
  const { send, written, rules } = setUp();
  rules.take({
    key: "mine",
    value: new TextEncoder().encode('{"v":1,"when":{"of":"case","kinds":["spoofing"]}}'),
    operation: "PUT",
    created: new Date(0),
  });
  const { body } = await send("GET", "/api/rules");
  assert.deepEqual(body.rules.map(({ name, isDefault }: { name: string; isDefault: boolean }) => [name, isDefault]), [
    ["default", true],
    ["mine", false],
  ]);
  const rule = { v: 1, by: "ann", when: { of: "metric", metric: "toxicity.vpin", above: 0.8 } };
  assert.equal((await send("PUT", "/api/rules/vpin", rule)).status, 200);
  assert.equal(written[0]![0], "vpin");
  const wrong = [
    { ...rule, when: { ...rule.when, metric: "no.such" } },
    { ...rule, when: { ...rule.when, below: 0.1 } },
    { ...rule, mute: [{ from: "25:00", to: "26:00" }] },
    { ...rule, rateMax: 0 },
    "{",
  ];
  for (const value of wrong) {
    assert.equal((await send("PUT", "/api/rules/vpin", value)).status, 400, JSON.stringify(value));
  }
  assert.equal((await send("PUT", "/api/rules/No%20Name", rule)).status, 400);
  assert.equal((await send("DELETE", "/api/rules/vpin")).status, 204);
  assert.deepEqual(written.map(([name, rule]) => [name, rule === undefined]), [["vpin", false], ["vpin", true]]);
  assert.equal((await send("GET", "/api/rules/vpin/versions")).body.versions.length, 2);
  assert.equal((await send("DELETE", "/api/rules/vpin", undefined, { origin: "https://evil.example" })).status, 403);
});

Deno.test("RecentAlerts keeps so many, those that are over go first, and counts what is none", () => {
  const { recentAlerts } = setUp();
  const take = (alert: Alert) => recentAlerts.take(new TextEncoder().encode(JSON.stringify(alert)));
  take(alertOf({ id: "first" }));
  take(alertOf({ id: "over", state: "resolved" }));
  for (let i = 0; i < RECENT_ALERTS_MAX - 1; i++) take(alertOf({ id: `more-${i}` }));
  assert.equal(recentAlerts.get("over"), undefined);
  assert(recentAlerts.get("first") !== undefined);
  take(alertOf({ id: "one more" }));
  assert.equal(recentAlerts.get("first"), undefined);
  recentAlerts.take(new TextEncoder().encode("{"));
  assert.equal(recentAlerts.rejectedCount, 1);
});
