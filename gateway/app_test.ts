import assert from "node:assert/strict";
import { ClickHouseError } from "@clickhouse/client-web";
import {
  ClusterAnswer,
  type HistoryAnswer,
  MARKET_METRICS,
  MarketAnswer,
  MarketHistoryAnswer,
  METRIC_NAMES,
  Problem,
  US_PER_HOUR,
} from "../actors/contract/mod.ts";
import { clusterOf, putEntry } from "../tests/browser/cluster_cases.ts";
import { appDeps, NOW_MS } from "../tests/support/app_deps.ts";
import { marketSampleOf } from "../tests/support/market_samples.ts";
import { createApp } from "./app.ts";
import { ClickHouseAwayError } from "./archive/mod.ts";
import type { HistoryQuery, MarketHistoryQuery } from "./history.ts";
import { BusyError } from "./query_queue.ts";
import { MARKET_KEY } from "./live/mod.ts";

async function problemOf(response: Response): Promise<Problem> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  return Problem.parse(await response.json());
}

Deno.test("`createApp()` answers health and readiness, and says what is not ready", async () => {
  assert.equal((await createApp(appDeps()).request("/healthz")).status, 200);
  assert.equal((await createApp(appDeps()).request("/readyz")).status, 200);
  const response = await createApp(appDeps({ notReady: () => Promise.resolve(["ClickHouse does not answer"]) }))
    .request("/readyz");
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), { ok: false, reasons: ["ClickHouse does not answer"] });
});

Deno.test("`createApp()` refuses parameters out of range, every one by name", async () => {
  const app = createApp(appDeps());
  for (const kind of ["quotes", "trades", "metrics"]) {
    const response = await app.request(`/api/pairs/EURUSD/${kind}?from=yesterday&to=2013-02-30&step=5m&limit=0`);
    assert.equal(response.status, 400);
    const { errors } = await problemOf(response);
    assert.deepEqual(errors!.map(({ name }) => name).sort(), ["from", "limit", "step", "to"]);
  }
  for (
    const query of ["limit=50001", "limit=1.5", "limit=many", "from=99999999999999999999", "from=2&to=2", "from=3&to=2"]
  ) {
    assert.equal((await app.request(`/api/pairs/EURUSD/quotes?${query}`)).status, 400, query);
  }
  const names = await app.request("/api/pairs/EURUSD/metrics?names=price.mid,price.nonsense");
  assert.match((await problemOf(names)).detail!, /"price\.nonsense" is no metric/);
});

Deno.test("`createApp()` answers 404 for a pair that is not in the table, and for paths that are not served", async () => {
  const app = createApp(appDeps());
  for (
    const path of [
      "/api/pairs/XXXYYY/latest",
      "/api/pairs/EUR/quotes",
      "/api/nothing",
      "/nothing.js",
      "/..%2fdeno.json",
    ]
  ) {
    const response = await app.request(path);
    assert.equal(response.status, 404, path);
    await problemOf(response);
  }
});

Deno.test("`createApp()` hands a window to history: now and an hour where nothing is said, whole buckets where they are asked", async () => {
  const queries: HistoryQuery[] = [];
  const quotes = (query: HistoryQuery): Promise<HistoryAnswer> => {
    queries.push(query);
    return Promise.resolve({ ...query, columns: {} });
  };
  const app = createApp(appDeps({ history: { ...appDeps().history, quotes } }));
  await app.request("/api/pairs/eurusd/quotes");
  await app.request("/api/pairs/EURUSD/quotes?from=2013-01-01T22:00:00.5Z&to=2013-01-01T22:01:30Z&step=1m&limit=7");
  const toUs = NOW_MS * 1000;
  assert.deepEqual(queries[0], { pair: "EURUSD", fromUs: toUs - US_PER_HOUR, toUs, step: "raw", limit: 5_000 });
  const start = Date.parse("2013-01-01T22:00:00Z") * 1000;
  assert.deepEqual(queries[1], { pair: "EURUSD", fromUs: start, toUs: start + 120_000_000, step: "1m", limit: 7 });
});

