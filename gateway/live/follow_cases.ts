/**
 * Follows the log of cases: the newest part of what it holds, then whatever comes, for as long as the gateway runs.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { onStatus } from "../../actors/adapters/on_status.ts";
import { STREAMS } from "../../actors/contract/mod.ts";
import { type LogLine, LogRewoundError } from "../../actors/runtime/mod.ts";
import type { RecentCases } from "./recent_cases.ts";

/** Messages of the log that are read at the start. A case that said nothing since is found through the API only. */
export const CASES_BACKLOG_MESSAGES = 5_000;
/** Pause before a log that cannot be read is tried again. */
const RETRY_MS = 1_000;

/** Resolves when the signal aborts, or the connection is closed for good. */
export async function followCases(
  nc: NatsConnection,
  { cases, signal, log }: { cases: RecentCases; signal: AbortSignal; log: LogLine },
): Promise<void> {
  const { name } = STREAMS.anomalies;
  const source = new JetStreamLog(nc, name, (error) => log("debug", `reading ${name} anew: ${error.message}`));
  let isCaughtUp = false;
  const watches = [
    onStatus(nc, "disconnect", () => cases.lose()),
    onStatus(nc, "reconnect", () => isCaughtUp && cases.follow()),
  ];
  const follow = () => {
    isCaughtUp = true;
    cases.follow();
  };
  while (!signal.aborted && !nc.isClosed()) {
    try {
      const { lastSequence, firstSequence, createdMs } = await source.extent();
      isCaughtUp = false;
      cases.clear();
      const from = Math.max(1, firstSequence, lastSequence - CASES_BACKLOG_MESSAGES + 1);
      if (from > lastSequence) follow();
      for await (const { data, sequence } of source.read(from, { signal, createdMs })) {
        cases.take(data);
        if (sequence >= lastSequence && !isCaughtUp) follow();
      }
    } catch (error) {
      cases.lose();
      if (!(error instanceof LogRewoundError)) log("debug", `cases are not followed: ${(error as Error).message}`);
      await systemClock.sleep(RETRY_MS, signal);
    }
  }
  for (const watch of watches) watch.stop();
  cases.lose();
}
