/**
 * What this project relies on from a ClickHouse server, asked through `@clickhouse/client-web` and plain HTTP. The suite
 * runs against the embedded server, or against the one named by `CLICKHOUSE_TEST_URL`: both must pass.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createClient } from "@clickhouse/client-web";
import { type Case, failsWith, rows, runCases, scalar, writtenRows } from "../support/clickhouse_cases.ts";
import { nativeBlock } from "../support/native_block.ts";

const FORMATS: ReadonlyArray<readonly [format: string, contentType: RegExp, body: string]> = [
  ["TabSeparated", /^text\/tab-separated-values/, "1\ta\n2\tb\n"],
  ["TabSeparatedWithNames", /^text\/tab-separated-values/, "n\ts\n1\ta\n2\tb\n"],
  ["CSV", /^text\/csv/, '1,"a"\n2,"b"\n'],
  ["CSVWithNames", /^text\/csv/, '"n","s"\n1,"a"\n2,"b"\n'],
  ["JSONEachRow", /^application\//, '{"n":1,"s":"a"}\n{"n":2,"s":"b"}\n'],
  ["JSONCompactEachRow", /^(application|text)\//, '[1, "a"]\n[2, "b"]\n'],
  ["Values", /^text\/plain/, "(1,'a'),(2,'b')"],
];

const PARAMS: ReadonlyArray<readonly [type: string, value: unknown, expected: unknown]> = [
  ["UInt8", 255, 255],
  ["Int64", -9007199254740991, "-9007199254740991"],
  ["Float64", 1.5, 1.5],
  ["Bool", true, true],
  ["String", "plain", "plain"],
  ["String", "", ""],
  ["String", 'it\'s "quoted" `back` \\ slash', 'it\'s "quoted" `back` \\ slash'],
  ["String", "tab\tline\nreturn\r", "tab\tline\nreturn\r"],
  ["String", "£€ 日本 🎉 \u00a0", "£€ 日本 🎉 \u00a0"],
  ["String", "a=1&b=2;--/*{x:String}*/", "a=1&b=2;--/*{x:String}*/"],
  ["Nullable(String)", null, null],
  ["Array(String)", ["a'b", "c\td", "日"], ["a'b", "c\td", "日"]],
  ["Array(UInt32)", [1, 2, 3], [1, 2, 3]],
  ["Array(Nullable(Int8))", [1, null], [1, null]],
  ["Map(String, UInt8)", { k: 7 }, { k: 7 }],
  ["Date", "2026-02-28", "2026-02-28"],
  ["DateTime64(9, 'UTC')", "2026-02-28 01:02:03.123456789", "2026-02-28 01:02:03.123456789"],
  ["UUID", "61f0c404-5cb3-11e7-907b-a6006ad3dba0", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"],
  ["Decimal(18, 5)", "1.23456", 1.23456],
];

const ERRORS: ReadonlyArray<readonly [query: string, code: number, status: number]> = [
  ["SELEC 1", 62, 400],
  ["SELECT 1; SELECT 2", 62, 400],
  ["1 + 1", 62, 400],
  ["SELECT * FROM no_such_table", 60, 404],
  ["SELECT * FROM no_such_database.t", 81, 404],
  ["SELECT no_such_column FROM system.one", 47, 404],
  ["SELECT noSuchFunction(1)", 46, 404],
  ["SELECT 1 SETTINGS no_such_setting = 1", 115, 404],
  ["SELECT toUInt8('x')", 6, 400],
  ["SELECT 1 + 'a'", 43, 500],
  ["SELECT CAST((1, 2), 'Array(Int8)')", 53, 400],
  ["SELECT {missing:UInt8}", 456, 500],
  ["SELECT throwIf(1)", 395, 500],
  ["SELECT 1 INTO OUTFILE '/tmp/never'", 358, 500],
  ["SELECT 1 FORMAT NoSuchFormat", 73, 404],
];

