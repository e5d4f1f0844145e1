/**
 * Publishing to JetStream with a window of unacknowledged messages.
 *
 * One acknowledged publish at a time waits for a round trip each; a window keeps the wire busy and still knows what is stored.
 * A message that is not acknowledged in time is sent again under the same id, so a stream that did store it drops the copy.
 *
 * What is stored is at all times a beginning of what was published. A server takes the messages of a connection in their order, so
 * only a connection that breaks can leave some out; from that moment on nothing new is sent until everything in doubt has been
 * sent again, one by one and in its first order.
 *
 * @module
 */
import { jetstream, JetStreamApiError, type JetStreamClient, jetstreamManager } from "@nats-io/jetstream";
import {
  ClosedConnectionError,
  InvalidSubjectError,
  type NatsConnection,
  PermissionViolationError,
} from "@nats-io/nats-core";
import { MESSAGE_ID_HEADER, STREAMS } from "../contract/mod.ts";

/** Messages that may be unacknowledged at once. Overflow: `publish` waits. */
export const PUBLISH_WINDOW_MAX = 256;
/** Time for one acknowledgement. Well inside every stream's duplicate window, so that a repeat is recognised. */
const ACK_TIMEOUT_MS = 3_000;
/** First pause before repeats; doubled each time up to the longest. */
const RETRY_PAUSE_MS_MIN = 50;
const RETRY_PAUSE_MS_MAX = 2_000;

interface Message {
  /** Counts the messages of this window: the order in which repeats are sent. */
  readonly number: number;
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly messageId: string;
}

export class PublishWindow {
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #giveUpMs: number;
  #inFlight = 0;
  #number = 0;
  #failed: Message[] = [];
  #fault: Error | undefined;
  #repairing: Promise<void> | undefined;
  /** The connection broke while messages were in flight, and not all of them are settled yet. */
  #inDoubt = false;
  #waiters: (() => void)[] = [];
  /** Messages stored, and messages the stream already had. */
  readonly stats = { storedCount: 0, duplicateCount: 0, repeatedCount: 0 };

  /** @param giveUpMs how long one message may fail before `publish` and `drain` reject. */
  constructor(nc: NatsConnection, options: { giveUpMs: number }) {
    this.#nc = nc;
    this.#js = jetstream(nc, { timeout: ACK_TIMEOUT_MS });
    this.#giveUpMs = options.giveUpMs;
    void this.#watch(nc);
  }

  /** Resolves when the message has a place in the window. */
  async publish(subject: string, data: Uint8Array | string, messageId: string): Promise<void> {
    while (
      this.#fault === undefined && (this.#inDoubt || this.#inFlight >= PUBLISH_WINDOW_MAX || this.#failed.length > 0)
    ) {
      await this.#settle();
    }
    if (this.#fault !== undefined) throw this.#fault;
    this.#send({ number: ++this.#number, subject, data, messageId });
  }

  /** Resolves when everything published so far is stored. */
  async drain(): Promise<void> {
    while (this.#fault === undefined && (this.#inFlight > 0 || this.#failed.length > 0)) await this.#settle();
    if (this.#fault !== undefined) throw this.#fault;
  }

  #send(message: Message): void {
    this.#inFlight++;
    this.#js.publish(message.subject, message.data, { msgID: message.messageId }).then((ack) => {
      this.stats.storedCount++;
      if (ack.duplicate) this.stats.duplicateCount++;
    }, (error: Error) => {
      if (isPassing(error)) this.#failed.push(message);
      else this.#fault ??= new Error(`Cannot publish on ${message.subject}: ${error.message}`, { cause: error });
    }).finally(() => {
      this.#inFlight--;
      this.#settled();
    });
  }

  #settled(): void {
    if (this.#inFlight === 0) {
      if (this.#failed.length === 0) this.#inDoubt = false;
      else if (this.#fault === undefined) this.#repairing ??= this.#repair().finally(() => this.#repairing = undefined);
    }
    this.#wake();
  }

  /** What the client holds back while it is disconnected would overtake what was lost: nothing may be sent then. */
  async #watch(nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type === "disconnect") this.#inDoubt = this.#inFlight > 0 || this.#failed.length > 0;
    }
  }

  /** Send what failed again, one by one and in order, until all is stored. */
  async #repair(): Promise<void> {
    const startMs = Date.now();
    let pauseMs = RETRY_PAUSE_MS_MIN;
    this.#failed.sort((a, b) => a.number - b.number);
    let looked = false;
    while (this.#failed.length > 0) {
      const message = this.#failed[0]!;
      try {
        // An outage may outlast the memory for ids: what of the failed is stored all the same is asked, not tried.
        if (!looked) await this.#dropStored();
        looked = true;
        if (this.#failed[0] !== message) continue;
        const ack = await this.#js.publish(message.subject, message.data, { msgID: message.messageId });
        this.stats.storedCount++;
        this.stats.repeatedCount++;
        if (ack.duplicate) this.stats.duplicateCount++;
        this.#failed.shift();
        pauseMs = RETRY_PAUSE_MS_MIN;
      } catch (error) {
        if (!isPassing(error as Error) || Date.now() - startMs > this.#giveUpMs) {
          this.#fault = new Error(`Cannot publish on ${message.subject}: ${(error as Error).message}`, {
            cause: error,
          });
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = Math.min(2 * pauseMs, RETRY_PAUSE_MS_MAX);
      }
    }
    this.#settled();
  }

  /** Forget the failed messages that a stream holds: of each subject those up to the newest one stored. */
  async #dropStored(): Promise<void> {
    for (const subject of new Set(this.#failed.map((message) => message.subject))) {
      const newest = await lastMessageId(this.#nc, subject);
      const stored = this.#failed.findLast((message) => message.subject === subject && message.messageId === newest);
      if (stored === undefined) continue;
      const left = this.#failed.filter((message) => message.subject !== subject || message.number > stored.number);
      this.stats.storedCount += this.#failed.length - left.length;
      this.#failed = left;
    }
  }

  #settle(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** Id of the newest message stored on a subject. */
export async function lastMessageId(nc: NatsConnection, subject: string): Promise<string | undefined> {
  const stream = Object.values(STREAMS).find(({ subjects }) => subject.startsWith(subjects[0].replace(/[*>]$/, "")));
  if (stream === undefined) throw new RangeError(`Cannot find the stream of subject "${subject}"`);
  const manager = await jetstreamManager(nc);
  const message = await manager.streams.getMessage(stream.name, { last_by_subj: subject });
  return message?.header.get(MESSAGE_ID_HEADER);
}

/** Whether trying again can help: the server is away or slow. What the server refuses, it will refuse again. */
function isPassing(error: Error): boolean {
  return !(error instanceof JetStreamApiError || error instanceof ClosedConnectionError ||
    error instanceof InvalidSubjectError || error instanceof PermissionViolationError);
}
