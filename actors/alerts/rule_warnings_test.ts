import assert from "node:assert/strict";
import { AlertRule, type AlertRuleInput } from "../contract/mod.ts";
import { ruleWarnings } from "./rule_warnings.ts";

const known = { pairs: ["EURUSD", "USDJPY"], kinds: ["spoofing", "layering"], routes: ["desk"] };
const codes = (rule: Partial<AlertRuleInput>) =>
  ruleWarnings(AlertRule.parse({ v: 1, when: { of: "case" }, ...rule }), known).map(({ code }) => code);
const metric = (metric: string, more: Record<string, number>) => codes({ when: { of: "metric", metric, ...more } });

Deno.test("`ruleWarnings()` has nothing to say of a rule that can match and need not", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ when: { of: "case", kinds: ["spoofing"] }, pairs: ["EURUSD"], routes: ["desk"] }), []);
  assert.deepEqual(metric("toxicity.vpin", { above: 0.8 }), []);
  assert.deepEqual(metric("spread.quotedBps", { below: 0 }), []);
  assert.deepEqual(codes({ sessions: ["london"], mute: [{ from: "07:00", to: "12:00" }] }), []);
});

Deno.test("`ruleWarnings()` says what can never match, and what always does", () => {
  assert.deepEqual(codes({ pairs: [] }), ["never"]);
  assert.deepEqual(codes({ pairs: ["GBPUSD"] }), ["never", "unknown-pair"]);
  assert.deepEqual(codes({ sessions: [] }), ["never"]);
  assert.deepEqual(codes({ when: { of: "case", kinds: [] } }), ["never"]);
  assert.deepEqual(codes({ mute: [{ from: "00:00", to: "12:00" }, { from: "12:00", to: "00:00" }] }), ["never"]);
  assert.deepEqual(metric("toxicity.vpin", { above: 1 }), ["never"]);
  assert.deepEqual(metric("toxicity.vpin", { above: -0.1 }), ["always"]);
  assert.deepEqual(metric("toxicity.vpin", { below: 1.5 }), ["always"]);
  assert.deepEqual(codes({ pairs: [], enabled: false }), []);
});

Deno.test("`ruleWarnings()` names what there is not", () => {
  assert.deepEqual(codes({ when: { of: "case", kinds: ["spoofing", "ghosts"] } }), ["unknown-kind"]);
  assert.deepEqual(codes({ routes: ["desk", "pager"] }), ["unknown-route"]);
  assert.deepEqual(codes({ pairs: ["EURUSD", "XAUUSD"] }), ["unknown-pair"]);
});
