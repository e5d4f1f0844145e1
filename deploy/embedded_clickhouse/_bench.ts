/**
 * What the embedded server costs: rows in, rows out, and a round trip beside a bare `Deno.serve` on the same machine.
 * `deno run -A deploy/embedded_clickhouse/_bench.ts [ROWS]`
 *
 * @module
 */
import { nativeBlock } from "../../tests/support/native_block.ts";
import { startEmbeddedClickHouse } from "./mod.ts";

const ROUND_TRIPS = 2000;
const JSON_SHARE = 10;

const rowCount = Number(Deno.args[0] ?? 1_000_000);
const dataDir = await Deno.makeTempDir({ prefix: "embedded-clickhouse-bench-" });
const server = await startEmbeddedClickHouse({ dataDir, log: () => {} });
const bare = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("Ok.\n"));

async function post(query: string, body?: BodyInit): Promise<number> {
  const startedAt = performance.now();
  const url = body === undefined ? server.url : `${server.url}/?query=${encodeURIComponent(query)}`;
  const response = await fetch(url, { method: "POST", body: body ?? query });
  let size = 0;
  for await (const piece of response.body ?? []) size += piece.length;
  if (!response.ok) throw new Error(`Cannot run "${query}": ${response.status}, ${size} bytes`);
  return performance.now() - startedAt;
}

async function roundTrips(name: string, request: () => Promise<Response>): Promise<void> {
  const latenciesMs: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const startedAt = performance.now();
    await (await request()).body?.pipeTo(new WritableStream());
    latenciesMs.push(performance.now() - startedAt);
  }
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(share * latenciesMs.length)]!.toFixed(2);
  console.log(`${name.padEnd(28)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms`);
}

function report(name: string, rows: number, elapsedMs: number): void {
  console.log(`${name.padEnd(28)} ${Math.round(rows / elapsedMs * 1000).toLocaleString("en")} rows/s`);
}

const columns = "(seq UInt64, at DateTime64(9), bid Float64, ask Float64)";
await post(`CREATE TABLE t ${columns} ENGINE = MergeTree ORDER BY seq`);
const block = nativeBlock([
  { name: "seq", type: "UInt64", values: BigUint64Array.from({ length: rowCount }, (_, i) => BigInt(i)) },
  { name: "at", type: "DateTime64(9)", values: new BigInt64Array(rowCount).fill(1_700_000_000_000_000_000n) },
  { name: "bid", type: "Float64", values: Float64Array.from({ length: rowCount }, (_, i) => 1.08 + i % 100 / 1e5) },
  { name: "ask", type: "Float64", values: Float64Array.from({ length: rowCount }, (_, i) => 1.081 + i % 100 / 1e5) },
]);
const lines: string[] = [];
for (let i = 0; i < rowCount / JSON_SHARE; i++) lines.push(`{"seq":${i},"at":1700000000,"bid":1.08,"ask":1.081}\n`);
const json = lines.join("");

await post("INSERT INTO t FORMAT Native", block.slice());
report("insert Native", rowCount, await post("INSERT INTO t FORMAT Native", block));
report("insert JSONEachRow", rowCount / JSON_SHARE, await post("INSERT INTO t FORMAT JSONEachRow", json));
report("select Native", rowCount, await post(`SELECT * FROM t LIMIT ${rowCount} FORMAT Native`));
report("select JSONEachRow", rowCount, await post(`SELECT * FROM t LIMIT ${rowCount} FORMAT JSONEachRow`));
await roundTrips("bare Deno.serve", () => fetch(`http://127.0.0.1:${bare.addr.port}/`));
await roundTrips("ping", () => fetch(`${server.url}/ping`));
await roundTrips("SELECT 1", () => fetch(server.url, { method: "POST", body: "SELECT 1" }));
await roundTrips(
  "SELECT 1 with a setting",
  () => fetch(`${server.url}/?max_threads=1`, { method: "POST", body: "SELECT 1" }),
);

await bare.shutdown();
await server.stop();
await Deno.remove(dataDir, { recursive: true });
