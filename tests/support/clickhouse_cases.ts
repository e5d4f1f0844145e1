/**
 * What the cases of the ClickHouse conformance suite share.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ClickHouseError } from "@clickhouse/client-web";
import { type TestClickHouse, testClickHouse, type TestDatabase } from "./clickhouse.ts";

export const ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1";

/** One statement of the contract. */
export interface Case {
  name: string;
  run(db: TestDatabase, server: TestClickHouse): Promise<void>;
}

export async function rows<T>(db: TestDatabase, query: string, params?: Record<string, unknown>): Promise<T[]> {
  const result = await db.client.query({ query, format: "JSONEachRow", query_params: params });
  return await result.json<T>();
}

export async function scalar(db: TestDatabase, expression: string, params?: Record<string, unknown>): Promise<unknown> {
  const [row] = await rows<{ value: unknown }>(db, `SELECT ${expression} AS value`, params);
  return row?.value;
}

export async function failsWith(code: number, run: () => Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof ClickHouseError, `not a ClickHouseError: ${error}`);
    assert.equal(error.code, String(code), error.message);
    return true;
  });
}

export function writtenRows({ response_headers }: { response_headers: Record<string, unknown> }): unknown {
  return JSON.parse(String(response_headers["x-clickhouse-summary"])).written_rows;
}

/** Resolves once a condition on the server holds; asks again as fast as it answers. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds());
}

export async function runningCount(db: TestDatabase, logComment: string): Promise<number> {
  const condition = `Settings['log_comment'] = {c:String}`;
  return Number(await scalar(db, `(SELECT count() FROM system.processes WHERE ${condition})`, { c: logComment }));
}

/** Run cases one after another, each in a database of its own, on one server. */
export async function runCases(t: Deno.TestContext, cases: readonly Case[]): Promise<void> {
  await using server = await testClickHouse();
  for (const { name, run } of cases) {
    await t.step(name, async () => {
      await using db = await server.database();
      await run(db, server);
    });
  }
}
