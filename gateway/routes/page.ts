/**
 * The live page, as it was built.
 *
 * @module
 */
import { Hono } from "hono";
import type { AppDeps } from "../ports.ts";
import { problem } from "../middleware/problem.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  map: "application/json",
  svg: "image/svg+xml",
};

export function pageRoutes({ pageFile }: AppDeps): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const page = await pageFile("index.html");
    if (page === undefined) {
      return problem(c, 503, "page-not-built", "The page is not built", {
        detail: "Run `deno task build`, then reload.",
      });
    }
    return c.body(page, 200, { "content-type": TYPES.html!, "cache-control": "no-cache" });
  });
  app.get("/:name{[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.(css|js|map|svg|json)}", async (c) => {
    const name = c.req.param("name");
    const file = await pageFile(name);
    if (file === undefined) return c.notFound();
    // A name with a hash in it never changes its content.
    const lasting = /-[0-9a-zA-Z]{8,}\./.test(name);
    return c.body(file, 200, {
      "content-type": TYPES[name.slice(name.lastIndexOf(".") + 1)]!,
      "cache-control": lasting ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  return app;
}
