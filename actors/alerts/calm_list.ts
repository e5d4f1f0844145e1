/**
 * Alerts whose last case is over, until their cool-down is: then they are resolved. So what flaps is one alert, told twice.
 *
 * @module
 */
import type { AlertEntry } from "./alert_entry.ts";

export class CalmList {
  readonly #entries = new Set<AlertEntry>();
  /** No entry is due before it; a look at the others costs a look at each. */
  #earliestUs = Infinity;

  add(entry: AlertEntry): void {
    this.#entries.add(entry);
    this.#earliestUs = Math.min(this.#earliestUs, entry.calmUntilUs);
  }

  delete(entry: AlertEntry): void {
    this.#entries.delete(entry);
  }

  /** Those whose cool-down is over by event time. */
  due(timeUs: number): AlertEntry[] {
    if (timeUs < this.#earliestUs) return [];
    const due = [...this.#entries].filter(({ calmUntilUs }) => calmUntilUs <= timeUs);
    for (const entry of due) this.#entries.delete(entry);
    this.#earliestUs = Math.min(Infinity, ...[...this.#entries].map(({ calmUntilUs }) => calmUntilUs));
    return due;
  }

  /** Those whose cool-down is over by the clock, where the market is silent. */
  dueByClock(clockUs: number): AlertEntry[] {
    const due = [...this.#entries].filter(({ calmUntilClockUs }) => calmUntilClockUs <= clockUs);
    for (const entry of due) this.#entries.delete(entry);
    return due;
  }
}
