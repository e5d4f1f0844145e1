/**
 * Trailing mean of the volume of a trading day (17:00 to 17:00 in New York), fixed while a day lasts.
 *
 * It changes with the first trade of a trading day: to the mean of the last 20 whole days that had trades. The day in which the first
 * trade came is not whole. Until a whole one has ended the volume seen so far is scaled to 24 hours by the open time in which
 * it was seen (pauses between trades, but none longer than an hour), for the first time once that is an hour.
 *
 * Cost: O(1) per trade; the calendar is asked once an hour. State: 29 numbers.
 *
 * @module
 */
import { CLOSED_MARKET_US, SessionClock, US_PER_DAY, US_PER_HOUR } from "../contract/mod.ts";
import type { Estimator } from "./estimator.ts";
import { RollingSums } from "./rolling_sums.ts";

/** Trading days in the mean: four weeks. The oldest is forgotten. */
const DAYS = 20;
const SEEN_US_MIN = US_PER_HOUR;
/** Numbers of a snapshot. */
export const DAILY_VOLUME_STATE = 7 + 2 + DAYS;

export class DailyVolume implements Estimator {
  readonly #clock = new SessionClock();
  readonly #days = new RollingSums({ rowCount: DAYS, channelCount: 1 });
  #mean = NaN;
  #dayStartUs = -1;
  #dayVolume = 0;
  /** Volume and open time since the first trade, until a whole day has ended. */
  #seenVolume = 0;
  #seenUs = 0;
  #tradeUs = -1;
  /** Trading days that have ended, the first of which was not whole. */
  #ended = 0;

  /** Base units a day; NaN while nothing is known. It knows nothing of the newest trade. */
  get mean(): number {
    return this.#mean;
  }

  update(timeUs: number, volume: number): void {
    const first = this.#dayStartUs < 0;
    this.#clock.advance(timeUs);
    const { dayStartUs } = this.#clock;
    const pauseUs = timeUs - this.#tradeUs;
    if (!first && pauseUs <= CLOSED_MARKET_US) this.#seenUs += pauseUs;
    if (!first && dayStartUs !== this.#dayStartUs) this.#endDay();
    else if (Number.isNaN(this.#mean)) this.#scale();
    this.#dayStartUs = dayStartUs;
    this.#tradeUs = timeUs;
    this.#dayVolume += volume;
    if (this.#days.count === 0) this.#seenVolume += volume;
  }

  #endDay(): void {
    if (this.#ended++ > 0 && Number.isFinite(this.#dayVolume)) {
      this.#days.row[0] = this.#dayVolume;
      this.#days.push();
    }
    if (this.#days.count > 0) this.#mean = this.#days.sum(0) / this.#days.count;
    else this.#scale();
    this.#dayVolume = 0;
  }

  #scale(): void {
    if (this.#seenUs >= SEEN_US_MIN) this.#mean = (this.#seenVolume * US_PER_DAY) / this.#seenUs;
  }

  snapshot(): number[] {
    return [
      this.#mean,
      this.#dayStartUs,
      this.#dayVolume,
      this.#seenVolume,
      this.#seenUs,
      this.#tradeUs,
      this.#ended,
      ...this.#days.snapshot(),
    ];
  }

  restore(state: readonly number[]): void {
    this.#mean = state[0]!;
    this.#dayStartUs = state[1]!;
    this.#dayVolume = state[2]!;
    this.#seenVolume = state[3]!;
    this.#seenUs = state[4]!;
    this.#tradeUs = state[5]!;
    this.#ended = state[6]!;
    this.#days.restore(state.slice(7));
  }
}
