/**
 * A KV bucket as a register: every write a compare-and-set, every read and change from the leader.
 *
 * @module
 */
import {
  DeliverPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import { headers, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { type LogLine, type Register, type RegisterChange, type RegisterEntry, RevisionError } from "../runtime/mod.ts";
import { systemClock } from "./clock.ts";
import { consume } from "./consume.ts";
import { isWrongSequence } from "./jetstream_outlet.ts";

const OPERATION_HEADER = "KV-Operation";
const MARKER_HEADER = "Nats-Marker-Reason";
/** Time for one answer. */
const ANSWER_TIMEOUT_MS = 2_000;
/** Pause before a watch that broke off begins again. */
const WATCH_PAUSE_MS = 250;

export interface KvRegisterOptions {
  bucket: string;
  /** Called when the bucket may be gone: makes it again. */
  repair(): Promise<void>;
  logLine: LogLine;
}

export class KvRegister implements Register {
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #options: KvRegisterOptions;

  constructor(nc: NatsConnection, options: KvRegisterOptions) {
    this.#nc = nc;
    this.#js = jetstream(nc, { timeout: ANSWER_TIMEOUT_MS });
    this.#options = options;
  }

  async get(key: string): Promise<RegisterEntry | undefined> {
    const message = await this.#newest(key);
    return message === null || isMarker(message.header)
      ? undefined
      : { value: message.string(), revision: message.seq };
  }

  async put(key: string, value: string, revision: number): Promise<number> {
    try {
      return await this.#write(key, value, revision);
    } catch (error) {
      if (!(error instanceof RevisionError) || revision > 0) throw error;
      // A key that was deleted is not there, but its marker has a revision.
      const message = await this.#newest(key);
      if (message === null || !isMarker(message.header)) throw error;
      return await this.#write(key, value, message.seq);
    }
  }

  async delete(key: string, revision: number): Promise<void> {
    const header = headers();
    header.set(OPERATION_HEADER, "DEL");
    await this.#write(key, "", revision, header);
  }

  async *watch(signal: AbortSignal): AsyncGenerator<RegisterChange> {
    const { bucket, repair, logLine } = this.#options;
    while (!signal.aborted) {
      try {
        const messages = await consume(this.#nc, {
          stream: this.#stream,
          consumer: { deliver_policy: DeliverPolicy.LastPerSubject, filter_subjects: `${this.#prefix}>` },
          signal,
        });
        // What was missed before is not told afterwards: everything is told again.
        yield { type: "reset" };
        let isCurrent = messages.pendingCount === 0;
        if (isCurrent) yield { type: "current" };
        let count = 0;
        for await (const message of messages) {
          yield this.#changeOf(message);
          if (isCurrent || (++count < messages.pendingCount && message.info.pending > 0)) continue;
          isCurrent = true;
          yield { type: "current" };
        }
      } catch (error) {
        if (signal.aborted || this.#nc.isClosed()) return;
        logLine("warn", `watching ${bucket} anew: ${(error as Error).message}`);
        await systemClock.sleep(WATCH_PAUSE_MS, signal);
        const isGone = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
        if (!isGone) continue;
        await repair().catch((fault: Error) => logLine("warn", `${bucket} not repaired: ${fault.message}`));
      }
    }
  }

  get #stream(): string {
    return `KV_${this.#options.bucket}`;
  }

  get #prefix(): string {
    return `$KV.${this.#options.bucket}.`;
  }

  async #newest(key: string) {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS });
    return await manager.streams.getMessage(this.#stream, { last_by_subj: this.#prefix + key });
  }

  async #write(key: string, value: string, revision: number, header?: MsgHdrs): Promise<number> {
    try {
      const ack = await this.#js.publish(this.#prefix + key, value, {
        expect: { lastSubjectSequence: revision },
        headers: header,
      });
      return ack.seq;
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      throw new RevisionError(`${this.#options.bucket} ${key}: ${revision} is not its revision`, { cause: error });
    }
  }

  #changeOf(message: JsMsg): RegisterChange {
    const key = message.subject.slice(this.#prefix.length);
    const revision = message.seq;
    return isMarker(message.headers)
      ? { type: "gone", key, revision }
      : { type: "put", key, revision, value: message.string(), timeMs: message.info.timestampNanos / 1e6 };
  }
}

/** Whether a message says that its key was deleted, or went by age. */
function isMarker(header: MsgHdrs | undefined): boolean {
  return header?.get(OPERATION_HEADER) === "DEL" || header?.get(OPERATION_HEADER) === "PURGE" ||
    header?.has(MARKER_HEADER) === true;
}
