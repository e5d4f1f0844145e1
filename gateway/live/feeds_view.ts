/**
 * The feeds as they tell of themselves: the newest report of each that still writes one, and which ones no longer do.
 *
 * A feed that dies takes its key with it. It is remembered as gone for an hour, so that an alarm on what is not up has
 * something to go by: a number that is merely missing alarms nobody.
 *
 * @module
 */
import { FeedReport } from "../../actors/contract/mod.ts";
import { type BucketEntry, BucketRecords } from "./bucket_records.ts";
import type { BucketSink } from "./follow_bucket.ts";

/** Feeds that are kept; further ones count as rejected. */
export const FEEDS_MAX = 200;
/** How long a feed that reports no more is remembered. */
export const FEED_GONE_MS = 60 * 60_000;

export class FeedsView implements BucketSink {
  readonly #records = new BucketRecords<FeedReport>(FeedReport, {
    keyOf: ({ source }) => source,
    keysMax: FEEDS_MAX,
  });
  /** When each feed was seen to be gone, the longest ago first. */
  readonly #gone = new Map<string, number>();
  readonly #nowMs: () => number;
  /** Counts what was told of the bucket. */
  change = 0;

  constructor(options: { nowMs: () => number }) {
    this.#nowMs = options.nowMs;
  }

  /** Whether the reports are known and their changes arrive. */
  get followed(): boolean {
    return this.#records.followed;
  }

  /** Whether the bucket was read: before, an answer would say that there are no feeds. */
  get known(): boolean {
    return this.#records.known;
  }

  /** Records that were left out. */
  get rejectedCount(): number {
    return this.#records.rejectedCount;
  }

  /** The newest report of each feed, by name. */
  get reports(): FeedReport[] {
    return [...this.#records.entries()].map(([, { record }]) => record)
      .sort((a, b) => a.source < b.source ? -1 : 1);
  }

  /** Feeds that reported within the last hour and do so no more. */
  get gone(): string[] {
    const sinceMs = this.#nowMs() - FEED_GONE_MS;
    return [...this.#gone].flatMap(([source, goneMs]) => goneMs >= sinceMs ? [source] : []).sort();
  }

  replace(entries: readonly BucketEntry[]): void {
    const before = this.#sources();
    this.#records.replace(entries);
    this.#compare(before);
  }

  take(entry: BucketEntry): void {
    const before = this.#sources();
    this.#records.take(entry);
    this.#compare(before);
  }

  lose(): void {
    if (this.#records.followed) this.change++;
    this.#records.lose();
  }

  #sources(): string[] {
    return [...this.#records.entries()].map(([source]) => source);
  }

  #compare(before: readonly string[]): void {
    this.change++;
    for (const source of this.#sources()) this.#gone.delete(source);
    for (const source of before) {
      if (this.#records.get(source) === undefined) this.#gone.set(source, this.#nowMs());
    }
    for (const source of this.#gone.keys()) {
      if (this.#gone.size <= FEEDS_MAX) break;
      this.#gone.delete(source);
    }
  }
}
