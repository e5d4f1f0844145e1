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

/** What is no JSON is no rule, and refused as such. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export class RulesView implements BucketSink {
  #book = new RuleBook();
  /** Names that somebody wrote a rule under. */
  #written = new Set<string>();
  readonly #earlier: (name: string) => Promise<readonly string[]>;
  /** Whether all rules are here and changes arrive. */
  followed = false;

  /** @param earlier what stood under a name before, newest first: where it is no rule now, the last that was one is in effect. */
  constructor(earlier: (name: string) => Promise<readonly string[]> = () => Promise.resolve([])) {
    this.#earlier = earlier;
  }

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
    const parsed = jsonOf(new TextDecoder().decode(value));
    this.#book.set(name, parsed);
    if (!(name in this.#book.refused)) this.#written.add(name);
    else if (!this.#written.has(name)) void this.#recover(name, parsed).catch(() => {});
  }

  /** The alert actor heard the rule that was there before; a gateway that came later looks it up. */
  async #recover(name: string, refused: unknown): Promise<void> {
    const book = this.#book;
    for (const text of await this.#earlier(name)) {
      if (this.#book !== book || !(name in book.refused) || this.#written.has(name)) return;
      book.set(name, jsonOf(text));
      if (name in book.refused) continue;
      this.#written.add(name);
      return book.set(name, refused);
    }
  }

  lose(): void {
    this.followed = false;
  }
}
