import assert from "node:assert/strict";
import { type EmbeddedClickHouse, EmbeddedClickHouseStartError, startEmbeddedClickHouse } from "./mod.ts";
import { MAX_CONCURRENT_QUERIES } from "./running_queries.ts";

const ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1";

async function withDataDir(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "embedded-clickhouse-" });
  try {
    await use(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

function start(dataDir: string, port?: number): Promise<EmbeddedClickHouse> {
  return startEmbeddedClickHouse({ dataDir, port, log: () => {} });
}

async function run(server: EmbeddedClickHouse, sql: string): Promise<string> {
  const response = await fetch(server.url, { method: "POST", body: sql });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text.trim();
}

/** Asks again until the query is in the process list. */
async function untilRunning(server: EmbeddedClickHouse, part: string): Promise<void> {
  const sql =
    `SELECT count() FROM system.processes WHERE position(query, '${part}') > 0 AND position(query, 'processes') = 0`;
  while (await run(server, sql) === "0");
}

Deno.test("startEmbeddedClickHouse() keeps data over a stop and a start", () =>
  withDataDir(async (dataDir) => {
    const first = await start(dataDir);
    await run(first, "CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a");
    await run(first, "INSERT INTO t SELECT number FROM numbers(1000)");
    assert.equal((await first.stop()).code, 0);
    const second = await start(dataDir);
    assert.equal(await run(second, "SELECT count() FROM t"), "1000");
    await second.stop();
  }));

Deno.test("startEmbeddedClickHouse() finds a readable directory behind a kill in the middle of an insert", () =>
  withDataDir(async (dataDir) => {
    const first = await start(dataDir);
    await run(first, "CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a");
    await run(first, "INSERT INTO t SELECT number FROM numbers(1000)");
    const rows = new TextEncoder().encode("7\n".repeat(100_000));
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: (controller) => controller.enqueue(rows) });
    const url = `${first.url}/?query=${encodeURIComponent("INSERT INTO t FORMAT TSV")}`;
    const inserting = assert.rejects(() => fetch(url, { method: "POST", body: endless }));
    await untilRunning(first, "INSERT INTO t");
    const { signal } = await first.kill();
    assert.equal(signal, "SIGKILL");
    await inserting;
    const second = await start(dataDir);
    assert.equal(await run(second, "SELECT count() FROM t WHERE a != 7"), "999");
    await run(second, "INSERT INTO t VALUES (5000)");
    await second.stop();
  }));

Deno.test("startEmbeddedClickHouse() refuses a directory that another process uses, and names the process", () =>
  withDataDir(async (dataDir) => {
    const first = await start(dataDir);
    await assert.rejects(() => start(dataDir), (error) => {
      assert.ok(error instanceof EmbeddedClickHouseStartError);
      assert.ok(error.message.includes(dataDir) && error.message.includes(`process ${first.pid}`), error.message);
      return true;
    });
    assert.equal(await run(first, "SELECT 1"), "1");
    await first.stop();
  }));

Deno.test("startEmbeddedClickHouse() names a port that is in use", () =>
  withDataDir(async (dataDir) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    await assert.rejects(() => start(dataDir, port), (error) => {
      assert.ok(error instanceof EmbeddedClickHouseStartError);
      assert.ok(error.message.includes(String(port)) && error.message.includes("code 1"), error.message);
      return true;
    });
  }));

Deno.test("startEmbeddedClickHouse().stop() lets a short query finish and stops an endless one", () =>
  withDataDir(async (dataDir) => {
    const server = await start(dataDir);
    const short = run(server, "SELECT sleep(1), 'short'");
    const endless = fetch(server.url, { method: "POST", body: ENDLESS });
    await untilRunning(server, "sipHash64");
    await untilRunning(server, "short");
    const stopped = server.stop();
    assert.equal(await short, "0\tshort");
    const response = await endless;
    assert.equal(response.headers.get("x-clickhouse-exception-code"), "394");
    await response.text();
    assert.equal((await stopped).code, 0);
  }));

Deno.test("startEmbeddedClickHouse() refuses a query above the limit, and takes one again when there is room", () =>
  withDataDir(async (dataDir) => {
    const server = await start(dataDir);
    const code = async () => {
      const response = await fetch(server.url, { method: "POST", body: "SELECT 1" });
      await response.text();
      return response.headers.get("x-clickhouse-exception-code");
    };
    const abort = new AbortController();
    const url = `${server.url}/?max_threads=1`;
    const busy = Array.from(
      { length: MAX_CONCURRENT_QUERIES },
      () =>
        assert.rejects(() =>
          fetch(url, {
            method: "POST",
            body: "SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1",
            signal: abort.signal,
          })
        ),
    );
    while (await code() !== "202");
    abort.abort();
    await Promise.all(busy);
    while (await code() !== null);
    await server.stop();
  }));

Deno.test("startEmbeddedClickHouse() stops the server when its signal is aborted", () =>
  withDataDir(async (dataDir) => {
    const abort = new AbortController();
    const server = await startEmbeddedClickHouse({ dataDir, signal: abort.signal, log: () => {} });
    abort.abort();
    assert.equal((await server.exited).code, 0);
  }));

Deno.test("main() ends with its parent", () =>
  withDataDir(async (dataDir) => {
    const mod = new URL("./mod.ts", import.meta.url).href;
    const script = `import { startEmbeddedClickHouse } from ${JSON.stringify(mod)};
      const { pid } = await startEmbeddedClickHouse({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} });
      console.log(pid);
      await new Promise(() => setInterval(() => {}, 1000));`;
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", script],
      stdout: "piped",
    }).spawn();
    const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    assert.match(value ?? "", /^\d+\n$/);
    parent.kill("SIGKILL");
    await parent.status;
    await reader.cancel();
    // The lock goes when the process does, so a start that succeeds proves that it has gone.
    for (;;) {
      const next = await start(dataDir).catch((error) => {
        assert.ok(error instanceof EmbeddedClickHouseStartError);
        return undefined;
      });
      if (next === undefined) continue;
      await next.stop();
      break;
    }
  }));
