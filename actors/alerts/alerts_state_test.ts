import assert from "node:assert/strict";
import fc from "fast-check";
import {
  Alert,
  ALERT_RULES_MAX,
  AlertRule,
  type AlertRuleInput,
  type Anomaly,
  anomalySubject,
  CLOCK_SUBJECT,
  COMMAND_SUBJECT,
  type Pair,
  RULES_SUBJECT_PREFIX,
  US_PER_SECOND,
} from "../contract/mod.ts";
import { anomalyOf } from "../../tests/support/anomalies.ts";
import { createAlertActor, HELD_BACK_KIND, OPEN_ALERTS_MAX } from "./mod.ts";
import { RuleBook } from "./rule_book.ts";
import { RuleGate } from "./rule_gate.ts";

/** An alert actor, and what it says. */
class Told {
  readonly actor = createAlertActor();
  state = this.actor.initial();
  sequence = 0;
  readonly messages: { subject: string; alert: Alert }[] = [];

  send(subject: string, value: unknown): Alert[] {
    const from = this.messages.length;
    const data = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
    this.actor.receive(this.state, { sequence: ++this.sequence, subject, data }, (subject, payload) => {
      this.messages.push({ subject, alert: Alert.parse(JSON.parse(payload)) });
    });
    return this.messages.slice(from).map(({ alert }) => alert);
  }

  case(id: string, more: Partial<Anomaly> & { atS?: number } = {}): Alert[] {
    const { atS = this.sequence, ...rest } = more;
    const anomaly = {
      ...anomalyOf({ startS: atS, endS: atS, phase: "open" }),
      severity: "warning" as const,
      id,
      ...rest,
    };
    return this.send(anomalySubject(anomaly.pair as Pair, anomaly.kind), anomaly);
  }

  rule(name: string, rule: AlertRuleInput | string): void {
    this.send(`${RULES_SUBJECT_PREFIX}${name}`, rule);
  }

  /** Only this rule. */
  only(rule: Omit<AlertRuleInput, "v">): this {
    this.rule("default", { v: 1, ...rule });
    return this;
  }

  sample(atS: number, vpin: number, pair = "EURUSD"): Alert[] {
    return this.send(`fx.metrics.${pair}`, { v: 2, pair, timeUs: atS * US_PER_SECOND, values: { toxicity: { vpin } } });
  }

  clock(s: number): Alert[] {
    return this.send(CLOCK_SUBJECT, { timeUs: s * US_PER_SECOND });
  }

  command(id: string, action: string, more: Record<string, unknown> = {}): Alert[] {
    return this.send(COMMAND_SUBJECT, { v: 1, id, action, by: "ann", ...more });
  }
}

const states = (alerts: readonly Alert[]) => alerts.map(({ state }) => state);

Deno.test("an alert opens with its first case, worsens with it and is resolved with its last", () => {
  const told = new Told();
  const [open] = told.case("a");
  assert.deepEqual([open!.state, open!.severity, open!.count], ["open", "warning", 1]);
  assert.deepEqual(told.case("a", { phase: "update" }), []);
  assert.deepEqual(states(told.case("a", { phase: "update", severity: "critical" })), ["updated"]);
  assert.equal(told.messages.at(-1)!.subject, `fx.alert.critical.EURUSD.${open!.kind}`);
  assert.deepEqual(told.case("b"), []);
  assert.deepEqual(told.case("a", { phase: "close" }), []);
  assert.deepEqual(told.case("b", { phase: "close", atS: 100 }), []);
  assert.deepEqual(told.case("other", { severity: "info", atS: 159 }), []);
  const [resolved] = told.case("other", { severity: "info", atS: 160 });
  assert.deepEqual([resolved!.state, resolved!.id, resolved!.count], ["resolved", open!.id, 2]);
  assert.equal(told.state.openCount, 0);
});

Deno.test("what comes again within the cool-down is the same alert and tells nobody, later it is another one", () => {
  const told = new Told().only({ when: { of: "case" }, coolDownS: 60 });
  const [first] = told.case("a", { atS: 0 });
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(told.case(`a${i}`, { atS: 10 * i, phase: "open" }), []);
    assert.deepEqual(told.case(i === 0 ? "a" : `a${i - 1}`, { atS: 10 * i + 5, phase: "close" }), []);
  }
  told.case("a49", { atS: 496, phase: "close" });
  const [resolved, other] = told.case("c", { atS: 560 });
  assert.deepEqual([resolved!.state, resolved!.id, resolved!.count], ["resolved", first!.id, 51]);
  assert.deepEqual([other!.state, other!.id !== first!.id], ["open", true]);
});

