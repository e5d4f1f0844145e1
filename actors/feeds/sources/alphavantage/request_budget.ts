/**
 * When the next request may be made, of a key that allows so many a minute and a day.
 *
 * The first round goes at the minute's pace, so that every pair has a price soon; what the day then has left is spread over its rest.
 * Days are those of UTC. A budget outlives connections; after a start it does not know what was spent before, and learns it from the
 * source's refusals.
 *
 * @module
 */
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 24 * 60 * MS_PER_MINUTE;
/** Refusals in a row that may be the minute's: `Note` mostly is, `Information` mostly is not. */
const NOTES_MAX = 3;
const INFORMATIONS_MAX = 1;

export interface RequestBudgetOptions {
  requestsPerMinute: number;
  requestsPerDay: number;
  /** Requests of the first round. */
  firstRound: number;
}

export class RequestBudget {
  readonly #options: RequestBudgetOptions;
  #day = NaN;
  #spent = 0;
  #refusals = 0;

  constructor(options: RequestBudgetOptions) {
    this.#options = options;
  }

  /** A request was made. */
  spend(nowMs: number): void {
    const day = Math.floor(nowMs / MS_PER_DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#spent = 0;
    }
    this.#spent++;
  }

  /** It was answered with data. */
  accepted(): void {
    this.#refusals = 0;
  }

  /** Time to the next request after the one that was just made. */
  pauseMs(nowMs: number): number {
    const { requestsPerMinute, requestsPerDay, firstRound } = this.#options;
    const paceMs = MS_PER_MINUTE / requestsPerMinute;
    const left = requestsPerDay - this.#spent;
    if (left <= 0) return untilNext(MS_PER_DAY, nowMs);
    return this.#spent < firstRound ? paceMs : Math.max(paceMs, untilNext(MS_PER_DAY, nowMs) / left);
  }

  /**
   * Time to wait after a refusal. Only its words tell a minute's limit from a day's, and words change: the first refusals in a row count
   * as the minute's unless the day is spent, the next one as the day's.
   */
  refusedMs(nowMs: number, { isNote }: { isNote: boolean }): number {
    const isDays = ++this.#refusals > (isNote ? NOTES_MAX : INFORMATIONS_MAX) ||
      this.#spent >= this.#options.requestsPerDay;
    return untilNext(isDays ? MS_PER_DAY : MS_PER_MINUTE, nowMs);
  }
}

/** Always more than nothing. */
function untilNext(periodMs: number, nowMs: number): number {
  return periodMs - nowMs % periodMs;
}
