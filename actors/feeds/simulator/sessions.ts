/**
 * The day of the market: how busy each currency is, by the hour in UTC.
 *
 * Four sessions rise and fall smoothly; a currency's pace is the largest of its sessions' shares, never below a floor. The
 * simulated market does not close at the weekend: whoever starts it on a Saturday sees it move.
 *
 * @module
 */
import { SessionClock, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from "../../contract/mod.ts";
import { CURRENCIES } from "./currencies.ts";

/** Start and end of a session in hours UTC; the end may lie in the next day. */
const SESSIONS = [
  { name: "Sydney", startHour: 21, endHour: 30 },
  { name: "Tokyo", startHour: 23.5, endHour: 33 },
  { name: "London", startHour: 6.5, endHour: 16.5 },
  { name: "New York", startHour: 12, endHour: 21 },
] as const;
/** Time in which a session comes to its full pace, and in which it ends. */
const EDGE_HOURS = 1.5;
/** No hour is quieter than this share of the busiest. */
export const PACE_MIN = 0.12;

/** How busy a currency is at a time, from {@linkcode PACE_MIN} to 1. */
export function currencyPace(currency: number, timeUs: number): number {
  const hour = (timeUs % US_PER_DAY) / US_PER_HOUR;
  const activity = CURRENCIES[currency]!.activity;
  let pace = PACE_MIN;
  for (let i = 0; i < SESSIONS.length; i++) {
    const { startHour, endHour } = SESSIONS[i]!;
    const at = hour < startHour ? hour + 24 : hour;
    const share = activity[i]! * edge(at - startHour) * edge(endHour - at);
    if (share > pace) pace = share;
  }
  return pace;
}

/** 0 outside, 1 inside, a smooth step of {@linkcode EDGE_HOURS} between. */
function edge(hoursInside: number): number {
  if (hoursInside <= 0) return 0;
  if (hoursInside >= EDGE_HOURS) return 1;
  const x = hoursInside / EDGE_HOURS;
  return x * x * (3 - 2 * x);
}

/** Time before and after the roll in which it is felt. */
const ROLL_US = 8 * US_PER_MINUTE;
/** A function of the time that it is told, so it is no state. */
const clock = new SessionClock();

/** How near the roll of 17:00 in New York is: 1 at it, 0 from eight minutes on. */
export function rollNearness(timeUs: number): number {
  clock.advance(timeUs);
  const sinceUs = timeUs - clock.dayStartUs;
  const awayUs = Math.min(sinceUs, Math.abs(US_PER_DAY - sinceUs));
  if (awayUs >= ROLL_US) return 0;
  const x = 1 - awayUs / ROLL_US;
  return x * x * (3 - 2 * x);
}
