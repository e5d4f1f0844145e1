import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import type { Api, ApiResult } from "./feed/api.ts";
import { NEW_RULE } from "./model/location.ts";
import { RuleClient } from "./rule_client.ts";

const rule = { v: 1, enabled: true, when: { of: "metric", metric: "toxicity.vpin", above: 0.8, forS: 0 } };
const version = (revision: number, by: string, above = 0.8) => ({
  revision,
  timeMs: revision,
  text: JSON.stringify({ ...rule, by, when: { ...rule.when, above } }),
});

function setUp(answers: Record<string, unknown>) {
  const asked: { path: string; body?: unknown; headers?: unknown }[] = [];
  const answer = (path: string) => {
    const value = answers[path];
    const problem = typeof value === "object" && value !== null && "status" in value ? value : undefined;
    return Promise.resolve(
      problem === undefined
        ? { ok: true, value }
        : { ok: false, error: { kind: "problem", message: "refused", problem } },
    ) as Promise<ApiResult<never>>;
  };
  const api: Pick<Api, "get" | "send"> = {
    get: (path) => answer(path),
    send: (method, path, { body, headers }) => {
      asked.push({ path: `${method} ${path}`, body, headers });
      return answer(`${method} ${path}`);
    },
  };
  const given = {
    rules: { followed: true, refused: [], rules: [{ name: "toxic", rule, isDefault: false, warnings: [] }] },
    routes: { followed: true, routes: [] },
    "alerts/precision": { by: "kind", fromUs: 0, toUs: 1, groups: [] },
  };
  Object.assign(answers, { ...given, ...answers });
  return { client: new RuleClient(api, signal("ann")), asked, answers };
}

Deno.test("`RuleClient` writes a rule only where nobody wrote it meanwhile, or over theirs where one says so", async () => {
  const { client, asked, answers } = setUp({
    "rules/toxic/versions": { name: "toxic", versions: [version(4, "ann")] },
    "PUT rules/toxic": { status: 412 },
  });
  await client.load();
  await client.edit("toxic");
  assert.equal(client.editing.peek()!.form.mark, "0.8");
  client.type({ mark: "0.9" });
  answers["rules/toxic/versions"] = { name: "toxic", versions: [version(4, "ann"), version(6, "bob", 0.7)] };
  assert.equal(await client.save(), undefined);
  assert.deepEqual(asked[0]!.headers, { "if-match": '"4"' });
  const { conflict } = client.editing.peek()!;
  assert.equal(conflict?.revision, 6);
  client.take(conflict!);
  assert.equal(client.editing.peek()!.form.mark, "0.7");
  answers["PUT rules/toxic"] = { rule, revision: 7, warnings: [] };
  assert.equal(await client.save(), "toxic");
  assert.deepEqual(asked[1]!.headers, { "if-match": '"6"' });
  assert.equal(await client.save({ over: true }), "toxic");
  assert.equal(asked[2]!.headers, undefined);
});

Deno.test("`RuleClient` puts what the gateway refuses to its fields", async () => {
  const { client } = setUp({
    "PUT rules/mine": { status: 400, errors: [{ name: "when.metric", detail: "no such" }, { name: "x", detail: "y" }] },
  });
  await client.edit(NEW_RULE);
  client.type({ name: "mine" });
  assert.equal(await client.save(), undefined);
  const { errors, problem } = client.editing.peek()!;
  assert.deepEqual([errors, problem], [{ metric: "no such" }, "x: y"]);
});

Deno.test("`RuleClient.try()` tries what is typed, saved or not, and knows when it has changed", async () => {
  const answer = {
    fromUs: 0,
    toUs: 1,
    lookedAtCount: 1,
    openedCount: 14,
    heldBackCount: 0,
    suppressedCount: 0,
    alerts: [],
    warnings: [],
  };
  const { client, asked } = setUp({ "POST rules/dry-run": answer });
  await client.edit(NEW_RULE);
  await client.try(24);
  assert.equal(client.trial.peek()!.answer!.openedCount, 14);
  assert.equal((asked[0]!.body as { hours: number }).hours, 24);
  client.type({ severityMin: "critical" });
  assert.equal(client.trial.peek()!.outdated, true);
  client.toggleJson();
  client.typeJson("{");
  await client.try(1);
  assert.match(client.editing.peek()!.problem!, /no JSON/);
  assert.equal(asked.length, 1);
});
