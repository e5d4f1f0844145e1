/**
 * How requests live on a ClickHouse server: settings, sessions, cancellation, many at a time; asked through `@clickhouse/client-web` and plain HTTP. The suite
 * runs against the embedded server, or against the one named by `CLICKHOUSE_TEST_URL`: both must pass.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Case,
  ENDLESS,
  failsWith,
  rows,
  runCases,
  runningCount,
  scalar,
  until,
} from "../support/clickhouse_cases.ts";

const CASES: Case[] = [
  {
    name: "settings: apply to their request only",
    async run(db) {
      const setting = "getSetting('max_block_size')::UInt64::String AS value";
      const query = `SELECT ${setting}`;
      const changed = await db.client.query({
        query,
        format: "JSONEachRow",
        clickhouse_settings: { max_block_size: "77" },
      });
      assert.deepEqual(await changed.json(), [{ value: "77" }]);
      assert.notDeepEqual(await rows(db, query), [{ value: "77" }]);
    },
  },
  {
    name: "sessions: temporary tables, SET and USE last; settings of a request do not",
    async run(db) {
      const session_id = crypto.randomUUID();
      await db.client.command({ query: "CREATE TEMPORARY TABLE tmp (a UInt8)", session_id });
      await db.client.command({ query: "SET max_block_size = 99", session_id });
      await db.client.insert({ table: "tmp", values: [{ a: 5 }], format: "JSONEachRow", session_id });
      const query = "SELECT a, getSetting('max_block_size')::UInt64::String AS m FROM tmp";
      const once = { clickhouse_settings: { max_block_size: "11" } };
      const format = "JSONEachRow";
      assert.deepEqual(await (await db.client.query({ query, session_id, format, ...once })).json(), [{
        a: 5,
        m: "11",
      }]);
      assert.deepEqual(await (await db.client.query({ query, session_id, format })).json(), [{ a: 5, m: "99" }]);
      await failsWith(60, () => db.client.query({ query, session_id: crypto.randomUUID() }));
    },
  },
  {
    name: "sessions: one request at a time, session_check, bad timeout",
    async run(db) {
      const session_id = crypto.randomUUID();
      const abort = new AbortController();
      const log_comment = `session-${session_id}`;
      const busy = db.client.command({
        query: ENDLESS,
        session_id,
        abort_signal: abort.signal,
        clickhouse_settings: { log_comment },
      });
      const ended = assert.rejects(busy);
      await until(async () => await runningCount(db, log_comment) > 0);
      await failsWith(373, () => db.client.command({ query: "SELECT 1", session_id }));
      abort.abort();
      await ended;
      for (const [params, code] of [[{ session_check: "1" }, 372], [{ session_timeout: "x" }, 374]] as const) {
        const response = await db.post({ session_id: crypto.randomUUID(), ...params }, "SELECT 1");
        await response.text();
        assert.equal(response.headers.get("x-clickhouse-exception-code"), String(code));
      }
      await until(async () => await runningCount(db, log_comment) === 0);
    },
  },
  {
    name: "cancel: a client that goes away stops its query",
    async run(db) {
      for (const query of [ENDLESS, "SELECT number, sleepEachRow(0.001) FROM numbers(1000000000)"]) {
        const log_comment = `abort-${crypto.randomUUID()}`;
        const abort = new AbortController();
        const settings = {
          log_comment,
          max_block_size: "100",
          cancel_http_readonly_queries_on_client_close: 1 as const,
        };
        const read = db.client.query({
          query,
          format: "CSV",
          abort_signal: abort.signal,
          clickhouse_settings: settings,
        })
          .then((result) => result.text());
        const ended = assert.rejects(read);
        await until(async () => await runningCount(db, log_comment) > 0);
        abort.abort();
        await ended;
        await until(async () => await runningCount(db, log_comment) === 0);
      }
    },
  },
  {
    name: "cancel: a reader that leaves in the middle of a result stops its query",
    async run(db) {
      const log_comment = `leave-${crypto.randomUUID()}`;
      const abort = new AbortController();
      const params = { log_comment, cancel_http_readonly_queries_on_client_close: "1" };
      const response = await db.post(params, "SELECT number FROM numbers(1000000000000)", { signal: abort.signal });
      const reader = response.body!.getReader();
      await reader.read();
      abort.abort();
      await reader.closed.catch(() => {});
      await until(async () => await runningCount(db, log_comment) === 0);
    },
  },
  ...([
    ["query_id", "query_id = {id:String}"],
    ["log_comment", "Settings['log_comment'] = {id:String}"],
  ] as const).map(([what, condition]): Case => ({
    name: `cancel: KILL QUERY by ${what}, as a parameter and as a literal`,
    async run(db) {
      for (const literal of [false, true]) {
        const id = crypto.randomUUID();
        const settings = { log_comment: id };
        const killed = failsWith(
          394,
          () => db.client.command({ query: ENDLESS, query_id: id, clickhouse_settings: settings }),
        );
        await until(async () => await runningCount(db, id) > 0);
        if (what === "query_id") {
          const count = `(SELECT count() FROM system.processes WHERE query_id = {id:String})`;
          assert.equal(Number(await scalar(db, count, { id })), 1);
          await failsWith(216, () => db.client.command({ query: "SELECT 1", query_id: id }));
        }
        const query = `KILL QUERY WHERE ${literal ? condition.replace("{id:String}", `'${id}'`) : condition} SYNC`;
        await db.client.command({ query, query_params: literal ? {} : { id } });
        await killed;
        assert.equal(await runningCount(db, id), 0);
      }
    },
  })),
  {
    name: "concurrency: sixteen queries at a time, each with its own answer",
    async run(db) {
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, n) => scalar(db, "{n:UInt32} + sleep(0.05)", { n })),
      );
      assert.deepEqual(answers.map(Number), Array.from({ length: 16 }, (_, n) => n));
    },
  },
];

Deno.test("ClickHouse requests", (t) => runCases(t, CASES));
