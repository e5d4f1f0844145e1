/**
 * An actor node: one pair actor for each configured pair, on the log in JetStream.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { JetStreamLog } from "./adapters/jetstream_log.ts";
import { JetStreamOutlet, KvNodeReports, KvViewCache, ObjectSnapshotStore } from "./adapters/jetstream_outlet.ts";
import { connectNats, ensureStorage } from "./adapters/nats.ts";
import { configured, runRole } from "./adapters/role.ts";
import { readActorsConfig } from "./config.ts";
import { shownUrl, STREAMS } from "./contract/mod.ts";
import { createPairActor } from "./pair/mod.ts";
import { type Actor, Host } from "./runtime/mod.ts";

/** Time between two reports of this node in the bucket of nodes; its key is gone after three that are missing. */
const REPORT_INTERVAL_MS = 5_000;

const config = configured(() => readActorsConfig(Deno.env.toObject()));

await runRole(config.LOG_LEVEL, async ({ signal, log, ready }) => {
  const node = config.NODE_NAME ?? `${Deno.hostname().replace(/[^A-Za-z0-9_-]/g, "-")}-${Deno.pid}`;
  log("info", `connecting to ${shownUrl(config.NATS_URL)}`);
  const nc = await connectNats({ url: config.NATS_URL, name: `actors ${node}`, waitOnFirstConnect: true });
  await ensureStorage(nc);
  const actors = config.PAIRS.map((pair) => createPairActor(pair) as Actor<unknown>);
  const host = new Host(actors, {
    log: new JetStreamLog(nc, STREAMS.market.name, (error) => log("warn", `reading anew: ${error.message}`)),
    outlet: new JetStreamOutlet(nc),
    snapshots: new ObjectSnapshotStore(nc),
    views: new KvViewCache(nc),
    clock: systemClock,
    logLine: log,
  });

  const nodes = new KvNodeReports(nc);
  const startedMs = systemClock.nowMs();
  const report = () =>
    void nodes.put(node, { node, startedMs, actors: actors.map(({ name }) => name), stats: host.stats })
      .catch((error: Error) => log("warn", `node report not stored: ${error.message}`));
  systemClock.every(REPORT_INTERVAL_MS, report, signal);

  await host.run(signal, () => {
    report();
    ready({ node, pairs: config.PAIRS });
  });
  await nodes.remove(node).catch(() => {});
  await nc.close();
});
