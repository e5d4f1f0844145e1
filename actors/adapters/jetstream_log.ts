/**
 * A JetStream stream as a log to read in order.
 *
 * @module
 */
import { DeliverPolicy, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import {
  type Log,
  type LogExtent,
  type LogMessage,
  type LogReading,
  LogRewoundError,
  type ReadOptions,
} from "../runtime/mod.ts";
import { systemClock } from "./clock.ts";
import { consume } from "./consume.ts";

/** Time between two words about readers that begin again. */
const TELL_INTERVAL_MS = 1_000;
/** Pause before a consumer that broke off is made anew. */
const RESUME_PAUSE_MS = 500;
/** Time for one answer: a stream without a leader gives none, and soon has another one. */
const ANSWER_TIMEOUT_MS = 1_000;

/** One message as a reader of the log sees it. */
class JetStreamLogMessage implements LogMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly pendingCount: number;
  readonly timeMs: number;
  constructor(message: JsMsg) {
    const info = message.info;
    this.subject = message.subject;
    this.sequence = info.streamSequence;
    this.data = message.data;
    this.pendingCount = info.pending;
    this.timeMs = info.timestampNanos / 1e6;
  }
}

export class JetStreamLog implements Log {
  readonly #nc: NatsConnection;
  readonly #stream: string;
  readonly #onResume: (error: Error) => void;
  #toldMs = -Infinity;

  /** @param onResume told when readers had to begin again at their position, with the reason of one of them. */
  constructor(nc: NatsConnection, stream: string, onResume: (error: Error) => void = () => {}) {
    this.#nc = nc;
    this.#stream = stream;
    this.#onResume = onResume;
  }

  async extent(): Promise<LogExtent> {
    const { state, created } = await (await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS }))
      .streams.info(this.#stream);
    return { firstSequence: state.first_seq, lastSequence: state.last_seq, createdMs: Date.parse(created) };
  }

  async newestSequence(subject: string): Promise<number> {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS });
    return (await manager.streams.getMessage(this.#stream, { last_by_subj: subject }))?.seq ?? 0;
  }

  /** One of many readers that fail at the same time is enough. */
  #tell(error: Error): void {
    const nowMs = systemClock.elapsedMs();
    if (nowMs - this.#toldMs < TELL_INTERVAL_MS) return;
    this.#toldMs = nowMs;
    this.#onResume(error);
  }

  read(fromSequence: number, options: ReadOptions): LogReading {
    let depth = () => 0;
    const messages = this.#read(fromSequence, options, (of) => depth = of);
    return {
      get depth() {
        return depth();
      },
      [Symbol.asyncIterator]: () => messages,
    };
  }

  async *#read(
    fromSequence: number,
    { signal, subject, aheadMax, createdMs: wantedMs }: ReadOptions,
    onDepth: (depth: () => number) => void,
  ): AsyncGenerator<LogMessage> {
    let next = fromSequence;
    let createdMs = wantedMs;
    while (!signal.aborted) {
      try {
        const extent = await this.extent();
        createdMs ??= extent.createdMs;
        if (extent.createdMs !== createdMs || next > extent.lastSequence + 1) {
          throw new LogRewoundError(
            `Cannot go on at ${next}: stream ${this.#stream} ends at ${extent.lastSequence}, made anew or put back`,
          );
        }
        const messages = await consume(this.#nc, {
          stream: this.#stream,
          consumer: {
            deliver_policy: DeliverPolicy.StartSequence,
            opt_start_seq: Math.max(next, 1),
            ...(subject === undefined ? {} : { filter_subjects: subject }),
          },
          signal,
          aheadMax,
        });
        onDepth(() => messages.depth);
        for await (const message of messages) {
          const read = new JetStreamLogMessage(message);
          if (read.sequence < next) continue;
          next = read.sequence + 1;
          yield read;
        }
      } catch (error) {
        if (error instanceof LogRewoundError) throw error;
        if (signal.aborted || this.#nc.isClosed()) return;
        this.#tell(error as Error);
        await systemClock.sleep(RESUME_PAUSE_MS, signal);
      }
    }
  }
}
