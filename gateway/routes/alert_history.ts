/**
 * What was said of alerts: in a window, as a file, and how people judged it.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  type Alert,
  AlertHistoryAnswer,
  AlertState,
  PrecisionAnswer,
  PrecisionGrouping,
  US_PER_DAY,
} from "../../actors/contract/mod.ts";
import { ALERT_MESSAGES_MAX, type AlertFilter, type AlertStore, parseAlertCursor } from "../alert_store.ts";
import { invalidParameters } from "../middleware/problem.ts";
import type { AppDeps } from "../ports.ts";
import { csvLines, csvText } from "./csv.ts";
import { kindList, nameList, pairNames, severityList, wordList } from "./lists.ts";
import { isoOf, json, problems, spanOf, timeText } from "./window.ts";

const DEFAULT_LIMIT = 500;
/** A report looks back so long where nothing is said. */
const PRECISION_WINDOW_US = 30 * US_PER_DAY;

const limitText = `expected a whole number from 1 to ${ALERT_MESSAGES_MAX}`;
const window = {
  from: timeText("Start, inclusive; a day before `to` where it is left out"),
  to: timeText("End, exclusive; now where it is left out"),
};
const filterQuery = z.object({
  ...window,
  pair: pairNames,
  kind: kindList,
  rule: nameList("Rules", "default"),
  severity: severityList,
  state: wordList("States", "open,resolved", AlertState.options),
});
const historyQuery = filterQuery.extend({
  limit: z.coerce.number({ error: limitText }).int(limitText).min(1, limitText).max(ALERT_MESSAGES_MAX, limitText)
    .default(DEFAULT_LIMIT).meta({ description: "At most so many" }),
  cursor: z.string().optional().transform((text, ctx) => {
    const parsed = text === undefined ? undefined : parseAlertCursor(text);
    if (text !== undefined && parsed === undefined) ctx.addIssue("expected what `next` of an earlier answer said");
    return parsed;
  }).meta({ type: "string", description: "`next` of an earlier answer: goes on behind it" }),
});
const exportQuery = filterQuery.extend({ format: z.enum(["csv", "json", "ndjson"]).default("csv") });
const precisionQuery = z.object({ ...window, by: PrecisionGrouping.default("kind") });
const refused = problems({ 400: "Wrong parameters", 503: "ClickHouse is away" });

export function alertHistoryRoutes({ alertStore, nowMs }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => result.success ? undefined : invalidParameters(c, result.error),
  });
  const filterOf = (query: z.infer<typeof filterQuery>): AlertFilter => ({
    ...spanOf(query, { nowMs: nowMs(), defaultUs: US_PER_DAY }),
    pairs: query.pair,
    kinds: query.kind,
    rules: query.rule,
    severities: query.severity,
    states: query.state,
  });

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/alerts/history",
      summary: "What was said of alerts in a window, newest first",
      request: { query: historyQuery },
      responses: { 200: json(AlertHistoryAnswer, "Messages"), ...refused },
    }),
    async (c) => {
      const { limit, cursor, ...query } = c.req.valid("query");
      return c.json(await alertStore.history({ ...filterOf(query), limit, cursor }), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/alerts/export",
      summary: "The same as a file, all of it",
      request: { query: exportQuery },
      responses: {
        200: {
          description: "Newest first; it breaks off where ClickHouse goes away",
          content: {
            "text/csv": { schema: z.string() },
            "application/json": { schema: z.array(z.unknown()) },
            "application/x-ndjson": { schema: z.string() },
          },
        },
        ...refused,
      },
    }),
    async (c) => {
      const { format, ...query } = c.req.valid("query");
      const pages = pagesOf(alertStore, filterOf(query));
      // What is wrong is known with the first page, before anything is answered.
      const first = await pages.next();
      c.header("content-type", TYPES[format]);
      c.header("content-disposition", `attachment; filename="alerts.${format}"`);
      return c.body(textStream(FORMATS[format], first, pages), 200) as never;
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/alerts/precision",
      summary: "How people judged the alerts of a window: precision by detector, rule or pair",
      request: { query: precisionQuery },
      responses: { 200: json(PrecisionAnswer, "Those with the most alerts first"), ...refused },
    }),
    async (c) => {
      const { by, ...query } = c.req.valid("query");
      const span = spanOf(query, { nowMs: nowMs(), defaultUs: PRECISION_WINDOW_US });
      return c.json(await alertStore.precision(by, span), 200);
    },
  );
  return app;
}

async function* pagesOf(store: Pick<AlertStore, "history">, filter: AlertFilter): AsyncGenerator<Alert[]> {
  let cursor = undefined;
  do {
    const { messages, next }: { messages: Alert[]; next?: string } = await store.history({
      ...filter,
      limit: ALERT_MESSAGES_MAX,
      cursor,
    });
    yield messages;
    cursor = next === undefined ? undefined : parseAlertCursor(next);
  } while (cursor !== undefined);
}

interface Format {
  head: string;
  page(messages: readonly Alert[], isFirst: boolean): string;
  tail: string;
}

/** One page at a time, as the reader takes them. */
function textStream(
  { head, page, tail }: Format,
  first: IteratorResult<Alert[]>,
  pages: AsyncGenerator<Alert[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let result: IteratorResult<Alert[]> | undefined = first;
  let isFirst = true;
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = result ?? await pages.next();
      result = undefined;
      if (done) {
        if (tail !== "") controller.enqueue(encoder.encode(tail));
        return controller.close();
      }
      controller.enqueue(encoder.encode((isFirst ? head : "") + page(value, isFirst)));
      isFirst = false;
    },
    cancel: () => void pages.return(undefined),
  }, { highWaterMark: 0 });
}

const COLUMNS = [
  "time",
  "id",
  "state",
  "severity",
  "pair",
  "kind",
  "rule",
  "score",
  "count",
  "opened",
  "sentence",
  "anomalyId",
  "by",
  "comment",
  "assignee",
  "acknowledgedBy",
  "disposition",
] as const;

function cellsOf(alert: Alert): (string | number)[] {
  const times: Partial<Record<typeof COLUMNS[number], string>> = {
    time: isoOf(alert.timeUs),
    opened: isoOf(alert.openedUs ?? alert.timeUs),
  };
  return COLUMNS.map((name) => times[name] ?? alert[name as keyof Alert] as string | number | undefined ?? "");
}

const FORMATS: Readonly<Record<"csv" | "json" | "ndjson", Format>> = {
  csv: { head: csvText(COLUMNS, []), page: (messages) => csvLines(messages.map(cellsOf)), tail: "" },
  json: {
    head: "[",
    page: (messages, isFirst) =>
      messages.map((alert, at) => `${isFirst && at === 0 ? "\n" : ",\n"}${JSON.stringify(alert)}`).join(""),
    tail: "\n]\n",
  },
  ndjson: { head: "", page: (messages) => messages.map((alert) => `${JSON.stringify(alert)}\n`).join(""), tail: "" },
};
const TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
  ndjson: "application/x-ndjson",
} as const;
