/**
 * History from ClickHouse, columnar, in windows.
 *
 * @module
 */
import {
  type HistoryAnswer,
  type HistoryStep,
  MARKET_METRICS,
  type MarketHistoryAnswer,
  type MarketKind,
  type MarketMetricName,
  METRIC_NAMES,
  type MetricName,
  type Pair,
  US_PER_MINUTE,
  US_PER_SECOND,
} from "../actors/contract/mod.ts";
import type { QueryQueue } from "./query_queue.ts";

/** Rows of one answer. A window that holds more is cut and says where to go on. */
export const HISTORY_ROWS_MAX = 50_000;

/** Values of one answer: many columns leave room for fewer rows. */
export const HISTORY_VALUES_MAX = 1_500_000;

export interface HistoryWindow {
  fromUs: number;
  toUs: number;
  step: HistoryStep;
  limit: number;
}

export interface HistoryQuery extends HistoryWindow {
  pair: Pair;
}

export interface MarketHistoryQuery extends HistoryWindow {
  kind: MarketKind;
  /** What the values are of, as {@linkcode MarketHistoryAnswer} has it. */
  of: readonly string[];
}

const NAMES = Object.keys(MARKET_METRICS) as MarketMetricName[];
const RETURNS = "correlation.returns" satisfies MarketMetricName;
/** The values of each kind, each a column of its history. */
export const MARKET_NAMES: Readonly<Record<MarketKind, readonly MarketMetricName[]>> = {
  "correlation": NAMES.filter((name) => name.startsWith("correlation.") && name !== RETURNS),
  "lead-lag": NAMES.filter((name) => name.startsWith("leadLag.")),
  "triangle": NAMES.filter((name) => name.startsWith("triangles.")),
  "strength": NAMES.filter((name) => name.startsWith("strength.")),
  "returns": [RETURNS],
};

type Columns = HistoryAnswer["columns"];

const TIME = "toUnixTimestamp64Micro(time) AS timeUs";
const BUCKET = "toInt64(toUnixTimestamp(bucket)) * 1000000 AS timeUs";
const RAW_WINDOW = `pair = {pair: String}
  AND time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC') AND time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')`;
const BUCKET_WINDOW = `pair = {pair: String}
  AND bucket >= toDateTime(intDiv({fromUs: Int64}, 1000000), 'UTC')
  AND bucket < toDateTime(intDiv({toUs: Int64} + 999999, 1000000), 'UTC')`;

export class History {
  readonly #queries: Pick<QueryQueue, "columns">;

  constructor(queries: Pick<QueryQueue, "columns">) {
    this.#queries = queries;
  }

