/**
 * Alerts, what people do to them, and the rules that raise them.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  Alert,
  AlertCommand,
  AlertRule,
  AlertRuleName,
  AlertsAnswer,
  DEFAULT_RULES,
  RulesAnswer,
  RuleVersionsAnswer,
  Severity,
} from "../../actors/contract/mod.ts";
import { isOver, RECENT_ALERTS_MAX } from "../live/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
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
const ruleParam = z.object({ name: AlertRuleName });
/** What is done, without what the address says. */
const command = AlertCommand.omit({ v: true, id: true });
const refused = problems({ 400: "Wrong parameters", 403: "From a page of another site" });

export function alertRoutes({ recentAlerts, rules, desk }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  const guard = async (c: Context, next: () => Promise<void>) => {
    if (c.req.method !== "GET") checkSameSite(c);
    await next();
  };
  app.use("/api/alerts/*", guard);
  app.use("/api/rules/*", guard);

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
      if (alert === undefined) {
        throw new ProblemError(404, "no-such-alert", "No such alert", {
          detail: `"${id}" is not kept; see /api/alerts`,
        });
      }
      await desk.command({ v: 1, id, ...c.req.valid("json") });
      return c.json(alert, 202);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/rules",
      summary: "Alert rules: those that people wrote, and the usual ones",
      responses: { 200: json(RulesAnswer, "By name") },
    }),
    (c) => {
      const written: RulesAnswer["rules"] = [...rules.entries()].map(([name, { record }]) => ({
        name,
        rule: record,
        isDefault: false,
        warnings: [],
      }));
      const names = new Set(written.map(({ name }) => name));
      const usual: RulesAnswer["rules"] = Object.entries(DEFAULT_RULES).filter(([name]) => !names.has(name))
        .map(([name, rule]) => ({ name, rule: AlertRule.parse(rule), isDefault: true, warnings: [] }));
      const all = [...written, ...usual].sort((a, b) => a.name < b.name ? -1 : 1);
      return c.json({ followed: true, rules: all, refused: [] }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "put",
      path: "/api/rules/{name}",
      summary: "Write a rule; it is in effect at once",
      request: {
        params: ruleParam,
        body: { required: true, content: { "application/json": { schema: AlertRule } } },
      },
      responses: { 200: json(AlertRule, "As it was stored"), ...refused },
    }),
    async (c) => {
      const rule = c.req.valid("json");
      await desk.putRule(c.req.valid("param").name, JSON.stringify(rule));
      return c.json(rule, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: "/api/rules/{name}",
      summary: "Delete a rule; a usual one of its name is in effect again",
      request: { params: ruleParam },
      responses: { 204: { description: "It is gone" }, ...refused },
    }),
    async (c) => {
      await desk.deleteRule(c.req.valid("param").name);
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/rules/{name}/versions",
      summary: "What a rule was before, when, and who wrote it",
      request: { params: ruleParam },
      responses: { 200: json(RuleVersionsAnswer, "The last sixteen"), ...problems({ 400: "Wrong parameters" }) },
    }),
    async (c) => {
      const { name } = c.req.valid("param");
      return c.json({ name, versions: await desk.versions(name) }, 200);
    },
  );
  return app;
}
