/**
 * The one event-time clock of all pairs.
 *
 * It stands at the newest event time. Ticks wait until it has moved on by the lateness, and leave in order; one that is older than what
 * has left, its watermark, is late. Whoever is an hour or more ahead of the clock has a wrong stamp, or the market was closed: it is
 * refused until so many entries of the log in a row are that it must be so; then the clock goes there. Likewise whoever is a minute or
 * more behind it has a wrong stamp, or the log is being replayed: after so many entries in a row with nothing in between that is near the
 * clock, everything begins anew at theirs. Entries count and not events, for one frame may hold thousands: a pair that is replayed from
 * another year as fast as it goes while others are live takes no part, and is counted; so does a feed whose clock is wrong by hours.
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_MINUTE } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

/** How far behind the clock an event is not merely late. */
export const BEHIND_US_MIN = US_PER_MINUTE;
/** Entries in a row that are ahead before the clock follows them: few, for a week that opens loses the touches of these. */
export const AHEAD_ROW_COUNT = 100;
/** Entries in a row that are behind before everything begins anew: many, for it costs all that is known. */
export const BEHIND_ROW_COUNT = 1_000;

/** What becomes of an event: taken, known to its book alone, refused, or the first of another clock. */
export type Admission = "taken" | "late" | "time-ahead" | "time-behind" | "restarted";

export class MarketClock implements Estimator {
  /** Newest event time; 0 before the first. */
  newestUs = 0;
  /** Everything before it may leave, and whatever comes that is older is late. */
  watermarkUs = 0;
  readonly #latenessUs: number;
  #aheadRow = 0;
  #behindRow = 0;
  /** The entry that was counted last. A state is never written down within one. */
  #countedSequence = 0;

  constructor(latenessUs: number) {
    this.#latenessUs = latenessUs;
  }

  /** An event of this time comes, in this entry of the log. */
  admit(eventTimeUs: number, sequence: number): Admission {
    const aheadUs = this.newestUs === 0 ? 0 : eventTimeUs - this.newestUs;
    if (aheadUs > CLOSED_MARKET_US) {
      this.#behindRow = 0;
      if (this.#isAnother(sequence)) this.#aheadRow++;
      if (this.#aheadRow < AHEAD_ROW_COUNT) return "time-ahead";
    } else if (aheadUs < -BEHIND_US_MIN) {
      this.#aheadRow = 0;
      if (this.#isAnother(sequence)) this.#behindRow++;
      if (this.#behindRow < BEHIND_ROW_COUNT) return "time-behind";
      this.clear();
      this.#moveTo(eventTimeUs);
      return "restarted";
    }
    this.#aheadRow = this.#behindRow = 0;
    if (eventTimeUs > this.newestUs) this.#moveTo(eventTimeUs);
    return eventTimeUs < this.watermarkUs ? "late" : "taken";
  }

  /** Whether an entry has not been counted yet; it is from here on. */
  #isAnother(sequence: number): boolean {
    if (sequence === this.#countedSequence) return false;
    this.#countedSequence = sequence;
    return true;
  }

  #moveTo(timeUs: number): void {
    this.newestUs = timeUs;
    this.watermarkUs = Math.max(this.watermarkUs, timeUs - this.#latenessUs);
  }

  /** A tick of this time left before the others could come: nothing older may follow. */
  hurry(timeUs: number): void {
    this.watermarkUs = Math.max(this.watermarkUs, timeUs);
  }

  clear(): void {
    this.newestUs =
      this.watermarkUs =
      this.#aheadRow =
      this.#behindRow =
        0;
  }

  snapshot(): number[] {
    return [this.newestUs, this.watermarkUs, this.#aheadRow, this.#behindRow];
  }

  restore(state: readonly number[]): void {
    [this.newestUs, this.watermarkUs, this.#aheadRow, this.#behindRow] = state as [number, number, number, number];
  }
}
