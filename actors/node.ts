/**
 * One node of actors: connects, takes its share of the pairs that are registered and of the market as a whole, and answers for them.
 *
 * @module
 */
import { runAlertsHost } from "./alerts_host.ts";
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
import {
  type ActorQuestion,
  type ActorTopic,
  MARKET_ACTOR,
  type MetricOptions,
  type Pair,
  shownUrl,
  STREAMS,
} from "./contract/mod.ts";
import { createMarketActor, MarketState } from "./market/mod.ts";
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
    description: "Actors of currency pairs, and of all of them together",
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
      const topic = topicOf(actor);
      if (owned) service.add(topic, (question) => answer(host, actor, question));
      else service.remove(topic);
    },
  );

  const actors = new PairActors();
  const market = createMarketActor({ options: config.MARKET_OPTIONS }) as Actor<unknown>;
  const over = new AbortController();
  const reports = new KvNodeReports(nc);
  const report = () =>
    reports.put(host.report).catch((error: Error) => log("debug", `report not stored: ${error.message}`));
  const known = Promise.withResolvers<void>();
  const watching = register.watch(over.signal, (pairs) => {
    const active = [...pairs].filter(([, { state }]) => state === "active");
    host.setActors([market, ...active.map(([pair, { options }]) => actors.of(pair, options ?? config.METRIC_OPTIONS))]);
    known.resolve();
  });
  await Promise.race([known.promise, aborted(signal)]);
  systemClock.every(REPORT_INTERVAL_MS, () => void report(), over.signal);
  try {
    await Promise.all([
      host.run(signal, () => {
        void report();
        onReady();
      }),
      runAlertsHost({ nc, node, capacity: config.NODE_CAPACITY, replicas: config.NATS_REPLICAS, signal, log }),
    ]);
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

/** One actor object for each pair and its options: another object would take the running one's place. */
class PairActors {
  readonly #known = new Map<Pair, { optionsText: string; actor: Actor<unknown> }>();

  of(pair: Pair, options: MetricOptions): Actor<unknown> {
    const optionsText = JSON.stringify(options);
    let entry = this.#known.get(pair);
    if (entry?.optionsText !== optionsText) {
      entry = { optionsText, actor: createPairActor(pair, options) as Actor<unknown> };
      this.#known.set(pair, entry);
    }
    return entry.actor;
  }
}

const MARKET_NAME = "market";

/** What an actor is asked as. */
const topicOf = (actor: string): ActorTopic =>
  actor === MARKET_NAME ? MARKET_ACTOR : actor.slice("pair.".length) as Pair;

function answer(host: Host, actor: string, question: ActorQuestion): string | undefined {
  if (question === "where") {
    const where = host.where(actor);
    return where === undefined ? undefined : JSON.stringify({ pair: topicOf(actor), ...where });
  }
  const state = host.stateOf(actor) as PairState | MarketState | undefined;
  if (state === undefined) return undefined;
  if (question === "metrics") return state.lastSample === "" ? undefined : state.lastSample;
  if (state instanceof MarketState) return JSON.stringify({ timeUs: state.timeUs, counts: state.counts });
  return JSON.stringify({ ...liveBook(state), counts: state.counts });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
