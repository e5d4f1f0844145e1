/**
 * The newest message of each recent case, and which of them changed when.
 *
 * @module
 */
import { Anomaly, LIVE_CASES_MAX, type LiveCases } from "../../actors/contract/mod.ts";

interface Kept {
  readonly anomaly: Anomaly;
  readonly change: number;
}

export class RecentCases {
  readonly type = "cases";
  readonly #kept = new Map<string, Kept>();
  /** Number of the newest change; 0 before anything is known. */
  change = 0;
  /** Whoever knows less than this change must be told everything. */
  wholeBefore = 0;
  /** Whether everything that is kept is here, and changes arrive. */
  followed = false;
  /** Messages that were not of the schema. */
  rejectedCount = 0;
  /** Cases that were opened since the start, by kind and severity. */
  readonly openedCounts = new Map<string, number>();

  get openCount(): number {
    let count = 0;
    for (const { anomaly } of this.#kept.values()) if (anomaly.phase !== "close") count++;
    return count;
  }

  /** Newest message of a case that is kept. */
  get(id: string): Anomaly | undefined {
    return this.#kept.get(id)?.anomaly;
  }

  /** Cases that changed behind a change, those that began last first. */
  since(change: number): Anomaly[] {
    return [...this.#kept.values()].filter((kept) => kept.change > change).map(({ anomaly }) => anomaly)
      .sort((a, b) => b.startUs - a.startUs || (a.id < b.id ? -1 : 1));
  }

  newsSince(change: number): Omit<LiveCases, "type" | "serverTimeMs"> {
    const { followed, openCount, wholeBefore } = this;
    const whole = change < wholeBefore;
    return { whole, followed, openCount, cases: this.since(whole ? 0 : change) };
  }

  /** A message of the log. One that is not of the schema is counted and left out. */
  take(data: Uint8Array): void {
    let anomaly: Anomaly;
    try {
      anomaly = Anomaly.parse(JSON.parse(new TextDecoder().decode(data)));
    } catch {
      this.rejectedCount++;
      return;
    }
    if (anomaly.phase === "open" && this.followed) this.#count(anomaly);
    this.#kept.set(anomaly.id, { anomaly, change: ++this.change });
    if (this.#kept.size > LIVE_CASES_MAX) this.#forgetOne();
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

  #count({ kind, severity }: Anomaly): void {
    const key = `${kind} ${severity}`;
    this.openedCounts.set(key, (this.openedCounts.get(key) ?? 0) + 1);
  }

  /** The one that began first goes; one that is open only where all are. */
  #forgetOne(): void {
    let first: Anomaly | undefined;
    for (const { anomaly } of this.#kept.values()) {
      if (first === undefined || isBefore(anomaly, first)) first = anomaly;
    }
    this.#kept.delete(first!.id);
  }
}

function isBefore(a: Anomaly, b: Anomaly): boolean {
  if ((a.phase === "close") !== (b.phase === "close")) return a.phase === "close";
  return a.startUs < b.startUs;
}
