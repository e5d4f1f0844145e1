import assert from "node:assert/strict";
import { ConfigError } from "../actors/contract/mod.ts";
import { applyRuleFile, parseRuleFile } from "./rule_file.ts";

const mine = { v: 1, when: { of: "case", kinds: ["spoofing"] } };

Deno.test("`parseRuleFile()` says what is wrong, of which rule and field, all at once", () => {
  const problemsOf = (text: string) => {
    try {
      parseRuleFile(text, "rules.json");
    } catch (error) {
      assert(error instanceof ConfigError);
      return error.problems;
    }
    assert.fail(text);
  };
  assert.match(problemsOf("{")[0]!, /^rules\.json: expected JSON such as/);
  assert.deepEqual(problemsOf("[]"), ["rules.json: expected an object of rules by their names"]);
  const wrong = { "No Name": mine, a: { ...mine, rateMax: 0 }, b: { v: 1, when: { of: "metric", metric: "no.such" } } };
  const lines = problemsOf(JSON.stringify(wrong)).map((line) => line.split(": ").slice(0, 2).join(": "));
  assert.deepEqual(lines, ['rules.json: "No Name"', "rules.json: a.rateMax", "rules.json: b.when.metric"]);
});

Deno.test("`applyRuleFile()` puts what differs, and nothing a second time", async () => {
  const bucket = new Map([["other", JSON.stringify(mine)], ["b", "{"], ["c", JSON.stringify({ ...mine, by: "ann" })]]);
  const desk = {
    ruleTexts: () => Promise.resolve(bucket),
    putRule: (name: string, text: string) => Promise.resolve(bucket.set(name, text).size),
  };
  const rules = parseRuleFile(JSON.stringify({ a: mine, b: mine, c: { ...mine, by: "ann" } }), "rules.json");
  assert.deepEqual(await applyRuleFile(rules, desk), ["a", "b"]);
  assert.deepEqual(await applyRuleFile(rules, desk), []);
  assert.deepEqual([JSON.parse(bucket.get("a")!).by, bucket.get("other")], ["file", JSON.stringify(mine)]);
});
