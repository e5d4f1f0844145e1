/**
 * What the routes of history have in common: the window that a caller asks for, and how answers are declared.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  HistoryStep,
  type Pair,
  parsePair,
  parseTimeUs,
  Problem,
  US_PER_HOUR,
  US_PER_MS,
} from "../../actors/contract/mod.ts";
import { HISTORY_ROWS_MAX, type HistoryWindow, STEP_US } from "../history.ts";
import { ProblemError } from "../middleware/problem.ts";

/** The window where the caller names none. */
const DEFAULT_WINDOW_US = US_PER_HOUR;
const DEFAULT_LIMIT = 5_000;

/** The problems a route may answer with. */
export const problems = (what: Record<number, string>) =>
  Object.fromEntries(
    Object.entries(what).map((
      [status, description],
    ) => [status, { description, content: { "application/problem+json": { schema: Problem } } }]),
  );
/** An answer of a schema. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** A time in a query. */
export const timeText = (what: string) =>
  z.string().optional().transform((text, ctx) => {
    if (text === undefined) return undefined;
    const timeUs = /^\d{1,16}$/.test(text) ? Number(text) : parseTimeUs(text);
    if (timeUs === undefined || !Number.isSafeInteger(timeUs)) {
      ctx.addIssue("expected ISO 8601 such as 2019-02-04T08:00:00Z, or whole microseconds since 1970");
      return z.NEVER;
    }
    return timeUs;
  }).meta({ type: "string", description: `${what}: ISO 8601 (UTC where no zone is given) or microseconds since 1970` });

/** The query of a window of history. */
export const windowQuery = z.object({
  from: timeText("Start, inclusive; an hour before `to` where it is left out"),
  to: timeText("End, exclusive; now where it is left out"),
  step: HistoryStep.default("raw").meta({ description: "raw rows, or buckets of 1s or 1m" }),
  limit: z.coerce.number({ error: `expected a whole number from 1 to ${HISTORY_ROWS_MAX}` })
    .int(`expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .min(1, `expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .max(HISTORY_ROWS_MAX, `expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .default(DEFAULT_LIMIT).meta({ description: "Rows at most" }),
});

/**
 * The window that is asked for, whole buckets of its step.
 *
 * @throws {ProblemError} where it is empty.
 */
export function windowOf(
  { from, to, step, limit }: { from?: number; to?: number; step: HistoryStep; limit: number },
  nowMs: number,
): HistoryWindow {
  const { fromUs, toUs } = spanOf({ from, to }, { nowMs, defaultUs: DEFAULT_WINDOW_US });
  const stepUs = STEP_US[step];
  return stepUs === 0
    ? { fromUs, toUs, step, limit }
    : { fromUs: Math.floor(fromUs / stepUs) * stepUs, toUs: Math.ceil(toUs / stepUs) * stepUs, step, limit };
}

/**
 * The times that are asked for.
 *
 * @throws {ProblemError} where they hold nothing between them.
 */
export function spanOf(
  { from, to }: { from?: number; to?: number },
  { nowMs, defaultUs }: { nowMs: number; defaultUs: number },
): { fromUs: number; toUs: number } {
  const toUs = to ?? nowMs * US_PER_MS;
  const fromUs = from ?? Math.max(0, toUs - defaultUs);
  if (fromUs >= toUs) {
    throw new ProblemError(400, "invalid-parameters", "Wrong parameters", {
      detail: `from (${fromUs}) must lie before to (${toUs})`,
      errors: [{ name: "from", detail: "must lie before `to`" }],
    });
  }
  return { fromUs, toUs };
}

/** @throws {ProblemError} where it is no pair. */
export function knownPair(text: string): Pair {
  const pair = parsePair(text);
  if (pair === undefined) {
    throw new ProblemError(404, "no-such-pair", "No such pair", {
      detail: `"${text.slice(0, 20)}" is not two different currencies as EURUSD; see /api/pairs`,
    });
  }
  return pair;
}

/** ISO 8601 with microseconds. */
export function isoOf(timeUs: number): string {
  const micros = String(timeUs % 1_000).padStart(3, "0");
  return new Date(Math.floor(timeUs / 1_000)).toISOString().replace("Z", `${micros}Z`);
}
