/**
 * Event times of the pairs of a source that sends pictures of the market, not its changes.
 *
 * The first picture on a connection may be old, as on a Saturday, or older than the word that the pair is connected: it is told as of
 * now. What follows keeps its own time, but never goes back behind what was told. What the source itself dates before its last picture
 * came late and is dropped.
 *
 * @module
 */
import type { Pair } from "../../contract/mod.ts";

interface Told {
  sourceUs: number;
  toldUs: number;
}

export class ToldTimes {
  readonly #told = new Map<Pair, Told>();

  /** Whether something of the pair was told on this connection. */
  has(pair: Pair): boolean {
    return this.#told.has(pair);
  }

  /** Time to tell a picture with that the source dates `sourceUs`; `undefined` where it comes too late. @param nowUs the source's present */
  tell(pair: Pair, sourceUs: number, nowUs: number): number | undefined {
    const told = this.#told.get(pair);
    if (told === undefined) {
      this.#told.set(pair, { sourceUs, toldUs: nowUs });
      return nowUs;
    }
    if (sourceUs < told.sourceUs) return undefined;
    told.sourceUs = sourceUs;
    return told.toldUs = Math.max(told.toldUs, sourceUs);
  }
}
