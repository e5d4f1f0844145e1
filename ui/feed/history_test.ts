import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { ApiResult } from "./api.ts";
import { HistoryClient, type MetricsQuery } from "./history.ts";

const QUERY: MetricsQuery = { pair: "EURUSD", names: ["price.mid"], fromUs: 1_000_000, toUs: 9_000_000, step: "1s" };

function clientOf(answer: (url: URL) => Response | Promise<Response>): HistoryClient {
  const fetch = ((url: URL) => Promise.resolve(answer(url))) as typeof globalThis.fetch;
  return new HistoryClient({ baseUrl: "http://gateway.test/", fetch });
}

function errorOf<T>(result: ApiResult<T>) {
  ok(!result.ok);
  return result.error;
}

Deno.test("`HistoryClient.metrics()` asks as the API wants it", async () => {
  let asked: URL | undefined;
  const client = clientOf((url) => {
    asked = url;
    return Response.json({ columns: { timeUs: [1_000_000], "price.mid": [1.1] } });
  });
  const result = await client.metrics({ ...QUERY, names: ["price.mid", "spread.quotedPips"] });
  strictEqual(asked?.pathname, "/api/pairs/EURUSD/metrics");
  deepStrictEqual(Object.fromEntries(asked!.searchParams), {
    names: "price.mid,spread.quotedPips",
    from: "1000000",
    to: "9000000",
    step: "1s",
  });
  deepStrictEqual(result, { ok: true, value: { columns: { timeUs: [1_000_000], "price.mid": [1.1] } } });
});

Deno.test("`HistoryClient.metrics()` goes on where the limit cut the window", async () => {
  const client = clientOf((url) => {
    const fromUs = Number(url.searchParams.get("from"));
    return Response.json({
      columns: { timeUs: [fromUs], "price.mid": [fromUs / 1e6] },
      ...(fromUs < 3_000_000 ? { nextFromUs: fromUs + 1_000_000 } : {}),
    });
  });
  const result = await client.metrics(QUERY);
  deepStrictEqual(result.ok && result.value.columns["price.mid"], [1, 2, 3]);
});

Deno.test("`HistoryClient.metrics()` makes a problem readable", async () => {
  const problem = {
    type: "urn:fxmm:problem:bad-parameter",
    title: "A parameter is wrong",
    status: 400,
    errors: [{ name: "from", detail: "must be before to" }],
  };
  const error = errorOf(await clientOf(() => Response.json(problem, { status: 400 })).metrics(QUERY));
  strictEqual(error.kind, "problem");
  strictEqual(error.message, "A parameter is wrong (400) · from: must be before to");
});

Deno.test("`HistoryClient.metrics()` makes a problem of an answer that is not the gateway's", async () => {
  const answer = () => new Response("<h1>Bad Gateway</h1>", { status: 502, statusText: "Bad Gateway" });
  strictEqual(errorOf(await clientOf(answer).metrics(QUERY)).message, "Bad Gateway (502)");
});

Deno.test("`HistoryClient.metrics()` tells apart no answer, a wrong answer and no interest", async () => {
  const refused = clientOf(() => Promise.reject(new TypeError("connection refused")));
  strictEqual(errorOf(await refused.metrics(QUERY)).kind, "network");
  strictEqual(errorOf(await clientOf(() => Response.json({ hello: 1 })).metrics(QUERY)).kind, "malformed");
  const signal = AbortSignal.abort();
  const aborted = clientOf(() => Promise.reject(signal.reason));
  strictEqual(errorOf(await aborted.metrics({ ...QUERY, signal })).kind, "aborted");
});

Deno.test("`HistoryClient.metrics()` gives up on a gateway that does not answer", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => new Promise((resolve) => request.signal.addEventListener("abort", () => resolve(new Response()))),
  );
  const client = new HistoryClient({ baseUrl: `http://127.0.0.1:${server.addr.port}/`, timeoutMs: 30 });
  const error = errorOf(await client.metrics(QUERY));
  strictEqual(error.kind, "network");
  match(error.message, /did not answer within 0.03 s/);
});
