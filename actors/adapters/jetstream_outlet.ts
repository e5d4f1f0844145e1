/**
 * Outputs of actors in JetStream: the server itself checks that each follows the one before it on its subject.
 *
 * @module
 */
import {
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstreamManager,
} from "@nats-io/jetstream";
import { headers as makeHeaders, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { MESSAGE_ID_HEADER, STREAMS } from "../contract/mod.ts";
import { NotNewestError, type Outlet, type Output } from "../runtime/mod.ts";

/** Time for one acknowledgement; the output is sent again after it, under the same id. */
const ACK_TIMEOUT_MS = 3_000;
/** Time for one answer: a stream without a leader gives none, and soon has another one. */
const ANSWER_TIMEOUT_MS = 1_000;

export class JetStreamOutlet implements Outlet {
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#js = jetstream(nc, { timeout: ACK_TIMEOUT_MS });
  }

  async newest(subject: string): Promise<{ sequence: number; messageId: string | undefined } | undefined> {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS });
    // Asked of the stream's leader, not of a replica that may lag.
    const message = await manager.streams.getMessage(streamOf(subject), { last_by_subj: subject });
    return message === null ? undefined : { sequence: message.seq, messageId: message.header.get(MESSAGE_ID_HEADER) };
  }

  async store({ subject, payload, headers, messageId }: Output, after: number): Promise<number> {
    try {
      const ack = await this.#js.publish(subject, payload, {
        msgID: messageId,
        expect: { lastSubjectSequence: after },
        ...(headers === undefined ? {} : { headers: toHeaders(headers) }),
      });
      return ack.seq;
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      throw new NotNewestError(`${subject}: ${after} is not the newest message`, { cause: error });
    }
  }
}

/** Whether the server refused a message because another one is the newest on its subject. */
export function isWrongSequence(error: unknown): boolean {
  return error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown);
}

function streamOf(subject: string): string {
  const stream = Object.values(STREAMS).find(({ subjects }) => subject.startsWith(subjects[0].replace(/[*>]$/, "")));
  if (stream === undefined) throw new RangeError(`Cannot find the stream of subject "${subject}"`);
  return stream.name;
}

function toHeaders(pairs: Readonly<Record<string, string>>): MsgHdrs {
  const headers = makeHeaders();
  for (const [name, value] of Object.entries(pairs)) headers.set(name, value);
  return headers;
}
