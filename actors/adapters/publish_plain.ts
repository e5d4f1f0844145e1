/**
 * Publishes on a subject of other people, that no stream of ours keeps.
 *
 * @module
 */
import { headers as makeHeaders, type NatsConnection } from "@nats-io/nats-core";
import { MESSAGE_ID_HEADER } from "../contract/mod.ts";

/** Resolves when the server has it. */
export async function publishPlain(
  nc: NatsConnection,
  { subject, payload, id }: { subject: string; payload: string; id: string },
): Promise<void> {
  const headers = makeHeaders();
  headers.set(MESSAGE_ID_HEADER, id);
  nc.publish(subject, payload, { headers });
  await nc.flush();
}
