/**
 * Alerts in ClickHouse: what was said of them, how people judged it, and what a rule would have made of what is stored.
 */
import assert from "node:assert/strict";
import { AlertsState, RuleBook } from "../../actors/alerts/mod.ts";
import {
  Alert,
  AlertRule,
  type AlertRuleInput,
  type Anomaly,
  type MetricSample,
  Random,
  US_PER_SECOND,
} from "../../actors/contract/mod.ts";
import { ALERT_MESSAGES_MAX, AlertStore, parseAlertCursor } from "../../gateway/alert_store.ts";
import { createApp } from "../../gateway/app.ts";
import {
  AlertRows,
  AnomalyRows,
  ClickHouse,
  MetricRows,
  migrate,
  readMigrations,
  type Rows,
} from "../../gateway/archive/mod.ts";
import { DryRun } from "../../gateway/dry_run.ts";
import { anomalyOf, bytesOf, CASES_START_US } from "../support/anomalies.ts";
import { appDeps } from "../support/app_deps.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { sampleOf } from "../support/samples.ts";
import { MIGRATIONS } from "./_archive_stage.ts";

const atUs = (s: number) => CASES_START_US + s * US_PER_SECOND;
const alertOf = (more: Partial<Alert> & { atS: number }): Alert => {
  const { atS, ...rest } = more;
  return {
    v: 1,
    id: "a",
    pair: "EURUSD",
    kind: "spoofing",
    severity: "warning",
    state: "open",
    timeUs: atUs(atS),
    openedUs: atUs(0),
    rule: "default",
    score: 0.5,
    sentence: "It was so.",
    count: 1,
    ...rest,
  };
};

/** What a rule tells of everything, one after another. */
function folded(rule: AlertRule, inputs: readonly (Anomaly | MetricSample)[]): { timeUs: number; pair: string }[] {
  const state = new AlertsState(new RuleBook({ plain: rule }));
  const opened: Alert[] = [];
  inputs.forEach((input, at) => {
    state.begin(at + 1);
    const emit = (_: string, payload: string) => {
      const alert = JSON.parse(payload) as Alert;
      if (alert.state === "open" && alert.kind !== "held-back") opened.push(alert);
    };
    if ("values" in input) state.takeSample(input, emit);
    else state.takeCase(input, emit);
  });
  return opened.map(({ timeUs, pair }) => ({ timeUs, pair }));
}

