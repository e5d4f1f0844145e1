/**
 * Events as JSON on `fx.ingest.<PAIR>`: request and reply, or plain publishing.
 *
 * Any number of nodes may serve it; a queue group hands each request to one of them. An answer is an `IngestReply`; a request of which
 * nothing could be taken is answered with the reason in its headers, as NATS services do it. Who publishes without asking for a reply
 * is told nothing: what is refused is counted only.
 *
 * @module
 */
import { headers, type Msg, type NatsConnection } from "@nats-io/nats-core";
import {
  ALL_INGEST,
  IngestError,
  type IngestErrorCode,
  type IngestReply,
  type Pair,
  pairOfSubject,
} from "../contract/mod.ts";
import type { LogLine } from "../runtime/mod.ts";

/** Requests in progress on one node, and their bytes. One more is answered `busy` at once; without a reply subject it is lost, and said. */
export const INGEST_REQUESTS_MAX = 256;
export const INGEST_IN_PROGRESS_BYTES_MAX = 64 * 1024 * 1024;
const QUEUE = "ingest";
/** Time between two words about what is lost. */
const TELL_INTERVAL_MS = 1_000;

/** Status of an error, as HTTP has it. */
export const INGEST_STATUS: Readonly<Record<IngestErrorCode, number>> = {
  malformed: 400,
  "too-large": 413,
  busy: 503,
  unserved: 503,
  failed: 500,
};
/** Header that carries the error's own code. */
export const INGEST_ERROR_HEADER = "Fx-Ingest-Error";

export interface IngestServiceOptions {
  take(bytes: Uint8Array, pair: Pair): Promise<IngestReply>;
  log: LogLine;
}

/** Serve until the result is stopped; what is in progress is answered first. */
export function serveIngest(nc: NatsConnection, { take, log }: IngestServiceOptions): { stop(): Promise<void> } {
  const inProgress = new Set<Promise<void>>();
  let bytes = 0;
  let toldMs = -Infinity;

  const answer = async (message: Msg): Promise<void> => {
    try {
      const pair = pairOfSubject(message.subject);
      if (pair === undefined) {
        throw new IngestError("malformed", `${message.subject}: its last part is no pair; expected for example EURUSD`);
      }
      const reply = await take(message.data, pair);
      if (message.reply) message.respond(JSON.stringify(reply));
    } catch (error) {
      refuse(message, error instanceof IngestError ? error : new IngestError("failed", (error as Error).message));
      if (!(error instanceof IngestError)) log("error", `${message.subject}: ${(error as Error).stack}`);
    }
  };
  const subscription = nc.subscribe(ALL_INGEST, {
    queue: QUEUE,
    callback: (error, message) => {
      if (error !== null) return log("warn", `${ALL_INGEST}: ${error.message}`);
      if (inProgress.size >= INGEST_REQUESTS_MAX || bytes + message.data.length > INGEST_IN_PROGRESS_BYTES_MAX) {
        refuse(message, new IngestError("busy", `${inProgress.size} requests of ${bytes} bytes are in progress`));
        if (!message.reply && performance.now() - toldMs > TELL_INTERVAL_MS) {
          toldMs = performance.now();
          log("warn", `${message.subject}: too much at once, and nobody to tell: lost`);
        }
        return;
      }
      bytes += message.data.length;
      const answering = answer(message).finally(() => {
        bytes -= message.data.length;
        inProgress.delete(answering);
      });
      inProgress.add(answering);
    },
  });
  return {
    async stop() {
      await subscription.drain().catch(() => {});
      await Promise.all(inProgress);
    },
  };
}

function refuse(message: Msg, { code, message: text }: IngestError): void {
  if (!message.reply) return;
  const header = headers();
  const line = text.replace(/[\r\n]+/g, " ").slice(0, 300);
  header.set("Nats-Service-Error", line);
  header.set("Nats-Service-Error-Code", String(INGEST_STATUS[code]));
  header.set(INGEST_ERROR_HEADER, code);
  message.respond(JSON.stringify({ error: code, message: line }), { headers: header });
}
