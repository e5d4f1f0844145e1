/**
 * Cases and labels from ClickHouse: the newest message of each in a window, and all that was said of one.
 *
 * @module
 */
import type {
  Anomaly,
  CaseAnswer,
  CaseGrouping,
  CasesAnswer,
  CaseSummaryAnswer,
  EpisodePhase,
  Pair,
  Severity,
  TruthAnswer,
  TruthLabel,
} from "../actors/contract/mod.ts";
import type { QueryQueue } from "./query_queue.ts";

/** Cases or labels of one answer. A window that holds more is cut and says where to go on. */
export const CASES_MAX = 5_000;
/** Messages of one case that are answered. Overflow: the oldest are left out, but for the first. */
export const CASE_MESSAGES_MAX = 1_000;
/** Groups of a summary. A window that holds more hours or days is cut at its old end. */
export const CASE_GROUPS_MAX = 1_000;

export interface CaseQuery {
  fromUs: number;
  toUs: number;
  limit: number;
  /** Where an earlier answer was cut. */
  cursor?: CaseCursor;
  /** Empty lists leave everything in. */
  pairs: readonly Pair[];
  kinds: readonly string[];
}

export interface CaseFilter extends CaseQuery {
  severities: readonly Severity[];
  /** Only those that are open, or that are closed. */
  phase?: "open" | "closed";
}

/** The case, or label, behind which an answer goes on. */
export interface CaseCursor {
  startUs: number;
  id: string;
}

type Cell = string | number;
type Columns = Record<string, Cell[]>;

const COLUMNS = `pair, kind, id, phase, toUnixTimestamp64Micro(start_time) AS startUs,
  toUnixTimestamp64Micro(END) AS endUs, score, severity, evidence, sentence, others,
  sequence_first AS sequenceFirst, sequence_last AS sequenceLast, detector_version AS detectorVersion`;
const CASE_COLUMNS = COLUMNS.replace("END", "end_time");
const MESSAGE_COLUMNS = COLUMNS.replace("END", "time");

const IN_LISTS = `(empty({pairs: Array(String)}) OR has({pairs: Array(String)}, pair))
  AND (empty({kinds: Array(String)}) OR has({kinds: Array(String)}, kind))`;
const within = (time: string) =>
  `${time} >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC') AND ${time} < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')
  AND ${IN_LISTS}`;
const behind = (time: string, cursor: CaseCursor | undefined) =>
  cursor === undefined ? "1" : `(${time} < fromUnixTimestamp64Micro({cursorUs: Int64}, 'UTC')
    OR ${time} = fromUnixTimestamp64Micro({cursorUs: Int64}, 'UTC') AND id > {cursorId: String})`;

const GROUPS: Readonly<Record<CaseGrouping, string>> = {
  kind: "kind",
  pair: "pair",
  hour: "formatDateTime(toStartOfHour(start_time, 'UTC'), '%Y-%m-%dT%H:%i:%SZ', 'UTC')",
  day: "formatDateTime(toStartOfDay(start_time, 'UTC'), '%Y-%m-%dT%H:%i:%SZ', 'UTC')",
};

export class CaseStore {
  readonly #queries: Pick<QueryQueue, "columns">;

  constructor(queries: Pick<QueryQueue, "columns">) {
    this.#queries = queries;
  }

