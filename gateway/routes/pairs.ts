/**
 * Pairs, their newest state and their history.
 *
 * @module
 */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import {
  ALL_PAIRS,
  HistoryAnswer,
  HistoryStep,
  LatestAnswer,
  METRIC_NAMES,
  type MetricName,
  type Pair,
  PairsAnswer,
  parsePair,
  parseTimeUs,
  Problem,
  US_PER_HOUR,
  US_PER_MS,
} from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";
import { HISTORY_ROWS_MAX, type HistoryQuery, STEP_US } from "../history.ts";
import { pairInfo } from "../live/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";

/** The window where the caller names none. */
const DEFAULT_WINDOW_US = US_PER_HOUR;
const DEFAULT_LIMIT = 5_000;

const problems = (what: Record<number, string>) =>
  Object.fromEntries(
    Object.entries(what).map((
      [status, description],
    ) => [status, { description, content: { "application/problem+json": { schema: Problem } } }]),
  );
const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const pairParam = z.object({
  pair: z.string().meta({ description: "EURUSD", example: "EURUSD" }),
});
const timeText = (what: string) =>
  z.string().optional().transform((text, ctx) => {
    if (text === undefined) return undefined;
    const timeUs = /^\d{1,16}$/.test(text) ? Number(text) : parseTimeUs(text);
    if (timeUs === undefined || !Number.isSafeInteger(timeUs)) {
      ctx.addIssue("expected ISO 8601 such as 2019-02-04T08:00:00Z, or whole microseconds since 1970");
      return z.NEVER;
    }
    return timeUs;
  }).meta({ type: "string", description: `${what}: ISO 8601 (UTC where no zone is given) or microseconds since 1970` });
const windowQuery = z.object({
  from: timeText("Start, inclusive; an hour before `to` where it is left out"),
  to: timeText("End, exclusive; now where it is left out"),
  step: HistoryStep.default("raw").meta({ description: "raw rows, or buckets of 1s or 1m" }),
  limit: z.coerce.number({ error: `expected a whole number from 1 to ${HISTORY_ROWS_MAX}` })
    .int(`expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .min(1, `expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .max(HISTORY_ROWS_MAX, `expected a whole number from 1 to ${HISTORY_ROWS_MAX}`)
    .default(DEFAULT_LIMIT).meta({ description: "Rows at most" }),
});
const metricsQuery = windowQuery.extend({
  names: z.string().optional().transform((text, ctx): MetricName[] | undefined => {
    if (text === undefined) return undefined;
    const names = text.split(",").map((name) => name.trim());
    for (const name of names) {
      if (!METRIC_NAMES.includes(name as MetricName)) {
        ctx.addIssue(`"${name}" is no metric; the catalogue stands at /api/metrics/catalogue`);
      }
    }
    return names as MetricName[];
  }).meta({
    type: "string",
    description: "Metrics, comma-separated; all where it is left out",
    example: "price.mid,spread.quotedPips",
  }),
});

const refused = problems({ 400: "Wrong parameters", 404: "No such pair", 503: "ClickHouse is away" });
const history = { 200: json(HistoryAnswer, "The window, by column"), ...refused };

export function pairRoutes({ history: store, latest, cluster, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs",
      summary: "The usual pairs, and every other that has history or is in the register",
      responses: { 200: json(PairsAnswer, "Pairs"), ...problems({ 503: "ClickHouse is away" }) },
    }),
    async (c) => {
      const extents = await store.extents();
      return c.json({
        pairs: listed([...extents.keys(), ...cluster.answer().tasks.map(({ pair }) => pair)]).map((pair) => ({
          ...pairInfo(pair),
          firstTimeUs: extents.get(pair)?.firstTimeUs ?? null,
          lastTimeUs: extents.get(pair)?.lastTimeUs ?? null,
        })),
      }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/latest",
      summary: "Newest book and sample",
      request: { params: pairParam },
      responses: {
        200: json(LatestAnswer, "Newest state; null where there is none yet"),
        ...problems({ 404: "No such pair" }),
      },
    }),
    (c) => {
      const pair = knownPair(c.req.valid("param").pair);
      return c.json({ pair, book: latest.book(pair) ?? null, sample: latest.sample(pair) ?? null }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/quotes",
      summary: "Quotes, or the mid in buckets",
      request: { params: pairParam, query: windowQuery },
      responses: history,
    }),
    async (c) => c.json(await store.quotes(windowOf(c.req.valid("param").pair, c.req.valid("query"), nowMs())), 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/trades",
      summary: "Trades, or their buckets",
      request: { params: pairParam, query: windowQuery },
      responses: history,
    }),
    async (c) => c.json(await store.trades(windowOf(c.req.valid("param").pair, c.req.valid("query"), nowMs())), 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/metrics",
      summary: "Metric samples, or their means in buckets",
      request: { params: pairParam, query: metricsQuery },
      responses: history,
    }),
    async (c) => {
      const { names, ...query } = c.req.valid("query");
      return c.json(await store.metrics(windowOf(c.req.valid("param").pair, query, nowMs()), names), 200);
    },
  );
  return app;
}

/** The usual pairs, most traded first, then the others that are named, by name. */
function listed(names: readonly (string | null)[]): Pair[] {
  const others = names.flatMap((name) => parsePair(name ?? "") ?? []).sort();
  return [...new Set([...ALL_PAIRS, ...others])];
}

function knownPair(text: string): Pair {
  const pair = parsePair(text);
  if (pair === undefined) {
    throw new ProblemError(404, "no-such-pair", "No such pair", {
      detail: `"${text.slice(0, 20)}" is not two different currencies as EURUSD; see /api/pairs`,
    });
  }
  return pair;
}

function windowOf(
  pairText: string,
  { from, to, step, limit }: { from?: number; to?: number; step: HistoryStep; limit: number },
  nowMs: number,
): HistoryQuery {
  const pair = knownPair(pairText);
  const toUs = to ?? nowMs * US_PER_MS;
  const fromUs = from ?? Math.max(0, toUs - DEFAULT_WINDOW_US);
  if (fromUs >= toUs) {
    throw new ProblemError(400, "invalid-parameters", "Wrong parameters", {
      detail: `from (${fromUs}) must lie before to (${toUs})`,
      errors: [{ name: "from", detail: "must lie before `to`" }],
    });
  }
  const stepUs = STEP_US[step];
  return stepUs === 0
    ? { pair, fromUs, toUs, step, limit }
    : { pair, fromUs: Math.floor(fromUs / stepUs) * stepUs, toUs: Math.ceil(toUs / stepUs) * stepUs, step, limit };
}
