/**
 * The alert rules as they are in effect: those of the bucket, the usual ones, and why what stands in the bucket is none.
 *
 * @module
 */
import type { AlertRule } from "../../actors/contract/mod.ts";
import { RuleBook } from "../../actors/alerts/mod.ts";
import type { BucketEntry } from "./bucket_records.ts";
import type { BucketSink } from "./follow_bucket.ts";

/** A rule that is in effect. */
export interface RuleInEffect {
  readonly name: string;
  readonly rule: AlertRule;
  /** Nobody has put another one in its place. */
  readonly isDefault: boolean;
}

export class RulesView implements BucketSink {
  #book = new RuleBook();
  /** Names that somebody wrote a rule under. */
  #written = new Set<string>();
  /** Whether all rules are here and changes arrive. */
  followed = false;

  get rules(): RuleInEffect[] {
    return [...this.#book].map(([name, rule]) => ({ name, rule, isDefault: !this.#written.has(name) }))
      .sort((a, b) => a.name < b.name ? -1 : 1);
  }

  get(name: string): AlertRule | undefined {
    return this.#book.get(name);
  }

  /** Entries that are no rules. */
  get refused(): { name: string; reason: string }[] {
    return Object.entries(this.#book.refused).map(([name, reason]) => ({ name, reason }));
  }

  replace(entries: readonly BucketEntry[]): void {
    this.#book = new RuleBook();
    this.#written = new Set();
    for (const entry of entries) this.take(entry);
    this.followed = true;
  }

  take({ key: name, value, operation }: BucketEntry): void {
    if (operation !== "PUT") {
      this.#written.delete(name);
      return this.#book.set(name, undefined);
    }
    let parsed: unknown = null;
    try {
      parsed = JSON.parse(new TextDecoder().decode(value));
    } catch {
      // What is no JSON is no rule, and refused as such.
    }
    this.#book.set(name, parsed);
    if (!(name in this.#book.refused)) this.#written.add(name);
  }

  lose(): void {
    this.followed = false;
  }
}
