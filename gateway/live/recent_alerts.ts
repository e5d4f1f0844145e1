/**
 * The newest message of each recent alert, and which of them changed when.
 *
 * @module
 */
import { Alert, LIVE_ALERTS_MAX, type LiveAlerts } from "../../actors/contract/mod.ts";

/** Alerts that are kept. Overflow: the one that said something longest ago goes, one that is open only where all are. */
export const RECENT_ALERTS_MAX = 1_000;

interface Kept {
  readonly alert: Alert;
  readonly change: number;
}

export class RecentAlerts {
  readonly type = "alerts";
  /** Those that said something last stand last. */
  readonly #kept = new Map<string, Kept>();
  /** Number of the newest change; 0 before anything is known. */
  change = 0;
  /** Whoever knows less than this change must be told everything. */
  wholeBefore = 0;
  /** Whether everything that is kept is here, and messages arrive. */
  followed = false;
  /** Messages that were not of the schema. */
  rejectedCount = 0;

  get(id: string): Alert | undefined {
    return this.#kept.get(id)?.alert;
  }

  /** Those that said something last first. */
  get newest(): Alert[] {
    return [...this.#kept.values()].toReversed().map(({ alert }) => alert);
  }

  get openCount(): number {
    let count = 0;
    for (const { alert } of this.#kept.values()) if (!isOver(alert)) count++;
    return count;
  }

  /** Where there are more than a page is told of, those that are open go first. */
  newsSince(change: number): Omit<LiveAlerts, "type" | "serverTimeMs"> {
    const whole = change < this.wholeBefore;
    const changed = [...this.#kept.values()].toReversed().filter((kept) => whole || kept.change > change)
      .map(({ alert }) => alert);
    const told = changed.length <= LIVE_ALERTS_MAX
      ? changed
      : [...changed.filter((alert) => !isOver(alert)), ...changed.filter(isOver)].slice(0, LIVE_ALERTS_MAX);
    return { whole, followed: this.followed, openCount: this.openCount, alerts: told };
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
    const before = this.get(alert.id);
    this.#kept.delete(alert.id);
    // What people say of an alert that is over does not open it.
    if (isOver(before) && SAYINGS.has(alert.state)) alert = { ...alert, state: "resolved" };
    this.#kept.set(alert.id, { alert, change: ++this.change });
    if (this.#kept.size <= RECENT_ALERTS_MAX) return;
    const first = [...this.#kept.values()].find((kept) => isOver(kept.alert)) ?? this.#kept.values().next().value!;
    this.#kept.delete(first.alert.id);
  }

  /** From now on this is all, and what is new arrives. */
  follow(): void {
    if (this.followed) return;
    this.followed = true;
    this.wholeBefore = ++this.change;
  }

  /** Nothing is heard until it is followed again; what is known stays. */
  lose(): void {
    if (!this.followed) return;
    this.followed = false;
    this.wholeBefore = ++this.change;
  }

  /** The log begins anew. */
  clear(): void {
    this.#kept.clear();
    this.lose();
  }
}

const SAYINGS: ReadonlySet<string> = new Set(["commented", "assigned", "judged"]);

export const isOver = (alert: Alert | undefined): boolean => alert?.state === "resolved";
