/**
 * How the gateway itself is: health, readiness, counters.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { ClusterAnswer, FeedReport, METRICS, NodeReport, Problem } from "../../actors/contract/mod.ts";
import { ProblemError } from "../middleware/problem.ts";
import type { AppDeps } from "../ports.ts";
import { exposition } from "./exposition.ts";

const Health = z.object({ ok: z.boolean(), reasons: z.array(z.string()) });
const Archive = z.object({
  stream: z.string(),
  connected: z.boolean(),
  archivedSequence: z.int(),
  readSequence: z.int(),
  rowCount: z.int(),
  blockCount: z.int(),
  failureCount: z.int(),
  fault: z.string().optional().describe("Why nothing is archived right now"),
  rejected: z.record(z.string(), z.int()),
});
const Status = z.object({
  archives: z.array(Archive),
  nodes: z.array(NodeReport).describe("Newest report of each node that lives"),
  live: z.object({ clients: z.int(), pushes: z.int(), skipped: z.int(), refused: z.int() }),
});
const Feeds = z.object({
  followed: z.boolean().describe("Whether the gateway hears of changes; without, this is what it heard last"),
  feeds: z.array(FeedReport).describe("By name"),
  gone: z.array(z.string()).describe("Sources that reported within the last hour and do so no more"),
  rejectedCount: z.int().describe("Reports that were left out because they were not of the schema"),
});
const Catalogue = z.record(z.string(), z.record(z.string(), z.object({ unit: z.string(), doc: z.string() })));
const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

export function operationRoutes(deps: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono();

  app.openapi(
    createRoute({
      method: "get",
      path: "/healthz",
      summary: "The process works",
      responses: { 200: json(Health, "It does") },
    }),
    (c) => c.json({ ok: true, reasons: [] }, 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/readyz",
      summary: "NATS and ClickHouse answer",
      responses: { 200: json(Health, "Both do"), 503: json(Health, "One does not") },
    }),
    async (c) => {
      const reasons = await deps.notReady();
      return reasons.length === 0 ? c.json({ ok: true, reasons }, 200) : c.json({ ok: false, reasons }, 503);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/status",
      summary: "Archives, nodes, live view",
      responses: { 200: json(Status, "Status") },
    }),
    (c) =>
      c.json({
        archives: deps.archivers.map(({ stream, stats, rejected }) => ({ stream, ...stats, rejected })),
        nodes: deps.cluster.liveReports,
        live: {
          clients: deps.hub.clientCount,
          pushes: deps.hub.stats.pushCount,
          skipped: deps.hub.stats.skippedCount,
          refused: deps.hub.stats.refusedCount,
        },
      }, 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/cluster",
      summary: "Which node runs what, and how well",
      responses: {
        200: json(ClusterAnswer, "Nodes and tasks"),
        503: { description: "Not known yet", content: { "application/problem+json": { schema: Problem } } },
      },
    }),
    (c) => {
      if (deps.cluster.known) return c.json(deps.cluster.answer(), 200);
      throw new ProblemError(503, "cluster-unknown", "The cluster is not known yet", {
        detail: "The gateway has not read the buckets of nodes, leases, reports and pairs. Try again in a second.",
      });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/feeds",
      summary: "What the feeds tell of themselves",
      responses: {
        200: json(Feeds, "Newest report of each feed"),
        503: { description: "Not known yet", content: { "application/problem+json": { schema: Problem } } },
      },
    }),
    (c) => {
      const { known, followed, reports, gone, rejectedCount } = deps.feeds;
      if (known) return c.json({ followed, feeds: reports, gone, rejectedCount }, 200);
      throw new ProblemError(503, "feeds-unknown", "The feeds are not known yet", {
        detail: "The gateway has not read the bucket of feeds. Try again in a second.",
      });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/metrics/catalogue",
      summary: "Every metric with unit and meaning",
      responses: { 200: json(Catalogue, "By group") },
    }),
    (c) => c.json(METRICS, 200),
  );

  app.get(
    "/metrics",
    (c) => c.text(exposition(deps), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
  );
  return app;
}
