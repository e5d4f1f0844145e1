/**
 * The newest message of each recent alert.
 *
 * @module
 */
import { Alert } from "../../actors/contract/mod.ts";

/** Alerts that are kept. Overflow: the one that said something longest ago goes, one that is open only where all are. */
export const RECENT_ALERTS_MAX = 1_000;

export class RecentAlerts {
  /** Those that said something last stand last. */
  readonly #alerts = new Map<string, Alert>();
  /** Whether everything that is kept is here, and messages arrive. */
  followed = false;
  /** Messages that were not of the schema. */
  rejectedCount = 0;

  get(id: string): Alert | undefined {
    return this.#alerts.get(id);
  }

  /** Those that said something last first. */
  get newest(): Alert[] {
    return [...this.#alerts.values()].toReversed();
  }

  /** A message of the log. One that is not of the schema is counted and left out. */
  take(data: Uint8Array): void {
    let alert: Alert;
    try {
      alert = Alert.parse(JSON.parse(new TextDecoder().decode(data)));
    } catch {
      this.rejectedCount++;
      return;
    }
    const before = this.#alerts.get(alert.id);
    this.#alerts.delete(alert.id);
    // What people say of an alert that is over does not open it.
    this.#alerts.set(alert.id, isOver(before) && SAYINGS.has(alert.state) ? { ...alert, state: "resolved" } : alert);
    if (this.#alerts.size <= RECENT_ALERTS_MAX) return;
    const first = [...this.#alerts.values()].find(isOver) ?? this.#alerts.values().next().value!;
    this.#alerts.delete(first.id);
  }

  follow(): void {
    this.followed = true;
  }

  lose(): void {
    this.followed = false;
  }

  /** The log begins anew. */
  clear(): void {
    this.#alerts.clear();
    this.lose();
  }
}

const SAYINGS: ReadonlySet<string> = new Set(["commented", "assigned", "judged"]);

export const isOver = (alert: Alert | undefined): boolean => alert?.state === "resolved";
