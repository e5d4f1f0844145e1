import assert from "node:assert/strict";
import { parseStatement, quoteName, quoteString, replaceQueryIds } from "./statement.ts";

const OUTPUT_FORMATS: ReadonlyArray<readonly [name: string, sql: string, format: string | undefined]> = [
  ["no FORMAT", "SELECT 1", undefined],
  ["FORMAT at the end", "SELECT 1 FORMAT JSON", "JSON"],
  ["FORMAT behind a comment", "SELECT 1 -- FORMAT CSV\nformat /* x */ TSV", "TSV"],
  ["FORMAT before a semicolon", "SELECT 1 FORMAT JSON;", "JSON"],
  ["FORMAT before SETTINGS", "SELECT 1 FORMAT JSON SETTINGS max_threads = 1", "JSON"],
  ["FORMAT behind SETTINGS", "SELECT 1 SETTINGS max_threads = 1 FORMAT CSV", "CSV"],
  ["no FORMAT in a string", "SELECT 'x FORMAT JSON'", undefined],
  ["no FORMAT in a doubled or escaped quote", "SELECT 'it''s FORMAT A', 'it\\'s FORMAT B'", undefined],
  ["no FORMAT in a heredoc", "SELECT $q$ FORMAT JSON $q$", undefined],
  ["no FORMAT in a quoted name", 'SELECT 1 AS `FORMAT JSON`, 2 AS "FORMAT CSV"', undefined],
  ["no FORMAT in brackets", "SELECT * FROM (SELECT 1 FORMAT JSON)", undefined],
  ["a column called format", "SELECT format FROM t", undefined],
  ["a qualified column called format", "SELECT t.format x FROM t", undefined],
  ["FORMAT of SHOW", "SHOW TABLES FORMAT JSONEachRow", "JSONEachRow"],
];

for (const [name, sql, format] of OUTPUT_FORMATS) {
  Deno.test(`parseStatement() of a read finds ${name}`, () => {
    const statement = parseStatement(sql);
    assert.equal(statement.outputFormat, format);
    assert.equal(statement.insert, undefined);
  });
}

const INSERTS: ReadonlyArray<readonly [name: string, sql: string, head: string, format: string, data: string]> = [
  ["VALUES", "INSERT INTO t VALUES (1)", "INSERT INTO t", "Values", " (1)"],
  ["a table called values", "INSERT INTO values VALUES (1)", "INSERT INTO values", "Values", " (1)"],
  ["a column called format", "INSERT INTO t (format) FORMAT CSV\n1", "INSERT INTO t (format)", "CSV", "1"],
  ["a qualified table called format", "INSERT INTO db.format FORMAT CSV\n1", "INSERT INTO db.format", "CSV", "1"],
  [
    "FORMAT behind a comment",
    "/* INSERT FORMAT A */ insert into t format\nCSV 1",
    "/* INSERT FORMAT A */ insert into t",
    "CSV",
    "1",
  ],
  ["Windows line breaks", "INSERT INTO t FORMAT CSV\r\n1\r\n", "INSERT INTO t", "CSV", "1\r\n"],
  ["one line break only", "INSERT INTO t FORMAT Native\n\n\0", "INSERT INTO t", "Native", "\n\0"],
  ["quotes in the data", "INSERT INTO t FORMAT TSV\nit's\n", "INSERT INTO t", "TSV", "it's\n"],
  ["no data yet", "INSERT INTO t FORMAT Native", "INSERT INTO t", "Native", ""],
  ["SETTINGS before FORMAT", "INSERT INTO t SETTINGS a = 1 FORMAT CSV\n1", "INSERT INTO t SETTINGS a = 1", "CSV", "1"],
  [
    "SETTINGS behind FORMAT",
    "INSERT INTO t FORMAT CSV SETTINGS a = 1, b = 'x'\n1",
    "INSERT INTO t SETTINGS a = 1, b = 'x'",
    "CSV",
    "1",
  ],
  [
    "data that begins with SETTINGS",
    "INSERT INTO t SETTINGS a = 1 FORMAT TSV\nSETTINGS b = 1",
    "INSERT INTO t SETTINGS a = 1",
    "TSV",
    "SETTINGS b = 1",
  ],
  ["WITH in front", "WITH 1 AS x INSERT INTO t FORMAT CSV\n1", "WITH 1 AS x INSERT INTO t", "CSV", "1"],
];

for (const [name, sql, head, format, data] of INSERTS) {
  Deno.test(`parseStatement() of an INSERT finds the data: ${name}`, () => {
    const { insert } = parseStatement(sql);
    assert.ok(insert);
    assert.deepEqual([insert.head, insert.format, sql.slice(insert.dataStart)], [head, format, data]);
    assert.equal(insert.throughSelect, false);
  });
}

Deno.test("parseStatement() finds no data in INSERT … SELECT", () => {
  for (const sql of ["INSERT INTO t SELECT 1", "INSERT INTO t SELECT * FROM values('a UInt8', (1))", "INSERT INTO t"]) {
    assert.equal(parseStatement(sql).insert, undefined, sql);
  }
});

Deno.test("parseStatement() marks data that goes through a SELECT", () => {
  const { insert } = parseStatement("INSERT INTO t SELECT a FROM input('a UInt8') FORMAT CSV\n1\n");
  assert.equal(insert?.throughSelect, true);
});

Deno.test("parseStatement() tells the keyword and INTO OUTFILE", () => {
  assert.equal(parseStatement(" -- x\n (select 1)").keyword, "SELECT");
  assert.equal(parseStatement("/* only a comment").keyword, "");
  assert.equal(parseStatement("SELECT 1 INTO OUTFILE 'x'").intoOutfile, true);
  assert.equal(parseStatement("SELECT 'INTO OUTFILE', outfile FROM t").intoOutfile, false);
});

Deno.test("replaceQueryIds() changes what query_id is compared with, and nothing else", () => {
  const ids = new Map([["a'b", "E1"], ["two", "E2"]]);
  const params = new Map([["id", "two"]]);
  for (
    const [sql, expected] of [
      ["KILL QUERY WHERE query_id = 'a\\'b'", "KILL QUERY WHERE query_id = 'E1'"],
      ["KILL QUERY WHERE query_id IN ('x', 'two') SYNC", "KILL QUERY WHERE query_id IN ('x', 'E2') SYNC"],
      ["KILL QUERY WHERE query_id = {id:String} ASYNC", "KILL QUERY WHERE query_id = 'E2' ASYNC"],
      ["KILL QUERY WHERE query_id != 'two' AND user = 'two'", "KILL QUERY WHERE query_id != 'E2' AND user = 'two'"],
      ["KILL QUERY WHERE Settings['log_comment'] = 'two'", "KILL QUERY WHERE Settings['log_comment'] = 'two'"],
      ["SELECT 'query_id', 'two' -- query_id = 'two'", "SELECT 'query_id', 'two' -- query_id = 'two'"],
    ] as const
  ) assert.equal(replaceQueryIds(sql, ids, params), expected);
});

Deno.test("quoteString() and quoteName() escape quotes and backslashes", () => {
  assert.equal(quoteString("it's \\"), "'it\\'s \\\\'");
  assert.equal(quoteName("a`b\\"), "`a\\`b\\\\`");
});
