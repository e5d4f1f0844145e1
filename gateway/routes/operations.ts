/**
 * How the gateway itself is: health, readiness, counters.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { METRICS } from "../../actors/contract/mod.ts";
import type { AppDeps } from "../ports.ts";

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
  nodes: z.array(z.record(z.string(), z.unknown())),
  live: z.object({ clients: z.int(), pushes: z.int(), skipped: z.int(), refused: z.int() }),
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
        nodes: deps.nodes.alive,
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

/** Counters in the Prometheus text format. */
function exposition({ archivers, hub, latest, requestCounts }: AppDeps): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: "counter" | "gauge",
    help: string,
    values: readonly [labels: string, value: number][],
  ) => {
    lines.push(`# HELP fxmm_${name} ${help}`, `# TYPE fxmm_${name} ${type}`);
    for (const [labels, value] of values) lines.push(`fxmm_${name}${labels} ${value}`);
  };
  const byStream = (value: (archiver: AppDeps["archivers"][number]) => number): [string, number][] =>
    archivers.map((archiver) => [`{stream="${archiver.stream}"}`, value(archiver)]);
  family("archive_rows_total", "counter", "Rows stored.", byStream(({ stats }) => stats.rowCount));
  family(
    "archive_failures_total",
    "counter",
    "Inserts or connections that failed.",
    byStream(({ stats }) => stats.failureCount),
  );
  family(
    "archive_connected",
    "gauge",
    "1 while ClickHouse takes rows.",
    byStream(({ stats }) => Number(stats.connected)),
  );
  family("archive_sequence", "gauge", "Newest log sequence stored.", byStream(({ stats }) => stats.archivedSequence));
  family(
    "archive_backlog_messages",
    "gauge",
    "Messages read and not yet stored.",
    byStream(({ stats }) => stats.readSequence - stats.archivedSequence),
  );
  family(
    "archive_rejected_total",
    "counter",
    "Messages and entries left out, by reason.",
    archivers.flatMap(({ stream, rejected }) =>
      Object.entries(rejected).map((
        [code, count],
      ): [string, number] => [`{stream="${stream}",reason="${code}"}`, count])
    ),
  );
  family("live_clients", "gauge", "Pages connected.", [["", hub.clientCount]]);
  family("live_pushes_total", "counter", "Updates sent to pages.", [["", hub.stats.pushCount]]);
  family("live_skipped_total", "counter", "Updates held back from pages that read too slowly.", [[
    "",
    hub.stats.skippedCount,
  ]]);
  family("latest_rejected_total", "counter", "Newest states that were not of the schema.", [[
    "",
    latest.rejectedCount,
  ]]);
  family(
    "http_requests_total",
    "counter",
    "Requests by status.",
    [...requestCounts].map(([status, count]) => [`{status="${status}"}`, count]),
  );
  return lines.join("\n") + "\n";
}
