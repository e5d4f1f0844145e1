/**
 * Cases, the detectors that find them, and what simulated markets were made to do.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  type Anomaly,
  ANOMALY_KINDS,
  CaseAnswer,
  CaseGrouping,
  CasesAnswer,
  CaseSummaryAnswer,
  DETECTORS,
  DetectorsAnswer,
  type Pair,
  PairDetectors,
  TruthAnswer,
  US_PER_DAY,
} from "../../actors/contract/mod.ts";
import { CASES_MAX, parseCursor } from "../case_store.ts";
import { invalidParameters, isArchiveAway, ProblemError } from "../middleware/problem.ts";
import type { AppDeps } from "../ports.ts";
import { csvText } from "./csv.ts";
import { kindList, pairNames, severityList } from "./lists.ts";
import { isoOf, json, knownPair, problems, spanOf, timeText } from "./window.ts";

/** The window where the caller names none. */
const DEFAULT_WINDOW_US = US_PER_DAY;
const DEFAULT_LIMIT = 500;

const limitText = `expected a whole number from 1 to ${CASES_MAX}`;
const limit = z.coerce.number({ error: limitText }).int(limitText).min(1, limitText).max(CASES_MAX, limitText)
  .default(DEFAULT_LIMIT).meta({ description: "At most so many" });
const cursor = z.string().optional().transform((text, ctx) => {
  const parsed = text === undefined ? undefined : parseCursor(text);
  if (text !== undefined && parsed === undefined) ctx.addIssue("expected what `next` of an earlier answer said");
  return parsed;
}).meta({ type: "string", description: "`next` of an earlier answer: goes on behind it" });

const window = {
  from: timeText("Start, inclusive; a day before `to` where it is left out"),
  to: timeText("End, exclusive; now where it is left out"),
};
const listQuery = z.object({ ...window, pair: pairNames, kind: kindList, limit, cursor });
const casesQuery = listQuery.extend({
  severity: severityList,
  phase: z.enum(["open", "closed"]).optional().meta({ description: "Only those that are open, or that are closed" }),
});
const summaryQuery = z.object({ ...window, pair: pairNames, kind: kindList, by: CaseGrouping.default("kind") });
type CasesQuery = z.infer<typeof casesQuery>;

const refused = problems({ 400: "Wrong parameters", 404: "No such pair", 503: "ClickHouse is away" });

export function caseRoutes({ caseStore, recentCases, latest, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  const common = (query: Pick<CasesQuery, "from" | "to" | "pair" | "kind">) => ({
    ...spanOf(query, { nowMs: nowMs(), defaultUs: DEFAULT_WINDOW_US }),
    pairs: query.pair.map(knownPair),
    kinds: query.kind,
  });
  const filterOf = (query: CasesQuery) => ({
    ...common(query),
    severities: query.severity,
    phase: query.phase,
    limit: query.limit,
    cursor: query.cursor,
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/cases",
      summary: "Cases that began in a window, newest first",
      request: { query: casesQuery },
      responses: { 200: json(CasesAnswer, "Their newest messages"), ...refused },
    }),
    async (c) => c.json(await caseStore.cases(filterOf(c.req.valid("query"))), 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/cases.csv",
      summary: "The same as CSV, evidence as JSON",
      request: { query: casesQuery },
      responses: {
        200: { description: "A line for each case", content: { "text/csv": { schema: z.string() } } },
        ...refused,
      },
    }),
    async (c) => {
      const { cases, next } = await caseStore.cases(filterOf(c.req.valid("query")));
      c.header("content-type", "text/csv; charset=utf-8; header=present");
      c.header("content-disposition", 'attachment; filename="cases.csv"');
      if (next !== undefined) c.header("x-next-cursor", next);
      return c.body(csvText(CSV_COLUMNS, cases.map(csvCells)), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/cases/summary",
      summary: "How many cases began in a window, by kind, pair, hour or day",
      request: { query: summaryQuery },
      responses: { 200: json(CaseSummaryAnswer, "Counts by severity"), ...refused },
    }),
    async (c) => {
      const { by, ...query } = c.req.valid("query");
      return c.json(await caseStore.summary(by, common(query)), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/cases/{id}",
      summary: "A case and what was said of it",
      request: { params: z.object({ id: z.string().min(1).max(128).meta({ description: "Id of the case" }) }) },
      responses: {
        200: json(CaseAnswer, "The case"),
        ...problems({ 404: "No such case", 503: "ClickHouse is away" }),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const live = recentCases.get(id);
      const stored = await caseStore.one(id).catch((error) => {
        // What is live needs no archive.
        if (live === undefined || !isArchiveAway(error)) throw error;
        return undefined;
      });
      if (stored !== undefined) return c.json(live === undefined ? stored : { ...stored, case: live }, 200);
      // The archive may be a second behind.
      if (live !== undefined) return c.json({ case: live, history: [live] }, 200);
      throw new ProblemError(404, "no-such-case", "No such case", { detail: `"${id}" is not stored; see /api/cases` });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/detectors",
      summary: "Every detector with what it needs, what it means and the evidence of its cases",
      responses: { 200: json(DetectorsAnswer, "In the order of the catalogue") },
    }),
    (c) =>
      c.json({
        detectors: ANOMALY_KINDS.map((kind) => {
          const { title, family, needs, uses, doc, version, evidence } = DETECTORS[kind];
          return { kind, title, family, needs: [...needs], uses: [...uses], doc, version, evidence: { ...evidence } };
        }),
      }, 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/pairs/{pair}/detectors",
      summary: "Which detectors of a pair run, and why others do not",
      request: { params: z.object({ pair: z.string().meta({ description: "EURUSD", example: "EURUSD" }) }) },
      responses: {
        200: json(PairDetectors, "As the actor of the pair said last; none where it has not yet"),
        ...problems({ 404: "No such pair" }),
      },
    }),
    (c) => {
      const pair: Pair = knownPair(c.req.valid("param").pair);
      return c.json(latest.detectors(pair) ?? { pair, timeUs: 0, detectors: [] }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/truth",
      summary: "What simulated markets were made to do in a window",
      request: { query: listQuery },
      responses: { 200: json(TruthAnswer, "Labels, newest first"), ...refused },
    }),
    async (c) => {
      const query = c.req.valid("query");
      return c.json(await caseStore.truth({ ...common(query), limit: query.limit, cursor: query.cursor }), 200);
    },
  );
  return app;
}

const CSV_COLUMNS = [
  "id",
  "pair",
  "kind",
  "phase",
  "severity",
  "score",
  "start",
  "end",
  "others",
  "sentence",
  "sequenceFirst",
  "sequenceLast",
  "detectorVersion",
  "evidence",
] as const;

function csvCells(anomaly: Anomaly): (string | number)[] {
  const { startUs, endUs, others, evidence } = anomaly;
  const cells: Partial<Record<typeof CSV_COLUMNS[number], string>> = {
    start: isoOf(startUs),
    end: isoOf(endUs),
    others: others?.join(" ") ?? "",
    evidence: JSON.stringify(evidence),
  };
  return CSV_COLUMNS.map((name) => cells[name] ?? anomaly[name as keyof Anomaly] as string | number);
}