Deno.test("where the market falls silent the clock ends the cool-down", () => {
  const told = new Told().only({ when: { of: "case" }, coolDownS: 60 });
  told.clock(1_700_000_000);
  told.case("a", { atS: 5 });
  told.case("a", { atS: 6, phase: "close" });
  assert.deepEqual(told.clock(1_700_000_119), []);
  assert.deepEqual(states(told.clock(1_700_000_120)), ["resolved"]);
});

Deno.test("what a person resolved stays so while its case goes on, unless it worsens", () => {
  const told = new Told();
  const [open] = told.case("a", { atS: 1 });
  assert.deepEqual(states(told.command(open!.id, "resolve")), ["resolved"]);
  assert.deepEqual(told.case("a", { atS: 30, phase: "update" }), []);
  assert.deepEqual(told.case("a", { atS: 300, phase: "update" }), []);
  const [worse] = told.case("a", { atS: 301, phase: "update", severity: "critical" });
  assert.deepEqual([worse!.id, worse!.state, worse!.severity], [open!.id, "updated", "critical"]);
  told.case("a", { atS: 302, phase: "close" });
  assert.deepEqual(states(told.case("b", { atS: 500, kind: "another" })), ["resolved", "open"]);
});

Deno.test("a rule says which cases, by kind, pair, severity, score, and what is alike", () => {
  const told = new Told().only({
    when: { of: "case", kinds: ["spoofing"], severityMin: "warning", scoreMin: 0.9 },
    pairs: ["EURUSD", "USDJPY"],
    groupBy: ["kind"],
    severity: "info",
  });
  assert.deepEqual(told.case("a", { kind: "layering" }), []);
  assert.deepEqual(told.case("b", { kind: "spoofing", pair: "GBPUSD" }), []);
  assert.deepEqual(told.case("c", { kind: "spoofing", severity: "info" }), []);
  assert.deepEqual(told.case("d", { kind: "spoofing", score: 0.5 }), []);
  assert.equal(told.case("e", { kind: "spoofing" })[0]!.severity, "info");
  assert.deepEqual(told.case("f", { kind: "spoofing", pair: "USDJPY" }), []);
});

Deno.test("10,000 cases in a second become as many alerts as the rule allows, and one that sums up the rest", () => {
  const told = new Told().only({ when: { of: "case" }, rateMax: 20, rateS: 60 });
  for (let i = 0; i < 10_000; i++) told.case(`c${i}`, { atS: 10 + i / 10_000, kind: `kind-${i}` });
  assert.equal(told.messages.length, 20);
  const [summary, ...rest] = told.case("later", { atS: 71, kind: "another" });
  assert.deepEqual([summary!.kind, summary!.pair, summary!.count], [HELD_BACK_KIND, "MARKET", 9_980]);
  assert.deepEqual(states(rest), ["open"]);
  // It is an alert like others: people acknowledge it, and it is over with a time in which nothing was held back.
  assert.deepEqual(states(told.command(summary!.id, "acknowledge")), ["acknowledged"]);
  const [over] = told.case("calm", { atS: 140, kind: "one-more" });
  assert.deepEqual([over!.id, over!.state], [summary!.id, "resolved"]);
});

Deno.test("where the market falls silent behind a storm the clock ends it", () => {
  const told = new Told().only({ when: { of: "case" }, rateMax: 1, rateS: 10 });
  told.case("a", { atS: 100, kind: "a" });
  told.case("b", { atS: 100, kind: "b" });
  const startS = 1_700_000_000;
  assert.deepEqual(told.clock(startS + 101), []);
  assert.deepEqual(told.clock(startS + 121).map(({ kind, count }) => [kind, count]), [[HELD_BACK_KIND, 1]]);
});

Deno.test("no more than so many alerts are open at a time", () => {
  const told = new Told().only({ when: { of: "case" }, rateMax: 1_000, rateS: 1 });
  for (let i = 0; i < OPEN_ALERTS_MAX + 500; i++) told.case(`c${i}`, { atS: 10 + i / 500, kind: `kind-${i}` });
  assert.equal(told.state.openCount, OPEN_ALERTS_MAX);
  assert.equal(told.state.counts.heldBack, 500);
});

