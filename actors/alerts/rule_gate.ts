/**
 * Whether a rule may open an alert at a time: its sessions, its mute windows, the roll.
 *
 * @module
 */
import { type AlertRule, ROLL_HOUR, SessionClock, US_PER_MS } from "../contract/mod.ts";

const MINUTES_PER_DAY = 24 * 60;

export class RuleGate {
  readonly #clock = new SessionClock();

  isOpen({ sessions, mute, muteRollMinutes }: AlertRule, timeUs: number): boolean {
    if (sessions !== undefined) {
      this.#clock.advance(timeUs);
      if (!sessions.some((session) => this.#clock.sessions.includes(session))) return false;
    }
    const instant = mute.length > 0 || muteRollMinutes > 0
      ? Temporal.Instant.fromEpochMilliseconds(Math.floor(timeUs / US_PER_MS))
      : undefined;
    if (instant === undefined) return true;
    if (muteRollMinutes > 0) {
      const { hour, minute } = instant.toZonedDateTimeISO("America/New_York");
      if (Math.abs(hour * 60 + minute - ROLL_HOUR * 60) < muteRollMinutes) return false;
    }
    return !mute.some(({ days, dates, from, to, zone }) => {
      const local = instant.toZonedDateTimeISO(zone);
      const { hour, minute, dayOfWeek } = local;
      const now = hour * 60 + minute;
      const [start, end] = [minutesOf(from), minutesOf(to)];
      // A window over midnight belongs to the day on which it begins.
      const isBehindMidnight = start > end && now < end;
      const isInside = start <= end ? now >= start && now < end : now >= start || isBehindMidnight;
      const day = isBehindMidnight ? (dayOfWeek + 5) % 7 + 1 : dayOfWeek;
      if (!isInside || (days !== undefined && !days.includes(day))) return false;
      return dates === undefined ||
        dates.includes(local.toPlainDate().subtract({ days: isBehindMidnight ? 1 : 0 }).toString());
    });
  }
}

function minutesOf(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) % MINUTES_PER_DAY;
}
