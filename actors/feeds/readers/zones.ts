/**
 * Zones of local times: `UTC`, `-05:00`, `UTC-5`, `America/New_York`.
 *
 * The offset of a named zone is looked up once a quarter of an hour of local time, so that a row costs a comparison. In the hour
 * that comes twice in autumn the first is meant.
 *
 * @module
 */
import { US_PER_HOUR, US_PER_MINUTE } from "../../contract/mod.ts";

/** Microseconds since the epoch of a local time that is written as if it were UTC. */
export type ToUtc = (localUs: number) => number;

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i;
const QUARTER_US = 15 * US_PER_MINUTE;
const US_PER_MS_WHOLE = 1000;

/** Whether a text names a zone. */
export function isZone(text: string): boolean {
  return zoneOf(text) !== undefined;
}

/** The zone of a name; `undefined` where it is none. */
export function zoneOf(text: string): ToUtc | undefined {
  if (/^(utc|gmt|z)$/i.test(text)) return (localUs) => localUs;
  const fixed = FIXED.exec(text);
  if (fixed !== null) {
    const hours = Number(fixed[2]);
    const minutes = Number(fixed[3] ?? 0);
    if (hours > 14 || minutes > 59) return undefined;
    const aheadUs = (hours * US_PER_HOUR + minutes * US_PER_MINUTE) * (fixed[1] === "-" ? -1 : 1);
    return (localUs) => localUs - aheadUs;
  }
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: text,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
  return namedZone(format);
}

function namedZone(format: Intl.DateTimeFormat): ToUtc {
  /** How far ahead of UTC the zone is at an instant. */
  const aheadUs = (utcUs: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(utcUs / US_PER_MS_WHOLE).map(({ type, value }) => [type, Number(value)]),
    );
    const localMs = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
    return localMs * US_PER_MS_WHOLE - utcUs;
  };
  let quarter = NaN;
  let offsetUs = 0;
  return (localUs) => {
    if (localUs !== localUs) return NaN;
    const quarterNow = Math.floor(localUs / QUARTER_US);
    if (quarterNow !== quarter) {
      quarter = quarterNow;
      const startUs = quarterNow * QUARTER_US;
      // The offset of a day before is right but for the hours around a change; the greater one is the first of the two.
      const early = aheadUs(startUs - 24 * US_PER_HOUR);
      offsetUs = aheadUs(startUs - early) === early ? early : aheadUs(startUs - aheadUs(startUs - early));
    }
    return localUs - offsetUs;
  };
}
