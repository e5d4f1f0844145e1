/**
 * Headers that every answer carries.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";

const POLICY =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The page that renders the API's document uses a library which sets styles in the markup. */
const DOCS_POLICY = `${POLICY}; style-src 'self' 'unsafe-inline'`;

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  // An upgraded socket's answer is sealed and is no page.
  if (c.res.status === 101) return;
  c.header("Content-Security-Policy", c.req.path === "/api/docs" ? DOCS_POLICY : POLICY);
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
};
