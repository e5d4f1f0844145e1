/**
 * The newest book and sample of every pair, as the actors cache them.
 *
 * @module
 */
import { LiveBook, MetricSample, type Pair, parsePair } from "../../actors/contract/mod.ts";

/** One change of a key in the bucket of newest states. */
export interface LatestEntry {
  key: string;
  value: Uint8Array;
  /** When the actor put it there. */
  created?: Date;
}

export class LatestStates {
  readonly #books = new Map<Pair, LiveBook>();
  readonly #changedAtMs = new Map<Pair, number>();
  readonly #samples = new Map<Pair, MetricSample>();
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

  /** Pairs that have a book. */
  get pairs(): Pair[] {
    return [...this.#books.keys()];
  }

  /** Be told of every change; answers how to be told no more. */
  listen(listener: (pair: Pair, what: "book" | "sample") => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Take one entry `<PAIR>.book` or `<PAIR>.sample`. One that is not of the schema is counted and left out. */
  take({ key, value, created }: LatestEntry): void {
    const [name, what] = key.split(".");
    const pair = parsePair(name ?? "");
    if (pair === undefined || (what !== "book" && what !== "sample")) return;
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
}
