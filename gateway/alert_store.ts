/**
 * What was said of alerts, from ClickHouse: in a window, of one, and how people judged them.
 *
 * @module
 */
import type {
  Alert,
  AlertState,
  Disposition,
  Pair,
  PrecisionAnswer,
  PrecisionGrouping,
  Severity,
} from "../actors/contract/mod.ts";
import { USUAL_ROUTES } from "./archive/mod.ts";
import type { QueryQueue } from "./query_queue.ts";
import { wilsonInterval } from "./wilson.ts";

/** Messages of one answer. A window that holds more is cut and says where to go on. */
export const ALERT_MESSAGES_MAX = 5_000;
/** Groups of a report. */
const GROUPS_MAX = 1_000;

export interface AlertFilter {
  fromUs: number;
  toUs: number;
  /** Empty lists leave everything in. */
  pairs: readonly string[];
  kinds: readonly string[];
  rules: readonly string[];
  severities: readonly Severity[];
  states: readonly AlertState[];
}

export interface AlertQuery extends AlertFilter {
  limit: number;
  /** Where an earlier answer was cut. */
  cursor?: AlertCursor;
}

/** The message behind which an answer goes on. */
export interface AlertCursor {
  timeUs: number;
  epoch: number;
  sequence: number;
}

type Cell = string | number;
type Columns = Record<string, Cell[]>;

const COLUMNS = `id, pair, kind, severity, state, toUnixTimestamp64Micro(time) AS timeUs,
  toUnixTimestamp64Micro(opened_time) AS openedUs, rule, score, sentence, anomaly_id AS anomalyId, cases AS count,
  person AS by, assignee, comment, disposition, acknowledged_by AS acknowledgedBy, escalated, muted, routes, epoch, seq`;
const IN_WINDOW = `time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC')
  AND time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')`;
const LISTS = { pair: "pairs", kind: "kinds", rule: "rules", severity: "severities", state: "states" } as const;
const IN_LISTS = Object.entries(LISTS).map(([column, list]) =>
  `(empty({${list}: Array(String)}) OR has({${list}: Array(String)}, ${column}))`
).join(" AND ");
const BEHIND = `(time, epoch, seq) < (fromUnixTimestamp64Micro({cursorUs: Int64}, 'UTC'), {cursorEpoch: UInt32},
  {cursorSequence: UInt64})`;

const GROUPS: Readonly<Record<PrecisionGrouping, string>> = { kind: "kind", rule: "rule", pair: "pair" };

export class AlertStore {
  readonly #queries: Pick<QueryQueue, "columns">;

  constructor(queries: Pick<QueryQueue, "columns">) {
    this.#queries = queries;
  }

  /** Messages in a window, newest first. */
  async history({ limit, cursor, ...filter }: AlertQuery): Promise<{ messages: Alert[]; next?: string }> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT ${COLUMNS} FROM alerts WHERE ${IN_WINDOW} AND ${IN_LISTS} AND ${cursor === undefined ? "1" : BEHIND}
       ORDER BY time DESC, epoch DESC, seq DESC LIMIT {limit: UInt32}`,
      {
        ...filter,
        limit: limit + 1,
        cursorUs: cursor?.timeUs ?? 0,
        cursorEpoch: cursor?.epoch ?? 0,
        cursorSequence: cursor?.sequence ?? 0,
      },
    );
    const messages = alertsOf(rows);
    if (messages.length <= limit) return { messages };
    const last = limit - 1;
    const next = `${rows.timeUs![last]}.${rows.epoch![last]}.${rows.seq![last]}`;
    return { messages: messages.slice(0, limit), next };
  }

  /** All that was said of one alert, oldest first; empty where nothing is stored. */
  async one(id: string): Promise<Alert[]> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT ${COLUMNS} FROM alerts WHERE id = {id: String} ORDER BY epoch DESC, seq DESC LIMIT {limit: UInt32}`,
      { id, limit: ALERT_MESSAGES_MAX },
    );
    return alertsOf(rows).reverse();
  }

  /** How people judged the alerts that were opened in a window: what was said last of each counts, whenever it was said. */
  async precision(by: PrecisionGrouping, { fromUs, toUs }: { fromUs: number; toUs: number }): Promise<PrecisionAnswer> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT ${GROUPS[by]} AS name, count() AS alerts, countIf(judged = 'true') AS trues,
         countIf(judged = 'false') AS falses, countIf(judged = 'unsure') AS unsures
       FROM (
         SELECT id, any(kind) AS kind, any(rule) AS rule, any(pair) AS pair, min(opened_time) AS opened,
           argMaxIf(disposition, (epoch, seq), disposition != '') AS judged
         FROM alerts WHERE opened_time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC')
           AND opened_time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC') GROUP BY id
       ) GROUP BY name ORDER BY alerts DESC, name LIMIT {limit: UInt32}`,
      { fromUs, toUs, limit: GROUPS_MAX },
    );
    const groups = (rows.name ?? []).map((name, row) => {
      const [alertCount, trueCount, falseCount, unsureCount] = [rows.alerts!, rows.trues!, rows.falses!, rows.unsures!]
        .map((cells) => Number(cells[row])) as [number, number, number, number];
      const judgedCount = trueCount + falseCount;
      const interval = wilsonInterval(trueCount, judgedCount);
      return {
        name: String(name),
        alertCount,
        trueCount,
        falseCount,
        unsureCount,
        ...(interval !== undefined && {
          precision: trueCount / judgedCount,
          precisionLow: interval.low,
          precisionHigh: interval.high,
        }),
      };
    });
    return { by, fromUs, toUs, groups };
  }
}

/** `undefined` where a text is no cursor. */
export function parseAlertCursor(text: string): AlertCursor | undefined {
  const [, timeUs, epoch, sequence] = /^(\d{1,16})\.(\d{1,10})\.(\d{1,16})$/.exec(text) ?? [];
  if (sequence === undefined) return undefined;
  return { timeUs: Number(timeUs), epoch: Number(epoch), sequence: Number(sequence) };
}

function alertsOf(columns: Columns): Alert[] {
  return (columns.id ?? []).map((id, row) => {
    const cell = (name: string) => columns[name]![row]!;
    const text = (name: string) => cell(name) === "" ? undefined : String(cell(name));
    const alert: Alert = {
      v: 1,
      id: String(id),
      pair: String(cell("pair")) as Pair,
      kind: String(cell("kind")),
      severity: cell("severity") as Severity,
      state: cell("state") as AlertState,
      timeUs: Number(cell("timeUs")),
      openedUs: Number(cell("openedUs")),
      rule: String(cell("rule")),
      score: Number(cell("score")),
      sentence: String(cell("sentence")),
      anomalyId: text("anomalyId"),
      count: Number(cell("count")),
      by: text("by"),
      assignee: text("assignee"),
      comment: text("comment"),
      disposition: text("disposition") as Disposition | undefined,
      acknowledgedBy: text("acknowledgedBy"),
      escalated: cell("escalated") === 1 ? true : undefined,
      muted: cell("muted") === 1 ? true : undefined,
      routes: cell("routes") === USUAL_ROUTES
        ? undefined
        : String(cell("routes")).split(",").filter((name) => name !== ""),
    };
    return alert;
  });
}