Deno.test("alerts are found, exported and judged; rules are tried on what was", async (t) => {
  await using server = await testClickHouse();
  await using database = await server.database();
  const { origin, username, password } = new URL(server.url);
  const clickhouse = new ClickHouse({
    url: origin,
    username: username || "default",
    password,
    database: database.name,
  });
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const insert = async (rows: Rows, messages: readonly unknown[]) => {
    let from = 0;
    const flush = async () => {
      for (const set of rows.sets) {
        if (set.rows > 0) await clickhouse.insertBlock(set.table, set.columnNames, set.block(), "test");
        set.reset();
      }
    };
    for (const message of messages) {
      rows.take("", ++from, bytesOf(message), 1);
      if (rows.sets.some(({ full }) => full)) await flush();
    }
    await flush();
    assert.deepEqual(rows.rejected, {});
  };

  const store = new AlertStore(clickhouse);
  const app = createApp(appDeps({ alertStore: store }));
  const everything = {
    fromUs: atUs(0),
    toUs: atUs(100_000),
    pairs: [],
    kinds: [],
    rules: [],
    severities: [],
    states: [],
  };
  const first = alertOf({ atS: 1, routes: ["desk", "mail"] });
  const told = [
    first,
    alertOf({ atS: 2, state: "acknowledged", by: "ann", acknowledgedBy: "ann", routes: [] }),
    alertOf({ atS: 3, state: "judged", disposition: "false", by: "ann", escalated: true, muted: true }),
    alertOf({ atS: 4, state: "judged", disposition: "true", by: "bob", comment: 'he said "no",\nand left' }),
    ...["b", "c", "d"].map((id, at) => alertOf({ id, atS: 5 + at, disposition: at < 2 ? "true" : "false" })),
    alertOf({ id: "e", atS: 9, kind: "layering", pair: "USDJPY", severity: "critical" }),
    alertOf({ id: "f", atS: 10, kind: "layering", disposition: "unsure" }),
  ];
  const many = Array.from(
    { length: 2 * ALERT_MESSAGES_MAX },
    (_, i) => alertOf({ id: `m${i}`, atS: 1_000 + Math.floor(i / 3), kind: "storm", openedUs: atUs(1_000) }),
  );

  await t.step("what was said of one, and in a window, is what was told", async () => {
    await insert(new AlertRows(), [...told, ...many]);
    const clean = (alerts: readonly Alert[]) => JSON.parse(JSON.stringify(alerts));
    assert.deepEqual(clean(await store.one("a")), clean(told.slice(0, 4)));
    for (const alert of await store.one("a")) Alert.parse(alert);
    assert.deepEqual(await store.one("none"), []);
    const { messages } = await store.history({ ...everything, kinds: ["layering"], limit: 10 });
    assert.deepEqual(messages.map(({ id }) => id), ["f", "e"]);
    const critical = await store.history({ ...everything, severities: ["critical"], states: ["open"], limit: 10 });
    assert.deepEqual(critical.messages.map(({ id }) => id), ["e"]);
  });

  await t.step("a long answer goes on where it was cut, without hole or repeat", async () => {
    const ids: string[] = [];
    let cursor = undefined;
    do {
      const page: { messages: Alert[]; next?: string } = await store.history({ ...everything, limit: 4_999, cursor });
      ids.push(...page.messages.map(({ id, state }) => `${id} ${state}`));
      cursor = page.next === undefined ? undefined : parseAlertCursor(page.next);
    } while (cursor !== undefined);
    assert.equal(ids.length, told.length + many.length);
    assert.equal(new Set(ids).size, ids.length - 1);
  });

  await t.step("the export has all of it, in three formats", async () => {
    const path = `/api/alerts/export?from=${atUs(0)}&to=${atUs(100_000)}&format=`;
    const read = async (format: string) => {
      const response = await app.request(path + format);
      assert.equal(response.status, 200);
      return await response.text();
    };
    const count = told.length + many.length;
    assert.equal(JSON.parse(await read("json")).length, count);
    assert.equal(
      (await read("ndjson")).trimEnd().split("\n").map((line) => Alert.parse(JSON.parse(line))).length,
      count,
    );
    const csv = await read("csv");
    assert.equal(csv.split("\r\n").length, count + 2);
    assert(csv.includes('"he said ""no"",\nand left"'));
  });

  await t.step("precision counts what people said last", async () => {
    const { groups } = await store.precision("kind", { fromUs: atUs(0), toUs: atUs(500) });
    const [spoofing, layering] = groups;
    assert.deepEqual(
      [spoofing!.name, spoofing!.alertCount, spoofing!.trueCount, spoofing!.falseCount, spoofing!.precision],
      ["spoofing", 4, 3, 1, 0.75],
    );
    assert(spoofing!.precisionLow! < 0.75 && spoofing!.precisionHigh! > 0.75);
    assert.deepEqual([layering!.alertCount, layering!.unsureCount, layering!.precision], [2, 1, undefined]);
    const { groups: pairs } = await store.precision("pair", { fromUs: atUs(0), toUs: atUs(500) });
    assert.deepEqual(pairs.map(({ name }) => name), ["EURUSD", "USDJPY"]);
  });

  const dryRun = new DryRun(clickhouse);
  const random = new Random(7);

  await t.step("a rule of cases opens in a dry run what it opens in the fold", async () => {
    const cases: Anomaly[] = [];
    for (let i = 0; i < 400; i++) {
      const [startS, kind] = [20 * i, ["spoofing", "layering", "jump"][random.below(3)]!];
      const severity = (["info", "warning", "critical"] as const)[random.below(3)]!;
      const one = { id: `x${i}`, startS, kind, severity, pair: random.below(2) ? "EURUSD" : "USDJPY" };
      cases.push(anomalyOf({ ...one, endS: startS + 1, phase: "open", score: random.uniform() }));
      cases.push(anomalyOf({ ...one, endS: startS + 2 + random.below(60), phase: "close" }));
    }
    await insert(new AnomalyRows(), cases);
    const rules: Omit<AlertRuleInput, "v">[] = [
      { when: { of: "case" } },
      { when: { of: "case", kinds: ["spoofing"], scoreMin: 0.5 }, pairs: ["EURUSD"], coolDownS: 0 },
      { when: { of: "case", severityMin: "critical" }, groupBy: ["pair"], rateMax: 2, rateS: 600 },
      { when: { of: "case" }, sessions: ["tokyo"], coolDownS: 300 },
    ];
    for (const rule of rules) {
      const parsed = AlertRule.parse({ v: 1, ...rule });
      const answer = await dryRun.run({ rule: parsed, fromUs: atUs(0), toUs: atUs(100_000) });
      const plain = folded(parsed, cases);
      assert(plain.length > 3);
      assert.equal(answer.openedCount, plain.length, JSON.stringify(rule));
      assert.deepEqual(
        answer.alerts.map(({ timeUs, pair }) => ({ timeUs, pair })),
        plain.slice(-50).reverse(),
      );
      assert.equal(answer.lookedAtCount, 400);
    }
    const none = await dryRun.run({
      rule: AlertRule.parse({ v: 1, when: { of: "case", kinds: ["other"] } }),
      fromUs: atUs(0),
      toUs: atUs(100_000),
    });
    assert.deepEqual([none.openedCount, none.warnings[0]!.code], [0, "never"]);
    const all = AlertRule.parse({ v: 1, when: { of: "case" } });
    assert.equal((await dryRun.run({ rule: all, fromUs: atUs(0), toUs: atUs(100_000) })).warnings[0]!.code, "always");
    const empty = await dryRun.run({ rule: all, fromUs: 1, toUs: 2 });
    assert.deepEqual([empty.lookedAtCount, empty.warnings[0]!.code], [0, "never"]);
  });

  await t.step("a rule of a metric does too, though ClickHouse puts its samples together", async () => {
    const samples: MetricSample[] = [];
    const values = [0.5, 0.5];
    for (let i = 0; i < 20_000; i++) {
      for (const [at, pair] of ["EURUSD", "USDJPY"].entries()) {
        values[at] = Math.min(1, Math.max(0, values[at]! + 0.03 * random.normal() - 0.01 * (values[at]! - 0.5)));
        samples.push(sampleOf({ pair, timeUs: atUs(0) + i * 250_000, values: { toxicity: { vpin: values[at]! } } }));
      }
    }
    await insert(new MetricRows(), samples);
    const whens = [
      { above: 0.8 },
      { above: 0.8, clearAt: 0.6 },
      { above: 0.7, clearAt: 0.6, forS: 10 },
      { below: 0.25, clearAt: 0.4, forS: 3 },
    ];
    for (const when of whens) {
      const rule = AlertRule.parse({
        v: 1,
        when: { of: "metric", metric: "toxicity.vpin", ...when },
        coolDownS: 30,
        rateMax: 1_000,
      });
      const answer = await dryRun.run({ rule, fromUs: atUs(0), toUs: atUs(100_000) });
      const plain = folded(rule, samples);
      assert(plain.length > 3, JSON.stringify(when));
      assert.equal(answer.openedCount, plain.length, JSON.stringify(when));
      plain.slice(-50).reverse().forEach(({ timeUs, pair }, at) => {
        assert.equal(answer.alerts[at]!.pair, pair);
        assert(Math.abs(answer.alerts[at]!.timeUs - timeUs) <= 250_000);
      });
      assert.equal(answer.lookedAtCount, 40_000);
    }
    const always = AlertRule.parse({ v: 1, when: { of: "metric", metric: "toxicity.vpin", above: 0.001 } });
    assert.equal(
      (await dryRun.run({ rule: always, fromUs: atUs(0), toUs: atUs(100_000) })).warnings[0]!.code,
      "always",
    );
  });
  await clickhouse.close();
});
