/**
 * Sources as tasks that one node of a cluster does at a time.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import type { WireTransport } from "./adapters/feed_transport.ts";
import type { FramePublisher } from "./adapters/frame_publisher.ts";
import { type FeedReport, US_PER_MS } from "./contract/mod.ts";
import type { FeedConfig, FeedName } from "./feed_config.ts";
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
  log: LogLine;
}

/** @throws {ConfigError} where the source cannot be made of the configuration. */
export function feedTask(name: FeedName, config: FeedConfig, deps: FeedTaskDeps): Task {
  return name === "sim" ? simulatorTask(config, deps) : liveTask(liveSourceOf(name, config), deps);
}

function liveTask(source: LiveSource, { publisher, ...deps }: FeedTaskDeps): Task {
  return {
    name: `feed.${source.name}`,
    run: (lease, stop) =>
      runLiveFeed(
        { ...deps, source, clock: systemClock, outlet: publisher, random: Math.random },
        AbortSignal.any([stop, lease.lost]),
      ),
  };
}

function simulatorTask(config: FeedConfig, { node, session, publisher, onReport, log }: FeedTaskDeps): Task {
  const { SIM_SEED: seed, SIM_RATE: ratePerSecond, SIM_DETAIL: detail, PAIRS: pairs, SCENARIOS: kinds } = config;
  const gives: FeedReport["gives"] = ["quotes", "trades"];
  if (detail !== "l1") gives.push("levels");
  if (detail === "l3") gives.push("orders");
  return {
    name: "feed.sim",
    run: async (lease, stop) => {
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
          signal: AbortSignal.any([stop, lease.lost]),
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
    },
  };
}
