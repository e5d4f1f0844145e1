/**
 * The gateway: archives the streams to ClickHouse, serves the API and pushes the live view.
 *
 * @module
 */
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../actors/adapters/clock.ts";
import { JetStreamLog } from "../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../actors/adapters/nats.ts";
import { configured, type Role, runRole } from "../actors/adapters/role.ts";
import { BUCKETS, ConfigError, shownUrl, STREAMS } from "../actors/contract/mod.ts";
import { createApp } from "./app.ts";
import {
  AlertRows,
  AnomalyRows,
  Archiver,
  ClickHouse,
  MarketRows,
  MetricRows,
  migrate,
  readMigrations,
  type Rows,
  verifyTables,
} from "./archive/mod.ts";
import { readGatewayConfig } from "./config.ts";
import { History } from "./history.ts";
import { LatestStates, LiveHub, NodeReports, PUSH_INTERVAL_MS } from "./live/mod.ts";

const MIGRATIONS = new URL("../deploy/migrations/", import.meta.url);
const PAGE = new URL("../ui/dist/", import.meta.url);
/** Longest a server may take to answer for the gateway to count as ready. */
const READY_TIMEOUT_MS = 2_000;
/** Pause before a server is tried again. */
const RETRY_MS = 1_000;

const ROWS: readonly (readonly [stream: string, makeRows: () => Rows])[] = [
  [STREAMS.market.name, () => new MarketRows()],
  [STREAMS.metrics.name, () => new MetricRows()],
  [STREAMS.anomalies.name, () => new AnomalyRows()],
  [STREAMS.alerts.name, () => new AlertRows()],
];

const config = configured(() => readGatewayConfig(Deno.env.toObject()));

await runRole(config.LOG_LEVEL, async (role) => {
  const { signal, log, ready } = role;
  log("info", `connecting to ${shownUrl(config.NATS_URL)}`);
  const nc = await connectNats({ url: config.NATS_URL, name: "gateway", waitOnFirstConnect: true });
  await ensureStorage(nc);
  const clickhouse = new ClickHouse({
    url: config.CLICKHOUSE_URL,
    username: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  });
  const prepare = preparation(clickhouse, log);
  const archivers = ROWS.map(([stream, makeRows]) =>
    new Archiver({
      stream,
      makeRows,
      clickhouse,
      prepare,
      log: new JetStreamLog(nc, stream, (error) => log("warn", `reading ${stream} anew: ${error.message}`)),
      logLine: log,
      sleep: systemClock.sleep,
    })
  );
  const latest = new LatestStates();
  const nodes = new NodeReports(systemClock);
  const hub = new LiveHub(latest, { nowMs: systemClock.nowMs, pairs: config.PAIRS });
  systemClock.every(PUSH_INTERVAL_MS, () => hub.push(), signal);

  const app = createApp({
    history: new History(clickhouse),
    latest,
    hub,
    archivers,
    notReady: async () => {
      const [natsAnswers, clickhouseAnswers] = await Promise.all([answers(nc.rtt()), answers(clickhouse.ping())]);
      return [
        ...(natsAnswers ? [] : ["NATS does not answer"]),
        ...(clickhouseAnswers ? [] : ["ClickHouse does not answer"]),
        ...new Set(archivers.flatMap(({ stats }) => stats.fault ?? [])),
      ];
    },
    nodes,
    pageFile: (name) => Deno.readFile(new URL(name, PAGE)).catch(() => undefined),
    docsFile: async (name) => {
      // The import makes Deno fetch the package; its files are then read as they are.
      await import("swagger-ui-dist/package.json", { with: { type: "json" } });
      return Deno.readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));
    },
    upgrade: (request) => Deno.upgradeWebSocket(request),
    requestCounts: new Map(),
    nowMs: systemClock.nowMs,
    logLine: log,
  });
  const server = serve(app.fetch, ready);

  await Promise.all([
    follow(nc, BUCKETS.latest.name, (entry) => latest.take(entry), role),
    follow(nc, BUCKETS.nodes.name, (entry) => nodes.take(entry), role),
    ...archivers.map((archiver) => archiver.run(signal)),
  ]);
  hub.close();
  await server.shutdown();
  await clickhouse.close();
  await nc.close();
});

/** @throws {ConfigError} where the port is in use. */
function serve(handler: Deno.ServeHandler, ready: Role["ready"]): Deno.HttpServer {
  const { GATEWAY_HOST: hostname, GATEWAY_PORT: port } = config;
  try {
    return Deno.serve(
      { hostname, port, onListen: (at) => ready({ url: `http://${at.hostname}:${at.port}` }) },
      handler,
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new ConfigError([`GATEWAY_PORT ${port}: in use on ${hostname}; expected a free port, or 0 for any`]);
  }
}

/**
 * Brings the database to the schema, one caller at a time. A database of another schema is left alone: the reason stands in
 * `/readyz` and in the log, live goes on, and the log keeps the data meanwhile.
 */
function preparation(clickhouse: ClickHouse, log: Role["log"]): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const prepare = async () => {
    const count = await migrate(clickhouse, await readMigrations(MIGRATIONS));
    if (count > 0) log("info", `database ${clickhouse.database}: ${count} migrations applied`);
    await verifyTables(clickhouse, ROWS.flatMap(([, makeRows]) => makeRows().sets));
  };
  return () => last = last.then(prepare, prepare);
}

/** Follow a bucket until the signal aborts: every key as it is, then every change. */
async function follow(
  nc: NatsConnection,
  bucketName: string,
  take: (entry: { key: string; value: Uint8Array }) => void,
  { signal, log }: Role,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const bucket = await new Kvm(nc).open(bucketName);
      const entries = await bucket.watch();
      signal.addEventListener("abort", () => entries.stop(), { once: true });
      if (signal.aborted) return;
      for await (const entry of entries) if (entry.operation === "PUT") take(entry);
    } catch (error) {
      log("warn", `following ${bucketName} anew: ${(error as Error).message}`);
    }
    await systemClock.sleep(RETRY_MS, signal);
  }
}

/** Whether something answers, and in time. */
function answers(answer: Promise<unknown>): Promise<boolean> {
  const late = systemClock.sleep(READY_TIMEOUT_MS).then(() => false);
  return Promise.race([answer.then((value) => value !== false, () => false), late]);
}
