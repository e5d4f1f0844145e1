/**
 * The API's OpenAPI document and a page that renders it.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import type { AppDeps } from "../ports.ts";

/** Version of the API, as its document states it. */
export const API_VERSION = "1.0.0";

/** Files of the library that renders the document. */
const FILES: ReadonlyMap<string, string> = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
]);

/** A script of its own, because the policy of the page allows none in the markup. */
const START_SCRIPT = `SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#document", deepLinking: true });`;

export function docsRoutes(documented: OpenAPIHono, { docsFile }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  app.get("/api/openapi.json", (c) =>
    c.json(documented.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "FX Microstructure Monitor",
        version: API_VERSION,
        description: "History and newest state of currency pairs. Times are microseconds since 1970-01-01T00:00:00Z, " +
          "prices quote currency, sizes base currency units.",
      },
    })));
  app.get("/api/docs", (c) =>
    c.html(html`
      <!DOCTYPE html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width">
          <title>API · FX Microstructure Monitor</title>
          <link rel="stylesheet" href="/api/docs/swagger-ui.css">
        </head>
        <body>
          <div id="document"></div>
          <script src="/api/docs/swagger-ui-bundle.js"></script>
          <script src="/api/docs/start.js"></script>
        </body>
      </html>
    `));
  app.get("/api/docs/start.js", (c) => c.body(START_SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" }));
  app.get("/api/docs/:file", async (c) => {
    const type = FILES.get(c.req.param("file"));
    if (type === undefined) return c.notFound();
    return c.body(await docsFile(c.req.param("file")), 200, {
      "content-type": type,
      "cache-control": "public, max-age=86400",
    });
  });
  return app;
}
