/**
 * Reports of the live actor nodes.
 *
 * A node reports every few seconds; one that has not done so for as long as its key lives in the bucket is gone.
 *
 * @module
 */
import { BUCKETS } from "../../actors/contract/mod.ts";
import type { LatestEntry } from "./latest.ts";

export class NodeReports {
  readonly #reports = new Map<string, { report: Record<string, unknown>; atMs: number }>();
  readonly #nowMs: () => number;

  constructor(options: { nowMs: () => number }) {
    this.#nowMs = options.nowMs;
  }

  take({ key, value }: LatestEntry): void {
    this.#forgetGone();
    try {
      const report: unknown = JSON.parse(new TextDecoder().decode(value));
      if (typeof report === "object" && report !== null) {
        this.#reports.set(key, { report: report as Record<string, unknown>, atMs: this.#nowMs() });
      }
    } catch {
      // A report that cannot be read is no report.
    }
  }

  /** The newest report of each node that is alive. */
  get alive(): Record<string, unknown>[] {
    this.#forgetGone();
    return [...this.#reports.values()].map(({ report }) => report);
  }

  #forgetGone(): void {
    const oldestMs = this.#nowMs() - BUCKETS.nodes.ttlSeconds * 1000;
    for (const [key, { atMs }] of this.#reports) if (atMs < oldestMs) this.#reports.delete(key);
  }
}
