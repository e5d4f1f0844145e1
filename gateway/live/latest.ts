/**
 * The newest book, sample and state of detectors of every pair, and the newest sample across pairs, as the actors cache them.
 *
 * @module
 */
import {
  LiveBook,
  MARKET_ACTOR,
  MarketSample,
  MetricSample,
  type Pair,
  PairDetectors,
  parsePair,
} from "../../actors/contract/mod.ts";
import type { BucketEntry } from "./bucket_records.ts";
import type { BucketSink } from "./follow_bucket.ts";

/** Key of the newest sample across pairs. */
export const MARKET_KEY = `${MARKET_ACTOR}.sample`;

/** The newest sample across pairs. */
export interface LatestMarket {
  readonly sample: MarketSample;
  /** When it was put; `undefined` where that is not known. */
  readonly putAtMs: number | undefined;
}

/** One change of a key in the bucket of newest states. */
export interface LatestEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** @default {"PUT"} */
  readonly operation?: BucketEntry["operation"];
  /** When the actor put it there. */
  readonly created?: Date;
}

export class LatestStates implements BucketSink {
  readonly #books = new Map<Pair, LiveBook>();
  readonly #changedAtMs = new Map<Pair, number>();
  readonly #samples = new Map<Pair, MetricSample>();
  readonly #detectors = new Map<Pair, PairDetectors>();
  #market: LatestMarket | undefined;
  readonly #listeners = new Set<(pair: Pair, what: "book" | "sample") => void>();
  /** Entries that were not of the schema. */
  rejectedCount = 0;

  book(pair: Pair): LiveBook | undefined {
    return this.#books.get(pair);
  }

  /** When a pair's book was last put; `undefined` where that is not known. */
  changedAtMs(pair: Pair): number | undefined {
    return this.#changedAtMs.get(pair);
  }

  sample(pair: Pair): MetricSample | undefined {
    return this.#samples.get(pair);
  }

  /** Which detectors of a pair run. */
  detectors(pair: Pair): PairDetectors | undefined {
    return this.#detectors.get(pair);
  }

  /** The newest sample across pairs; another object after every change. */
  get market(): LatestMarket | undefined {
    return this.#market;
  }

  /** Pairs that have a book. */
  get pairs(): Pair[] {
    return [...this.#books.keys()];
  }

  /** Be told of every change; answers how to be told no more. */
  listen(listener: (pair: Pair, what: "book" | "sample") => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The bucket holds these keys and no others. */
  replace(entries: readonly LatestEntry[]): void {
    const keys = new Set(entries.map(({ key }) => key));
    for (const pair of this.#books.keys()) if (!keys.has(`${pair}.book`)) this.#forget(pair, "book");
    for (const pair of this.#samples.keys()) if (!keys.has(`${pair}.sample`)) this.#forget(pair, "sample");
    for (const pair of this.#detectors.keys()) if (!keys.has(`${pair}.detectors`)) this.#detectors.delete(pair);
    if (!keys.has(MARKET_KEY)) this.#market = undefined;
    for (const entry of entries) this.take(entry);
  }

  /** What is known stays: each book says how old it is. */
  lose(): void {}

  /** Take one entry `<PAIR>.book`, `<PAIR>.sample`, `<PAIR>.detectors` or `MARKET.sample`. One that is not of the schema is counted and left out. */
  take({ key, value, operation = "PUT", created }: LatestEntry): void {
    if (key === MARKET_KEY) return this.#takeMarket({ value, operation, created });
    const [name, what] = key.split(".");
    const pair = parsePair(name ?? "");
    if (pair !== undefined && what === "detectors") return this.#takeDetectors(pair, value, operation);
    if (pair === undefined || (what !== "book" && what !== "sample")) return;
    if (operation !== "PUT") return this.#forget(pair, what);
    try {
      const json = JSON.parse(new TextDecoder().decode(value));
      if (what === "book") this.#books.set(pair, LiveBook.parse(json));
      else this.#samples.set(pair, MetricSample.parse(json));
    } catch {
      this.rejectedCount++;
      return;
    }
    if (what === "book" && created !== undefined) this.#changedAtMs.set(pair, created.getTime());
    for (const listener of this.#listeners) listener(pair, what);
  }

  #takeDetectors(pair: Pair, value: Uint8Array, operation: BucketEntry["operation"]): void {
    if (operation !== "PUT") return void this.#detectors.delete(pair);
    try {
      this.#detectors.set(pair, PairDetectors.parse(JSON.parse(new TextDecoder().decode(value))));
    } catch {
      this.rejectedCount++;
    }
  }

  #takeMarket({ value, operation, created }: Omit<LatestEntry, "key">): void {
    if (operation !== "PUT") return void (this.#market = undefined);
    try {
      const sample = MarketSample.parse(JSON.parse(new TextDecoder().decode(value)));
      this.#market = { sample, putAtMs: created?.getTime() };
    } catch {
      this.rejectedCount++;
    }
  }

  #forget(pair: Pair, what: "book" | "sample"): void {
    if (what === "sample") return void this.#samples.delete(pair);
    this.#books.delete(pair);
    this.#changedAtMs.delete(pair);
  }
}
