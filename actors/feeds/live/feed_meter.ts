/**
 * What a feed counts of itself, and the report that it makes of it.
 *
 * @module
 */
import {
  FEED_PAIRS_MAX,
  type FeedFault,
  type FeedPairReport,
  type FeedReport,
  type FeedState,
  type Pair,
  US_PER_MS,
} from "../../contract/mod.ts";
import type { Normaliser } from "../normaliser.ts";
import { Latency } from "./latency.ts";

/** Characters of a fault in a report. Overflow: cut off. */
const FAULT_CHARS_MAX = 300;
/** Characters of an address in a report. Overflow: cut off. */
const ADDRESS_CHARS_MAX = 300;

export interface FeedIdentity {
  readonly source: string;
  readonly node: string;
  readonly session: string;
  readonly gives: FeedReport["gives"];
  readonly conflated: boolean;
}

type Counts = Pick<
  FeedReport,
  | "messageCount"
  | "byteCount"
  | "eventCount"
  | "duplicateCount"
  | "gapCount"
  | "checksumFailureCount"
  | "reconnectCount"
  | "pausedCount"
>;

export class FeedMeter {
  readonly counts: Counts = {
    messageCount: 0,
    byteCount: 0,
    eventCount: 0,
    duplicateCount: 0,
    gapCount: 0,
    checksumFailureCount: 0,
    reconnectCount: 0,
    pausedCount: 0,
  };
  readonly latency = new Latency();
  address: string | undefined;
  readonly #identity: FeedIdentity;
  readonly #startedMs: number;
  readonly #pairs = new Map<Pair, FeedPairReport>();
  #state: FeedState = "connecting";
  #sinceMs: number;
  #fault: { text: string; code: string } | undefined;
  #reported = { ms: 0, messageCount: 0, eventCount: 0 };

  constructor(identity: FeedIdentity, nowMs: number) {
    this.#identity = identity;
    this.#startedMs = this.#sinceMs = this.#reported.ms = nowMs;
  }

  get state(): FeedState {
    return this.#state;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** The fault stays until the feed is live again. */
  enter(state: FeedState, nowMs: number, fault?: FeedFault): void {
    if (state !== this.#state) this.#sinceMs = nowMs;
    this.#state = state;
    if (fault !== undefined) this.#fault = { text: fault.message.slice(0, FAULT_CHARS_MAX), code: fault.code };
    if (state === "live") this.#fault = undefined;
  }

  /** Begin to tell of a pair, or tell how it is now. */
  pair(pair: Pair, state: FeedPairReport["state"], { symbol, fault }: { symbol?: string; fault?: string } = {}): void {
    const known = this.#pairs.get(pair);
    this.#pairs.set(pair, {
      pair,
      symbol: symbol ?? known?.symbol ?? pair,
      state,
      eventCount: known?.eventCount ?? 0,
      lastEventUs: known?.lastEventUs ?? 0,
      ...(fault !== undefined && { fault: fault.slice(0, FAULT_CHARS_MAX) }),
    });
  }

  stateOf(pair: Pair): FeedPairReport["state"] | undefined {
    return this.#pairs.get(pair)?.state;
  }

  /** Pairs that are served or were being served. */
  get servedPairs(): Pair[] {
    return [...this.#pairs.values()].filter(({ state }) => state === "live" || state === "resyncing")
      .map(({ pair }) => pair as Pair);
  }

  event(pair: Pair, eventTimeUs: number): void {
    this.counts.eventCount++;
    const entry = this.#pairs.get(pair);
    if (entry === undefined) return;
    entry.eventCount++;
    if (eventTimeUs > entry.lastEventUs) entry.lastEventUs = eventTimeUs;
  }

  report(nowUs: number, { rejected, marked }: Pick<Normaliser, "rejected" | "marked">, frameCount: number): FeedReport {
    const nowMs = nowUs / US_PER_MS;
    const { counts } = this;
    const seconds = Math.max(1e-3, (nowMs - this.#reported.ms) / 1_000);
    const rate = (count: number, before: number) => Math.round((count - before) / seconds * 10) / 10;
    const report: FeedReport = {
      v: 1,
      ...this.#identity,
      timeMs: nowMs,
      startedMs: this.#startedMs,
      state: this.#state,
      sinceMs: this.#sinceMs,
      ...(this.#fault !== undefined && { fault: this.#fault.text, faultCode: this.#fault.code }),
      ...(this.address !== undefined && { address: this.address.slice(0, ADDRESS_CHARS_MAX) }),
      pairs: [...this.#pairs.values()].slice(0, FEED_PAIRS_MAX),
      ...counts,
      frameCount,
      refusedCount: rejected.total,
      refused: Object.fromEntries(Object.entries(rejected.byCode).map(([code, { count }]) => [code, count])),
      crossedCount: marked.crossed,
      lockedCount: marked.locked,
      badTickCount: marked.badTick,
      messagesPerSecond: rate(counts.messageCount, this.#reported.messageCount),
      eventsPerSecond: rate(counts.eventCount, this.#reported.eventCount),
      ...defined("latencyMsP50", this.latency.quantileMs(0.5, nowUs)),
      ...defined("latencyMsP99", this.latency.quantileMs(0.99, nowUs)),
      ...defined("clockOffsetMs", this.latency.minUs(nowUs), US_PER_MS),
    };
    this.#reported = { ms: nowMs, messageCount: counts.messageCount, eventCount: counts.eventCount };
    return report;
  }
}

function defined<K extends string>(name: K, value: number | undefined, unit = 1): Partial<Record<K, number>> {
  return value === undefined ? {} : { [name]: value / unit } as Record<K, number>;
}