const CASES: Case[] = [
  {
    name: "ping: GET /ping, GET / and the client's ping",
    async run(db, server) {
      for (const path of ["/ping", "/"]) {
        const response = await fetch(new URL(path, server.url));
        assert.equal(response.status, 200);
        assert.equal(await response.text(), "Ok.\n");
      }
      assert.deepEqual(await db.client.ping(), { success: true });
    },
  },
  ...FORMATS.map(([format, contentType, body]): Case => ({
    name: `formats: ${format}, named in the statement, by default_format and by header`,
    async run(db) {
      const query = "SELECT number + 1 AS n, ['a', 'b'][n] AS s FROM numbers(2)";
      const requests = [
        db.post({}, `${query} FORMAT ${format}`),
        db.post({ default_format: format }, query),
        db.post({ query }, undefined, { headers: { "X-ClickHouse-Format": format } }),
      ];
      for (const response of await Promise.all(requests)) {
        // Numbers of 64 bits are text in JSON only where a setting says so; servers differ in that default.
        assert.equal((await response.text()).replaceAll(/"(\d)"/g, "$1"), body);
        assert.match(response.headers.get("content-type") ?? "", contentType);
        assert.equal(response.headers.get("x-clickhouse-format"), format);
      }
    },
  })),
  {
    name: "formats: a result of many blocks is one document, read back as what it was",
    async run(db) {
      const formats = [
        "JSON",
        "JSONCompact",
        "JSONColumns",
        "JSONCompactColumns",
        "JSONColumnsWithMetadata",
        "JSONObjectEachRow",
        "JSONEachRow",
        "JSONCompactEachRowWithNamesAndTypes",
        "CSV",
        "CSVWithNames",
        "TabSeparated",
        "TabSeparatedWithNamesAndTypes",
        "Values",
        "RowBinary",
        "RowBinaryWithNamesAndTypes",
        "Native",
        "Parquet",
        "ArrowStream",
      ];
      await db.client.command({ query: "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
      // Blocks of two rows: a server that frames each of them would repeat heads and feet.
      const query =
        "SELECT number AS a, toString(number) AS s FROM numbers(11) SETTINGS max_block_size = 2, max_threads = 1";
      for (const format of formats) {
        const bytes = await (await db.post({}, `${query} FORMAT ${format}`)).bytes();
        await db.client.command({ query: "TRUNCATE TABLE t" });
        const response = await db.post({ query: `INSERT INTO t (a, s) FORMAT ${format}` }, bytes);
        assert.equal(response.status, 200, `${format}: ${await response.text()}`);
        assert.deepEqual(await rows(db, "SELECT count() AS n, sum(a) AS a, max(toUInt64(s)) AS s FROM t"), [{
          n: 11,
          a: 55,
          s: 10,
        }], format);
      }
    },
  },
  {
    name: "formats: JSON and JSONCompact carry meta, data and rows",
    async run(db) {
      const json = await (await db.client.query({ query: "SELECT 1 AS n", format: "JSON" })).json<{ n: number }>();
      assert.deepEqual([json.meta, json.data, json.rows], [[{ name: "n", type: "UInt8" }], [{ n: 1 }], 1]);
      const compact = await (await db.client.query({ query: "SELECT 1 AS n", format: "JSONCompact" })).json();
      assert.deepEqual((compact as { data: unknown }).data, [[1]]);
    },
  },
  {
    name: "formats: Native comes back as it was sent",
    async run(db) {
      const block = nativeBlock([
        { name: "a", type: "UInt32", values: Uint32Array.of(1, 2, 4294967295) },
        { name: "b", type: "Float64", values: Float64Array.of(-0, Infinity, 0.1) },
      ]);
      await db.client.command({ query: "CREATE TABLE t (a UInt32, b Float64) ENGINE = Memory" });
      await (await db.post({ query: "INSERT INTO t FORMAT Native" }, block)).text();
      const response = await db.post({}, "SELECT * FROM t FORMAT Native");
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), block);
      assert.match(response.headers.get("content-type") ?? "", /^application\/octet-stream/);
    },
  },
  {
    name: "headers: query id, time zone, server name, summary",
    async run(db) {
      const id = crypto.randomUUID();
      const response = await db.post({ query_id: id, wait_end_of_query: "1" }, "SELECT number FROM numbers(10)");
      await response.text();
      assert.equal(response.headers.get("x-clickhouse-query-id"), id);
      assert.ok(response.headers.get("x-clickhouse-timezone"));
      assert.ok(response.headers.get("x-clickhouse-server-display-name"));
      assert.equal(JSON.parse(response.headers.get("x-clickhouse-summary") ?? "").read_rows, "10");
      const generated = await db.post({}, "SELECT 1");
      await generated.text();
      assert.ok(generated.headers.get("x-clickhouse-query-id"));
    },
  },
  ...PARAMS.map(([type, value, expected]): Case => ({
    name: `params: ${type} ${JSON.stringify(value)}`,
    async run(db) {
      const settings = { output_format_json_quote_64bit_integers: 1 as const };
      const query = `SELECT {v:${type}} AS value`;
      const format = "JSONEachRow";
      const result = await db.client.query({
        query,
        format,
        query_params: { v: value },
        clickhouse_settings: settings,
      });
      assert.deepEqual(await result.json(), [{ value: expected }]);
    },
  })),
  {
    name: "params: in a multipart body",
    async run(db) {
      const query_params = { v: "x'y\tz" };
      const result = await db.client.query({
        query: "SELECT {v:String} AS value",
        format: "JSONEachRow",
        query_params,
        use_multipart_params: true,
      });
      assert.deepEqual(await result.json(), [{ value: "x'y\tz" }]);
    },
  },
  {
    name: "params: identifiers and INSERT … SELECT",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt8) ENGINE = Memory" });
      const query = "INSERT INTO {t:Identifier} SELECT {v:UInt8}";
      await db.client.command({ query, query_params: { t: "t", v: 7 } });
      assert.deepEqual(await rows(db, "SELECT a FROM {t:Identifier}", { t: "t" }), [{ a: 7 }]);
    },
  },
  {
    name: "statement: split between the query parameter and the body, behind comments",
    async run(db) {
      const response = await db.post({ query: "/* one */ SELECT -- two" }, "3 AS x");
      assert.equal(await response.text(), "3\n");
    },
  },
  {
    name: "insert: array of objects, of arrays, and a stream",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt32, s String) ENGINE = MergeTree ORDER BY a" });
      const result = await db.client.insert({
        table: "t",
        values: [{ a: 1, s: "x\ty" }, { a: 2, s: "日" }],
        format: "JSONEachRow",
      });
      assert.equal(writtenRows(result), "2");
      await db.client.insert({ table: "t", values: [[3, "c"]], format: "JSONCompactEachRow", columns: ["a", "s"] });
      await db.client.insert({ table: "t", values: [] });
      await db.post(
        { query: "INSERT INTO t FORMAT JSONEachRow" },
        ReadableStream.from([4, 5]).pipeThrough(
          new TransformStream<number, Uint8Array<ArrayBuffer>>({
            transform: (a, out) => out.enqueue(new TextEncoder().encode(`{"a":${a},"s":"s"}\n`)),
          }),
        ),
      ).then((response) => response.text());
      assert.deepEqual(await rows(db, "SELECT a, s FROM t ORDER BY a"), [
        { a: 1, s: "x\ty" },
        { a: 2, s: "日" },
        { a: 3, s: "c" },
        { a: 4, s: "s" },
        { a: 5, s: "s" },
      ]);
    },
  },
  ...([
    ["VALUES in the body", {}, "INSERT INTO t (a, s) VALUES (1, 'x;y'), (1 + 1, upper('b'));"],
    ["VALUES split", { query: "INSERT INTO t VALUES" }, "(1, 'x;y'), (2, 'B')"],
    ["FORMAT and data in the body", {}, "INSERT INTO t FORMAT CSV\n1,x;y\n2,B\n"],
    ["FORMAT in the parameter", { query: "INSERT INTO t FORMAT TabSeparated" }, "1\tx;y\n2\tB\n"],
    [
      "SETTINGS before FORMAT",
      { query: "INSERT INTO t SETTINGS format_csv_delimiter = '|' FORMAT CSV" },
      "1|x;y\n2|B\n",
    ],
    ["INSERT … SELECT", {}, "INSERT INTO t SELECT number + 1, ['x;y', 'B'][number + 1] FROM numbers(2)"],
  ] as const).map(([name, params, body]): Case => ({
    name: `insert: ${name}`,
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt32, s String) ENGINE = MergeTree ORDER BY a" });
      const response = await db.post(params, body);
      assert.equal(response.status, 200, await response.text());
      assert.deepEqual(await rows(db, "SELECT a, s FROM t ORDER BY a"), [{ a: 1, s: "x;y" }, { a: 2, s: "B" }]);
    },
  })),
  {
    name: "insert: gzip body",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt32) ENGINE = Memory" });
      const body = new Blob(["1\n2\n"]).stream().pipeThrough(new CompressionStream("gzip"));
      const headers = { "Content-Encoding": "gzip" };
      const response = await db.post({ query: "INSERT INTO t FORMAT CSV" }, body, { headers });
      assert.equal(response.status, 200, await response.text());
      assert.equal(Number(await scalar(db, "(SELECT count() FROM t)")), 2);
    },
  },
  {
    name: "insert: bad data is refused with its code and leaves the table as it was",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt32, d Date) ENGINE = MergeTree ORDER BY a" });
      await failsWith(27, () => db.client.insert({ table: "t", values: [{ a: "zz" }], format: "JSONEachRow" }));
      const clickhouse_settings = { input_format_skip_unknown_fields: 0 as const };
      const format = "JSONEachRow";
      await failsWith(117, () => db.client.insert({ table: "t", values: [{ nope: 1 }], format, clickhouse_settings }));
      await failsWith(60, () => db.client.insert({ table: "no_such", values: [{ a: 1 }], format: "JSONEachRow" }));
      const block = nativeBlock([{ name: "a", type: "UInt32", values: new Uint32Array(1000) }]);
      const response = await db.post({ query: "INSERT INTO t (a) FORMAT Native" }, block.slice(0, 500));
      await response.text();
      assert.equal(response.headers.get("x-clickhouse-exception-code"), "33");
      const wrong = await db.post({ query: "INSERT INTO t (zz) FORMAT Native" }, block);
      await wrong.text();
      assert.equal(wrong.headers.get("x-clickhouse-exception-code"), "16");
      assert.equal(Number(await scalar(db, "(SELECT count() FROM t)")), 0);
    },
  },
  {
    name: "insert: a block with a known deduplication token is written once",
    async run(db) {
      await db.client.command({
        query:
          "CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100",
      });
      for (const token of ["one", "one", "two"]) {
        const block = nativeBlock([{ name: "a", type: "UInt32", values: Uint32Array.of(1, 2, 3) }]);
        const params = { query: "INSERT INTO t FORMAT Native", insert_deduplication_token: token };
        assert.equal((await db.post(params, block)).status, 200);
      }
      assert.equal(Number(await scalar(db, "(SELECT count() FROM t)")), 6);
    },
  },
  {
    name: "insert: a million Native rows",
    async run(db) {
      await db.client.command({
        query: "CREATE TABLE t (seq UInt64, at DateTime64(9), bid Float64) ENGINE = MergeTree ORDER BY seq",
      });
      const count = 1_000_000;
      const block = nativeBlock([
        { name: "seq", type: "UInt64", values: BigUint64Array.from({ length: count }, (_, i) => BigInt(i)) },
        { name: "at", type: "DateTime64(9)", values: new BigInt64Array(count).fill(1_700_000_000_123_456_789n) },
        { name: "bid", type: "Float64", values: new Float64Array(count).fill(1.0842) },
      ]);
      const response = await db.post({ query: "INSERT INTO t FORMAT Native" }, block);
      await response.text();
      assert.equal(JSON.parse(response.headers.get("x-clickhouse-summary") ?? "").written_rows, String(count));
      const query =
        "SELECT toString(count()) AS n, toString(max(seq)) AS m, toUnixTimestamp64Nano(any(at)) % 1000 AS ns FROM t";
      const [row] = await rows<Record<string, unknown>>(db, query);
      assert.deepEqual([row?.n, row?.m, Number(row?.ns)], [String(count), String(count - 1), 789]);
    },
  },
  {
    name: "select: a million rows as a stream, in bounded memory",
    async run(db, server) {
      const before = await server.rssBytes();
      const query = "SELECT number, toString(number) AS s FROM numbers(1000000)";
      const result = await db.client.query({ query, format: "JSONEachRow" });
      let count = 0;
      for await (const batch of result.stream()) count += batch.length;
      assert.equal(count, 1_000_000);
      const after = await server.rssBytes();
      if (before === undefined || after === undefined) return;
      console.log(`    server rss ${(before / 1e6).toFixed(0)} MB before, ${(after / 1e6).toFixed(0)} MB after`);
      assert.ok(after - before < 300e6, "the server held the result");
    },
  },
  {
    name: "select: gzip when asked for, plain when not",
    async run(db) {
      const query = "SELECT number FROM numbers(100000)";
      const [plain, packed] = await Promise.all([
        db.post({}, query),
        db.post({ enable_http_compression: "1" }, query, { headers: { "Accept-Encoding": "gzip" } }),
      ]);
      assert.equal(plain.headers.get("content-encoding"), null);
      assert.equal(await packed.text(), await plain.text());
      const client = createClient({ url: db.clientUrl, compression: { response: true } });
      assert.deepEqual(await (await client.query({ query: "SELECT 1 AS a", format: "JSONEachRow" })).json(), [{
        a: 1,
      }]);
      await client.close();
    },
  },
  ...ERRORS.map(([query, code, status]): Case => ({
    name: `errors: ${query} is ${code}`,
    async run(db) {
      const response = await db.post({}, query);
      assert.match(await response.text(), new RegExp(`^Code: ${code}\\. DB::Exception: `));
      assert.equal(response.headers.get("x-clickhouse-exception-code"), String(code));
      assert.equal(response.status, status);
      await failsWith(code, () => db.client.command({ query }));
    },
  })),
  {
    name: "errors: wrong password is 516, and so is an unknown user",
    async run(db) {
      for (const auth of [{ username: "default", password: "wrong" }, { username: "nobody", password: "" }]) {
        await failsWith(516, () => db.client.query({ query: "SELECT 1", auth }));
      }
    },
  },
  {
    name: "errors: unknown setting, bad value and unknown database in the URL",
    async run(db) {
      for (
        const [params, code] of [
          [{ no_such_setting: "1" }, 115],
          [{ max_threads: "many" }, 27],
          [{ database: "no_such_database" }, 81],
        ] as const
      ) {
        const response = await db.post(params, "SELECT 1");
        await response.text();
        assert.equal(response.headers.get("x-clickhouse-exception-code"), String(code));
      }
    },
  },
  {
    name: "errors: GET changes nothing",
    async run(db) {
      const response = await db.post({ query: "CREATE TABLE t (a UInt8) ENGINE = Memory" }, undefined, {
        method: "GET",
      });
      await response.text();
      assert.equal(response.headers.get("x-clickhouse-exception-code"), "164");
    },
  },
  {
    name: "errors: an exception behind the first rows reaches a streaming client, and breaks off a plain one",
    async run(db) {
      const query = "SELECT number, throwIf(number = 300000) AS x FROM numbers(2000000)";
      for (const compression of [false, true]) {
        const client = createClient({ url: db.clientUrl, compression: { response: compression } });
        const settings = { max_block_size: "10000" };
        let count = 0;
        await failsWith(395, async () => {
          const result = await client.query({ query, format: "JSONEachRow", clickhouse_settings: settings });
          for await (const batch of result.stream()) count += batch.length;
        });
        assert.ok(count > 0, "rows before the exception arrive");
        await assert.rejects(async () => {
          const result = await client.query({ query, format: "CSV", clickhouse_settings: settings });
          await result.text();
        });
        await client.close();
      }
    },
  },
  {
    name: "errors: with wait_end_of_query the exception comes instead of rows",
    async run(db) {
      const query = "SELECT number, throwIf(number = 1000000) FROM numbers(2000000)";
      const response = await db.post({ wait_end_of_query: "1" }, query);
      assert.equal(response.status, 500);
      assert.match(await response.text(), /^Code: 395\. /);
    },
  },
  {
    name: "tables: types keep their values to the nanosecond",
    async run(db) {
      await db.client.command({
        query: `CREATE TABLE t (
          at DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD), pair LowCardinality(String), bid Float64 CODEC(Gorilla),
          note Nullable(String), tags Array(LowCardinality(String)), day Date MATERIALIZED toDate(at)
        ) ENGINE = MergeTree PARTITION BY toYYYYMMDD(at) ORDER BY (pair, at) TTL toDateTime(at) + INTERVAL 20 YEAR`,
      });
      const row = { at: "2026-01-02 03:04:05.123456789", pair: "EURUSD", bid: 1.08425, note: null, tags: ["a", "b"] };
      await db.client.insert({ table: "t", values: [row], format: "JSONEachRow" });
      assert.deepEqual(await rows(db, "SELECT *, day FROM t"), [{ ...row, day: "2026-01-02" }]);
    },
  },
  {
    name: "tables: a materialised view rolls up, and written_rows counts it",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE ticks (s UInt32, bid Float64) ENGINE = MergeTree ORDER BY s" });
      await db.client.command({
        query: "CREATE TABLE bars (m UInt32, n AggregateFunction(count), hi AggregateFunction(max, Float64)) " +
          "ENGINE = AggregatingMergeTree ORDER BY m",
      });
      await db.client.command({
        query: "CREATE MATERIALIZED VIEW mv TO bars AS " +
          "SELECT intDiv(s, 60) AS m, countState() AS n, maxState(bid) AS hi FROM ticks GROUP BY m",
      });
      for (const bid of [1, 3, 2]) {
        const values = [{ s: 10, bid }, { s: 70, bid: bid * 10 }];
        const result = await db.client.insert({ table: "ticks", values, format: "JSONEachRow" });
        assert.equal(writtenRows(result), "4");
      }
      assert.deepEqual(
        await rows(db, "SELECT m, countMerge(n)::UInt32 AS n, maxMerge(hi) AS hi FROM bars GROUP BY m ORDER BY m"),
        [{ m: 0, n: 3, hi: 3 }, { m: 1, n: 3, hi: 30 }],
      );
    },
  },
  {
    name: "tables: ALTER adds a column, changes data, drops a partition",
    async run(db) {
      const run = (query: string) => db.client.command({ query, clickhouse_settings: { mutations_sync: "2" } });
      await run("CREATE TABLE t (a UInt32) ENGINE = MergeTree PARTITION BY a % 2 ORDER BY a");
      await run("INSERT INTO t SELECT number FROM numbers(4)");
      await run("ALTER TABLE t ADD COLUMN b String DEFAULT 'd' || toString(a)");
      await run("ALTER TABLE t UPDATE b = 'u' WHERE a = 2");
      await run("ALTER TABLE t DROP PARTITION 1");
      assert.deepEqual(await rows(db, "SELECT a, b FROM t ORDER BY a"), [{ a: 0, b: "d0" }, { a: 2, b: "u" }]);
    },
  },
  {
    name: "statements: SHOW, DESCRIBE, EXPLAIN and EXISTS return rows through the client",
    async run(db) {
      await db.client.command({ query: "CREATE TABLE t (a UInt8) ENGINE = Memory" });
      assert.deepEqual(await rows(db, "SHOW TABLES"), [{ name: "t" }]);
      assert.equal((await rows<{ type: string }>(db, "DESCRIBE TABLE t"))[0]?.type, "UInt8");
      assert.deepEqual(await rows(db, "EXISTS TABLE t"), [{ result: 1 }]);
      assert.ok((await rows(db, "EXPLAIN SELECT a FROM t")).length > 0);
    },
  },
  {
    name: "exec: a raw stream of the statement's own format",
    async run(db) {
      const { stream } = await db.client.exec({ query: "SELECT 1 AS a, 'x' AS b FORMAT CSVWithNames" });
      assert.equal(await new Response(stream).text(), '"a","b"\n1,"x"\n');
    },
  },
];

Deno.test("ClickHouse statements", (t) => runCases(t, CASES));
