/**
 * A JetStream stream as a log to read in order.
 *
 * @module
 */
import { DeliverPolicy, jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { type Log, type LogExtent, type LogMessage, LogRewoundError } from "../runtime/mod.ts";
import { systemClock } from "./clock.ts";

/** Messages fetched ahead of the reader at most. Overflow: the server waits until the reader has taken some. */
export const READ_AHEAD_MAX = 1_000;
/** A pull request is renewed after this time. */
const PULL_EXPIRES_MS = 10_000;
/** A server that is silent for two of these is taken for gone, and the reading begins again at its position. */
const HEARTBEAT_MS = 1_000;
/** Pause before a consumer that broke off is made anew. */
const RESUME_PAUSE_MS = 500;

/** One message as a reader of the log sees it. */
class JetStreamLogMessage implements LogMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly caughtUp: boolean;
  constructor(message: JsMsg) {
    const info = message.info;
    this.subject = message.subject;
    this.sequence = info.streamSequence;
    this.data = message.data;
    this.caughtUp = info.pending === 0;
  }
}

export class JetStreamLog implements Log {
  readonly #nc: NatsConnection;
  readonly #stream: string;
  readonly #onResume: (error: Error) => void;

  /** @param onResume told whenever the reader had to begin again at its position, with the reason. */
  constructor(nc: NatsConnection, stream: string, onResume: (error: Error) => void = () => {}) {
    this.#nc = nc;
    this.#stream = stream;
    this.#onResume = onResume;
  }

  async extent(): Promise<LogExtent> {
    const { state, created } = await (await jetstreamManager(this.#nc)).streams.info(this.#stream);
    return { firstSequence: state.first_seq, lastSequence: state.last_seq, createdMs: Date.parse(created) };
  }

  async *read(fromSequence: number, signal: AbortSignal): AsyncGenerator<LogMessage> {
    let next = fromSequence;
    let createdMs: number | undefined;
    while (!signal.aborted) {
      try {
        const extent = await this.extent();
        createdMs ??= extent.createdMs;
        if (extent.createdMs !== createdMs || next > extent.lastSequence + 1) {
          throw new LogRewoundError(
            `Cannot go on at ${next}: stream ${this.#stream} ends at ${extent.lastSequence}, made anew or put back`,
          );
        }
        const consumer = await jetstream(this.#nc).consumers.get(this.#stream, {
          deliver_policy: DeliverPolicy.StartSequence,
          opt_start_seq: Math.max(next, 1),
        });
        const messages = await consumer.consume({
          max_messages: READ_AHEAD_MAX,
          expires: PULL_EXPIRES_MS,
          idle_heartbeat: HEARTBEAT_MS,
          // A stream that is gone may come back as another one: look before going on.
          abort_on_missing_resource: true,
        });
        const stop = () => messages.stop();
        signal.addEventListener("abort", stop, { once: true });
        // The client goes on by itself after an outage, and would pass over what a log that was put back counts anew.
        const watching = onReconnect(this.#nc, stop);
        try {
          if (signal.aborted) return;
          for await (const message of messages) {
            const read = new JetStreamLogMessage(message);
            if (read.sequence < next) continue;
            next = read.sequence + 1;
            yield read;
            if (signal.aborted) return;
          }
        } finally {
          signal.removeEventListener("abort", stop);
          watching.stop();
          messages.stop();
          await consumer.delete().catch(() => {});
        }
      } catch (error) {
        if (error instanceof LogRewoundError) throw error;
        if (signal.aborted || this.#nc.isClosed()) return;
        this.#onResume(error as Error);
        await systemClock.sleep(RESUME_PAUSE_MS, signal);
      }
    }
  }
}

/** Call back when the connection is up again. */
function onReconnect(nc: NatsConnection, callback: () => void): { stop(): void } {
  let stopped = false;
  (async () => {
    for await (const { type } of nc.status()) {
      if (stopped) return;
      if (type === "reconnect") callback();
    }
  })();
  return { stop: () => stopped = true };
}
