/**
 * Reading a stream for as long as that shows signs of life.
 *
 * The client goes on by itself after an outage; where it goes on wrongly, or not at all, the reading must begin again. After a
 * reconnect a stream may have been put back and count anew, and what the client then asks for is passed over. And when the server
 * that hosts a consumer goes while the connection to another one stays, the client asks the dead one how its consumer is, and waits
 * without a word. So a reading ends, instead of going on, after every reconnect and after every silence; the caller begins anew.
 *
 * @module
 */
import { type ConsumerMessages, jetstream, type JsMsg, type OrderedConsumerOptions } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { onStatus } from "./on_status.ts";

/** Messages fetched ahead of the reader where nothing else is asked. Overflow: the server waits. */
const AHEAD_DEFAULT = 1_000;
/** A pull request is renewed after this time. */
const PULL_EXPIRES_MS = 10_000;
/** An idle consumer says so this often. */
const HEARTBEAT_MS = 1_000;
/** Silence, of a consumer that owes a message or a heartbeat, after which it is taken for gone. */
const SILENCE_MS_MAX = 3_000;
/** Time to make a consumer. */
const ANSWER_TIMEOUT_MS = 2_000;

export interface ConsumeOptions {
  stream: string;
  consumer: Partial<OrderedConsumerOptions>;
  signal: AbortSignal;
  aheadMax?: number;
}

/** The messages in their order. They end when the signal aborts, and when the reading must begin anew. */
export interface Reading extends AsyncIterable<JsMsg> {
  /** Messages that waited when it began. */
  readonly pendingCount: number;
  /** Messages received and not taken yet. */
  readonly depth: number;
}

/** Begin to read. The messages must be iterated, once. */
export async function consume(nc: NatsConnection, options: ConsumeOptions): Promise<Reading> {
  const { stream, signal, aheadMax = AHEAD_DEFAULT } = options;
  const consumer = await jetstream(nc, { timeout: ANSWER_TIMEOUT_MS }).consumers.get(stream, options.consumer);
  const { num_pending: pendingCount } = await consumer.info(true);
  const messages = await consumer.consume({
    max_messages: aheadMax,
    expires: PULL_EXPIRES_MS,
    idle_heartbeat: HEARTBEAT_MS,
    // A stream that is gone may come back as another one: look before going on.
    abort_on_missing_resource: true,
  });
  const hold = { isHeld: false };
  return {
    pendingCount,
    get depth() {
      // While nothing is taken the client counts one of its own requests as a message.
      return hold.isHeld ? messages.getPending() : 0;
    },
    [Symbol.asyncIterator]: () =>
      iterate(nc, messages, {
        signal,
        hold,
        end: () => {
          messages.stop();
          // Nobody waits for it: a consumer whose server is gone does not answer, and one that is forgotten goes by itself.
          consumer.delete().catch(() => {});
        },
      }),
  };
}

async function* iterate(
  nc: NatsConnection,
  messages: ConsumerMessages,
  { signal, hold, end }: { signal: AbortSignal; hold: { isHeld: boolean }; end: () => void },
): AsyncGenerator<JsMsg> {
  const stop = () => messages.stop();
  signal.addEventListener("abort", stop, { once: true });
  const watching = onStatus(nc, "reconnect", stop);
  const watchdog = watchSilence(messages, { hold, onSilence: stop });
  try {
    if (signal.aborted) return;
    for await (const message of messages) {
      hold.isHeld = true;
      yield message;
      hold.isHeld = false;
      watchdog.sign();
      if (signal.aborted) return;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    watching.stop();
    watchdog.stop();
    end();
  }
}

/** Call back when nothing is heard for long though the reader waits. */
function watchSilence(
  messages: ConsumerMessages,
  { hold, onSilence }: { hold: { readonly isHeld: boolean }; onSilence: () => void },
): { sign(): void; stop(): void } {
  let heardMs = performance.now();
  const sign = () => heardMs = performance.now();
  (async () => {
    for await (const { type } of messages.status()) if (type !== "heartbeats_missed") sign();
  })();
  const timer = setInterval(() => {
    if (!hold.isHeld && performance.now() - heardMs > SILENCE_MS_MAX) onSilence();
  }, HEARTBEAT_MS / 2);
  return { sign, stop: () => clearInterval(timer) };
}
