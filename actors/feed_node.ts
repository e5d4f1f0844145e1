/**
 * One node of feeds: connects, takes its share of the sources that are configured, takes what anybody sends as JSON, and tells how that
 * goes.
 *
 * A source is a task under a lease, like an actor: it runs once in a cluster, and another node takes it over when its own is gone.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { certificatesOf } from "./adapters/files.ts";
import { WireTransport } from "./adapters/feed_transport.ts";
import { framePublisherOn } from "./adapters/frame_publisher.ts";
import { serveIngest } from "./adapters/ingest_service.ts";
import { KvFeedReports, KvNodeReports } from "./adapters/kv_caches.ts";
import { connectNats, ensureStorage } from "./adapters/nats.ts";
import { placementPorts } from "./adapters/placement_ports.ts";
import { type FeedReport, shownUrl, type TaskReport } from "./contract/mod.ts";
import type { FeedConfig } from "./feed_config.ts";
import { feedTasks } from "./feed_tasks.ts";
import { IngestFeed } from "./ingest_feed.ts";
import { type LogLine, Placement } from "./runtime/mod.ts";

/** Group of the nodes that run feeds. */
const GROUP = "feeds";
/** Time between two reports of what the node does. */
const REPORT_INTERVAL_MS = 2_000;

export interface FeedNodeOptions {
  config: FeedConfig;
  /** Its name in the cluster. */
  node: string;
  signal: AbortSignal;
  log: LogLine;
  onReady(): void;
}

/** Run until the signal aborts; the sources are given away then. @throws {ConfigError} where a source cannot be made. */
export async function runFeedNode({ config, node, signal, log, onReady }: FeedNodeOptions): Promise<void> {
  const session = crypto.randomUUID();
  const transport = new WireTransport({ caCertificates: await certificatesOf("FEED_CA_FILE", config.FEED_CA_FILE) });
  log("info", `connecting to ${shownUrl(config.NATS_URL)}`);
  const nc = await connectNats({ url: config.NATS_URL, name: `feeds ${node}`, waitOnFirstConnect: true });
  await ensureStorage(nc, { replicas: config.NATS_REPLICAS });
  const publisher = framePublisherOn(nc);
  const feedReports = new KvFeedReports(nc);
  const newest = new Map<string, FeedReport>();
  const onReport = (feed: FeedReport) => {
    newest.set(`feed.${feed.source}`, feed);
    feedReports.put(feed).catch((error: Error) =>
      log("debug", `report of ${feed.source} not stored: ${error.message}`)
    );
  };

  const identity = { group: GROUP, node, session, capacity: 1, startedMs: systemClock.nowMs() };
  const onEnded = async (source: string) => {
    newest.delete(`feed.${source}`);
    await feedReports.remove(source).catch(() => {});
  };
  const placement = new Placement(identity, placementPorts(nc, { replicas: config.NATS_REPLICAS, logLine: log }));
  const deps = { node, session, publisher, transport, onReport, onEnded, log };
  placement.setTasks(feedTasks(config, deps));

  const ingest = new IngestFeed({ node, session, publisher });
  const ingesting = serveIngest(nc, { take: (bytes, pair) => ingest.take(bytes, pair), log });
  const nodeReports = new KvNodeReports(nc);
  const report = () => {
    nodeReports.put({
      v: 1,
      ...identity,
      draining: placement.draining,
      timeMs: systemClock.nowMs(),
      memoryBytes: Deno.memoryUsage().rss,
      ...placement.stats,
      tasks: placement.owned.map(({ task, restartCount, fault }) => ({
        ...taskReport(task.name, newest.get(task.name)),
        restartCount,
        ...(fault !== undefined && { fault }),
      })),
    }).catch((error: Error) => log("debug", `report of ${node} not stored: ${error.message}`));
  };
  systemClock.every(REPORT_INTERVAL_MS, report, signal);
  systemClock.every(REPORT_INTERVAL_MS, () => {
    const report = ingest.report();
    if (report !== undefined) onReport(report);
  }, signal);
  try {
    await placement.run(signal, () => {
      report();
      onReady();
    });
    await ingesting.stop();
    if (ingest.report() !== undefined) await feedReports.remove(ingest.source).catch(() => {});
    await nodeReports.remove(identity).catch(() => {});
  } finally {
    transport.close();
    await nc.close();
  }
}

/** A source as the cluster sees it: it follows no log. */
function taskReport(name: string, feed: FeedReport | undefined): Omit<TaskReport, "restartCount"> {
  return {
    name,
    sequence: 0,
    lagMessages: 0,
    lagMs: 0,
    eventTimeUs: Math.max(0, ...(feed?.pairs ?? []).map(({ lastEventUs }) => lastEventUs)),
    mailboxDepth: 0,
    unstoredOutputs: 0,
    snapshotAgeMs: null,
    deadCount: 0,
    ...(feed?.fault !== undefined && { fault: feed.fault }),
  };
}
