/**
 * What pages are told of cases or alerts: everything that is kept at first, then what changed, a few times a second.
 *
 * @module
 */
import type { LiveAlerts, LiveCases } from "../../actors/contract/mod.ts";

/** Time between two looks at what changed. */
export const RECENT_INTERVAL_MS = 250;

/** A message as it is sent, and the change up to which a client then knows everything. */
export interface RecentText {
  readonly text: string;
  readonly change: number;
}

type News<Message> = Omit<Message, "type" | "serverTimeMs">;

/** What remembers changes, each by a number. */
export interface Recent {
  readonly type: "cases" | "alerts";
  /** Number of the newest change; 0 before anything is known. */
  readonly change: number;
  /** May hold newer things than the change that it is asked for: those come once more. */
  newsSince(change: number): News<LiveCases> | News<LiveAlerts>;
}

export class RecentFeed {
  readonly #recent: Recent;
  readonly #nowMs: () => number;
  /** What the messages up to this change say, by the change they start from; without the opening brace. */
  readonly #texts = new Map<number, string>();
  #change = 0;
  #lookedAtMs = -Infinity;

  constructor(recent: Recent, options: { nowMs: () => number }) {
    this.#recent = recent;
    this.#nowMs = options.nowMs;
  }

  /** What a client lacks that knows everything up to a change, 0 where it knows nothing; `undefined` where it lacks nothing. */
  since(change: number): RecentText | undefined {
    const nowMs = this.#nowMs();
    if (this.#recent.change > this.#change && nowMs - this.#lookedAtMs >= RECENT_INTERVAL_MS) {
      this.#lookedAtMs = nowMs;
      this.#change = this.#recent.change;
      this.#texts.clear();
    }
    if (change >= this.#change) return undefined;
    let rest = this.#texts.get(change);
    if (rest === undefined) this.#texts.set(change, rest = JSON.stringify(this.#recent.newsSince(change)).slice(1));
    return { text: `{"type":"${this.#recent.type}","serverTimeMs":${nowMs},${rest}`, change: this.#change };
  }
}
