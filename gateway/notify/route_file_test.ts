import assert from "node:assert/strict";
import { ConfigError } from "../../actors/contract/mod.ts";
import { readRoutes } from "./route_file.ts";

const read = (value: unknown, env: Record<string, string> = {}) =>
  readRoutes(typeof value === "string" ? value : JSON.stringify(value), { source: "routes.json", env }, {
    pageUrl: undefined,
    caCertificates: undefined,
    nowMs: () => 0,
    publish: () => Promise.resolve(),
    logLine: () => {},
  });

function problemsOf(value: unknown, env?: Record<string, string>): readonly string[] {
  try {
    read(value, env);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.problems;
  }
  assert.fail("was taken");
}

Deno.test("`readRoutes()` takes keys from the environment, and shows none", () => {
  const routes = read({
    desk: { type: "slack", url: "https://hooks.slack.com/services/${SLACK_PATH}" },
    mail: { type: "email", host: "mail.example.com", from: "fx@example.com", to: ["desk@example.com"] },
  }, { SLACK_PATH: "T0/B0/abc" });
  assert.deepEqual(routes.map(({ name, sender: { target } }) => `${name}: ${target}`), [
    "desk: https://hooks.slack.com",
    "mail: desk@example.com by mail.example.com",
  ]);
  const { route } = routes[0]!;
  assert.deepEqual([route.type === "slack" && route.url, route.states], [
    "https://hooks.slack.com/services/T0/B0/abc",
    ["open", "updated", "escalated", "resolved"],
  ]);
});

Deno.test("`readRoutes()` says what is wrong, of which route and field, all at once", () => {
  assert.match(problemsOf("{")[0]!, /^routes\.json: expected JSON such as/);
  assert.deepEqual(problemsOf({ desk: { type: "slack", url: "https://a.example/${A}${B}" } }, { A: "1" }), [
    "routes.json: desk.url: ${B} is not set in the environment",
  ]);
  const problems = problemsOf({
    "Desk": { type: "log" },
    a: { type: "slack", url: "ftp://a.example" },
    b: { type: "email", host: "h", from: "nobody", to: [] },
    c: { type: "pigeon" },
    d: { type: "nats", subject: "fx.alert.mine" },
    e: { type: "webhook", url: "https://a.example", colour: 1 },
  });
  for (const name of ["Desk", "a.url", "b.from", "b.to", "c.type", "d.subject", "e"]) {
    assert(problems.some((line) => line.startsWith(`routes.json: ${name}: `)), `${name}: ${problems.join("\n")}`);
  }
  assert.deepEqual(problemsOf({ desk: { type: "log", template: "{{colour}}" } }).map((line) => line.slice(0, 60)), [
    'routes.json: desk.template: "colour" at 0 is no field; expec',
  ]);
});
