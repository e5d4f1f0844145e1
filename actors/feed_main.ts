/**
 * A feed: writes market frames to the log until it is told to stop.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import { connectFramePublisher } from "./adapters/frame_publisher.ts";
import { configured, runRole } from "./adapters/role.ts";
import { untilAborted } from "./adapters/until_aborted.ts";
import { readFeedConfig } from "./config.ts";
import { runSimulatorFeed } from "./feeds/mod.ts";

/** Time for the last frames to be acknowledged after the signal to stop; what is not by then may or may not be stored. */
const STOP_GRACE_MS = 3_000;

const config = configured(() => readFeedConfig(Deno.env.toObject()));

await runRole(config.LOG_LEVEL, async ({ signal, log, ready }) => {
  const { FEED: feed, NATS_URL: natsUrl, PAIRS: pairs, SIM_SEED: seed, SIM_RATE: ratePerSecond, SCENARIOS: kinds } =
    config;
  if (feed === "off") {
    log("info", "feed is off");
    ready({ feed });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return;
  }
  const publisher = await untilAborted(
    connectFramePublisher({ natsUrl, name: `feed ${feed}`, replicas: config.NATS_REPLICAS }),
    { signal },
  );
  if (publisher === undefined) return;
  const run = runSimulatorFeed({
    seed,
    pairs,
    ratePerSecond,
    detail: config.SIM_DETAIL,
    ...(kinds !== undefined && {
      scenarios: {
        kinds,
        intervalS: config.SCENARIO_INTERVAL_S,
        onLabel: (label) =>
          void publisher.publishLabel(label).catch((error: Error) => log("warn", `label not stored: ${error.message}`)),
      },
    }),
    clock: systemClock,
    outlet: publisher,
    signal,
    onFirstAcknowledged: () => {
      log(
        "info",
        `simulating ${pairs.join(", ")}: seed ${seed}, ${ratePerSecond} updates/s and pair at the busiest hour`,
      );
      ready({ feed });
    },
  });
  const summary = await untilAborted(run, { signal, graceMs: STOP_GRACE_MS });
  if (summary === undefined) return log("warn", "stopped before the last frames were acknowledged");
  log("info", `${summary.sourceName}: ${summary.events} events in ${summary.frames} frames, ${summary.gaps} gaps`);
  await publisher.close();
});
