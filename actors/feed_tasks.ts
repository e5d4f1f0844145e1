/**
 * Sources as tasks that one node of a cluster does at a time.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import type { WireTransport } from "./adapters/feed_transport.ts";
import type { FramePublisher } from "./adapters/frame_publisher.ts";
import { ConfigError, type FeedReport, type Pair, US_PER_MS } from "./contract/mod.ts";
import { type FeedConfig, type FeedName, sharedPairs } from "./feed_config.ts";
import {
  FeedMeter,
  type LiveSource,
  Normaliser,
  REPORT_INTERVAL_MS,
  runLiveFeed,
  runSimulatorFeed,
} from "./feeds/mod.ts";
import { liveSourceOf } from "./live_sources.ts";
import type { LogLine, Task } from "./runtime/mod.ts";

export interface FeedTaskDeps {
  node: string;
  session: string;
  publisher: FramePublisher;
  transport: WireTransport;
  onReport: (report: FeedReport) => void;
  /** Told when a source was given away in good order, and says nothing more. */
  onEnded: (source: string) => Promise<void>;
  log: LogLine;
}

/** @throws {ConfigError} where a source cannot be made of the configuration, or two would serve the same pair. */
export function feedTasks(config: FeedConfig, deps: FeedTaskDeps): Task[] {
  const pairsOf = new Map<FeedName, Iterable<Pair>>();
  const tasks = config.FEED.map((name) => {
    if (name === "sim") {
      pairsOf.set(name, config.pairsOf.get(name)!);
      return { name: "feed.sim", run: simulating(config, deps) };
    }
    const source = liveSourceOf(name, config);
    pairsOf.set(name, source.symbols.keys());
    return { name: `feed.${name}`, run: serving(source, deps) };
  });
  const problems = sharedPairs(pairsOf);
  if (problems.length > 0) throw new ConfigError(problems);
  return tasks.map(({ name, run }) => ({
    name,
    run: async (lease, stop) => {
      await run(AbortSignal.any([stop, lease.lost]));
      // Where the lease is lost its new owner tells of the source.
      if (!lease.lost.aborted) await deps.onEnded(name.slice("feed.".length));
    },
  }));
}

type Run = (stop: AbortSignal) => Promise<void>;

const serving = (source: LiveSource, { publisher, ...deps }: FeedTaskDeps): Run => (stop) =>
  runLiveFeed({ ...deps, source, clock: systemClock, outlet: publisher, random: Math.random }, stop);

function simulating(config: FeedConfig, { node, session, publisher, onReport, log }: FeedTaskDeps): Run {
  const { SIM_SEED: seed, SIM_RATE: ratePerSecond, SIM_DETAIL: detail, SCENARIOS: kinds } = config;
  const pairs = config.pairsOf.get("sim")!;
  const gives: FeedReport["gives"] = ["quotes", "trades"];
  if (detail !== "l1") gives.push("levels");
  if (detail === "l3") gives.push("orders");
  return async (stop) => {
    const meter = new FeedMeter({ source: "sim", node, session, gives, conflated: false }, systemClock.nowMs());
    for (const pair of pairs) meter.pair(pair, "waiting");
    const none = new Normaliser();
    const over = new AbortController();
    let frameCount = 0;
    const report = () => onReport(meter.report(systemClock.nowUs(), none, frameCount));
    systemClock.every(REPORT_INTERVAL_MS, report, over.signal);
    try {
      const summary = await runSimulatorFeed({
        seed,
        pairs,
        ratePerSecond,
        detail,
        ...(kinds !== undefined && {
          scenarios: {
            kinds,
            intervalS: config.SCENARIO_INTERVAL_S,
            onLabel: (label) =>
              void publisher.publishLabel(label).catch((error: Error) =>
                log("warn", `label not stored: ${error.message}`)
              ),
          },
        }),
        clock: systemClock,
        outlet: publisher,
        signal: stop,
        onFirstAcknowledged: () => {
          log(
            "info",
            `simulating ${pairs.join(", ")}: seed ${seed}, ${ratePerSecond} updates/s and pair at the busiest hour`,
          );
          for (const pair of pairs) meter.pair(pair, "live");
          meter.enter("live", systemClock.nowUs() / US_PER_MS);
          report();
        },
        onEvent: (pair, { eventTimeUs }) => meter.event(pair, eventTimeUs),
        onTurn: ({ frames, gaps }) => {
          frameCount = frames;
          meter.counts.gapCount = gaps;
        },
      });
      log(
        "info",
        `${summary.sourceName}: ${summary.events} events in ${summary.frames} frames, ${summary.gaps} gaps`,
      );
    } finally {
      over.abort();
    }
  };
}
