import assert from "node:assert/strict";
import fc from "fast-check";
import { AlertRule, type AlertRuleInput } from "../../actors/contract/alert_rule.ts";
import { SESSIONS } from "../../actors/contract/sessions.ts";
import { fieldErrors, formOf, NEW_FORM, ruleOf, ruleWords } from "./rule_form.ts";

const severity = fc.constantFrom("info" as const, "warning" as const, "critical" as const);
const share = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const when: fc.Arbitrary<AlertRuleInput["when"]> = fc.oneof(
  fc.record({
    of: fc.constant("case" as const),
    kinds: some(["spoofing", "layering"]),
    severityMin: severity,
    scoreMin: share,
  }, {
    requiredKeys: ["of"],
  }),
  fc.tuple(share, share, fc.boolean(), fc.nat({ max: 86_400 })).map(([mark, other, isAbove, forS]) => ({
    of: "metric" as const,
    metric: "toxicity.vpin",
    [isAbove ? "above" : "below"]: mark,
    clearAt: isAbove ? Math.min(mark, other) : Math.max(mark, other),
    forS,
  })),
);
const rule: fc.Arbitrary<AlertRuleInput> = fc.record({
  v: fc.constant(1 as const),
  description: fc.constant("What it is for"),
  enabled: fc.boolean(),
  when,
  pairs: some(["EURUSD", "USDJPY"]),
  sessions: some(SESSIONS),
  severity,
  groupBy: fc.subarray(["pair" as const, "kind" as const]),
  coolDownS: fc.nat({ max: 86_400 }),
  escalateAfterS: fc.integer({ min: 1, max: 604_800 }),
  mute: fc.array(
    fc.record({
      days: some([1, 2, 5]),
      dates: some(["2026-12-04", "2027-01-08"]),
      from: fc.constant("21:55"),
      to: fc.constant("07:05"),
    }, {
      requiredKeys: ["from", "to"],
    }),
    { maxLength: 3 },
  ),
  muteRollMinutes: fc.nat({ max: 120 }),
  rateMax: fc.integer({ min: 1, max: 1_000 }),
  rateS: fc.integer({ min: 1, max: 3_600 }),
  routes: fc.subarray(["desk", "mail"]),
}, { requiredKeys: ["v", "when"] });

Deno.test("a rule is the same after it was a form", () => {
  fc.assert(fc.property(rule, (input) => {
    const back = ruleOf(formOf("mine", input), "");
    assert("rule" in back, JSON.stringify(back));
    assert.deepEqual(AlertRule.parse(back.rule), AlertRule.parse(input));
  }));
});

Deno.test("`ruleOf()` says what is wrong, by field", () => {
  const errorsOf = (change: Partial<typeof NEW_FORM>) => {
    const made = ruleOf({ ...NEW_FORM, name: "mine", ...change }, "ann");
    return "errors" in made ? Object.keys(made.errors) : [];
  };
  assert.deepEqual(errorsOf({}), []);
  assert.deepEqual(errorsOf({ name: "No Name" }), ["name"]);
  assert.deepEqual(errorsOf({ scoreMin: "2" }), ["scoreMin"]);
  assert.deepEqual(errorsOf({ of: "metric" }), ["mark"]);
  assert.deepEqual(errorsOf({ of: "metric", mark: "0,8", clearAt: "0.9" }), ["clearAt"]);
  assert.deepEqual(errorsOf({ of: "metric", mark: "0.8", metric: "no.such" }), ["metric"]);
  assert.deepEqual(errorsOf({ rateMax: "1.5" }), ["rateMax"]);
  assert.deepEqual(errorsOf({ pairs: "EUR" }), ["pairs"]);
  assert.deepEqual(errorsOf({ routing: "chosen" }), ["routes"]);
  assert.deepEqual(errorsOf({ mute: [{ days: [], dates: "", from: "9:00", to: "10:00", zone: "UTC" }] }), ["mute"]);
  assert.deepEqual(errorsOf({ mute: [{ days: [], dates: "4.12.", from: "09:00", to: "10:00", zone: "UTC" }] }), [
    "mute",
  ]);
  const made = ruleOf({ ...NEW_FORM, name: "mine", pairs: "eur/usd usdjpy" }, "ann");
  assert("rule" in made && made.rule.by === "ann");
  assert.deepEqual(made.rule.pairs, ["EURUSD", "USDJPY"]);
});

Deno.test("`fieldErrors()` puts what the gateway says to the fields of the form", () => {
  assert.deepEqual(
    fieldErrors([
      { name: "when.above", detail: "a" },
      { name: "rule.mute.0.from", detail: "b" },
      { name: "hours", detail: "c" },
      { name: "", detail: "d" },
    ]),
    { errors: { mark: "a", mute: "b" }, rest: ["hours: c", "d"] },
  );
});

Deno.test("`ruleWords()` says what a rule matches", () => {
  const words = (input: Omit<AlertRuleInput, "v">) => ruleWords(AlertRule.parse({ v: 1, ...input }));
  assert.equal(words({ when: { of: "case", severityMin: "warning" } }), "any case, at least a warning");
  assert.equal(
    words({
      when: { of: "case", kinds: ["spoofing", "layering"], scoreMin: 0.7 },
      pairs: ["EURUSD"],
      sessions: ["london"],
    }),
    "Spoofing or Layering of EUR/USD, score from 0.7 in london",
  );
  assert.equal(
    words({ when: { of: "metric", metric: "toxicity.vpin", above: 0.8, clearAt: 0.7, forS: 30 } }),
    "toxicity.vpin above 0.8 for 30 s, calm at 0.7",
  );
});
