/**
 * Asking other nodes whether they are there.
 *
 * A session answers on a subject of its own. Once its connection is closed nobody listens there, and the server says so at once.
 *
 * @module
 */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { peerSubject } from "../contract/mod.ts";
import type { Peers } from "../runtime/mod.ts";

/** Time for an answer. */
const ANSWER_TIMEOUT_MS = 500;

export class NatsPeers implements Peers {
  readonly #nc: NatsConnection;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  async ask(session: string): Promise<"alive" | "gone" | "silent"> {
    try {
      await this.#nc.request(peerSubject(session), "", { timeout: ANSWER_TIMEOUT_MS });
      return "alive";
    } catch (error) {
      return error instanceof errors.RequestError && error.isNoResponders() ? "gone" : "silent";
    }
  }

  answer(session: string, signal: AbortSignal): void {
    const subscription = this.#nc.subscribe(peerSubject(session), {
      callback: (_error, message) => void message.respond(),
    });
    signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
  }
}
