/**
 * The gateway: archives the streams to ClickHouse, serves the API and pushes the live view.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../actors/adapters/clock.ts";
import { AlertDesk } from "../actors/adapters/alert_desk.ts";
import { DeliveryLedger } from "../actors/adapters/delivery_ledger.ts";
import { certificatesOf, textOfSetting } from "../actors/adapters/files.ts";
import { sendIngest } from "../actors/adapters/ingest_client.ts";
import { JetStreamLog } from "../actors/adapters/jetstream_log.ts";
import { KvNodeReports } from "../actors/adapters/kv_caches.ts";
import { connectNats, ensureStorage } from "../actors/adapters/nats.ts";
import { publishPlain } from "../actors/adapters/publish_plain.ts";
import { placementPorts } from "../actors/adapters/placement_ports.ts";
import { configured, ownNodeName, type Role, runRole } from "../actors/adapters/role.ts";
import { BUCKETS, ConfigError, shownUrl, STREAMS } from "../actors/contract/mod.ts";
import { Placement } from "../actors/runtime/mod.ts";
import { AlertStore } from "./alert_store.ts";
import { createApp } from "./app.ts";
import {
  AlertRows,
  AnomalyRows,
  Archiver,
  archiveReport,
  archiveTask,
  ClickHouse,
  DeliveryRows,
  MarketRows,
  MetricRows,
  migrate,
  readMigrations,
  type Rows,
  TruthRows,
  verifyTables,
} from "./archive/mod.ts";
import { readGatewayConfig } from "./config.ts";
import { CaseStore } from "./case_store.ts";
import { DepthHistory } from "./depth_history.ts";
import { DryRun } from "./dry_run.ts";
import { History } from "./history.ts";
import {
  ClusterFeed,
  ClusterView,
  FeedsFeed,
  FeedsView,
  followBucket,
  followLog,
  LatestStates,
  LiveHub,
  MarketFeed,
  PUSH_INTERVAL_MS,
  RecentAlerts,
  RecentCases,
  RecentDeliveries,
  RecentFeed,
  RulesView,
} from "./live/mod.ts";
import { Courier, courierReport, courierTask, type OpenRoute, readRoutes } from "./notify/mod.ts";
import { QueryQueue } from "./query_queue.ts";
import { applyRuleFile, parseRuleFile } from "./rule_file.ts";

const MIGRATIONS = new URL("../deploy/migrations/", import.meta.url);
const PAGE = new URL("../ui/dist/", import.meta.url);
/** Time between two reports of what this gateway archives. */
const REPORT_INTERVAL_MS = 2_000;
/** Longest a server may take to answer for the gateway to count as ready. */
const READY_TIMEOUT_MS = 2_000;

const ROWS: readonly (readonly [stream: string, makeRows: () => Rows])[] = [
  [STREAMS.market.name, () => new MarketRows()],
  [STREAMS.metrics.name, () => new MetricRows()],
  [STREAMS.anomalies.name, () => new AnomalyRows()],
  [STREAMS.alerts.name, () => new AlertRows()],
  [STREAMS.deliveries.name, () => new DeliveryRows()],
  [STREAMS.truth.name, () => new TruthRows()],
];

const config = configured(() => readGatewayConfig(Deno.env.toObject()));

await runRole(config.LOG_LEVEL, async (role) => {
  const { signal, log, ready } = role;
  log("info", `connecting to ${shownUrl(config.NATS_URL)}`);
  const nc = await connectNats({ url: config.NATS_URL, name: "gateway", waitOnFirstConnect: true });
  await ensureStorage(nc, { replicas: config.NATS_REPLICAS });
  const alertRoutes = await openRoutes(nc, log);
  const desk = new AlertDesk(nc);
  await putRules(desk, log);
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
  const cluster = new ClusterView(systemClock);
  const cases = new RecentCases();
  const alerts = new RecentAlerts();
  const rules = new RulesView(async (name) =>
    (await desk.versions(name)).toReversed().flatMap(({ text }) => text === undefined ? [] : [text])
  );
  const deliveries = new RecentDeliveries();
  const ledger = new DeliveryLedger(nc);
  const couriers = alertRoutes.map((route) =>
    new Courier({
      ...route,
      log: new JetStreamLog(nc, STREAMS.alerts.name, (error) => log("warn", `reading alerts anew: ${error.message}`)),
      ledger,
      clock: systemClock,
      random: Math.random,
      logLine: log,
    })
  );
  const feeds = new FeedsView(systemClock);
  const hub = new LiveHub(latest, {
    nowMs: systemClock.nowMs,
    pairs: config.PAIRS,
    feeds: [
      new ClusterFeed(cluster, systemClock),
      new MarketFeed(latest, systemClock),
      new RecentFeed(cases, systemClock),
      new RecentFeed(alerts, systemClock),
      new FeedsFeed(feeds, systemClock),
    ],
  });
  systemClock.every(PUSH_INTERVAL_MS, () => hub.push(), signal);

  const queries = new QueryQueue(clickhouse);
  const app = createApp({
    history: new History(queries),
    depthHistory: new DepthHistory(queries),
    caseStore: new CaseStore(queries),
    recentCases: cases,
    alertStore: new AlertStore(queries),
    recentAlerts: alerts,
    rules,
    dryRun: new DryRun(queries),
    shownPairs: () => hub.shownPairs,
    desk,
    alertRoutes,
    recentDeliveries: deliveries,
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
    cluster,
    feeds,
    pageFile: (name) => Deno.readFile(new URL(name, PAGE)).catch(() => undefined),
    docsFile: async (name) => {
      // The import makes Deno fetch the package; its files are then read as they are.
      await import("swagger-ui-dist/package.json", { with: { type: "json" } });
      return Deno.readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));
    },
    upgrade: (request) => Deno.upgradeWebSocket(request),
    sendIngest: (pair, payload) => sendIngest(nc, pair, payload),
    ingestToken: config.INGEST_TOKEN,
    sleep: systemClock.sleep,
    requestCounts: new Map(),
    nowMs: systemClock.nowMs,
    logLine: log,
  });
  const server = serve(app.fetch, ready);

  await Promise.all([
    followBucket(nc, BUCKETS.latest.name, { sink: latest, signal, log }),
    followBucket(nc, BUCKETS.nodes.name, { sink: cluster.nodes, signal, log }),
    followBucket(nc, BUCKETS.leases.name, { sink: cluster.leases, signal, log }),
    followBucket(nc, BUCKETS.reports.name, { sink: cluster.reports, signal, log }),
    followBucket(nc, BUCKETS.pairs.name, { sink: cluster.pairs, signal, log }),
    followBucket(nc, BUCKETS.feeds.name, { sink: feeds, signal, log }),
    followLog(nc, STREAMS.anomalies.name, { sink: cases, signal, log }),
    followLog(nc, STREAMS.alerts.name, { sink: alerts, signal, log }),
    followLog(nc, STREAMS.deliveries.name, { sink: deliveries, signal, log }),
    followBucket(nc, BUCKETS.rules.name, { sink: rules, signal, log }),
    workInTurn(nc, { archivers, couriers }, role),
  ]);
  hub.close();
  await server.shutdown();
  await clickhouse.close();
  await nc.close();
});

