/**
 * Times by a pattern: `YYYYMMDD HH:MM:SS.sss`, `DD.MM.YYYY HH:MM:SS`, `MM/DD/YYYY HH:MM`.
 *
 * Letters stand for digits: YYYY year, DD day, HH hour, SS second; MM is the month before the hour and the minute behind it; a run
 * of s is the fraction, of any one to nine digits where it ends the pattern. Everything else stands for itself.
 *
 * @module
 */
import { US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND } from "../../contract/mod.ts";
import { dateUs, type ParseTime } from "./times.ts";

const TOKEN = /YYYY|MM|DD|HH|SS|s+/g;
const FRACTION_DIGITS_MAX = 9;

interface Part {
  at: number;
  length: number;
}

interface Pattern {
  length: number;
  year: Part;
  month: Part;
  day: Part;
  hour: Part;
  minute: Part;
  second: Part | undefined;
  fraction: Part | undefined;
  literals: { at: number; byte: number }[];
}

/** Whether a text is a pattern with a date, an hour and a minute. */
export function isTimePattern(text: string): boolean {
  return readPattern(text) !== undefined;
}

/** Reads local times of a pattern as if they were UTC. @throws {RangeError} where it is none. */
export function patternParser(text: string): ParseTime {
  const pattern = readPattern(text);
  if (pattern === undefined) throw new RangeError(`Cannot read times by "${text}"`);
  const { year, month, day, hour, minute, second, fraction, literals } = pattern;
  const fractionIsLast = fraction !== undefined && fraction.at + fraction.length === pattern.length;
  return (bytes, start, end) => {
    const fractionLength = fractionIsLast ? end - start - fraction.at : fraction?.length ?? 0;
    const isShort = fractionIsLast && end - start === fraction.at - 1;
    if (!isShort && end - start !== pattern.length && !(fractionIsLast && fractionLength >= 1)) return NaN;
    if (fractionLength > FRACTION_DIGITS_MAX) return NaN;
    for (const { at, byte } of literals) if (bytes[start + at] !== byte && start + at < end) return NaN;
    const h = digits(bytes, start, hour);
    const m = digits(bytes, start, minute);
    const s = second === undefined ? 0 : digits(bytes, start, second);
    if (!(h < 24 && m < 60 && s < 60)) return NaN;
    const timeUs = dateUs(digits(bytes, start, year), digits(bytes, start, month), digits(bytes, start, day)) +
      h * US_PER_HOUR + m * US_PER_MINUTE + s * US_PER_SECOND;
    if (fraction === undefined || isShort) return timeUs;
    const value = digits(bytes, start, { at: fraction.at, length: fractionLength });
    return timeUs + Math.floor(value * 10 ** (6 - fractionLength));
  };
}

function digits(bytes: Uint8Array, start: number, { at, length }: Part): number {
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = bytes[start + at + i]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function readPattern(text: string): Pattern | undefined {
  const found: Partial<Record<string, Part>> = {};
  const literals = new Set(Array.from({ length: text.length }, (_, at) => at));
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const name = token === "MM" && found.HH !== undefined ? "minute" : token.startsWith("s") ? "fraction" : token;
    if (found[name] !== undefined || token.length > FRACTION_DIGITS_MAX) return undefined;
    found[name] = { at: index, length: token.length };
    for (let i = 0; i < token.length; i++) literals.delete(index + i);
  }
  const { YYYY: year, MM: month, DD: day, HH: hour, minute, SS: second, fraction } = found;
  if (!year || !month || !day || !hour || !minute || (fraction !== undefined && second === undefined)) return undefined;
  return {
    length: text.length,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction,
    literals: [...literals].map((at) => ({ at, byte: text.charCodeAt(at) })),
  };
}
