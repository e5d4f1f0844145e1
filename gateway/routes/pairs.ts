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
  LatestAnswer,
  METRIC_NAMES,
  type MetricName,
  type Pair,
  PairsAnswer,
  parsePair,
} from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";
import { pairInfo } from "../live/mod.ts";
import { invalidParameters } from "../middleware/problem.ts";
import { json, knownPair, problems, windowOf, windowQuery } from "./window.ts";

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

const refused = problems({ 400: "Wrong parameters", 404: "No such pair", 503: "ClickHouse is away" });
const history = { 200: json(HistoryAnswer, "The window, by column"), ...refused };

export function pairRoutes({ history: store, latest, cluster, nowMs }: AppDeps): OpenAPIHono {
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
