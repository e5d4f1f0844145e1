/**
 * Errors as RFC 9457 problems.
 *
 * @module
 */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { ClickHouseError } from "@clickhouse/client-web";
import type { z } from "zod";
import type { Problem } from "../../actors/contract/mod.ts";
import type { LogLine } from "../../actors/runtime/mod.ts";
import { ClickHouseAwayError } from "../archive/mod.ts";
import { BusyError } from "../query_queue.ts";

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 412 | 413 | 500 | 503;

/** An error that is the answer. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly status: ProblemStatus,
    readonly code: string,
    title: string,
    readonly extra: Partial<Problem> = {},
  ) {
    super(title);
  }
}

/** Send a problem. */
export function problem(
  c: Context,
  status: ProblemStatus,
  code: string,
  title: string,
  extra: Partial<Problem> = {},
): Response {
  const body: Problem = { type: `urn:fxmm:problem:${code}`, title, status, instance: c.req.path, ...extra };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

/** Parameters that a route's schema refused: every one of them, by name. */
export function invalidParameters(c: Context, error: z.ZodError): Response {
  const errors = error.issues.map((issue) => ({ name: issue.path.join("."), detail: issue.message }));
  return problem(c, 400, "invalid-parameters", "Wrong parameters", {
    detail: errors.map(({ name, detail }) => `${name}: ${detail}`).join("; "),
    errors,
  });
}

export const notFound: NotFoundHandler = (c) =>
  problem(c, 404, "not-found", "No such resource", {
    detail: `${c.req.method} ${c.req.path} is not served; see /api/docs`,
  });

/** Whether the archive cannot answer: it is away, or its tables are not made yet. */
export const isArchiveAway = (error: unknown): boolean =>
  error instanceof ClickHouseAwayError || error instanceof ClickHouseError;

/** What a route throws: a problem as it is, a database that is away as 503, anything else as 500 and a line in the log. */
export function onError(logLine: LogLine): ErrorHandler {
  return (error, c) => {
    if (error instanceof ProblemError) return problem(c, error.status, error.code, error.message, error.extra);
    // What the framework itself refuses is about the request, such as a body that is no JSON.
    if (error instanceof HTTPException && error.status < 500) {
      return problem(c, 400, "malformed", "The request cannot be read", { detail: error.message });
    }
    if (isArchiveAway(error)) {
      logLine("warn", `${c.req.method} ${c.req.path}: ${error.message}`);
      return problem(c, 503, "history-unavailable", "History is not available", {
        detail: "ClickHouse does not answer. The log keeps the data; live values are not affected. Try again later.",
      });
    }
    if (error instanceof BusyError) {
      return problem(c, 503, "too-many-queries", "Too many queries of history", { detail: "Try again in a moment." });
    }
    logLine("error", `${c.req.method} ${c.req.path}: ${error.stack}`);
    return problem(c, 500, "internal", "The gateway failed on this request", {
      detail: "Details stand in the gateway's log.",
    });
  };
}
