/**
 * Alerts by what they are of and by their id: those that are open, and those that are over for a while.
 *
 * @module
 */
import type { AlertEntry } from "./alert_entry.ts";

/** Alerts that are open at a time. Overflow: what is new is held back. */
export const OPEN_ALERTS_MAX = 5_000;
/** Alerts that are over and may be spoken of, or come again. Overflow: the one that is over longest is forgotten. */
export const OVER_ALERTS_MAX = 2_000;

export class AlertShelf {
  readonly #open = new Map<string, AlertEntry>();
  /** Those that are over longest stand first. */
  readonly #over = new Map<string, AlertEntry>();
  readonly #byId = new Map<string, AlertEntry>();

  get isFull(): boolean {
    return this.#open.size >= OPEN_ALERTS_MAX;
  }

  get openCount(): number {
    return this.#open.size;
  }

  get open(): Iterable<AlertEntry> {
    return this.#open.values();
  }

  get all(): AlertEntry[] {
    return [...this.#over.values(), ...this.#open.values()];
  }

  of(key: string): AlertEntry | undefined {
    return this.#open.get(key) ?? this.#over.get(key);
  }

  byId(id: string): AlertEntry | undefined {
    return this.#byId.get(id);
  }

  /** Take a new one; one of the same key that is over is forgotten. */
  add(entry: AlertEntry): void {
    const before = this.#over.get(entry.key);
    if (before !== undefined) this.#forget(before);
    (entry.isOpen ? this.#open : this.#over).set(entry.key, entry);
    this.#byId.set(entry.id, entry);
  }

  reopen(entry: AlertEntry): void {
    entry.isOpen = true;
    this.#over.delete(entry.key);
    this.#open.set(entry.key, entry);
  }

  end(entry: AlertEntry, timeUs: number): void {
    entry.isOpen = false;
    entry.mutedUntilUs = 0;
    entry.overUs = timeUs;
    this.#open.delete(entry.key);
    this.#over.set(entry.key, entry);
    if (this.#over.size > OVER_ALERTS_MAX) this.#forget(this.#over.values().next().value!);
  }

  #forget(entry: AlertEntry): void {
    this.#over.delete(entry.key);
    this.#byId.delete(entry.id);
  }
}
