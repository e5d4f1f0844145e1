/**
 * Times straight from bytes, in the ways that recordings write them. Each answers integer microseconds since the epoch, UTC
 * where no zone is given, digits beyond the microsecond cut off; NaN where the bytes are no such time or no real date.
 *
 * @module
 */
import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND } from "../../contract/mod.ts";

/** Reads the bytes from `start` to `end` as a time. */
export type ParseTime = (bytes: Uint8Array, start: number, end: number) => number;

/** `2013-01-01 22:00:00.295000+00:00`, `2013-01-01T22:00:00Z`: the same language as `parseTimeUs` of the contract. */
export function parseIsoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return NaN;
  const separator = bytes[start + 10];
  if (separator !== SPACE && separator !== 0x54) return NaN;
  const dayUs = dateUs(digits4(bytes, start), digits2(bytes, start + 5), digits2(bytes, start + 8));
  let at = start + 19;
  while (at < end && bytes[at] !== PLUS && bytes[at] !== DASH && bytes[at] !== 0x5a) at++;
  const localUs = dayUs + clockUs(bytes, start + 11, at);
  return at === end ? localUs : localUs - zoneUs(bytes, at, end);
}

/** `20130101 22:00:00.123`, as TrueFX writes. */
export function parseCompactTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 17 || bytes[start + 8] !== SPACE) return NaN;
  return compactDateUs(bytes, start) + clockUs(bytes, start + 9, end);
}

/** HistData keeps New York's winter time all year: five hours behind UTC, no daylight saving. */
const HISTDATA_BEHIND_UTC_US = 5 * US_PER_HOUR;

/** `20200101 170014123`, on HistData's clock. */
export function parseHistdataTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 18 || bytes[start + 8] !== SPACE) return NaN;
  const hour = digits2(bytes, start + 9);
  const minute = digits2(bytes, start + 11);
  const second = digits2(bytes, start + 13);
  const ms = digits2(bytes, start + 15) * 10 + digits1(bytes, start + 17);
  return compactDateUs(bytes, start) + timeOfDayUs(hour, minute, second) + ms * 1000 + HISTDATA_BEHIND_UTC_US;
}

/** `31.12.2019 22:00:00.123`, as Dukascopy's JForex writes. */
export function parseDottedTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || bytes[start + 2] !== DOT || bytes[start + 5] !== DOT || bytes[start + 10] !== SPACE) {
    return NaN;
  }
  return dateUs(digits4(bytes, start + 6), digits2(bytes, start + 3), digits2(bytes, start)) +
    clockUs(bytes, start + 11, end);
}

/**
 * A number since the epoch, its unit told by its size: up to 11 digits are seconds, 14 milliseconds, 17 microseconds, 20
 * nanoseconds. That is right for every time from 1973 to 2200.
 */
export function parseEpochTime(bytes: Uint8Array, start: number, end: number): number {
  let dot = start;
  while (dot < end && bytes[dot] !== DOT) dot++;
  const digitCount = dot - start;
  if (digitCount === 0 || digitCount > 20 || dot === end - 1) return NaN;
  const shift = digitCount <= 11 ? 6 : digitCount <= 14 ? 3 : digitCount <= 17 ? 0 : -3;
  let timeUs = 0;
  let missing = digitCount + shift;
  for (let at = start; at < end; at++) {
    if (at === dot) continue;
    const digit = bytes[at]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    if (missing > 0) {
      timeUs = timeUs * 10 + digit;
      missing--;
    }
  }
  for (; missing > 0; missing--) timeUs *= 10;
  return timeUs;
}

/** ISO 8601 where the field has dashes of a date, otherwise a number since the epoch. */
export function parseAnyTime(bytes: Uint8Array, start: number, end: number): number {
  return bytes[start + 4] === DASH && end - start > 4
    ? parseIsoTime(bytes, start, end)
    : parseEpochTime(bytes, start, end);
}

const SPACE = 0x20;
const DASH = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const COLON = 0x3a;

function digits1(bytes: Uint8Array, at: number): number {
  const digit = bytes[at]! - 0x30;
  return digit >= 0 && digit <= 9 ? digit : NaN;
}

function digits2(bytes: Uint8Array, at: number): number {
  return digits1(bytes, at) * 10 + digits1(bytes, at + 1);
}

function digits4(bytes: Uint8Array, at: number): number {
  return digits2(bytes, at) * 100 + digits2(bytes, at + 2);
}

/** Days before each month of a common year, and after the last. */
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

function compactDateUs(bytes: Uint8Array, at: number): number {
  return dateUs(digits4(bytes, at), digits2(bytes, at + 4), digits2(bytes, at + 6));
}

/** Midnight of a date; NaN where there is no such date. */
export function dateUs(year: number, month: number, day: number): number {
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1)) return NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const monthDays = DAYS_BEFORE_MONTH[month]! - DAYS_BEFORE_MONTH[month - 1]! + (month === 2 ? leap : 0);
  if (day > monthDays) return NaN;
  const before = year - 1;
  const days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) -
    DAYS_TO_1970 +
    DAYS_BEFORE_MONTH[month - 1]! + (month > 2 ? leap : 0) + day - 1;
  return days * US_PER_DAY;
}

const DAYS_TO_1970 = 719_162;

function timeOfDayUs(hour: number, minute: number, second: number): number {
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN;
  return hour * US_PER_HOUR + minute * US_PER_MINUTE + second * US_PER_SECOND;
}

/** `22:00:00`, or with a fraction of one to nine digits after a dot or comma. */
function clockUs(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return NaN;
  let timeUs = timeOfDayUs(digits2(bytes, start), digits2(bytes, start + 3), digits2(bytes, start + 6));
  const fractionAt = start + 8;
  if (fractionAt === end) return timeUs;
  const mark = bytes[fractionAt];
  const digitCount = end - fractionAt - 1;
  if ((mark !== DOT && mark !== 0x2c) || digitCount < 1 || digitCount > 9) return NaN;
  for (let i = 1, weightUs = 100_000; i <= digitCount; i++, weightUs /= 10) {
    const digit = digits1(bytes, fractionAt + i);
    timeUs += weightUs >= 1 ? digit * weightUs : digit - digit;
  }
  return timeUs;
}

/** `Z`, `+05:30`, `-0500`: how far ahead of UTC. */
function zoneUs(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  const length = end - start;
  if (sign === 0x5a) return length === 1 ? 0 : NaN;
  const colon = bytes[start + 3] === COLON;
  if (length !== (colon ? 6 : 5)) return NaN;
  const hours = digits2(bytes, start + 1);
  const minutes = digits2(bytes, start + (colon ? 4 : 3));
  const aheadUs = timeOfDayUs(hours, minutes, 0);
  return sign === DASH ? -aheadUs : aheadUs;
}
