/**
 * The one event-time clock of all pairs.
 *
 * It stands at the newest event time. Ticks wait until it has moved on by the lateness, and leave in order; one that is older than what
 * has left, its watermark, is late. Whoever is an hour or more ahead of the clock has a wrong stamp, or the market was closed: it is
 * refused until so many entries of the log in a row are that it must be so; then the clock goes there. Likewise whoever is a minute or
 * more behind it has a wrong stamp, or the log is being replayed: after so many entries in a row with nothing in between that is near the
 * clock, everything begins anew at theirs. Entries count and not events, for one frame may hold thousands: a pair that is replayed from
 * another year as fast as it goes while others are live takes no part, and is counted; so does a feed whose clock is wrong by minutes. An
 * event that is ahead by less than an hour may be the first after a pause, unless it is ahead of its own receive time as well.
 *
 * @module
 */
import { CLOSED_MARKET_US, US_PER_MINUTE } from "../contract/mod.ts";
import type { Estimator } from "../estimators/mod.ts";

/** How far behind the clock an event is not merely late. */
export const BEHIND_US_MIN = US_PER_MINUTE;
/**
 * How far an event may be ahead of its receive time and of the clock at once. Clocks of feeds may be wrong together, by whatever: then the
 * one of all pairs is with them, and nobody is ahead of it.
 */
export const AHEAD_OF_RECEIPT_US_MAX = US_PER_MINUTE;
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
  /** When the entry that is open was received, and whether it was counted. A state is never written down within one. */
  #receiveTimeUs = 0;
  #isCounted = false;

  constructor(latenessUs: number) {
    this.#latenessUs = latenessUs;
  }

  /** An entry of the log begins; it was received at this time by its feed's clock. */
  open(receiveTimeUs: number): void {
    this.#receiveTimeUs = receiveTimeUs;
    this.#isCounted = false;
  }

  /** An event of this time comes in the entry that is open. */
  admit(eventTimeUs: number): Admission {
    const aheadUs = this.newestUs === 0 ? 0 : eventTimeUs - this.newestUs;
    // Where it was not even received by then, a pause cannot be the reason.
    const aheadUsMax = eventTimeUs > this.#receiveTimeUs + AHEAD_OF_RECEIPT_US_MAX
      ? AHEAD_OF_RECEIPT_US_MAX
      : CLOSED_MARKET_US;
    if (aheadUs > aheadUsMax) {
      this.#behindRow = 0;
      if (this.#count()) this.#aheadRow++;
      if (this.#aheadRow < AHEAD_ROW_COUNT) return "time-ahead";
    } else if (aheadUs < -BEHIND_US_MIN) {
      this.#aheadRow = 0;
      if (this.#count()) this.#behindRow++;
      if (this.#behindRow < BEHIND_ROW_COUNT) return "time-behind";
      this.clear();
      this.#moveTo(eventTimeUs);
      return "restarted";
    }
    this.#aheadRow = this.#behindRow = 0;
    if (eventTimeUs > this.newestUs) this.#moveTo(eventTimeUs);
    return eventTimeUs < this.watermarkUs ? "late" : "taken";
  }

  /** Count the entry that is open; answers whether it was not counted before. */
  #count(): boolean {
    const isFirst = !this.#isCounted;
    this.#isCounted = true;
    return isFirst;
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
