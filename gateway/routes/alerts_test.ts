import assert from "node:assert/strict";
import {
  type Alert,
  type AlertCommand,
  AlertRoute,
  type AlertsAnswer,
  type Pair,
  type Problem,
} from "../../actors/contract/mod.ts";
import { RuleChangedError } from "../../actors/adapters/alert_desk.ts";
import { appDeps } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import { ClickHouseError } from "@clickhouse/client-web";
import { ClickHouseAwayError } from "../archive/mod.ts";
import { RECENT_ALERTS_MAX, RecentAlerts, RecentDeliveries, RulesView } from "../live/mod.ts";
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

function setUp(alerts: readonly Alert[] = [], more: Partial<AppDeps> = {}) {
  const recentAlerts = new RecentAlerts();
  for (const alert of alerts) recentAlerts.take(new TextEncoder().encode(JSON.stringify(alert)));
  recentAlerts.follow();
  const commands: AlertCommand[] = [];
  const written: [string, string | undefined][] = [];
  const rules = new RulesView();
  const recentDeliveries = new RecentDeliveries();
  const desk: AppDeps["desk"] = {
    command: (command) => Promise.resolve(void commands.push(command)),
    putRule: (name, rule, after) =>
      after === 3 ? Promise.reject(new RuleChangedError("changed")) : Promise.resolve(written.push([name, rule])),
    deleteRule: (name) => Promise.resolve(void written.push([name, undefined])),
    versions: () =>
      Promise.resolve([{ revision: 3, timeMs: 5, text: "{}" }, { revision: 4, timeMs: 6, text: undefined }]),
  };
  const app = createApp(
    appDeps({ recentAlerts, recentDeliveries, rules, desk, shownPairs: () => ["EURUSD" as Pair], ...more }),
  );
  const send = async (method: string, path: string, value?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  return { app, recentAlerts, recentDeliveries, commands, written, rules, send };
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
  const entry = (key: string, text: string) => ({
    key,
    value: new TextEncoder().encode(text),
    operation: "PUT" as const,
    created: new Date(0),
  });
  rules.replace([
    entry("mine", '{"v":1,"when":{"of":"case","kinds":["spoofing"]},"routes":["pager"]}'),
    entry("broken", "{"),
    entry("default", '{"v":1,"when":{"of":"tea"}}'),
  ]);
  const { body } = await send("GET", "/api/rules");
  assert.deepEqual(body.rules.map(({ name, isDefault }: { name: string; isDefault: boolean }) => [name, isDefault]), [
    ["default", true],
    ["mine", false],
  ]);
  assert.deepEqual(body.rules[1].warnings, [{
    code: "unknown-route",
    detail: "pager: no such route; none are set up",
  }]);
  assert.deepEqual(
    body.refused.map(({ name, reason }: { name: string; reason: string }) => [name, reason.slice(0, 8)]),
    [
      ["broken", "the whol"],
      ["default", "when.of:"],
    ],
  );
  const rule = { v: 1, by: "ann", when: { of: "metric", metric: "toxicity.vpin", above: 0.8 } };
  const stored = await send("PUT", "/api/rules/vpin", rule);
  assert.deepEqual([stored.status, stored.body.revision, stored.body.rule.by, stored.body.warnings], [
    200,
    1,
    "ann",
    [],
  ]);
  assert.equal(written[0]![0], "vpin");
  const changed = await send("PUT", "/api/rules/vpin", rule, { "if-match": '"3"' });
  assert.deepEqual([changed.status, changed.body.type], [412, "urn:fxmm:problem:rule-changed"]);
  assert.equal((await send("PUT", "/api/rules/vpin", rule, { "if-match": "some" })).status, 400);
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

Deno.test("GET /api/alerts/{id} has what was said of it and where it was sent, without the archive too", async () => {
  const stored = [alertOf({ id: "a" }), alertOf({ id: "a", state: "acknowledged", by: "ann" })];
  const alertStore: AppDeps["alertStore"] = {
    ...appDeps().alertStore,
    one: (id) =>
      id === "new"
        ? Promise.reject(new ClickHouseError({ message: "no such table", code: "60", type: "UNKNOWN_TABLE" }))
        : id === "away"
        ? Promise.reject(new ClickHouseAwayError("gone"))
        : Promise.resolve(id === "a" ? stored : []),
  };
  const { send, recentDeliveries } = setUp([stored[1]!, alertOf({ id: "away" }), alertOf({ id: "new" })], {
    alertStore,
  });
  const delivery = {
    v: 1,
    route: "desk",
    state: "delivered",
    timeMs: 1,
    alertId: "a",
    alertSequence: 1,
    logCreatedMs: 1,
  };
  recentDeliveries.take(new TextEncoder().encode(JSON.stringify({ ...delivery, through: 1, beyond: [] })));
  const { body } = await send("GET", "/api/alerts/a");
  assert.deepEqual([body.alert.state, body.history.length, body.deliveries[0].route], ["acknowledged", 2, "desk"]);
  const away = await send("GET", "/api/alerts/away");
  assert.deepEqual([away.status, away.body.history.length], [200, 1]);
  assert.equal((await send("GET", "/api/alerts/new")).status, 200);
  assert.equal((await send("GET", "/api/alerts/none")).status, 404);
});

Deno.test("`/metrics` has the open alerts, those nobody acknowledged, and how routes do", async () => {
  const route = {
    name: "desk",
    route: AlertRoute.parse({ type: "log" }),
    sender: { target: "", send: () => Promise.resolve(), close() {} },
  };
  const { app, recentDeliveries } = setUp(
    [
      alertOf({ id: "a" }),
      alertOf({ id: "b", severity: "critical", acknowledgedBy: "ann" }),
      alertOf({ id: "c", state: "resolved" }),
    ],
    { alertRoutes: [route] },
  );
  const failed = { code: "timeout", detail: "no answer" };
  const delivery = {
    v: 1,
    route: "desk",
    state: "retrying",
    timeMs: 1,
    alertId: "a",
    alertSequence: 1,
    logCreatedMs: 1,
    fault: failed,
  };
  recentDeliveries.take(new TextEncoder().encode(JSON.stringify({ ...delivery, through: 1, beyond: [] })));
  const text = await (await app.request("/metrics")).text();
  for (
    const line of [
      'fxmm_alerts_open{severity="warning"} 1',
      'fxmm_alerts_open{severity="critical"} 1',
      "fxmm_alerts_waiting 1",
      "fxmm_alert_rules_refused 0",
      'fxmm_route_failing{route="desk"} 1',
      'fxmm_route_messages{route="desk",state="retrying"} 1',
    ]
  ) assert(text.split("\n").includes(line), line);
});

Deno.test("GET /api/alerts/export streams page after page, as the reader takes them, in three formats", async () => {
  const asked: number[] = [];
  const alertStore: AppDeps["alertStore"] = {
    ...appDeps().alertStore,
    history: ({ cursor }) => {
      const page = cursor?.sequence ?? 0;
      asked.push(page);
      const messages = [alertOf({ id: `p${page}`, sentence: page === 1 ? 'a "b",\nc' : "=1+1" })];
      return Promise.resolve({ messages, ...(page < 2 && { next: `1.1.${page + 1}` }) });
    },
  };
  const { app } = setUp([], { alertStore });
  const read = async (format: string) => await (await app.request(`/api/alerts/export?format=${format}`)).text();
  const lines = (await read("csv")).split("\r\n");
  assert.deepEqual([lines.length, lines[0]!.slice(0, 16)], [5, "time,id,state,se"]);
  assert(lines[2]!.includes('"a ""b"",\nc"') && lines[1]!.includes("'=1+1"));
  assert.deepEqual(JSON.parse(await read("json")).map(({ id }: Alert) => id), ["p0", "p1", "p2"]);
  assert.equal((await read("ndjson")).trim().split("\n").length, 3);
  asked.length = 0;
  const response = await app.request("/api/alerts/export");
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(asked, [0]);
});

Deno.test("POST /api/rules/dry-run asks for the last hours, and refuses what is no rule", async () => {
  const asked: number[] = [];
  const { send } = setUp([], {
    dryRun: {
      run: ({ fromUs, toUs }) => {
        asked.push((toUs - fromUs) / 3.6e9);
        return appDeps().dryRun.run({ fromUs, toUs } as never);
      },
    },
  });
  const rule = { v: 1, when: { of: "metric", metric: "toxicity.vpin", above: 1 } };
  const { status, body } = await send("POST", "/api/rules/dry-run", { rule, hours: 6 });
  assert.deepEqual([status, asked, body.warnings[0].code], [200, [6], "never"]);
  assert.equal((await send("POST", "/api/rules/dry-run", { rule, hours: 1_000 })).status, 400);
  assert.equal((await send("POST", "/api/rules/dry-run", { rule: { v: 1 } })).status, 400);
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
