/**
 * How much market a recording holds: event time by pair, hours in which nothing came left out.
 *
 * @module
 */
import { type Pair, US_PER_HOUR } from "../contract/mod.ts";

/** A silence that is longer counts as nothing: the market was closed, or the recording has a hole. */
export const SILENCE_US_MAX = US_PER_HOUR;

export class PairHours {
  readonly #pairs = new Map<Pair, { lastUs: number; sumUs: number }>();

  see(pair: Pair, timeUs: number): void {
    const known = this.#pairs.get(pair);
    if (known === undefined) {
      this.#pairs.set(pair, { lastUs: timeUs, sumUs: 0 });
      return;
    }
    const passedUs = timeUs - known.lastUs;
    if (passedUs > 0 && passedUs <= SILENCE_US_MAX) known.sumUs += passedUs;
    known.lastUs = timeUs;
  }

  /** Of all pairs together. */
  get hours(): number {
    return [...this.#pairs.values()].reduce((sum, { sumUs }) => sum + sumUs, 0) / US_PER_HOUR;
  }
}
