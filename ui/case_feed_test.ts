import assert from "node:assert/strict";
import type { Anomaly } from "../actors/contract/mod.ts";
import { anomalyOf } from "../tests/support/anomalies.ts";
import { CaseFeed, type CaseView } from "./case_feed.ts";
import { Api } from "./feed/api.ts";

const QUOTES = { columns: { timeUs: [1, 2], bid: [1, 1], ask: [2, 2] } };
const GONE = { title: "No such case", status: 404 };

/** A feed whose gateway answers by path. */
function feedOf(answers: Record<string, { status?: number; body: unknown }>) {
  const asked: string[] = [];
  const api = new Api({
    baseUrl: "http://gateway/",
    fetch: (input) => {
      const url = new URL(String(input));
      asked.push(`${url.pathname}${url.search}`);
      const { status = 200, body } = answers[url.pathname] ?? { status: 404, body: GONE };
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    },
  });
  return { feed: new CaseFeed(api), asked };
}

/** The view once it is as wanted. */
function until(feed: CaseFeed, wanted: (view: CaseView) => boolean): Promise<CaseView> {
  const { promise, resolve } = Promise.withResolvers<CaseView>();
  const stop = feed.view.subscribe((view) => view !== undefined && wanted(view) && resolve(view));
  return promise.finally(stop);
}

const answer = (one: Anomaly, history = [one]) => ({ body: { case: one, history } });

Deno.test("`CaseFeed.show()` looks for the case, what was said of it, and the market around it", async () => {
  const one = anomalyOf({ id: "a", phase: "close" });
  const { feed, asked } = feedOf({
    "/api/cases/a": answer(one, [anomalyOf({ id: "a" }), one]),
    "/api/pairs/EURUSD/quotes": { body: QUOTES },
  });
  using _ = feed;
  feed.show("a");
  const view = await until(feed, ({ loading }) => !loading);
  assert.deepEqual([view.anomaly, view.history.length, view.points.length, view.error], [one, 2, 2, undefined]);
  const query = new URLSearchParams(asked[1]!.split("?")[1]);
  assert.deepEqual([Number(query.get("from")) < one.startUs, Number(query.get("to")) > one.endUs], [true, true]);
});

Deno.test("a case that is live is shown without the archive, with what is wrong with it", async () => {
  const { feed } = feedOf({
    "/api/cases/a": { status: 503, body: { title: "History is not available", status: 503 } },
  });
  using _ = feed;
  const known = anomalyOf({ id: "a" });
  feed.show("a", known);
  const view = await until(feed, ({ loading }) => !loading);
  assert.deepEqual([view.anomaly, view.points, view.error?.kind], [known, [], "problem"]);
  feed.receive(anomalyOf({ id: "a", phase: "close" }));
  feed.receive(anomalyOf({ id: "b" }));
  assert.equal(feed.view.peek()?.anomaly?.phase, "close");
});

Deno.test("a newer message that came live is not undone by what the archive has", async () => {
  const { feed } = feedOf({
    "/api/cases/a": answer(anomalyOf({ id: "a" })),
    "/api/pairs/EURUSD/quotes": { body: QUOTES },
  });
  using _ = feed;
  feed.show("a", anomalyOf({ id: "a", phase: "close", endS: 9 }));
  const view = await until(feed, ({ loading }) => !loading);
  assert.deepEqual([view.anomaly?.phase, view.points.length], ["close", 2]);
});

Deno.test("a case that nobody knows is said to be unknown, and none is looked at when it is closed", async () => {
  const { feed } = feedOf({});
  using _ = feed;
  feed.show("a");
  const view = await until(feed, ({ loading }) => !loading);
  assert.deepEqual([view.anomaly, view.error?.message], [undefined, "No such case (404)"]);
  feed.show(undefined);
  assert.equal(feed.view.peek(), undefined);
});

Deno.test("`CaseFeed.older()` asks for what the list shows, and takes no nonsense", async () => {
  const { feed, asked } = feedOf({ "/api/cases": { body: { cases: [anomalyOf()], next: "1.a" } } });
  const answered = await feed.older({ pair: "EURUSD", kind: "jump", severity: "warning", open: true });
  assert(answered.ok && answered.value.cases.length === 1);
  await feed.older({}, { cursor: answered.value.next });
  assert.deepEqual(asked, [
    "/api/cases?from=0&limit=100&pair=EURUSD&kind=jump&severity=warning%2Ccritical&phase=open",
    "/api/cases?from=0&limit=100&cursor=1.a",
  ]);
  const { feed: torn } = feedOf({ "/api/cases": { body: { cases: [{ id: 7 }] } } });
  const refused = await torn.older({});
  assert.equal(!refused.ok && refused.error.kind, "malformed");
});
