/**
 * Publishing to JetStream with a window of unacknowledged messages.
 *
 * One acknowledged publish at a time waits for a round trip each; a window keeps the wire busy and still knows what is stored.
 * A message that is not acknowledged in time is sent again under the same id, so a stream that did store it drops the copy.
 *
 * What is stored on a subject is at all times a beginning of what was published there. A server by itself takes the messages of a
 * connection in their order, so only a connection that breaks can leave some out. In a cluster the server that leads a stream may
 * change behind a connection that stays: the old leader drops what it has not yet agreed on without a word, and the new one
 * takes what comes next. There each subject has one message on its way at a time, and the next one waits for its acknowledgement;
 * subjects do not wait for each other. From the moment that anything fails nothing new is sent until everything in doubt has
 * been sent again, one by one and in its first order.
 *
 * What is acknowledged stays: a server that is killed has handed it to the operating system, or a majority of the cluster has it.
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

/** Messages held at once, sent or still waiting for their turn. Overflow: `publish` waits. */
export const PUBLISH_WINDOW_MAX = 256;
/** Time for one acknowledgement. Well inside every stream's duplicate window, so that a repeat is recognised. */
const ACK_TIMEOUT_MS = 2_000;
/** First pause before repeats; doubled each time up to the longest. */
const RETRY_PAUSE_MS_MIN = 50;
const RETRY_PAUSE_MS_MAX = 500;
/** Refusals of a server that is in the midst of a change: no leader yet, a copy of this message under way, too much at once. */
const PASSING_CODES: ReadonlySet<number> = new Set([10_008, 10_158, 10_167]);

interface Message {
  /** Counts the messages of this window: the order in which repeats are sent. */
  readonly number: number;
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly messageId: string;
  /** Told when it is stored, where somebody waits for that. */
  readonly onStored?: (isDuplicate: boolean) => void;
}

/** The messages of one subject. */
interface Lane {
  readonly waiting: Message[];
  inFlight: number;
}

export class PublishWindow {
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #giveUpMs: number;
  readonly #lanes = new Map<string, Lane>();
  /** Messages that are neither stored nor given up. */
  #held = 0;
  #inFlight = 0;
  #number = 0;
  #failed: Message[] = [];
  #fault: Error | undefined;
  #repairing: Promise<void> | undefined;
  /** The connection broke while messages were in flight, and not all of them are settled yet. */
  #inDoubt = false;
  /** The connection is lost, and not up again yet. */
  #isAway = false;
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

