/**
 * Numbers that sources give to what they send: what comes again or too late is known by them, and what is missing.
 *
 * Of each key, such as a source and a pair, the newest number is kept. O(1) each.
 *
 * @module
 */

/** Keys that are remembered. Overflow: the one that was heard longest ago is forgotten, and its next number is taken as it comes. */
export const SEQUENCES_MAX = 10_000;

export type SequenceVerdict = "next" | "gap" | "duplicate" | "back";

export class SourceSequences {
  readonly #newest = new Map<string, number>();

  /** What a number is after those before it. One that follows, with or without a gap, is the newest from now on. */
  accept(key: string, sequence: number): SequenceVerdict {
    const newest = this.#newest.get(key);
    if (newest !== undefined && sequence <= newest) return sequence === newest ? "duplicate" : "back";
    this.#newest.delete(key);
    this.#newest.set(key, sequence);
    if (this.#newest.size > SEQUENCES_MAX) this.#newest.delete(this.#newest.keys().next().value!);
    return newest === undefined || sequence === newest + 1 ? "next" : "gap";
  }

  newest(key: string): number | undefined {
    return this.#newest.get(key);
  }

  /** Take back what was accepted since: it was not stored after all, and may come again. */
  rewind(key: string, newest: number | undefined): void {
    if (newest === undefined) this.#newest.delete(key);
    else if ((this.#newest.get(key) ?? -1) > newest) this.#newest.set(key, newest);
  }
}
