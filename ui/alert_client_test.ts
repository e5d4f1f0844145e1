import assert from "node:assert/strict";
import type { Alert } from "../actors/contract/alert.ts";
import { AlertClient } from "./alert_client.ts";
import type { Api, ApiResult } from "./feed/api.ts";

const alertOf = (more: Partial<Alert> = {}): Alert => ({
  v: 1,
  id: "a",
  pair: "EURUSD",
  kind: "spoofing",
  severity: "warning",
  state: "open",
  timeUs: 1e15,
  rule: "default",
  score: 0.9,
  sentence: "It was so.",
  ...more,
});

/** A client of an API that answers as it is told, and what was asked of it. */
function setUp(answers: Record<string, unknown>) {
  const asked: unknown[] = [];
  const answer = (path: string, body?: unknown) => {
    asked.push(body === undefined ? path : [path, body]);
    const value = answers[path];
    return Promise.resolve(
      value instanceof Error ? { ok: false, error: { kind: "network", message: value.message } } : { ok: true, value },
    ) as Promise<ApiResult<never>>;
  };
  const api: Pick<Api, "get" | "send"> = {
    get: (path) => answer(path),
    send: (_method, path, { body }) => answer(`send ${path}`, body),
  };
  return { client: new AlertClient(api), asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("`AlertClient.show()` has what is known at once, and then what the gateway keeps", async () => {
  const answer = { alert: alertOf(), history: [alertOf(), alertOf({ state: "acknowledged" })], deliveries: [] };
  const { client } = setUp({ "alerts/a": answer, "alerts/b": new Error("gone") });
  using _ = client;
  client.show("a", alertOf({ count: 7 }));
  assert.deepEqual([client.view.peek()!.alert!.count, client.view.peek()!.loading], [7, true]);
  await settled();
  assert.deepEqual([client.view.peek()!.history.length, client.view.peek()!.alert!.count], [2, 7]);
  client.show("b");
  await settled();
  assert.deepEqual([client.view.peek()!.error?.message, client.view.peek()!.alert], ["gone", undefined]);
  client.show(undefined);
  assert.equal(client.view.peek(), undefined);
});

Deno.test("`AlertClient.act()` counts as done when the log says so, and says what went wrong", async () => {
  const { client, asked } = setUp({ "send alerts/a": alertOf(), "send alerts/b": new Error("no") });
  using _ = client;
  const acting = client.act("a", "ann", { action: "acknowledge" });
  assert.deepEqual(client.doing.peek(), { id: "a", action: "acknowledge" });
  await acting;
  assert.equal(client.doing.peek()?.action, "acknowledge");
  client.receive(alertOf({ id: "other" }));
  assert.notEqual(client.doing.peek(), undefined);
  client.receive(alertOf({ acknowledgedBy: "bob" }));
  assert.equal(client.doing.peek(), undefined);
  assert.deepEqual(asked, [["send alerts/a", { action: "acknowledge", by: "ann" }]]);
  await client.act("b", "ann", { action: "resolve" });
  assert.equal(client.doing.peek()?.error, "no");
});
