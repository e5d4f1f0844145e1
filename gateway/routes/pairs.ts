/**
 * Pairs, their newest state and their history.
 *
 * @module
 */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import {
  ALL_PAIRS,
  DEPTH_COLUMNS_MAX,
  DepthAnswer,
  HistoryAnswer,
  LatestAnswer,
  METRIC_NAMES,
  type MetricName,
  type Pair,
  PairsAnswer,
  parsePair,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
} from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";
import { pairInfo } from "../live/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
import { json, knownPair, problems, spanOf, timeText, windowOf, windowQuery } from "./window.ts";

const pairParam = z.object({
  pair: z.string().meta({ description: "EURUSD", example: "EURUSD" }),
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

const columnsText = `expected a whole number from 1 to ${DEPTH_COLUMNS_MAX}`;
const depthQuery = z.object({
  from: timeText("Start, inclusive; 15 minutes before `to` where it is left out"),
  to: timeText("End, exclusive; now where it is left out"),
  columns: z.coerce.number({ error: columnsText }).int(columnsText).min(1, columnsText).max(
    DEPTH_COLUMNS_MAX,
    columnsText,
  )
    .default(900).meta({ description: "At most so many, each as short as that allows" }),
});

const refused = problems({ 400: "Wrong parameters", 404: "No such pair", 503: "ClickHouse is away" });
const history = { 200: json(HistoryAnswer, "The window, by column"), ...refused };

/** How long a column may be, milliseconds. */
const DEPTH_STEPS_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];

/** The shortest column of which no more than so many cover a span. @throws {ProblemError} where none is long enough. */
function depthStepUs(spanUs: number, columns: number): number {
  const stepMs = DEPTH_STEPS_MS.find((stepMs) => spanUs / (stepMs * US_PER_MS) <= columns);
  if (stepMs !== undefined) return stepMs * US_PER_MS;
  throw new ProblemError(400, "invalid-parameters", "Wrong parameters", {
    detail: `a window of ${Math.round(spanUs / US_PER_HOUR)} h in ${columns} columns: expected a shorter one`,
    errors: [{ name: "from", detail: "expected a shorter window, or more columns" }],
  });
}

export function pairRoutes({ history: store, depthHistory, latest, cluster, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  const queryOf = (pair: string, query: Parameters<typeof windowOf>[0]) => ({
    pair: knownPair(pair),
    ...windowOf(query, nowMs()),
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
    async (c) => c.json(await store.quotes(queryOf(c.req.valid("param").pair, c.req.valid("query"))), 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/depth",
      summary: "The book over time, for a heat map",
      request: { params: pairParam, query: depthQuery },
      responses: { 200: json(DepthAnswer, "Columns of equal length, oldest first"), ...refused },
    }),
    async (c) => {
      const { columns, ...window } = c.req.valid("query");
      const { fromUs, toUs } = spanOf(window, { nowMs: nowMs(), defaultUs: 15 * US_PER_MINUTE });
      const stepUs = depthStepUs(toUs - fromUs, columns);
      const startUs = Math.floor(fromUs / stepUs) * stepUs;
      const pair = knownPair(c.req.valid("param").pair);
      return c.json(await depthHistory.depth({ pair, fromUs: startUs, toUs, stepUs }), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/trades",
      summary: "Trades, or their buckets",
      request: { params: pairParam, query: windowQuery },
      responses: history,
    }),
    async (c) => c.json(await store.trades(queryOf(c.req.valid("param").pair, c.req.valid("query"))), 200),
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
      return c.json(await store.metrics(queryOf(c.req.valid("param").pair, query), names), 200);
    },
  );
  return app;
}

/** The usual pairs, most traded first, then the others that are named, by name. */
function listed(names: readonly (string | null)[]): Pair[] {
  const others = names.flatMap((name) => parsePair(name ?? "") ?? []).sort();
  return [...new Set([...ALL_PAIRS, ...others])];
}
