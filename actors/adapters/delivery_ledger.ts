/**
 * What became of alerts along their routes, in the stream DELIVERIES: each route is a chain of messages, the newest of which says how
 * far it is.
 *
 * @module
 */
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Delivery, deliverySubject, STREAMS } from "../contract/mod.ts";
import { JetStreamOutlet } from "./jetstream_outlet.ts";

const ANSWER_TIMEOUT_MS = 1_000;

export class DeliveryLedger {
  readonly #nc: NatsConnection;
  readonly #outlet: JetStreamOutlet;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#outlet = new JetStreamOutlet(nc);
  }

  /** The newest of a route; `undefined` where there is none. One that is not of the schema says nothing. */
  async newest(route: string): Promise<{ sequence: number; delivery: Delivery | undefined } | undefined> {
    const manager = await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_TIMEOUT_MS });
    const message = await manager.streams.getMessage(STREAMS.deliveries.name, { last_by_subj: deliverySubject(route) });
    if (message === null) return undefined;
    try {
      return { sequence: message.seq, delivery: Delivery.safeParse(message.json()).data };
    } catch {
      return { sequence: message.seq, delivery: undefined };
    }
  }

  /**
   * Store what follows message `after` of its route, 0 for the first; what is there already, by its id, is not stored again.
   *
   * @throws {NotNewestError} where another one follows it.
   */
  store(delivery: Delivery, { after, id }: { after: number; id: string }): Promise<number> {
    const { route } = delivery;
    return this.#outlet.store(
      { subject: deliverySubject(route), payload: JSON.stringify(delivery), messageId: id },
      after,
    );
  }
}
