/**
 * Feeds as pages get them: the report of each, all of them at once, at most once a second and only when one came.
 *
 * @module
 */
import type { LiveFeeds } from "../../actors/contract/mod.ts";
import type { FeedsView } from "./feeds_view.ts";

/** Time between two messages. */
export const FEEDS_INTERVAL_MS = 1_000;

/** A message as it is sent, and the change up to which a client then knows everything. */
export interface FeedsText {
  readonly text: string;
  readonly change: number;
}

export class FeedsFeed {
  readonly #view: Pick<FeedsView, "change" | "known" | "followed" | "reports">;
  readonly #nowMs: () => number;
  #rest = "";
  #change = 0;
  #lookedAtMs = -Infinity;

  constructor(
    view: Pick<FeedsView, "change" | "known" | "followed" | "reports">,
    options: { nowMs: () => number },
  ) {
    this.#view = view;
    this.#nowMs = options.nowMs;
  }

  /** What a client lacks that knows everything up to a change, 0 where it knows nothing; `undefined` where it lacks nothing. */
  since(change: number): FeedsText | undefined {
    const nowMs = this.#nowMs();
    this.#look(nowMs);
    if (change >= this.#change) return undefined;
    return { text: `{"type":"feeds","serverTimeMs":${nowMs},${this.#rest}`, change: this.#change };
  }

  #look(nowMs: number): void {
    const { change, known, followed } = this.#view;
    if (!known || change === this.#change || nowMs - this.#lookedAtMs < FEEDS_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    this.#change = change;
    const told: Omit<LiveFeeds, "type" | "serverTimeMs"> = { followed, feeds: this.#view.reports };
    this.#rest = JSON.stringify(told).slice(1);
  }
}