  /** Cases that began in a window. */
  async cases({ severities, phase, ...query }: CaseFilter): Promise<CasesAnswer> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT ${CASE_COLUMNS} FROM cases WHERE ${within("start_time")} AND ${behind("start_time", query.cursor)}
         AND (empty({severities: Array(String)}) OR has({severities: Array(String)}, severity))
         AND ({phase: String} = '' OR (phase = 'close') = ({phase: String} = 'closed'))
       ORDER BY start_time DESC, id LIMIT {limit: UInt32}`,
      { ...paramsOf(query), severities, phase: phase ?? "" },
    );
    const { kept, next } = cut(anomaliesOf(rows), query.limit);
    return { cases: kept, ...next };
  }

  /** A case with what was said of it; `undefined` where it is not stored. */
  async one(id: string): Promise<CaseAnswer | undefined> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT ${MESSAGE_COLUMNS} FROM anomalies WHERE id = {id: String} ORDER BY epoch DESC, seq DESC, idx DESC
       LIMIT {limit: UInt32}`,
      { id, limit: CASE_MESSAGES_MAX },
    );
    const history = anomaliesOf(rows).reverse();
    const newest = history.at(-1);
    return newest === undefined ? undefined : { case: newest, history };
  }

  /** How many cases began in a window, by what they have in common. */
  async summary(by: CaseGrouping, query: Omit<CaseQuery, "limit" | "cursor">): Promise<CaseSummaryAnswer> {
    const { name = [], openCount = [], info = [], warning = [], critical = [] } = await this.#queries.columns<Columns>(
      `SELECT ${GROUPS[by]} AS name, countIf(phase != 'close') AS openCount, countIf(severity = 'info') AS info,
         countIf(severity = 'warning') AS warning, countIf(severity = 'critical') AS critical
       FROM cases WHERE ${within("start_time")} GROUP BY name ORDER BY name DESC LIMIT {limit: UInt32}`,
      paramsOf({ ...query, limit: CASE_GROUPS_MAX - 1 }),
    );
    const { fromUs, toUs } = query;
    const count = (cells: Cell[], row: number) => Number(cells[row]);
    return {
      by,
      fromUs,
      toUs,
      groups: name.map((group, row) => ({
        name: String(group),
        openCount: count(openCount, row),
        counts: { info: count(info, row), warning: count(warning, row), critical: count(critical, row) },
      })).reverse(),
    };
  }

  /** Labels of simulated markets that began in a window. */
  async truth(query: CaseQuery): Promise<TruthAnswer> {
    const rows = await this.#queries.columns<Columns>(
      `SELECT pair, kind, id, any(benign) AS benign, toUnixTimestamp64Micro(time) AS startUs,
         toUnixTimestamp64Micro(any(complete_time)) AS completeUs, toUnixTimestamp64Micro(any(end_time)) AS endUs,
         any(subtlety) AS subtlety, any(parameters) AS parameters
       FROM truth WHERE ${within("time")} AND ${behind("time", query.cursor)}
       GROUP BY pair, kind, id, time ORDER BY time DESC, id LIMIT {limit: UInt32}`,
      paramsOf(query),
    );
    const { kept, next } = cut(labelsOf(rows), query.limit);
    return { labels: kept, ...next };
  }
}

function paramsOf({ fromUs, toUs, limit, cursor, pairs, kinds }: CaseQuery): Record<string, unknown> {
  return { fromUs, toUs, pairs, kinds, limit: limit + 1, cursorUs: cursor?.startUs ?? 0, cursorId: cursor?.id ?? "" };
}

/** What fits, and where to go on where that is not all. */
function cut<T extends CaseCursor>(found: T[], limit: number): { kept: T[]; next?: { next: string } } {
  if (found.length <= limit) return { kept: found };
  const kept = found.slice(0, limit);
  return { kept, next: { next: cursorText(kept.at(-1)!) } };
}

export const cursorText = ({ startUs, id }: CaseCursor): string => `${startUs}.${id}`;

/** `undefined` where a text is no cursor. */
export function parseCursor(text: string): CaseCursor | undefined {
  const [, startUs, id] = /^(\d{1,16})\.([\w.:-]{1,128})$/.exec(text) ?? [];
  return startUs === undefined || id === undefined ? undefined : { startUs: Number(startUs), id };
}

function rowsOf(columns: Columns): Record<string, Cell>[] {
  const names = Object.keys(columns);
  return (columns.id ?? []).map((_, row) => Object.fromEntries(names.map((name) => [name, columns[name]![row]!])));
}

function anomaliesOf(columns: Columns): Anomaly[] {
  return rowsOf(columns).map((row) => {
    const { evidence, others, phase, severity, ...rest } = row;
    return {
      v: 1,
      ...rest,
      phase: phase as EpisodePhase,
      severity: severity as Severity,
      evidence: JSON.parse(String(evidence)),
      ...(others !== "" && { others: String(others).split(",") }),
    } as Anomaly;
  });
}

function labelsOf(columns: Columns): TruthLabel[] {
  return rowsOf(columns).map(({ benign, parameters, ...rest }) =>
    ({ v: 1, ...rest, benign: benign === 1, parameters: JSON.parse(String(parameters)) }) as unknown as TruthLabel
  );
}
