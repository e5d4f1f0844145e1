/**
 * The gateway's HTTP application. `createApp` opens nothing: everything it talks to is handed in.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { LogLine } from "../actors/runtime/mod.ts";
import type { Archiver } from "./archive/mod.ts";
import type { History } from "./history.ts";
import type { LatestStates, LiveHub, NodeReports } from "./live/mod.ts";
import { securityHeaders } from "./middleware/headers.ts";
import { notFound, onError, problem } from "./middleware/problem.ts";
import { docsRoutes } from "./routes/docs.ts";
import { operationRoutes } from "./routes/operations.ts";
import { pairRoutes } from "./routes/pairs.ts";
import { pageRoutes } from "./routes/page.ts";

export interface AppDeps {
  history: Pick<History, "quotes" | "trades" | "metrics" | "extents">;
  latest: LatestStates;
  hub: LiveHub;
  archivers: readonly Pick<Archiver, "stream" | "stats" | "rejected">[];
  /** What keeps the gateway from serving everything; empty when nothing does. */
  notReady(): Promise<string[]>;
  /** Reports of the live actor nodes. */
  nodes: Pick<NodeReports, "alive">;
  /** Reads a file of the built page by its name; `undefined` where there is none. */
  pageFile(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Reads a file of the library that renders the API's document. */
  docsFile(name: string): Promise<Uint8Array<ArrayBuffer>>;
  upgrade(request: Request): { socket: WebSocket; response: Response };
  requestCounts: Map<number, number>;
  nowMs(): number;
  logLine: LogLine;
}

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
  app.route("/", operationRoutes(deps));
  app.route("/", docsRoutes(app, deps));
  app.route("/", pageRoutes(deps));
  return app;
}
