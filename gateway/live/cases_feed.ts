/**
 * Cases as pages get them: everything that is kept at first, then what changed, a few times a second.
 *
 * @module
 */
import type { LiveCases } from "../../actors/contract/mod.ts";
import type { RecentCases } from "./recent_cases.ts";

/** Time between two looks at what changed. */
export const CASES_INTERVAL_MS = 250;

/** A message as it is sent, and the change up to which a client then knows everything. */
export interface CasesText {
  readonly text: string;
  readonly change: number;
}

export class CasesFeed {
  readonly #cases: RecentCases;
  readonly #nowMs: () => number;
  /** What the messages up to this change say, by the change they start from; without the opening brace. */
  readonly #texts = new Map<number, string>();
  #change = 0;
  #lookedAtMs = -Infinity;

  constructor(cases: RecentCases, options: { nowMs: () => number }) {
    this.#cases = cases;
    this.#nowMs = options.nowMs;
  }

  /** What a client lacks that knows everything up to a change, 0 where it knows nothing; `undefined` where it lacks nothing. */
  since(change: number): CasesText | undefined {
    const nowMs = this.#nowMs();
    if (this.#cases.change > this.#change && nowMs - this.#lookedAtMs >= CASES_INTERVAL_MS) {
      this.#lookedAtMs = nowMs;
      this.#change = this.#cases.change;
      this.#texts.clear();
    }
    if (change >= this.#change) return undefined;
    let rest = this.#texts.get(change);
    if (rest === undefined) this.#texts.set(change, rest = JSON.stringify(this.#newsSince(change)).slice(1));
    return { text: `{"type":"cases","serverTimeMs":${nowMs},${rest}`, change: this.#change };
  }

  /** May hold newer cases than the change that it is sent under: those come once more. */
  #newsSince(change: number): Omit<LiveCases, "type" | "serverTimeMs"> {
    const { followed, openCount, wholeBefore } = this.#cases;
    const whole = change < wholeBefore;
    return { whole, followed, openCount, cases: this.#cases.since(whole ? 0 : change) };
  }
}
