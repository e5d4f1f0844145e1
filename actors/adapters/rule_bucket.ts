/**
 * Rules as they stand in their bucket.
 *
 * @module
 */
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { BUCKETS } from "../contract/mod.ts";
import { once } from "./once.ts";

export class RuleBucket {
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#open = once(() => new Kvm(nc).open(BUCKETS.rules.name));
  }

  /** Every rule's text by its name. */
  async texts(): Promise<Map<string, string>> {
    const kv = await this.#open();
    const texts = new Map<string, string>();
    for await (const key of await kv.keys()) {
      const entry = await kv.get(key);
      if (entry?.operation === "PUT") texts.set(key, entry.string());
    }
    return texts;
  }

  async put(name: string, text: string): Promise<void> {
    await (await this.#open()).put(name, text);
  }
}
