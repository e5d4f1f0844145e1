/**
 * What people do to alerts and rules, written where the alert actor finds it.
 *
 * @module
 */
import { jetstream } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { type AlertCommand, BUCKETS, COMMAND_SUBJECT } from "../contract/mod.ts";
import { isWrongSequence } from "./jetstream_outlet.ts";
import { once } from "./once.ts";

/** One version of a rule. */
export interface RuleVersion {
  readonly revision: number;
  readonly timeMs: number;
  /** As it was written, `undefined` where it was deleted. */
  readonly text: string | undefined;
}

/** Somebody else wrote a rule meanwhile. */
export class RuleChangedError extends Error {
  override readonly name = "RuleChangedError";
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

  /**
   * Answers the revision that it is.
   *
   * @param after the newest revision that the writer knows, 0 where they know of none. @default {whatever is there}
   * @throws {RuleChangedError} where somebody has written another one behind it.
   */
  async putRule(name: string, text: string, after?: number): Promise<number> {
    const kv = await this.#open();
    if (after === undefined) return await kv.put(name, text);
    try {
      return after === 0 ? await kv.create(name, text) : await kv.update(name, text, after);
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      throw new RuleChangedError(`rule ${name} has changed since revision ${after}`, { cause: error });
    }
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