Deno.test("`createApp()` answers 503 while ClickHouse is away and 500 for a defect, and tells neither's inside", async () => {
  const failing = (error: Error) =>
    createApp(appDeps({ history: { ...appDeps().history, quotes: () => Promise.reject(error) } }));
  const away = await failing(new ClickHouseAwayError("connection to http://user:secret@host refused")).request(
    "/api/pairs/EURUSD/quotes",
  );
  assert.equal(away.status, 503);
  assert.equal((await problemOf(away)).type, "urn:fxmm:problem:history-unavailable");
  const refused = await failing(new ClickHouseError({ message: "secret", code: "60", type: "UNKNOWN_TABLE" }))
    .request("/api/pairs/EURUSD/quotes");
  assert.equal(refused.status, 503);
  const busy = await failing(new BusyError()).request("/api/pairs/EURUSD/quotes");
  assert.equal((await problemOf(busy)).type, "urn:fxmm:problem:too-many-queries");
  const defect = await failing(new TypeError("secret")).request("/api/pairs/EURUSD/quotes");
  assert.equal(defect.status, 500);
  assert(!JSON.stringify(await problemOf(defect)).includes("secret"));
});

Deno.test("`createApp()` states its whole API as OpenAPI 3.1 and serves the page that renders it", async () => {
  const app = createApp(appDeps());
  const document = await (await app.request("/api/openapi.json")).json();
  assert.equal(document.openapi, "3.1.0");
  const paths = [
    "/api/pairs",
    "/api/pairs/{pair}/latest",
    "/api/pairs/{pair}/quotes",
    "/api/pairs/{pair}/trades",
    "/healthz",
  ];
  for (const path of paths) assert(path in document.paths, path);
  assert(document.components.schemas.History.properties.columns);
  const page = await app.request("/api/docs");
  assert.match(await page.text(), /swagger-ui-bundle\.js/);
  assert.doesNotMatch(await (await app.request("/api/docs/start.js")).text(), /https?:\/\//);
});

Deno.test("`createApp()` sends a policy that lets no script in from elsewhere, and none inline", async () => {
  const app = createApp(appDeps());
  const policy = (await app.request("/healthz")).headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline/);
});

Deno.test("`createApp()` says how to build a page that is not built, and lets hashed names be kept for ever", async () => {
  assert.equal((await problemOf(await createApp(appDeps()).request("/"))).type, "urn:fxmm:problem:page-not-built");
  const app = createApp(appDeps({ pageFile: (name) => Promise.resolve(new TextEncoder().encode(name)) }));
  assert.equal((await app.request("/")).headers.get("cache-control"), "no-cache");
  assert.match((await app.request("/app-0123456789.js")).headers.get("cache-control")!, /immutable/);
  assert.equal((await app.request("/build.json")).headers.get("cache-control"), "no-cache");
});

Deno.test("`createApp()` exposes counters as Prometheus text", async () => {
  const stats = { rowCount: 7, blockCount: 1, failureCount: 2, archivedSequence: 5, readSequence: 9, connected: true };
  const app = createApp(appDeps({ archivers: [{ stream: "MARKET", stats, rejected: { "price-not-positive": 3 } }] }));
  await app.request("/nowhere");
  const text = await (await app.request("/metrics")).text();
  assert.match(text, /^fxmm_archive_rows_total\{stream="MARKET"\} 7$/m);
  assert.match(text, /^fxmm_archive_backlog_messages\{stream="MARKET"\} 4$/m);
  assert.match(text, /^fxmm_archive_rejected_total\{stream="MARKET",reason="price-not-positive"\} 3$/m);
  assert.match(text, /^fxmm_http_requests_total\{status="404"\} 1$/m);
});

Deno.test("`/api/metrics/catalogue` names every metric that samples carry", async () => {
  const catalogue = await (await createApp(appDeps()).request("/api/metrics/catalogue")).json();
  const names = Object.entries(catalogue).flatMap(([group, metrics]) =>
    Object.keys(metrics as object).map((name) => `${group}.${name}`)
  );
  assert.deepEqual(names, METRIC_NAMES);
});

Deno.test("`/api/market` answers the newest sample across pairs and its age, null before there is one", async () => {
  const deps = appDeps();
  const before = await (await createApp(deps).request("/api/market")).json();
  assert.deepEqual(before, { sample: null, ageMs: null });
  const sample = marketSampleOf();
  deps.latest.take(putEntry(MARKET_KEY, sample, new Date(NOW_MS - 700)));
  const answer = MarketAnswer.parse(await (await createApp(deps).request("/api/market")).json());
  assert.deepEqual(answer, { sample, ageMs: 700 });
  const catalogue = await (await createApp(deps).request("/api/market/catalogue")).json();
  assert.deepEqual(Object.keys(catalogue), Object.keys(MARKET_METRICS));
});

