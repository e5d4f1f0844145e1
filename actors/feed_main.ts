/**
 * A feed: writes market frames to the log until it is told to stop.
 *
 * @module
 */
import { z } from "zod";
import { systemClock } from "./adapters/clock.ts";
import { connectFramePublisher } from "./adapters/frame_publisher.ts";
import { configured, runRole } from "./adapters/role.ts";
import { untilAborted } from "./adapters/until_aborted.ts";
import { DEFAULT_PAIRS, LogLevel, pairList, readEnv, urlOf, wholeNumber } from "./contract/mod.ts";
import { RATE_PER_SECOND_DEFAULT, runSimulatorFeed } from "./feeds/mod.ts";

/** More updates a second than any venue sends for one pair. */
const SIM_RATE_MAX = 10_000;
/** Time for the last frames to be acknowledged after the signal to stop; what is not by then may or may not be stored. */
const STOP_GRACE_MS = 3_000;

const config = configured(() =>
  readEnv({
    NATS_URL: urlOf("nats", "tls").default("nats://127.0.0.1:4222"),
    FEED: z.enum(["sim", "off"], { error: "expected sim or off" }).default("sim"),
    PAIRS: pairList().prefault(DEFAULT_PAIRS),
    SIM_SEED: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
    SIM_RATE: wholeNumber(1, SIM_RATE_MAX).default(RATE_PER_SECOND_DEFAULT),
    LOG_LEVEL: LogLevel.default("info"),
  }, Deno.env.toObject())
);

await runRole(config.LOG_LEVEL, async ({ signal, log, ready }) => {
  const { FEED: feed, NATS_URL: natsUrl, PAIRS: pairs, SIM_SEED: seed, SIM_RATE: ratePerSecond } = config;
  if (feed === "off") {
    log("info", "feed is off");
    ready({ feed });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return;
  }
  const publisher = await untilAborted(connectFramePublisher({ natsUrl, name: `feed ${feed}` }), { signal });
  if (publisher === undefined) return;
  const run = runSimulatorFeed({
    seed,
    pairs,
    ratePerSecond,
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
