/**
 * Units and the few conversions between them.
 *
 * Event time is an integer number of microseconds since 1970-01-01T00:00:00Z (exact below 2^53, that is until the year 2255).
 * Prices are in quote currency per one unit of base currency, sizes in base currency units, relative spreads in basis points.
 *
 * @module
 */

export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1_000_000;
export const US_PER_MINUTE = 60 * US_PER_SECOND;
export const US_PER_HOUR = 60 * US_PER_MINUTE;
export const US_PER_DAY = 24 * US_PER_HOUR;
export const NS_PER_US = 1_000;

/** Basis points in one: 1 bps = 1e-4 of the mid. */
export const BPS_PER_ONE = 10_000;

/** Seconds of trading in a year: 24 hours on 5 days of 52 weeks. The base of every annualised volatility. */
export const TRADING_SECONDS_PER_YEAR = 24 * 3_600 * 5 * 52;

/** Microseconds since the epoch as ISO 8601 in UTC with six decimals: `2013-01-01T22:00:00.123456Z`. */
export function formatTimeUs(timeUs: number): string {
  const iso = new Date(Math.floor(timeUs / US_PER_MS)).toISOString();
  const us = ((timeUs % US_PER_MS) + US_PER_MS) % US_PER_MS;
  return `${iso.slice(0, -1)}${String(us).padStart(3, "0")}Z`;
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Read an ISO 8601 date and time as microseconds since the epoch; digits beyond the microsecond are cut off. Without a zone
 * it is UTC.
 *
 * @returns `undefined` where the text is no such time, no real date (30 February), or more than 285 years from 1970.
 */
export function parseTimeUs(text: string): number | undefined {
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [, date, time, fraction = "", zone = "Z"] = parts;
  const ms = Date.parse(`${date}T${time}${zone}`);
  const localMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(ms + localMs) || !new Date(localMs).toISOString().startsWith(date!)) return undefined;
  const timeUs = ms * US_PER_MS + Number(fraction.padEnd(6, "0").slice(0, 6));
  return Number.isSafeInteger(timeUs) ? timeUs : undefined;
}