Deno.test("`/api/market/history` hands a window to history, two pairs in the order of the alphabet", async () => {
  const queries: MarketHistoryQuery[] = [];
  const market = (query: MarketHistoryQuery) => {
    queries.push(query);
    return appDeps().history.market(query);
  };
  const app = createApp(appDeps({ history: { ...appDeps().history, market } }));
  for (
    const query of [
      "kind=correlation&a=gbpusd&b=EURUSD",
      "kind=triangle&a=EURJPY&b=USDJPY&c=EURUSD",
      "kind=strength&currency=eur",
      "kind=returns&a=EURUSD",
    ]
  ) {
    const response = await app.request(`/api/market/history?${query}&from=1000000&to=2500000&step=1s&limit=7`);
    MarketHistoryAnswer.parse(await response.json());
  }
  assert.deepEqual(queries.map(({ kind, of }) => [kind, ...of]), [
    ["correlation", "EURUSD", "GBPUSD"],
    ["triangle", "EURJPY", "USDJPY", "EURUSD"],
    ["strength", "EUR"],
    ["returns", "EURUSD"],
  ]);
  const { fromUs, toUs, step, limit } = queries[0]!;
  assert.deepEqual({ fromUs, toUs, step, limit }, { fromUs: 1_000_000, toUs: 3_000_000, step: "1s", limit: 7 });
});

Deno.test("`/api/market/history` says which parameter is wrong, missing or too many", async () => {
  const app = createApp(appDeps());
  for (
    const [query, status, wrong] of [
      ["", 400, ["kind"]],
      ["kind=weather&limit=0", 400, ["kind", "limit"]],
      ["kind=correlation&a=EURUSD", 400, ["b"]],
      ["kind=correlation&a=EURUSD&b=eurusd", 400, ["b"]],
      ["kind=correlation&a=EURUSD&b=GBPUSD&currency=EUR", 400, ["currency"]],
      ["kind=strength&a=EURUSD", 400, ["a", "currency"]],
      ["kind=strength&currency=EURO", 400, ["currency"]],
      ["kind=lead-lag&a=EURUSD&b=XXXYYY", 404, undefined],
    ] as const
  ) {
    const response = await app.request(`/api/market/history?${query}`);
    assert.equal(response.status, status, query);
    const { errors } = await problemOf(response);
    assert.deepEqual(errors?.map(({ name }) => name).sort(), wrong, query);
  }
});

Deno.test("`/api/cluster` says who runs what, and 503 before that is known", async () => {
  const unknown = await createApp(appDeps()).request("/api/cluster");
  assert.equal(unknown.status, 503);
  assert.equal((await problemOf(unknown)).type, "urn:fxmm:problem:cluster-unknown");
  const response = await createApp(appDeps({ cluster: clusterOf() })).request("/api/cluster");
  const { nodes, tasks } = ClusterAnswer.parse(await response.json());
  assert.deepEqual(nodes.map(({ node, alive }) => [node, alive]), [["a", true], ["b", true], ["c", false]]);
  assert.deepEqual(tasks.map(({ name, state }) => [name, state]), [
    ["archive.MARKET", "unowned"],
    ["pair.EURJPY", "unowned"],
    ["pair.EURUSD", "running"],
    ["pair.GBPUSD", "running"],
    ["pair.USDCHF", "paused"],
    ["pair.USDJPY", "failing-over"],
  ]);
  const status = await (await createApp(appDeps({ cluster: clusterOf() })).request("/api/status")).json();
  assert.deepEqual(status.nodes.map(({ node }: { node: string }) => node), ["a", "b"]);
});

Deno.test("`/metrics` counts nodes, tasks, hand-overs, lag and dead entries", async () => {
  const text = await (await createApp(appDeps({ cluster: clusterOf() })).request("/metrics")).text();
  for (
    const line of [
      'nodes{group="actors"} 2',
      'tasks{group="actors",node="a"} 1',
      'tasks{group="actors",node="b"} 1',
      "unowned_tasks 2",
      "failing_over_tasks 1",
      "lag_messages_max 900",
      "lag_ms_max 3210.5",
      "failovers_total 3",
      "handovers_total 2",
      'lost_leases_total{group="actors",node="b"} 4',
      "dead_entries 7",
      'rejected_total{bucket="fx-leases"} 1',
      "followed 1",
    ]
  ) assert(text.includes(`\nfxmm_cluster_${line}\n`), line);
});
