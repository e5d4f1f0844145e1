/**
 * The gateway's HTTP application. `createApp` opens nothing: everything it talks to is handed in.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { securityHeaders } from "./middleware/headers.ts";
import { notFound, onError, problem } from "./middleware/problem.ts";
import type { AppDeps } from "./ports.ts";
import { alertHistoryRoutes } from "./routes/alert_history.ts";
import { routeRoutes } from "./routes/alert_routes.ts";
import { alertRuleRoutes } from "./routes/alert_rules.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { caseRoutes } from "./routes/cases.ts";
import { docsRoutes } from "./routes/docs.ts";
import { ingestRoutes } from "./routes/ingest.ts";
import { marketRoutes } from "./routes/market.ts";
import { operationRoutes } from "./routes/operations.ts";
import { pairRoutes } from "./routes/pairs.ts";
import { pageRoutes } from "./routes/page.ts";

export function createApp(deps: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  app.use(async (c, next) => {
    await next();
    deps.requestCounts.set(c.res.status, (deps.requestCounts.get(c.res.status) ?? 0) + 1);
  });
  app.use(securityHeaders);
  app.notFound(notFound);
  app.onError(onError(deps.logLine));

  app.get("/live", (c) => {
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return problem(c, 400, "not-a-websocket", "This address speaks WebSocket", {
        detail: "See docs/API.md for its messages.",
      });
    }
    if (deps.hub.full) {
      return problem(c, 503, "too-many-clients", "Too many live clients", { detail: "Try again later." });
    }
    const { socket, response } = deps.upgrade(c.req.raw);
    deps.hub.add(socket);
    return response;
  });
  app.route("/", pairRoutes(deps));
  app.route("/", marketRoutes(deps));
  app.route("/", caseRoutes(deps));
  app.route("/", alertHistoryRoutes(deps));
  app.route("/", alertRoutes(deps));
  app.route("/", alertRuleRoutes(deps));
  app.route("/", routeRoutes(deps));
  app.route("/", ingestRoutes(deps));
  app.route("/", operationRoutes(deps));
  app.route("/", docsRoutes(app, deps));
  app.route("/", pageRoutes(deps));
  return app;
}
