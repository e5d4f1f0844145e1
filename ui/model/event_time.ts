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

/** `2012-11-14 08:30:12`, UTC. */
export function formatEventTime(timeUs: number): string {
  return new Date(timeUs / US_PER_MS).toISOString().slice(0, 19).replace("T", " ");
}

/** `08:30:12`, UTC. */
export function formatClock(timeUs: number): string {
  return formatEventTime(timeUs).slice(11);
}
