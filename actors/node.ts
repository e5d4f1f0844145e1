/**
 * One node of pair actors: connects, takes its share of the pairs that are registered, and answers for them.
 *
 * @module
 */
import { ActorService } from "./adapters/actor_service.ts";
import { systemClock } from "./adapters/clock.ts";
import { JetStreamLog } from "./adapters/jetstream_log.ts";
import { JetStreamOutlet } from "./adapters/jetstream_outlet.ts";
import { KvNodeReports, KvViewCache } from "./adapters/kv_caches.ts";
import { connectNats, ensureStorage } from "./adapters/nats.ts";
import { ObjectSnapshots } from "./adapters/object_snapshots.ts";
import { PairRegister } from "./adapters/pair_register.ts";
import { placementPorts } from "./adapters/placement_ports.ts";
import type { readActorsConfig } from "./config.ts";
import { type ActorQuestion, type Pair, shownUrl, STREAMS } from "./contract/mod.ts";
import { createPairActor, liveBook, type PairState } from "./pair/mod.ts";
import { type Actor, Host, type LogLine } from "./runtime/mod.ts";

/** Group of the nodes that run actors. */
const GROUP = "actors";
/** Time between two reports of what the node does. */
const REPORT_INTERVAL_MS = 2_000;
const VERSION = "0.3.0";

export interface NodeOptions {
  config: ReturnType<typeof readActorsConfig>;
  /** Its name in the cluster. */
  node: string;
  signal: AbortSignal;
  log: LogLine;
  onReady(): void;
}

/** Run until the signal aborts; everything it owns is handed over then. */
export async function runActorNode({ config, node, signal, log, onReady }: NodeOptions): Promise<void> {
  log("info", `connecting to ${shownUrl(config.NATS_URL)}`);
  const nc = await connectNats({ url: config.NATS_URL, name: `actors ${node}`, waitOnFirstConnect: true });
  await ensureStorage(nc, { replicas: config.NATS_REPLICAS });
  const register = new PairRegister(nc, { logLine: log });
  await register.seed(config.PAIRS);

  const session = crypto.randomUUID();
  const service = new ActorService(nc, {
    node,
    session,
    version: VERSION,
    description: "Actors of currency pairs",
    logLine: log,
  });
  const host = new Host(
    { group: GROUP, node, session, capacity: config.NODE_CAPACITY, startedMs: systemClock.nowMs() },
    {
      log: new JetStreamLog(nc, STREAMS.market.name, (error) => log("warn", `reading anew: ${error.message}`)),
      outlet: new JetStreamOutlet(nc),
      snapshots: new ObjectSnapshots(nc),
      views: new KvViewCache(nc),
      ...placementPorts(nc, { replicas: config.NATS_REPLICAS, logLine: log }),
      memoryBytes: () => Deno.memoryUsage().rss,
    },
    (actor, owned) => {
      const pair = pairOf(actor);
      if (owned) service.add(pair, (question) => answer(host, pair, question));
      else service.remove(pair);
    },
  );

  const over = new AbortController();
  const reports = new KvNodeReports(nc);
  const report = () =>
    reports.put(host.report).catch((error: Error) => log("debug", `report not stored: ${error.message}`));
  const known = Promise.withResolvers<void>();
  const watching = register.watch(over.signal, (pairs) => {
    const active = [...pairs].filter(([, { state }]) => state === "active").map(([pair]) => pair);
    host.setActors(active.map((pair) => createPairActor(pair) as Actor<unknown>));
    known.resolve();
  });
  await Promise.race([known.promise, aborted(signal)]);
  systemClock.every(REPORT_INTERVAL_MS, () => void report(), over.signal);
  try {
    await host.run(signal, () => {
      void report();
      onReady();
    });
  } finally {
    const { messageCount, outputCount, repeatedCount, contendedCount, snapshotCount, deadCount } = host.stats;
    log(
      "info",
      `${messageCount} entries folded, ${outputCount} outputs stored, ${repeatedCount} were there already, ` +
        `${contendedCount} contended, ${snapshotCount} snapshots, ${deadCount} entries set aside`,
    );
    over.abort();
    await service.stop();
    await reports.remove({ group: GROUP, node }).catch(() => {});
    await watching;
    await nc.close();
  }
}

const pairOf = (actor: string): Pair => actor.slice("pair.".length) as Pair;

function answer(host: Host, pair: Pair, question: ActorQuestion): string | undefined {
  const name = `pair.${pair}`;
  if (question === "where") {
    const where = host.where(name);
    return where === undefined ? undefined : JSON.stringify({ pair, ...where });
  }
  const state = host.stateOf(name) as PairState | undefined;
  if (state === undefined) return undefined;
  if (question === "metrics") return state.lastSample === "" ? undefined : state.lastSample;
  return JSON.stringify({ ...liveBook(state), counts: state.counts });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
