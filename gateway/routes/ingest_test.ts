import assert from "node:assert/strict";
import { emptyIngestReply, IngestError, type IngestReply, type Problem } from "../../actors/contract/mod.ts";
import { appDeps } from "../../tests/support/app_deps.ts";
import { createApp } from "../app.ts";
import type { AppDeps } from "../ports.ts";

const event = (pair: string | undefined, more: Record<string, unknown> = {}) =>
  JSON.stringify({ kind: "quote", ...(pair !== undefined && { pair }), timeUs: 1, bid: 1, ask: 2, ...more });

/** A feed node that accepts everything, but refuses what holds the word. */
function feedNode() {
  const requests: { pair: string; lines: string[] }[] = [];
  const sendIngest: AppDeps["sendIngest"] = (pair, payload) => {
    const lines = payload.split("\n");
    requests.push({ pair, lines });
    const reply: IngestReply = emptyIngestReply();
    for (const [index, line] of lines.entries()) {
      if (line.includes("bad")) {
        reply.refusedCount++;
        reply.refused.push({ line: index + 1, code: "line-malformed", message: "bad" });
      } else reply.accepted++;
    }
    return Promise.resolve(reply);
  };
  return { requests, sendIngest };
}

type Init = { body?: BodyInit; headers?: Record<string, string>; query?: string };

async function post(deps: Partial<AppDeps>, { body = "", headers = {}, query = "" }: Init) {
  const response = await createApp(appDeps(deps)).request(`/api/ingest${query}`, { method: "POST", body, headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

Deno.test("POST /api/ingest hands lines on by pair, in order, and numbers refusals by the line of the body", async () => {
  const { requests, sendIngest } = feedNode();
  const body = [
    event("EURUSD"),
    event("USD/JPY"),
    "",
    event("EURUSD", { bad: 1 }),
    "{",
    event(undefined),
    event("EUREUR"),
    "7",
    event("EURUSD", { last: 1 }),
  ].join("\n");
  const answer = await post({ sendIngest }, { body });
  assert.equal(answer.status, 200);
  const reply = answer.body as IngestReply;
  assert.deepEqual([reply.accepted, reply.refusedCount], [3, 5]);
  assert.deepEqual(reply.refused.map(({ line, code }) => `${line} ${code}`), [
    "4 line-malformed",
    "5 line-malformed",
    "6 pair-unknown",
    "7 pair-unknown",
    "8 line-malformed",
  ]);
  assert.deepEqual(requests.map(({ pair, lines }) => [pair, lines.length]), [["EURUSD", 3], ["USDJPY", 1]]);
  assert.match(requests[0]!.lines[2]!, /"last":1/);
});

Deno.test("POST /api/ingest takes one object, an array, gzip, and defaults for the pair and the source", async () => {
  const pretty = JSON.stringify(JSON.parse(event("EURUSD")), null, 2);
  const gzipped = await new Response(
    new Blob([event("EURUSD")]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  const cases: Init[] = [
    { body: event("EURUSD") },
    { body: pretty },
    { body: `[${event("EURUSD")}]`, headers: { "content-type": "application/json" } },
    { body: gzipped, headers: { "content-encoding": "gzip" } },
    { body: event(undefined), query: "?pair=eur/usd" },
  ];
  for (const init of cases) {
    const { requests, sendIngest } = feedNode();
    const { status, body } = await post({ sendIngest }, init);
    assert.deepEqual([status, (body as IngestReply).accepted, requests[0]!.pair], [200, 1, "EURUSD"]);
  }
  const { requests, sendIngest } = feedNode();
  await post({ sendIngest }, {
    body: `${event("EURUSD")}\n${event("EURUSD", { source: "mine" })}`,
    query: "?source=desk",
  });
  assert.deepEqual(requests[0]!.lines.map((line) => JSON.parse(line).source), ["desk", "mine"]);
});

Deno.test("POST /api/ingest says what is wrong with a body, and with what a status fits", async () => {
  const { sendIngest } = feedNode();
  const cases: [Init, number, string][] = [
    [{ body: "" }, 400, "malformed"],
    [{ body: "\n \n" }, 400, "malformed"],
    [{ body: "[1," }, 400, "malformed"],
    [{ body: new Uint8Array([0x7b, 0xff]) }, 400, "malformed"],
    [{ body: "x", headers: { "content-encoding": "br" } }, 400, "encoding"],
    [{ body: "no gzip", headers: { "content-encoding": "gzip" } }, 400, "malformed"],
    [{ body: `[${"0,".repeat(5_000_000)}0]` }, 413, "too-large"],
    [{ body: event("EURUSD"), query: "?pair=EUREUR" }, 400, "invalid-parameters"],
    [{ body: event("EURUSD"), query: "?source=a%20b" }, 400, "invalid-parameters"],
  ];
  for (const [init, status, code] of cases) {
    const answer = await post({ sendIngest }, init);
    assert.deepEqual([answer.status, (answer.body as Problem).type], [status, `urn:fxmm:problem:${code}`]);
  }
  const refused = await post({ sendIngest }, { body: `{}\n${"x".repeat(20_000)}\n` });
  assert.deepEqual([refused.status, (refused.body as IngestReply).refused.map(({ code }) => code)], [422, [
    "pair-unknown",
    "line-too-long",
  ]]);
});

Deno.test("POST /api/ingest says how far it came where the feed nodes are away, and waits for busy ones", async () => {
  const away = await post({}, { body: event("EURUSD") });
  assert.deepEqual([away.status, away.headers.get("retry-after")], [503, "2"]);
  assert.equal((away.body as Problem).type, "urn:fxmm:problem:ingest-unserved");
  assert.match((away.body as Problem).detail!, /0 events stored before/);

  let busyCount = 0;
  const { sendIngest } = feedNode();
  const busy = await post({
    sendIngest: (pair, payload) =>
      busyCount++ < 3 ? Promise.reject(new IngestError("busy", "later")) : sendIngest(pair, payload),
  }, { body: event("EURUSD") });
  assert.deepEqual([busy.status, busyCount], [200, 4]);
});

Deno.test("POST /api/ingest is not for pages of other sites, nor for whoever lacks the token", async () => {
  const { sendIngest, requests } = feedNode();
  const body = event("EURUSD");
  const refused: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    // A name of somebody else's that leads to our address.
    { origin: "http://evil.example", host: "evil.example" },
    { "sec-fetch-site": "same-origin", origin: "http://evil.example", host: "evil.example" },
  ];
  for (const headers of refused) {
    assert.equal((await post({ sendIngest }, { body, headers })).status, 403, JSON.stringify(headers));
  }
  const taken: Record<string, string>[] = [
    {},
    { "sec-fetch-site": "same-origin" },
    { origin: "http://localhost", host: "localhost" },
  ];
  for (const headers of taken) {
    assert.equal((await post({ sendIngest }, { body, headers })).status, 200, JSON.stringify(headers));
  }
  const ingestToken = "s3cret-s3cret-s3cret";
  for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${ingestToken}`, `Bearer ${ingestToken}x`]) {
    const answer = await post({ sendIngest, ingestToken }, { body, headers: { authorization } });
    assert.equal(answer.status, 401, authorization);
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    assert(!JSON.stringify(answer.body).includes("s3cret"));
  }
  const before = requests.length;
  const right = { authorization: `Bearer ${ingestToken}`, origin: "https://fx.example", host: "fx.example" };
  assert.equal((await post({ sendIngest, ingestToken }, { body, headers: right })).status, 200);
  assert.equal(requests.length, before + 1);
});