/** Rules of a file into their bucket. @throws {ConfigError} where the file cannot be used. */
async function putRules(desk: AlertDesk, log: Role["log"]): Promise<void> {
  const { ALERT_RULES_FILE: file } = config;
  if (file === undefined) return;
  const text = await textOfSetting("ALERT_RULES_FILE", { file, expected: "expected a file of rules, JSON" });
  const rules = parseRuleFile(text, `ALERT_RULES_FILE ${file}`);
  for (const name of await applyRuleFile(rules, desk)) log("info", `rule ${name} is as ${file} says it`);
}

/** Where alerts are sent. @throws {ConfigError} where the file that says so cannot be used. */
async function openRoutes(nc: NatsConnection, log: Role["log"]): Promise<OpenRoute[]> {
  const { ALERT_ROUTES_FILE: file, ALERT_CA_FILE, PAGE_URL: pageUrl } = config;
  const caCertificates = await certificatesOf("ALERT_CA_FILE", ALERT_CA_FILE);
  if (file === undefined) return [];
  const text = await textOfSetting("ALERT_ROUTES_FILE", { file, expected: "expected a file of routes, JSON" });
  return readRoutes(text, { source: `ALERT_ROUTES_FILE ${file}`, env: Deno.env.toObject() }, {
    pageUrl,
    caCertificates,
    nowMs: systemClock.nowMs,
    publish: (subject, payload, key) => publishPlain(nc, { subject, payload, id: key }),
    logLine: log,
  });
}

/** Archive those streams and carry along those routes whose leases this gateway has, and report how that goes, until the signal aborts. */
async function workInTurn(
  nc: NatsConnection,
  { archivers, couriers }: { archivers: readonly Archiver[]; couriers: readonly Courier[] },
  { signal, log }: Role,
): Promise<void> {
  const identity = {
    group: "gateways",
    node: config.NODE_NAME ?? ownNodeName(),
    session: crypto.randomUUID(),
    capacity: 1,
    startedMs: systemClock.nowMs(),
  };
  const placement = new Placement(identity, placementPorts(nc, { replicas: config.NATS_REPLICAS, logLine: log }));
  placement.setTasks([...archivers.map(archiveTask), ...couriers.map(courierTask)]);
  const reports = new KvNodeReports(nc);
  const report = () => {
    const tasks = placement.owned.flatMap(({ task, restartCount, fault }) => {
      const archiver = archivers.find(({ stream }) => task.name === `archive.${stream}`);
      if (archiver !== undefined) return [{ ...archiveReport(archiver, fault), restartCount }];
      const courier = couriers.find(({ name }) => task.name === `notify.${name}`);
      return courier === undefined ? [] : [{ ...courierReport(courier, fault), restartCount }];
    });
    const { node, group } = identity;
    reports.put({
      v: 1,
      ...identity,
      draining: placement.draining,
      timeMs: systemClock.nowMs(),
      memoryBytes: Deno.memoryUsage().rss,
      ...placement.stats,
      tasks,
    }).catch((error: Error) => log("debug", `report of ${group}.${node} not stored: ${error.message}`));
  };
  systemClock.every(REPORT_INTERVAL_MS, report, signal);
  await placement.run(signal, report);
  await reports.remove(identity).catch(() => {});
}

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

/** Whether something answers, and in time. */
function answers(answer: Promise<unknown>): Promise<boolean> {
  const late = systemClock.sleep(READY_TIMEOUT_MS).then(() => false);
  return Promise.race([answer.then((value) => value !== false, () => false), late]);
}
