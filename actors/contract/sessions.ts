/**
 * The trading day of the currency markets: sessions, the roll, the week.
 *
 * A session is open from 08:00 to 17:00 on the clock of its city, Monday to Friday there; Tokyo has no summer time, the others
 * change their clocks on different days of the year. The trading day rolls at 17:00 in New York: that of Monday begins on Sunday
 * evening. The week opens with it and closes on Friday at 17:00 in New York.
 *
 * Offsets come from the IANA time zones. They are looked up once for each hour of the year that is asked for in turn, so that a
 * look-up for the same or a later time within the hour costs two comparisons.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const clock = new SessionClock();
 * clock.advance(Date.parse("2024-03-15T13:30:00Z") * 1000); // Friday; New York has summer time already, London not yet
 * assert.deepEqual(clock.sessions, ["london", "new-york"]);
 * assert.equal(clock.tradingDate, "2024-03-15");
 * clock.advance(Date.parse("2024-03-15T21:00:00Z") * 1000); // 17:00 in New York
 * assert.equal(clock.weekOpen, false);
 * ```
 *
 * @module
 */
import { US_PER_HOUR, US_PER_MS } from "./units.ts";

/** Trading sessions, in the order in which they open. */
export const SESSIONS = ["sydney", "tokyo", "london", "new-york"] as const;
export type Session = typeof SESSIONS[number];

const ZONES: Readonly<Record<Session, string>> = {
  "sydney": "Australia/Sydney",
  "tokyo": "Asia/Tokyo",
  "london": "Europe/London",
  "new-york": "America/New_York",
};

/** Hours of the local day in which a session is open: from, and to but not including. */
const OPEN_HOUR = 8;
const CLOSE_HOUR = 17;
/** Hour in New York at which the trading day rolls, and the week opens and closes. */
export const ROLL_HOUR = 17;
const SATURDAY = 6;

/** A price that has stood for longer than this is of a closed market: nothing is derived from it and what comes next. */
export const CLOSED_MARKET_US = US_PER_HOUR;

/** What baselines that depend on the hour are kept by: which sessions are open, as a number from 0 to 15. */
export const SESSION_KEY_COUNT = 2 ** SESSIONS.length;

export class SessionClock {
  /** The hour that what follows is true of. */
  #fromUs = 0;
  #untilUs = 0;
  sessions: readonly Session[] = [];
  /** Bit k is set while session k of {@linkcode SESSIONS} is open. */
  sessionKey = 0;
  /** Day that ends with the next 17:00 in New York, as `2024-03-15`. */
  tradingDate = "";
  /** When that day began, microseconds. */
  dayStartUs = 0;
  /** Between Sunday and Friday 17:00 in New York. */
  weekOpen = false;

  /** Make the properties those of a time, microseconds since the epoch. */
  advance(timeUs: number): void {
    if (timeUs >= this.#fromUs && timeUs < this.#untilUs) return;
    // Offsets are whole hours or change on whole hours of UTC for all of these zones.
    this.#fromUs = Math.floor(timeUs / US_PER_HOUR) * US_PER_HOUR;
    this.#untilUs = this.#fromUs + US_PER_HOUR;
    const instant = Temporal.Instant.fromEpochMilliseconds(this.#fromUs / US_PER_MS);
    this.sessions = SESSIONS.filter((session) => {
      const { hour, dayOfWeek } = instant.toZonedDateTimeISO(ZONES[session]);
      return hour >= OPEN_HOUR && hour < CLOSE_HOUR && dayOfWeek < SATURDAY;
    });
    this.sessionKey = SESSIONS.reduce((key, session, k) => this.sessions.includes(session) ? key | 1 << k : key, 0);
    const newYork = instant.toZonedDateTimeISO(ZONES["new-york"]);
    const rolled = newYork.hour >= ROLL_HOUR;
    const day = rolled ? newYork.toPlainDate().add({ days: 1 }) : newYork.toPlainDate();
    this.tradingDate = day.toString();
    const start = day.subtract({ days: 1 }).toZonedDateTime({
      timeZone: ZONES["new-york"],
      plainTime: Temporal.PlainTime.from({ hour: ROLL_HOUR }),
    });
    this.dayStartUs = start.epochMilliseconds * US_PER_MS;
    this.weekOpen = day.dayOfWeek < SATURDAY;
  }
}
