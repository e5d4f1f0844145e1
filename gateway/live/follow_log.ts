/**
 * Follows a log of cases or alerts: the newest part of what it holds, then whatever comes, for as long as the gateway runs.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { onStatus } from "../../actors/adapters/on_status.ts";
import { type LogLine, LogRewoundError } from "../../actors/runtime/mod.ts";

/** Messages of the log that are read at the start. What said nothing since is found through the archive only. */
export const BACKLOG_MESSAGES = 5_000;
/** Pause before a log that cannot be read is tried again. */
const RETRY_MS = 1_000;

/** What is told of a log. */
export interface LogSink {
  take(data: Uint8Array): void;
  /** From now on this is all, and what is new arrives. */
  follow(): void;
  /** Nothing is heard until it is followed again. */
  lose(): void;
  /** The log begins anew. */
  clear(): void;
}

/** Resolves when the signal aborts, or the connection is closed for good. */
export async function followLog(
  nc: NatsConnection,
  name: string,
  { sink, signal, log }: { sink: LogSink; signal: AbortSignal; log: LogLine },
): Promise<void> {
  const source = new JetStreamLog(nc, name, (error) => log("debug", `reading ${name} anew: ${error.message}`));
  let isCaughtUp = false;
  const watches = [
    onStatus(nc, "disconnect", () => sink.lose()),
    onStatus(nc, "reconnect", () => isCaughtUp && sink.follow()),
  ];
  const follow = () => {
    isCaughtUp = true;
    sink.follow();
  };
  while (!signal.aborted && !nc.isClosed()) {
    try {
      const { lastSequence, firstSequence, createdMs } = await source.extent();
      isCaughtUp = false;
      sink.clear();
      const from = Math.max(1, firstSequence, lastSequence - BACKLOG_MESSAGES + 1);
      if (from > lastSequence) follow();
      for await (const { data, sequence } of source.read(from, { signal, createdMs })) {
        sink.take(data);
        if (sequence >= lastSequence && !isCaughtUp) follow();
      }
    } catch (error) {
      sink.lose();
      if (!(error instanceof LogRewoundError)) log("debug", `${name} is not followed: ${(error as Error).message}`);
      await systemClock.sleep(RETRY_MS, signal);
    }
  }
  for (const watch of watches) watch.stop();
  sink.lose();
}
