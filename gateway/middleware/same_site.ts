/**
 * Requests that change something are not for pages of other sites.
 *
 * A browser says which page asks. A name that somebody else gave our address is no page of ours either: without a token only pages
 * under an address or `localhost` may send.
 *
 * @module
 */
import type { Context } from "hono";
import { ProblemError } from "./problem.ts";

/** @throws {ProblemError} */
export function checkSameSite(c: Context, { hasToken = false }: { hasToken?: boolean } = {}): void {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if (site === undefined && origin === undefined) return;
  const page = origin !== undefined && URL.canParse(origin) ? new URL(origin) : undefined;
  const isSame = site === undefined
    ? page !== undefined && page.host === c.req.header("host")
    : site === "same-origin" || site === "none";
  if (isSame && (hasToken || page === undefined || isAddress(page.hostname))) return;
  throw new ProblemError(403, "cross-site", "Nothing is changed for pages of other sites", {
    detail: "Send it from a program, or from a page under this gateway's address.",
  });
}

const isAddress = (hostname: string): boolean =>
  hostname === "localhost" || hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
