/**
 * What people do to alerts and rules, written where the alert actor finds it.
 *
 * @module
 */
import { jetstream } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { type AlertCommand, BUCKETS, COMMAND_SUBJECT } from "../contract/mod.ts";
import { once } from "./once.ts";

/** One version of a rule. */
export interface RuleVersion {
  readonly revision: number;
  readonly timeMs: number;
  /** As it was written, `undefined` where it was deleted. */
  readonly text: string | undefined;
}

export class AlertDesk {
  readonly #nc: NatsConnection;
  readonly #open: () => Promise<KV>;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#open = once(() => new Kvm(nc).open(BUCKETS.rules.name));
  }

  /** Resolves when the command is in the log. */
  async command(command: AlertCommand): Promise<void> {
    await jetstream(this.#nc).publish(COMMAND_SUBJECT, JSON.stringify(command));
  }

  /** Every rule's text by its name. */
  async ruleTexts(): Promise<Map<string, string>> {
    const kv = await this.#open();
    const texts = new Map<string, string>();
    for await (const key of await kv.keys()) {
      const entry = await kv.get(key);
      if (entry?.operation === "PUT") texts.set(key, entry.string());
    }
    return texts;
  }

  /** Answers the revision that it is. */
  async putRule(name: string, text: string): Promise<number> {
    return await (await this.#open()).put(name, text);
  }

  async deleteRule(name: string): Promise<void> {
    await (await this.#open()).delete(name);
  }

  /** Versions of a rule that are kept, oldest first. */
  async versions(name: string): Promise<RuleVersion[]> {
    const versions: RuleVersion[] = [];
    for await (const { revision, created, operation, value } of await (await this.#open()).history({ key: name })) {
      const text = operation === "PUT" ? new TextDecoder().decode(value) : undefined;
      versions.push({ revision, timeMs: created.getTime(), text });
    }
    return versions;
  }
}
