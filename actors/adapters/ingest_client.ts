/**
 * Sending events as JSON to whichever feed node takes them.
 *
 * @module
 */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { IngestError, type IngestErrorCode, IngestReply, ingestSubject, type Pair } from "../contract/mod.ts";
import { INGEST_ERROR_HEADER, INGEST_STATUS } from "./ingest_service.ts";

/** Time for an answer: the log may be changing its leader. */
const ANSWER_TIMEOUT_MS = 20_000;

/** Send one request; resolves when what was accepted is stored. @throws {IngestError} */
export async function sendIngest(nc: NatsConnection, pair: Pair, payload: string): Promise<IngestReply> {
  let message;
  try {
    message = await nc.request(ingestSubject(pair), payload, { timeout: ANSWER_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof errors.RequestError && error.isNoResponders()) {
      throw new IngestError("unserved", "no feed node takes events", { cause: error });
    }
    throw new IngestError("failed", `no answer: ${(error as Error).message}`, { cause: error });
  }
  const code = message.headers?.get(INGEST_ERROR_HEADER);
  if (code) {
    throw new IngestError(
      code in INGEST_STATUS ? code as IngestErrorCode : "failed",
      message.headers!.get("Nats-Service-Error"),
    );
  }
  return IngestReply.parse(message.json());
}
