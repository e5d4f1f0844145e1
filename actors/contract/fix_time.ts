/**
 * The WM/R fix: 16:00 in London.
 *
 * @module
 */
import { US_PER_DAY, US_PER_MS } from "./units.ts";

const FIX_HOUR = 16;

/** The fix that is nearest to a time, microseconds. */
export function fixTimeUs(timeUs: number): number {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeUs / US_PER_MS)).toZonedDateTimeISO("Europe/London");
  const today = at.withPlainTime(Temporal.PlainTime.from({ hour: FIX_HOUR })).epochMilliseconds * US_PER_MS;
  if (timeUs - today > US_PER_DAY / 2) return today + US_PER_DAY;
  if (today - timeUs > US_PER_DAY / 2) return today - US_PER_DAY;
  return today;
}