  /**
   * As {@linkcode publish}, but resolves when the message is stored, and says whether it was there already.
   *
   * @throws where it is given up.
   */
  async store(subject: string, data: Uint8Array | string, messageId: string): Promise<{ isDuplicate: boolean }> {
    let stored: { isDuplicate: boolean } | undefined;
    await this.publish(subject, data, messageId, (isDuplicate) => stored = { isDuplicate });
    while (stored === undefined && this.#fault === undefined) await this.#settle();
    if (stored === undefined) throw this.#fault;
    return stored;
  }

  /** Resolves when the message has a place in the window. */
  async publish(
    subject: string,
    data: Uint8Array | string,
    messageId: string,
    onStored?: (isDuplicate: boolean) => void,
  ): Promise<void> {
    // While the connection is away it may wait here for its turn: what is waiting is given up together, with a reason.
    const isClosed = () => !this.#isOpen && !this.#isAway;
    while (this.#fault === undefined && (isClosed() || this.#held >= PUBLISH_WINDOW_MAX)) await this.#settle();
    if (this.#fault !== undefined) throw this.#fault;
    let lane = this.#lanes.get(subject);
    if (lane === undefined) this.#lanes.set(subject, lane = { waiting: [], inFlight: 0 });
    lane.waiting.push({ number: ++this.#number, subject, data, messageId, onStored });
    this.#held++;
    this.#pump(subject, lane);
  }

  /** Resolves when everything published so far is stored. */
  async drain(): Promise<void> {
    while (this.#fault === undefined && this.#held > 0) await this.#settle();
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Whether new messages may be sent. */
  get #isOpen(): boolean {
    return !this.#isAway && !this.#inDoubt && this.#failed.length === 0 && this.#fault === undefined;
  }

  /** Send what waits for its turn on a subject. */
  #pump(subject: string, lane: Lane): void {
    const inFlightMax = this.#nc.info?.cluster ? 1 : PUBLISH_WINDOW_MAX;
    while (this.#isOpen && lane.waiting.length > 0 && lane.inFlight < inFlightMax) {
      this.#send(lane.waiting.shift()!, lane);
    }
    if (lane.waiting.length === 0 && lane.inFlight === 0) this.#lanes.delete(subject);
  }

  #send(message: Message, lane: Lane): void {
    this.#inFlight++;
    lane.inFlight++;
    this.#js.publish(message.subject, message.data, { msgID: message.messageId }).then((ack) => {
      this.#held--;
      this.stats.storedCount++;
      if (ack.duplicate) this.stats.duplicateCount++;
      message.onStored?.(ack.duplicate);
    }, (error: Error) => {
      if (isPassing(error)) this.#failed.push(message);
      else this.#fault ??= new Error(`Cannot publish on ${message.subject}: ${error.message}`, { cause: error });
    }).finally(() => {
      this.#inFlight--;
      lane.inFlight--;
      this.#pump(message.subject, lane);
      this.#settled();
    });
  }

  #settled(): void {
    if (this.#inFlight === 0) {
      if (this.#failed.length === 0) this.#reopen();
      else if (this.#fault === undefined) this.#repairing ??= this.#repair().finally(() => this.#repairing = undefined);
    }
    this.#wake();
  }

  #reopen(): void {
    this.#inDoubt = false;
    for (const [subject, lane] of this.#lanes) this.#pump(subject, lane);
  }

  /**
   * While the connection is away the client drops some of what it is given and holds back the rest, which would then overtake what
   * was dropped: nothing may be sent then.
   */
  async #watch(nc: NatsConnection): Promise<void> {
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    for await (const { type } of nc.status()) {
      if (type === "disconnect") {
        this.#isAway = true;
        this.#inDoubt = this.#inFlight > 0 || this.#failed.length > 0;
        giveUp ??= setTimeout(() => {
          const [subject = "any subject"] = this.#lanes.keys();
          this.#fault ??= new Error(`Cannot publish on ${subject}: the connection is away for ${this.#giveUpMs} ms`);
          this.#wake();
        }, this.#giveUpMs);
      } else if (type === "reconnect") {
        this.#isAway = false;
        clearTimeout(giveUp);
        giveUp = undefined;
        this.#settled();
      }
    }
    clearTimeout(giveUp);
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
        // The client drops what it is given meanwhile, and its answer would be waited for in vain.
        if (this.#isAway) throw new Error("the connection is away");
        // An outage may outlast the memory for ids, or an answer be late again and again: what of the failed is stored all the
        // same is asked, not tried.
        if (!looked) await this.#dropStored();
        looked = true;
        if (this.#failed[0] !== message) continue;
        const ack = await this.#js.publish(message.subject, message.data, { msgID: message.messageId });
        this.#held--;
        this.stats.storedCount++;
        this.stats.repeatedCount++;
        if (ack.duplicate) this.stats.duplicateCount++;
        message.onStored?.(ack.duplicate);
        this.#failed.shift();
        pauseMs = RETRY_PAUSE_MS_MIN;
      } catch (error) {
        if (!isPassing(error as Error) || Date.now() - startMs > this.#giveUpMs) {
          this.#fault = new Error(`Cannot publish on ${message.subject}: ${(error as Error).message}`, {
            cause: error,
          });
          break;
        }
        looked = false;
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
      this.#held -= this.#failed.length - left.length;
      this.stats.storedCount += this.#failed.length - left.length;
      const kept = new Set(left);
      for (const message of this.#failed) if (!kept.has(message)) message.onStored?.(false);
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
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: ACK_TIMEOUT_MS });
  const message = await manager.streams.getMessage(stream.name, { last_by_subj: subject });
  return message?.header.get(MESSAGE_ID_HEADER);
}

/** Whether trying again can help: the server is away or slow. What the server refuses, it will refuse again. */
function isPassing(error: Error): boolean {
  if (error instanceof JetStreamApiError) return PASSING_CODES.has(error.code);
  return !(error instanceof ClosedConnectionError ||
    error instanceof InvalidSubjectError || error instanceof PermissionViolationError);
}
