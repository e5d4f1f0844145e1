/**
 * Event time on the page: how it is written, and when it means that another recording plays.
 *
 * What is shown may be of 2012. Charts and clocks follow event time; ages follow the arrival on this client.
 *
 * @module
 */
import { US_PER_HOUR, US_PER_MS, US_PER_SECOND } from "../../actors/contract/units.ts";

/** Event time may go back this far within one recording: samples and books of a pair are cut at different moments. */
export const BACKWARD_US_MAX = 30 * US_PER_SECOND;

/** Event time may go forward this far within one recording: longer than any week-end and holiday without trading. */
export const FORWARD_US_MAX = 120 * US_PER_HOUR;

/** Event time this far from the wall clock is a replay, not the market of this moment. */
export const REPLAY_DISTANCE_MS_MIN = 120_000;

/** Whether the step from one event time to the next can only be another recording (or the same one from its start). */
export function isOtherRecording(previousUs: number, nextUs: number): boolean {
  return nextUs < previousUs - BACKWARD_US_MAX || nextUs > previousUs + FORWARD_US_MAX;
}

/** Whether data of this event time is history being replayed. */
export function isReplay(timeUs: number, nowMs: number): boolean {
  return Math.abs(nowMs - timeUs / US_PER_MS) > REPLAY_DISTANCE_MS_MIN;
}

/** Clocks that the page can be read by. */
export const ZONES = {
  utc: { label: "UTC", zone: "UTC" },
  london: { label: "London", zone: "Europe/London" },
  "new-york": { label: "New York", zone: "America/New_York" },
  local: { label: "local", zone: undefined },
} as const;
export type ZoneName = keyof typeof ZONES;
export const isZoneName = (text: string): text is ZoneName => Object.hasOwn(ZONES, text);

/** Times are written in one zone for as long as a page is open: whoever chooses another one opens the page anew. */
let shownZone: ZoneName = "utc";
let writer: Intl.DateTimeFormat | undefined;

/** @param name by whose clock times are written from now on */
export function writeTimesIn(name: ZoneName): void {
  shownZone = name;
  // Swedish writes dates as ISO 8601 does.
  writer = name === "utc" ? undefined : new Intl.DateTimeFormat("sv-SE", {
    timeZone: ZONES[name].zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}

export const zoneName = (): ZoneName => shownZone;
/** `UTC`, `London`: what stands behind a time. */
export const zoneLabel = (): string => ZONES[shownZone].label;
/** As the time zone database calls it. */
export const zoneId = (): string => ZONES[shownZone].zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `2012-11-14 08:30:12`, by the clock that was chosen. */
export function formatEventTime(timeUs: number): string {
  const time = new Date(timeUs / US_PER_MS);
  return writer === undefined ? time.toISOString().slice(0, 19).replace("T", " ") : writer.format(time);
}

/** `08:30:12`, by the clock that was chosen. */
export function formatClock(timeUs: number): string {
  return formatEventTime(timeUs).slice(11);
}