  quotes(query: HistoryQuery): Promise<HistoryAnswer> {
    return this.#window(
      query,
      query.step === "raw"
        ? rawRows("bid, ask, bid_size AS bidSize, ask_size AS askSize", "quotes")
        : `SELECT ${BUCKET}, argMinMerge(open) AS open, max(high) AS high, min(low) AS low, argMaxMerge(close) AS close,
             sum(q.spread_sum) / sum(q.count) AS spread, sum(q.count) AS count
           FROM quotes_${query.step} AS q WHERE ${BUCKET_WINDOW} GROUP BY bucket ORDER BY bucket LIMIT {limit: UInt32}`,
    );
  }

  trades(query: HistoryQuery): Promise<HistoryAnswer> {
    return this.#window(
      query,
      query.step === "raw"
        ? rawRows("price, size, toString(side) AS side", "trades")
        : `SELECT ${BUCKET}, argMinMerge(open) AS open, max(high) AS high, min(low) AS low, argMaxMerge(close) AS close,
             sum(t.volume) AS volume, sum(buy_volume) AS buyVolume, sum(t.count) AS count
           FROM trades_${query.step} AS t WHERE ${BUCKET_WINDOW} GROUP BY bucket ORDER BY bucket LIMIT {limit: UInt32}`,
    );
  }

  /** @param names metrics of the catalogue; each is a column. */
  metrics(query: HistoryQuery, names: readonly MetricName[] = METRIC_NAMES): Promise<HistoryAnswer> {
    const limit = Math.min(query.limit, Math.floor(HISTORY_VALUES_MAX / names.length));
    return this.#window({ ...query, limit }, valuesByName("metrics", query.step, { names }), { names });
  }

  /** Values across pairs; each of the kind's is a column. */
  async market({ kind, of, ...window }: MarketHistoryQuery): Promise<MarketHistoryAnswer> {
    const names = MARKET_NAMES[kind];
    const sql = valuesByName("market_metrics", window.step, {
      names,
      where: "AND pair_b = {b: String} AND pair_c = {c: String}",
    });
    const [pair = "", b = "", c = ""] = of;
    const { pair: _, ...answer } = await this.#window({ ...window, pair }, sql, { names, b, c });
    return { kind, of: [...of], ...answer };
  }

  /** Event times of the oldest and the newest quote or trade of each pair that has history. */
  async extents(): Promise<Map<string, { firstTimeUs: number; lastTimeUs: number }>> {
    const { pair, firstUs, lastUs } = await this.#queries.columns<
      { pair: string[]; firstUs: number[]; lastUs: number[] }
    >(
      `SELECT pair, toUnixTimestamp64Micro(min(first_time)) AS firstUs, toUnixTimestamp64Micro(max(last_time)) AS lastUs FROM (
         SELECT pair, first_time, last_time FROM quotes_1m UNION ALL SELECT pair, first_time, last_time FROM trades_1m
       ) GROUP BY pair`,
    );
    return new Map(pair.map((name, i) => [name, { firstTimeUs: firstUs[i]!, lastTimeUs: lastUs[i]! }]));
  }

  async #window(
    query: HistoryWindow & { pair: string },
    sql: string,
    params: Record<string, unknown> = {},
  ): Promise<HistoryAnswer> {
    const { pair, fromUs, toUs, step, limit } = query;
    const columns = await this.#queries.columns<Columns>(sql, {
      ...params,
      pair,
      fromUs,
      toUs,
      limit: limit + 1,
    });
    const times = (columns.timeUs ?? []) as number[];
    const answer: HistoryAnswer = { pair, step, fromUs, toUs, columns };
    if (times.length > limit) {
      // Rows of one event time are not parted: the cut falls before the time of the first row that is over. Where that is the
      // first row's time already, the answer holds all rows of it, because the query does not part them either.
      const overUs = times[limit]!;
      const kept = times.indexOf(overUs);
      if (kept > 0) { for (const [name, values] of Object.entries(columns)) columns[name] = values.slice(0, kept); }
      answer.nextFromUs = kept > 0 ? overUs : overUs + 1;
    }
    return answer;
  }
}

/** Values of a table that has one row for each: a column for each name, `NULL` where there is no row of it. */
function valuesByName(
  table: string,
  step: HistoryStep,
  { names, where = "" }: { names: readonly string[]; where?: string },
): string {
  const raw = step === "raw";
  const value = raw ? "anyIf(value, NAME)" : "sumIf(value_sum, NAME) / sumIf(m.count, NAME)";
  const columns = names.map((name) =>
    `${value.replaceAll("NAME", `name = '${name}'`)} AS "${name}", countIf(name = '${name}') AS "n ${name}"`
  );
  const key = raw ? "time" : "bucket";
  // Whatever the aggregate says of no rows, a metric without a row is absent.
  const outer = names.map((name) => `if("n ${name}" = 0, NULL, "${name}") AS "${name}"`);
  return `SELECT timeUs, ${outer.join(", ")} FROM (
    SELECT ${raw ? TIME : BUCKET}, ${columns.join(", ")} FROM ${raw ? table : `${table}_${step}`} AS m
    WHERE ${raw ? RAW_WINDOW : BUCKET_WINDOW} ${where} AND name IN {names: Array(String)}
    GROUP BY ${key} ORDER BY ${key} LIMIT {limit: UInt32}
  ) ORDER BY timeUs`;
}

/** Rows as they stand in their table, in log order, at most `limit` and whatever else has the last one's event time. */
function rawRows(columns: string, table: string): string {
  return `SELECT * EXCEPT (seq, idx) FROM (
    SELECT ${TIME}, ${columns}, seq, idx FROM ${table} WHERE ${RAW_WINDOW} ORDER BY time LIMIT {limit: UInt32} WITH TIES
  ) ORDER BY timeUs, seq, idx`;
}

/** Length of a bucket, microseconds; 0 for raw rows. */
export const STEP_US: Readonly<Record<HistoryStep, number>> = { raw: 0, "1s": US_PER_SECOND, "1m": US_PER_MINUTE };
