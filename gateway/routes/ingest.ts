/**
 * `POST /api/ingest`: anyone's JSON over HTTP.
 *
 * A page of another site must not write to the log of whoever opens it: browsers say where a request comes from, and those from
 * elsewhere are refused. Where a token is configured it is asked for.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { IngestError, IngestReply, IngestSource, parsePair } from "../../actors/contract/mod.ts";
import { IngestBatches, IngestBodyError, ingestLines } from "../ingest/mod.ts";
import { invalidParameters, ProblemError } from "../middleware/problem.ts";
import { checkSameSite } from "../middleware/same_site.ts";
import type { AppDeps } from "../ports.ts";
import { json, problems } from "./window.ts";

const query = z.object({
  pair: z.string().optional().transform((name, ctx) => {
    const pair = name === undefined ? undefined : parsePair(name);
    if (name !== undefined && pair === undefined) ctx.addIssue(`"${name}" is no pair; expected for example EURUSD`);
    return pair;
  }).meta({ type: "string", description: "The pair of events that name none", example: "EURUSD" }),
  source: IngestSource.optional().meta({ description: "The source of events that name none" }),
});

const route = createRoute({
  method: "post",
  path: "/api/ingest",
  summary: "Store market events: one object, an array, or a line for each",
  description: "Answers when everything is stored. The schema of an event stands in docs/schemas/market_event.json.",
  request: {
    query,
    // A body of JSON that is declared would be read here, as a whole: it is told by its content instead.
    body: {
      description: "Lines, an array of up to 8 MB, or one object, whatever the content type says; may be gzipped",
      content: { "application/x-ndjson": { schema: z.string() } },
    },
  },
  responses: {
    200: json(IngestReply, "Stored; what was refused by itself is named"),
    422: json(IngestReply, "Nothing of it could be stored"),
    ...problems({
      400: "Not JSON, not UTF-8, wrong parameters",
      401: "No token, or a wrong one",
      403: "From a page of another site",
      413: "An array that is too large",
      503: "No feed node takes it now; what was stored before is said",
    }),
  },
});

export function ingestRoutes({ sendIngest, ingestToken, sleep }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  // What is refused is refused before its parameters are looked at.
  app.use("/api/ingest", async (c, next) => {
    checkSameSite(c, { hasToken: ingestToken !== undefined });
    checkToken(c, ingestToken);
    await next();
  });
  app.openapi(route, async (c) => {
    const { pair, source } = c.req.valid("query");
    const batches = new IngestBatches({ send: sendIngest, sleep, pair, source });
    try {
      for await (const line of ingestLines(bodyOf(c))) await batches.add(line);
      const reply = await batches.finish();
      if (reply.accepted + reply.duplicates + reply.refusedCount === 0) {
        throw new IngestBodyError("malformed", "nothing in the body; expected events as JSON");
      }
      return reply.accepted + reply.duplicates === 0 ? c.json(reply, 422) : c.json(reply, 200);
    } catch (error) {
      const { accepted, duplicates, refusedCount } = batches.reply;
      const before = `${accepted} events stored before, ${duplicates} duplicates, ${refusedCount} refused`;
      if (error instanceof IngestBodyError) {
        throw new ProblemError(error.code === "too-large" ? 413 : 400, error.code, "The body cannot be read", {
          detail: `${error.message}; ${before}`,
        });
      }
      if (error instanceof IngestError) {
        c.header("Retry-After", "2");
        throw new ProblemError(503, `ingest-${error.code}`, "Not all events could be handed on", {
          detail: `${error.message}; ${before}`,
        });
      }
      throw error;
    }
  });
  return app;
}

function bodyOf(c: Context): ReadableStream<Uint8Array<ArrayBuffer>> {
  const body = c.req.raw.body ?? new Blob([]).stream();
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip") {
    throw new ProblemError(400, "encoding", `Cannot read a body of encoding "${encoding.slice(0, 40)}"`, {
      detail: "Expected gzip, or none",
    });
  }
  return guarded(body.pipeThrough(new DecompressionStream("gzip")));
}

/** What the decompressor throws is about the body. */
async function* read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    yield* stream;
  } catch (error) {
    throw new IngestBodyError("malformed", `the gzipped body breaks off: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const guarded = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => ReadableStream.from(read(stream));

function checkToken(c: Context, token: string | undefined): void {
  if (token === undefined) return;
  const [, given = ""] = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  // Digests are of one length, and comparing them tells nothing of how much fits.
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (timingSafeEqual(digest(given), digest(token))) return;
  c.header("WWW-Authenticate", "Bearer");
  throw new ProblemError(401, "token", "Events are taken with the right token only", {
    detail: "Send it as `Authorization: Bearer …`; INGEST_TOKEN of the gateway says what it is.",
  });
}
