/**
 * A ClickHouse for tests: the server named by `CLICKHOUSE_TEST_URL`, else an embedded one in a temporary directory. Every
 * caller gets a database of its own.
 *
 * @module
 */
import { type ClickHouseClient, createClient } from "@clickhouse/client-web";
import { startEmbeddedClickHouse } from "../../deploy/embedded_clickhouse/mod.ts";

/** A server that outlives single tests. */
export interface TestClickHouse extends AsyncDisposable {
  readonly url: string;
  /** It is the embedded engine, which differs from a server in a few stated ways. */
  readonly embedded: boolean;
  /** Resident memory of the server process in bytes; `undefined` when it runs elsewhere. */
  rssBytes(): Promise<number | undefined>;
  /** A new database, dropped at the end, and a client that uses it. */
  database(): Promise<TestDatabase>;
}

/** A database for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly client: ClickHouseClient;
  /** URL for a client with options of its own. */
  readonly clientUrl: string;
  /** A raw request in this database. */
  post(params: Record<string, string>, body?: BodyInit, init?: RequestInit): Promise<Response>;
}

/** Brings up, or finds, a server. */
export async function testClickHouse(): Promise<TestClickHouse> {
  const given = Deno.env.get("CLICKHOUSE_TEST_URL");
  if (given !== undefined && given !== "") {
    return {
      url: given,
      embedded: false,
      rssBytes: () => Promise.resolve(undefined),
      database: () => makeDatabase(given),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const dataDir = await Deno.makeTempDir({ prefix: "clickhouse-test-" });
  const server = await startEmbeddedClickHouse({ dataDir, log: () => {} });
  return {
    url: server.url,
    embedded: true,
    rssBytes: () => processRssBytes(server.pid),
    database: () => makeDatabase(server.url),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

async function makeDatabase(url: string): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = createClient({ url });
  await admin.command({ query: `CREATE DATABASE ${name}` });
  const client = createClient({ url, database: name });
  return {
    name,
    client,
    clientUrl: url,
    post(params, body, init) {
      const target = new URL(url);
      target.search = new URLSearchParams({ database: name, ...params }).toString();
      return fetch(target, { method: "POST", body, ...init });
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await admin.command({ query: `DROP DATABASE ${name} SYNC` });
      await admin.close();
    },
  };
}

async function processRssBytes(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  return match === null ? undefined : Number(match[1]) * 1024;
}
