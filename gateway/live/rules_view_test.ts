import assert from "node:assert/strict";
import { RulesView } from "./rules_view.ts";

const entry = (key: string, value: unknown, operation: "PUT" | "DEL" = "PUT") => ({
  key,
  value: new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)),
  operation,
  created: new Date(0),
});
const rule = (kind: string) => ({ v: 1, when: { of: "case", kinds: [kind] } });
const told = (view: RulesView) =>
  view.rules.map(({ name, rule: { when }, isDefault }) =>
    `${name} ${when.of === "case" ? when.kinds ?? "all" : ""}${isDefault ? " default" : ""}`
  );

Deno.test("`RulesView` has what is in effect: what was written, what is usual, and the last good one behind nonsense", () => {
  const view = new RulesView();
  assert.deepEqual([told(view), view.followed], [["default all default"], false]);
  view.replace([entry("mine", rule("spoofing")), entry("default", rule("jump"))]);
  assert.deepEqual([told(view), view.followed], [["default jump", "mine spoofing"], true]);
  view.take(entry("mine", "{"));
  view.take(entry("default", "", "DEL"));
  assert.deepEqual(told(view), ["default all default", "mine spoofing"]);
  assert.deepEqual(view.refused.map(({ name }) => name), ["mine"]);
  view.take(entry("mine", "", "DEL"));
  assert.deepEqual([told(view), view.refused], [["default all default"], []]);
});

Deno.test("`RulesView` that came after the nonsense looks up what is in effect behind it", async () => {
  const asked: string[] = [];
  const view = new RulesView((name) => {
    asked.push(name);
    return Promise.resolve(["{", JSON.stringify(rule("layering")), JSON.stringify(rule("spoofing"))]);
  });
  view.replace([entry("mine", "{")]);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([told(view), asked], [["default all default", "mine layering"], ["mine"]]);
  assert.deepEqual(view.refused.map(({ name }) => name), ["mine"]);
});
