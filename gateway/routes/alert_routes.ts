/**
 * Where alerts are sent: the routes of this system, how each does, and a message that tries one.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { AlertRuleName, RoutesAnswer, RouteTestAnswer } from "../../actors/contract/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
import { checkSameSite } from "../middleware/same_site.ts";
import { DeliveryFault, exampleAlert } from "../notify/mod.ts";
import type { AppDeps } from "../ports.ts";
import { json, problems } from "./window.ts";

export function routeRoutes({ alertRoutes, recentDeliveries, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  app.use("/api/routes/*", async (c, next) => {
    if (c.req.method !== "GET") checkSameSite(c);
    await next();
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/routes",
      summary: "Where alerts are sent, and how that goes",
      responses: { 200: json(RoutesAnswer, "By name") },
    }),
    (c) =>
      c.json({
        followed: recentDeliveries.followed,
        routes: alertRoutes.map(({ name, route: { type, severityMin, byDefault }, sender: { target } }) => {
          const health = recentDeliveries.health(name);
          return {
            name,
            type,
            target,
            severityMin,
            byDefault,
            state: health === undefined
              ? "idle" as const
              : health.failingSinceMs === undefined
              ? "delivering" as const
              : "failing" as const,
            ...(health ?? { deliveredCount: 0, refusedCount: 0, givenUpCount: 0, retryingCount: 0 }),
          };
        }),
      }, 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/routes/{name}/test",
      summary: "Send a message that says it is a test, once",
      request: { params: z.object({ name: AlertRuleName }) },
      responses: {
        200: json(RouteTestAnswer, "What became of it"),
        ...problems({ 400: "Wrong parameters", 403: "From a page of another site", 404: "No such route" }),
      },
    }),
    async (c) => {
      const { name } = c.req.valid("param");
      const found = alertRoutes.find((route) => route.name === name);
      if (found === undefined) {
        throw new ProblemError(404, "no-such-route", "No such route", { detail: `"${name}"; see /api/routes` });
      }
      const startMs = nowMs();
      const alert = exampleAlert(startMs);
      const { timeoutS } = found.route;
      const inTime = new AbortController();
      const timer = setTimeout(
        () => inTime.abort(new DeliveryFault("timeout", `${found.sender.target}: no answer in ${timeoutS} s`)),
        timeoutS * 1_000,
      );
      try {
        await found.sender.send({ alert, key: alert.id, timeMs: startMs }, inTime.signal);
        return c.json({ delivered: true, tookMs: nowMs() - startMs }, 200);
      } catch (error) {
        if (!(error instanceof DeliveryFault)) throw error;
        const fault = { code: error.code, detail: error.message };
        return c.json({ delivered: false, tookMs: nowMs() - startMs, fault }, 200);
      } finally {
        clearTimeout(timer);
      }
    },
  );
  return app;
}