Deno.test("a metric raises an alert when it has held for its time, and ends it on the calm side of its hysteresis", () => {
  const told = new Told().only({ when: { of: "metric", metric: "toxicity.vpin", above: 0.6, clearAt: 0.5, forS: 10 } });
  assert.deepEqual(told.sample(0, 0.7), []);
  assert.deepEqual(told.sample(5, 0.5), []);
  assert.deepEqual(told.sample(6, 0.7), []);
  assert.deepEqual(told.sample(15, 0.7), []);
  const [open] = told.sample(16, 0.7);
  assert.deepEqual([open!.state, open!.kind], ["open", "metric"]);
  assert.match(open!.sentence, /\(toxicity\.vpin\) is 0\.7, above 0\.6 for 10 s/);
  assert.deepEqual(told.sample(17, 0.55), []);
  assert.deepEqual(told.sample(17, 0.9, "USDJPY"), []);
  assert.deepEqual(told.sample(18, 0.5), []);
  assert.deepEqual(states(told.sample(78, 0.5)), ["resolved"]);
});

Deno.test("an alert that nobody acknowledges becomes critical; one that is muted or acknowledged does not", () => {
  const told = new Told().only({ when: { of: "case" }, escalateAfterS: 60 });
  told.clock(1_000);
  const [a] = told.case("a", { kind: "a" });
  const [b] = told.case("b", { kind: "b" });
  const [c] = told.case("c", { kind: "c" });
  assert.deepEqual(states(told.command(a!.id, "acknowledge")), ["acknowledged"]);
  assert.deepEqual(told.command(a!.id, "acknowledge", { by: "bob" }), []);
  assert.deepEqual(states(told.command(b!.id, "mute", { untilUs: 1_100 * US_PER_SECOND })), ["muted"]);
  assert.deepEqual(told.case("b", { kind: "b", phase: "update", severity: "critical" }), []);
  assert.deepEqual(told.clock(1_059), []);
  assert.deepEqual(told.clock(1_060).map(({ id, state, severity }) => [id, state, severity]), [[
    c!.id,
    "escalated",
    "critical",
  ]]);
  assert.deepEqual(told.clock(1_061), []);
  assert.deepEqual(told.clock(1_101).map(({ id, state, muted }) => [id, state, muted]), [
    [b!.id, "updated", undefined],
    [b!.id, "escalated", undefined],
  ]);
});

Deno.test("people assign, comment, judge and resolve; what cannot be done is counted or nothing", () => {
  const told = new Told();
  const [open] = told.case("a");
  const id = open!.id;
  assert.deepEqual(told.command(id, "assign", { assignee: "bob" })[0]!.assignee, "bob");
  assert.deepEqual(told.command(id, "comment", { comment: "seen" })[0]!.comment, "seen");
  assert.deepEqual(states(told.command(id, "resolve")), ["resolved"]);
  assert.deepEqual(told.command(id, "resolve"), []);
  const [judged] = told.command(id, "judge", { disposition: "false" });
  assert.deepEqual([judged!.state, judged!.disposition, judged!.assignee], ["judged", "false", "bob"]);
  assert.deepEqual(told.command("no-such", "acknowledge"), []);
  told.send(COMMAND_SUBJECT, "{");
  told.send(COMMAND_SUBJECT, { v: 1, id, action: "explode", by: "ann" });
  told.send("fx.anomaly.EURUSD.x", "nonsense");
  assert.equal(told.state.counts.refused, 4);
});

Deno.test("RuleBook keeps the last good rule where nonsense is put in its place, and the usual one where it is deleted", () => {
  const book = new RuleBook();
  book.set("default", { v: 1, when: { of: "case", severityMin: "critical" } });
  for (const value of [null, 7, { v: 1 }, { v: 1, when: { of: "metric", metric: "no.such", above: 1 } }]) {
    book.set("default", value);
    assert.match(book.refused.default!, /.+: .+/);
  }
  const { when } = book.get("default")!;
  assert.equal(when.of === "case" && when.severityMin, "critical");
  book.set("default", undefined);
  assert.deepEqual(book.refused, {});
  assert.equal(book.get("default")!.when.of, "case");
  const rule = { v: 1, when: { of: "metric", metric: "toxicity.vpin" } };
  for (const marks of [{}, { above: 1, below: 0 }, { above: 1, clearAt: 2 }, { below: 1, clearAt: 0 }]) {
    assert(!AlertRule.safeParse({ ...rule, when: { ...rule.when, ...marks } }).success, JSON.stringify(marks));
  }
  for (let i = 0; i < ALERT_RULES_MAX + 3; i++) book.set(`rule-${i}`, { v: 1, when: { of: "case" } });
  assert.equal([...book].length, ALERT_RULES_MAX);
  assert.equal(book.refused[`rule-${ALERT_RULES_MAX}`], `more than ${ALERT_RULES_MAX} rules`);
});

