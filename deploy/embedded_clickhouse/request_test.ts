import assert from "node:assert/strict";
import { EngineError } from "./errors.ts";
import { credentialsOf, parseRequest, preamble } from "./request.ts";
import { BodyReader, readStatement } from "./request_body.ts";

function parse(path: string, init?: RequestInit) {
  const request = new Request(`http://clickhouse${path}`, init);
  return parseRequest(request, new URL(request.url));
}

function credentials(path: string, headers?: HeadersInit) {
  const request = new Request(`http://clickhouse${path}`, { headers });
  return credentialsOf(request, new URL(request.url));
}

function throwsCode(code: number, run: () => unknown): void {
  assert.throws(run, (error) => error instanceof EngineError && error.code === code);
}

Deno.test("parseRequest() tells parameters of the interface, placeholders and settings apart", () => {
  const request = parse("/?query=a&database=d&param_x=1&param_query=2&max_threads=3&enable_http_compression=1", {
    method: "POST",
  });
  assert.deepEqual([request.query, request.database], ["a", "d"]);
  assert.deepEqual([...request.params], [["x", "1"], ["query", "2"]]);
  assert.deepEqual([...request.settings], [["max_threads", "3"]]);
});

Deno.test("parseRequest() makes an id when there is none, and drops control characters from one", () => {
  assert.match(parse("/").queryId, /^[0-9a-f-]{36}$/);
  assert.equal(parse("/?query_id=a%0d%0ab").queryId, "ab");
});

Deno.test("parseRequest() refuses block compression and bad session timeouts", () => {
  throwsCode(48, () => parse("/?compress=1"));
  throwsCode(48, () => parse("/?decompress=1"));
  throwsCode(374, () => parse("/?session_id=a&session_timeout=3601"));
});

Deno.test("preamble() quotes names and values, and makes GET read-only", () => {
  assert.deepEqual(preamble(parse("/?database=a`b&log_comment=it's")), [
    "USE `a\\`b`",
    "SET `log_comment` = 'it\\'s', readonly = 2",
  ]);
  assert.deepEqual(preamble(parse("/", { method: "POST" })), []);
});

Deno.test("credentialsOf() reads each way, and refuses two at once", () => {
  assert.deepEqual(credentials("/"), { user: "default", password: "" });
  assert.deepEqual(credentials("/?user=u&password=p"), { user: "u", password: "p" });
  assert.deepEqual(credentials("/", { "X-ClickHouse-User": "u", "X-ClickHouse-Key": "p" }), {
    user: "u",
    password: "p",
  });
  assert.deepEqual(credentials("/", { Authorization: `Basic ${btoa("u:p:q")}` }), { user: "u", password: "p:q" });
  throwsCode(516, () => credentials("/?user=u", { "X-ClickHouse-User": "u" }));
  throwsCode(516, () => credentials("/", { Authorization: "Bearer x" }));
});

Deno.test("readStatement() stops where the data begins, however the body is cut", async () => {
  const body = new TextEncoder().encode('INSERT INTO t FORMAT CSV\n1,"日"\n2,b\n');
  for (let cut = 1; cut < body.length; cut++) {
    const reader = new BodyReader(ReadableStream.from([body.slice(0, cut), body.slice(cut)]));
    const { data } = await readStatement("", reader);
    assert.ok(data);
    const rest = [data.first];
    for (let piece = await reader.next(); piece; piece = await reader.next()) rest.push(piece);
    const text = await new Blob(rest).text();
    assert.deepEqual([data.sql, data.format, text], ["INSERT INTO t", "CSV", '1,"日"\n2,b\n'], `cut at ${cut}`);
  }
});

Deno.test("readStatement() joins parameter and body with a line break", async () => {
  const { sql, data } = await readStatement(
    "SELECT -- x",
    new BodyReader(ReadableStream.from([new TextEncoder().encode("'日'")])),
  );
  assert.deepEqual([sql, data], ["SELECT -- x\n'日'", undefined]);
});
