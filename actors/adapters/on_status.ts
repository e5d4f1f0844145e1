/**
 * Noticing what becomes of a connection.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/nats-core";

/** Call back whenever the connection is lost, or up again, until stopped. */
export function onStatus(
  nc: NatsConnection,
  wanted: "disconnect" | "reconnect",
  callback: () => void,
): { stop(): void } {
  const status = nc.status();
  (async () => {
    for await (const { type } of status) if (type === wanted) callback();
  })();
  // The client hands out a queue that can be stopped, though its type does not say so.
  return { stop: () => (status as unknown as { stop(): void }).stop() };
}