Deno.test("RuleGate is closed in mute windows, over midnight too, around the roll, and outside of sessions", () => {
  const gate = new RuleGate();
  const isOpen = (time: string, rule: Omit<AlertRuleInput, "v" | "when">) =>
    gate.isOpen(AlertRule.parse({ v: 1, when: { of: "case" }, ...rule }), Date.parse(time) * 1_000);
  const night = { mute: [{ from: "21:55", to: "00:10", days: [5], zone: "Europe/London" }] };
  // 5 January 2024 is a Friday.
  assert.deepEqual(
    [
      "2024-01-05T21:54:59Z",
      "2024-01-05T21:55:00Z",
      "2024-01-06T00:09:59Z",
      "2024-01-06T00:10:00Z",
      "2024-01-06T21:56:00Z",
    ]
      .map((time) => isOpen(time, night)),
    [true, false, false, true, true],
  );
  assert.deepEqual(
    ["2024-01-04T21:54:00Z", "2024-01-04T21:56:00Z", "2024-07-04T20:56:00Z", "2024-01-04T22:05:00Z"]
      .map((time) => isOpen(time, { muteRollMinutes: 5 })),
    [true, false, false, true],
  );
  const payrolls = { mute: [{ from: "08:25", to: "08:45", dates: ["2024-01-05"], zone: "America/New_York" }] };
  assert.deepEqual(
    ["2024-01-05T13:24:00Z", "2024-01-05T13:30:00Z", "2024-01-12T13:30:00Z"].map((time) => isOpen(time, payrolls)),
    [true, false, true],
  );
  const newYear = { mute: [{ from: "22:00", to: "06:00", dates: ["2024-12-31"] }] };
  assert.deepEqual(
    ["2024-12-31T23:00:00Z", "2025-01-01T05:00:00Z", "2025-01-01T23:00:00Z"].map((time) => isOpen(time, newYear)),
    [false, false, true],
  );
  assert.equal(isOpen("2024-01-04T03:00:00Z", { sessions: ["london"] }), false);
  assert.equal(isOpen("2024-01-04T10:00:00Z", { sessions: ["london"] }), true);
});

Deno.test("the alert actor says the same, cut and restored anywhere", () => {
  const step = fc.oneof(
    fc.record({
      is: fc.constant("case" as const),
      id: fc.constantFrom("a", "b", "c"),
      kind: fc.constantFrom("x", "y"),
      phase: fc.constantFrom("open" as const, "update" as const, "close" as const),
      severity: fc.constantFrom("info" as const, "warning" as const, "critical" as const),
    }),
    fc.record({ is: fc.constant("sample" as const), vpin: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ is: fc.constant("clock" as const) }),
    fc.record({
      is: fc.constant("command" as const),
      action: fc.constantFrom("acknowledge", "mute", "resolve", "comment"),
    }),
    fc.record({ is: fc.constant("rule" as const), rateMax: fc.integer({ min: 1, max: 3 }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
    const run = (cutAt: number) => {
      const told = new Told();
      told.rule("vpin", { v: 1, when: { of: "metric", metric: "toxicity.vpin", above: 0.5, forS: 2 }, coolDownS: 3 });
      steps.forEach((one, i) => {
        if (i === cutAt) {
          told.state = told.actor.restore(told.actor.snapshot(told.state), told.actor.versions);
        }
        if (one.is === "case") {
          const { id, kind, phase, severity } = one;
          told.case(id, { kind, phase, severity, atS: i });
        } else if (one.is === "sample") told.sample(1_700_000_000 + i, one.vpin);
        else if (one.is === "clock") told.clock(1_700_000_000 + 100 * i);
        else if (one.is === "command") told.command(told.messages.at(-1)?.alert.id ?? "none", one.action);
        else told.rule("default", { v: 1, when: { of: "case" }, rateMax: one.rateMax, rateS: 5, escalateAfterS: 50 });
      });
      return told.messages;
    };
    assert.deepEqual(run(cut), run(-1));
  }));
});
