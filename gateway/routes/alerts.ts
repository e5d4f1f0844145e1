/**
 * Alerts, and what people do to them.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { Alert, AlertAnswer, AlertCommand, AlertsAnswer, Severity } from "../../actors/contract/mod.ts";
import { isOver, RECENT_ALERTS_MAX } from "../live/mod.ts";
import { invalidParameters, isArchiveAway, ProblemError } from "../middleware/problem.ts";
import { checkSameSite } from "../middleware/same_site.ts";
import type { AppDeps } from "../ports.ts";
import { json, knownPair, problems } from "./window.ts";

const limit = z.coerce.number().int().min(1).max(RECENT_ALERTS_MAX).default(200);
const alertsQuery = z.object({
  state: z.enum(["open", "all"]).default("open").meta({
    description: "Only those that are open, or all that are kept",
  }),
  severity: Severity.optional(),
  pair: z.string().optional(),
  rule: z.string().optional(),
  limit,
});
const idParam = z.object({ id: z.string().min(1).max(128) });
/** What is done, without what the address says. */
const command = AlertCommand.omit({ v: true, id: true });
const refused = problems({ 400: "Wrong parameters", 403: "From a page of another site" });

const noSuchAlert = (id: string) =>
  new ProblemError(404, "no-such-alert", "No such alert", { detail: `"${id}" is not kept; see /api/alerts` });

export function alertRoutes({ recentAlerts, recentDeliveries, alertStore, desk }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  app.use("/api/alerts/*", async (c: Context, next: () => Promise<void>) => {
    if (c.req.method !== "GET") checkSameSite(c);
    await next();
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/alerts",
      summary: "Alerts, those that said something last first",
      request: { query: alertsQuery },
      responses: { 200: json(AlertsAnswer, "The newest message of each"), ...problems({ 400: "Wrong parameters" }) },
    }),
    (c) => {
      const { state, severity, pair, rule, limit } = c.req.valid("query");
      const wanted = pair === undefined ? undefined : knownPair(pair);
      const alerts = recentAlerts.newest.filter((alert) =>
        (state === "all" || !isOver(alert)) && (severity === undefined || alert.severity === severity) &&
        (wanted === undefined || alert.pair === wanted) && (rule === undefined || alert.rule === rule)
      );
      return c.json({ followed: recentAlerts.followed, alerts: alerts.slice(0, limit) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/alerts/{id}",
      summary: "An alert, all that was said of it, and what became of it along its routes",
      request: { params: idParam },
      responses: {
        200: json(AlertAnswer, "The alert"),
        ...problems({ 404: "No such alert", 503: "ClickHouse is away" }),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const live = recentAlerts.get(id);
      const stored = await alertStore.one(id).catch((error) => {
        // What is live needs no archive.
        if (live === undefined || !isArchiveAway(error)) throw error;
        return [];
      });
      const newest = live ?? stored.at(-1);
      if (newest === undefined) throw noSuchAlert(id);
      // The archive may be a second behind.
      return c.json({
        alert: newest,
        history: stored.length > 0 ? stored : [newest],
        deliveries: recentDeliveries.of(id),
      }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/alerts/{id}",
      summary: "Acknowledge, assign, comment, judge, mute, unmute or resolve an alert",
      description: "Answered when it stands in the log; what comes of it is told on `fx.alert`.",
      request: {
        params: idParam,
        body: { required: true, content: { "application/json": { schema: command } } },
      },
      responses: { 202: json(Alert, "The alert as it was before"), ...problems({ 404: "No such alert" }), ...refused },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const alert = recentAlerts.get(id);
      if (alert === undefined) throw noSuchAlert(id);
      await desk.command({ v: 1, id, ...c.req.valid("json") });
      return c.json(alert, 202);
    },
  );

  return app;
}
