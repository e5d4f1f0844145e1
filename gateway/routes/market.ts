/**
 * What is said across pairs: the newest sample, and the history of its values.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { MARKET_METRICS, MarketAnswer, MarketHistoryAnswer, MarketKind } from "../../actors/contract/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
import type { AppDeps } from "../ports.ts";
import { json, knownPair, problems, windowOf, windowQuery } from "./window.ts";

const Catalogue = z.record(z.string(), z.object({ unit: z.string(), doc: z.string() }));

const marketQuery = windowQuery.extend({
  kind: MarketKind.meta({ description: "What is asked for", example: "correlation" }),
  a: z.string().optional().meta({
    description: "First pair; the direct pair of a triangle",
    example: "EURUSD",
  }),
  b: z.string().optional().meta({ description: "Second pair; the first leg of a triangle", example: "GBPUSD" }),
  c: z.string().optional().meta({ description: "Second leg of a triangle" }),
  currency: z.string().regex(/^[A-Za-z]{3}$/, "expected a currency such as EUR").optional().meta({
    description: "Of a strength",
  }),
});
type MarketQuery = z.infer<typeof marketQuery>;

/** What a kind must be told, and may not. */
const PARAMETERS = {
  "correlation": ["a", "b"],
  "lead-lag": ["a", "b"],
  "triangle": ["a", "b", "c"],
  "strength": ["currency"],
  "returns": ["a"],
} as const satisfies Record<MarketKind, readonly (keyof MarketQuery)[]>;

export function marketRoutes({ history, latest, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/market",
      summary: "Newest sample across all pairs: correlations, leads, triangles, strengths",
      responses: { 200: json(MarketAnswer, "Newest sample; null where there is none yet") },
    }),
    (c) => {
      const { sample, putAtMs } = latest.market ?? { sample: null, putAtMs: undefined };
      return c.json({ sample, ageMs: putAtMs === undefined ? null : Math.max(0, nowMs() - putAtMs) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/market/catalogue",
      summary: "Every value across pairs with unit and meaning",
      responses: { 200: json(Catalogue, "By name") },
    }),
    (c) => c.json(MARKET_METRICS, 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/market/history",
      summary: "Values across pairs, or their means in buckets",
      request: { query: marketQuery },
      responses: {
        200: json(MarketHistoryAnswer, "The window, by column"),
        ...problems({ 400: "Wrong parameters", 404: "No such pair", 503: "ClickHouse is away" }),
      },
    }),
    async (c) => {
      const query = c.req.valid("query");
      const of = thingsOf(query);
      return c.json(await history.market({ kind: query.kind, of, ...windowOf(query, nowMs()) }), 200);
    },
  );
  return app;
}

/**
 * What the values are of, as they are stored: two pairs stand in the order of the alphabet.
 *
 * @throws {ProblemError} where a parameter is missing, or one too many, or no pair.
 */
function thingsOf(query: MarketQuery): string[] {
  const wanted: readonly string[] = PARAMETERS[query.kind];
  const errors = (["a", "b", "c", "currency"] as const).flatMap((name) => {
    if (wanted.includes(name) === (query[name] !== undefined)) return [];
    const is = wanted.includes(name) ? "is missing" : "has no meaning here";
    return [{ name, detail: `${is}: ${query.kind} is of ${wanted.join(", ")}` }];
  });
  if (query.a !== undefined && query.a.toUpperCase() === query.b?.toUpperCase()) {
    errors.push({ name: "b", detail: "must be another pair than `a`" });
  }
  if (errors.length > 0) {
    throw new ProblemError(400, "invalid-parameters", "Wrong parameters", {
      detail: errors.map(({ name, detail }) => `${name} ${detail}`).join("; "),
      errors,
    });
  }
  if (query.kind === "strength") return [query.currency!.toUpperCase()];
  const pairs = [query.a, query.b, query.c].flatMap((text) => text === undefined ? [] : [knownPair(text)]);
  return query.kind === "triangle" ? pairs : pairs.toSorted();
}
