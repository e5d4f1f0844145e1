/**
 * The rules that raise alerts: read, written, tried on what was.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  ALERT_RULES_MAX,
  AlertRule,
  AlertRuleName,
  ANOMALY_KINDS,
  DryRunAnswer,
  DryRunRequest,
  RulesAnswer,
  RuleVersionsAnswer,
  RuleWritten,
  US_PER_HOUR,
  US_PER_MS,
} from "../../actors/contract/mod.ts";
import { ruleWarnings } from "../../actors/alerts/mod.ts";
import { RuleChangedError } from "../../actors/adapters/alert_desk.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
import { checkSameSite } from "../middleware/same_site.ts";
import type { AppDeps } from "../ports.ts";
import { json, problems } from "./window.ts";

const ruleParam = z.object({ name: AlertRuleName });
const ifMatch = z.string().regex(/^"?\d{1,15}"?$/, "expected a revision, as /versions has them").optional()
  .transform((text) => text === undefined ? undefined : Number(text.replaceAll('"', "")));
const refused = problems({ 400: "Wrong parameters", 403: "From a page of another site" });

export function alertRuleRoutes({ rules, desk, dryRun, alertRoutes, shownPairs, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  app.use("/api/rules/*", async (c: Context, next: () => Promise<void>) => {
    if (c.req.method !== "GET") checkSameSite(c);
    await next();
  });
  const warningsOf = (rule: AlertRule) =>
    ruleWarnings(rule, {
      pairs: shownPairs(),
      kinds: ANOMALY_KINDS,
      routes: alertRoutes.map(({ name }) => name),
    });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/rules",
      summary: "Alert rules: those that people wrote, and the usual ones",
      responses: { 200: json(RulesAnswer, "By name") },
    }),
    (c) => {
      const inEffect = rules.rules.map((one) => ({ ...one, warnings: warningsOf(one.rule) }));
      return c.json({ followed: rules.followed, rules: inEffect, refused: rules.refused }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/rules/dry-run",
      summary: "What a rule would have done in the last hours; nothing is written",
      request: { body: { required: true, content: { "application/json": { schema: DryRunRequest } } } },
      responses: {
        200: json(DryRunAnswer, "What it would have opened"),
        ...refused,
        ...problems({ 503: "ClickHouse is away" }),
      },
    }),
    async (c) => {
      const { rule, hours } = c.req.valid("json");
      const toUs = Math.round(nowMs() * US_PER_MS);
      const answer = await dryRun.run({ rule, fromUs: toUs - Math.round(hours * US_PER_HOUR), toUs });
      return c.json({ ...answer, warnings: [...warningsOf(rule), ...answer.warnings] }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "put",
      path: "/api/rules/{name}",
      summary: "Write a rule; it is in effect at once",
      description:
        "With `If-Match`, the newest revision that the writer knows (0 for none), only where nobody wrote meanwhile.",
      request: {
        params: ruleParam,
        headers: z.object({ "if-match": ifMatch }),
        body: { required: true, content: { "application/json": { schema: AlertRule } } },
      },
      responses: {
        200: json(RuleWritten, "As it was stored, and what is odd about it"),
        ...refused,
        ...problems({ 409: "Too many rules", 412: "Somebody wrote it meanwhile" }),
      },
    }),
    async (c) => {
      const rule = c.req.valid("json");
      const { name } = c.req.valid("param");
      if (rules.get(name) === undefined && rules.rules.length >= ALERT_RULES_MAX) {
        throw new ProblemError(409, "too-many-rules", "Too many rules", {
          detail: `There are ${ALERT_RULES_MAX} rules, and no more can be; delete one that is not needed`,
        });
      }
      const after = c.req.valid("header")["if-match"];
      const revision = await desk.putRule(name, JSON.stringify(rule), after).catch((error) => {
        if (!(error instanceof RuleChangedError)) throw error;
        throw new ProblemError(412, "rule-changed", "Somebody wrote this rule meanwhile", {
          detail: `See /api/rules/${name}/versions; without If-Match it is written all the same`,
        });
      });
      return c.json({ rule, revision, warnings: warningsOf(rule) }, 200);
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
