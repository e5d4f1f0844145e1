/**
 * What a rule would have done: the alert actor's own fold, over what ClickHouse keeps.
 *
 * Of cases every message is folded. A metric's samples, four a second and pair, are first put together by ClickHouse into runs on one
 * side of the rule's marks. Of these only the turns matter, from calm to beyond for long enough and back, and they are folded: what
 * opens is the same, up to a sample's interval. 28 pairs in a day are 10 million samples, which ClickHouse goes through in seconds.
 *
 * @module
 */
import { AlertsState, HELD_BACK_KIND, RuleBook } from "../actors/alerts/mod.ts";
import {
  type Alert,
  type AlertRule,
  type Anomaly,
  DRY_RUN_SHOWN_MAX,
  type DryRunAnswer,
  METRIC_PATHS,
  type MetricSample,
  type RuleWarning,
  US_PER_SECOND,
} from "../actors/contract/mod.ts";
import type { QueryQueue } from "./query_queue.ts";

/** Messages of cases, or turns of a metric, that are folded. Overflow: the oldest are left out, and the answer begins later. */
export const DRY_RUN_ROWS_MAX = 100_000;
/** A rule that matches more than this share is warned of. */
const ALWAYS_SHARE = 0.9;
/** Fewer cases say nothing of a share. */
const ALWAYS_CASES_MIN = 20;

export interface DryRunOptions {
  rule: AlertRule;
  fromUs: number;
  toUs: number;
}

/** What was folded, and how much of it matched. */
interface Folded {
  fromUs: number;
  lookedAtCount: number;
  /** Of the cases, or of the time; `undefined` where there is too little to say. */
  matchedShare: number | undefined;
}

const NAME = "dry-run";
const OF_METRIC = `name = {metric: String} AND time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC')
  AND time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')
  AND (empty({pairs: Array(String)}) OR has({pairs: Array(String)}, pair))`;

export class DryRun {
  readonly #queries: Pick<QueryQueue, "columns">;

  constructor(queries: Pick<QueryQueue, "columns">) {
    this.#queries = queries;
  }

  async run({ rule, fromUs, toUs }: DryRunOptions): Promise<DryRunAnswer> {
    const state = new AlertsState(new RuleBook({ [NAME]: { ...rule, enabled: true } }));
    const opened: Alert[] = [];
    const emit = (_subject: string, payload: string) => {
      const alert = JSON.parse(payload) as Alert;
      if (alert.state === "open" && alert.kind !== HELD_BACK_KIND) opened.push(alert);
    };
    const fold = rule.when.of === "case" ? this.#cases : this.#samples;
    const folded = await fold.call(this, { rule, fromUs, toUs }, state, emit);
    return {
      fromUs: folded.fromUs,
      toUs,
      lookedAtCount: folded.lookedAtCount,
      openedCount: opened.length,
      heldBackCount: state.counts.heldBack,
      suppressedCount: state.counts.suppressed,
      alerts: opened.slice(-DRY_RUN_SHOWN_MAX).reverse().map(
        ({ timeUs, pair, kind, severity, sentence, anomalyId }) => ({
          timeUs,
          pair,
          kind,
          severity,
          sentence,
          anomalyId,
        }),
      ),
      warnings: warningsOf(folded, opened.length + state.counts.heldBack + state.counts.suppressed),
    };
  }

  async #cases({ rule, fromUs, toUs }: DryRunOptions, state: AlertsState, emit: Emit): Promise<Folded> {
    if (rule.when.of !== "case") throw new RangeError("expected a rule of cases");
    const { kinds = [], severityMin, scoreMin } = rule.when;
    const rows = await this.#queries.columns<Record<string, (string | number)[]>>(
      `SELECT id, pair, kind, phase, severity, score, sentence, toUnixTimestamp64Micro(start_time) AS startUs,
         toUnixTimestamp64Micro(time) AS endUs
       FROM anomalies WHERE time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC')
         AND time < fromUnixTimestamp64Micro({toUs: Int64}, 'UTC')
         AND start_time >= fromUnixTimestamp64Micro({fromUs: Int64}, 'UTC')
       ORDER BY epoch DESC, seq DESC, idx DESC LIMIT {limit: UInt32}`,
      { fromUs, toUs, limit: DRY_RUN_ROWS_MAX },
    );
    const count = rows.id?.length ?? 0;
    const cases = new Set<string>();
    const matched = new Set<string>();
    for (let row = count - 1; row >= 0; row--) {
      const anomaly = Object.fromEntries(
        Object.entries(rows).map(([name, cells]) => [name, cells[row]]),
      ) as unknown as Anomaly;
      cases.add(anomaly.id);
      const { kind, severity, score, pair } = anomaly;
      const isMatched = (kinds.length === 0 || kinds.includes(kind)) && SEVERITIES.indexOf(severity) >=
          SEVERITIES.indexOf(severityMin) &&
        score >= scoreMin && (rule.pairs?.includes(pair) ?? true);
      if (isMatched) matched.add(anomaly.id);
      state.begin(count - row);
      state.takeCase(anomaly, emit);
    }
    return {
      fromUs: count < DRY_RUN_ROWS_MAX ? fromUs : Number(rows.endUs![count - 1]),
      lookedAtCount: cases.size,
      matchedShare: cases.size < ALWAYS_CASES_MIN ? undefined : matched.size / cases.size,
    };
  }

  async #samples({ rule, fromUs, toUs }: DryRunOptions, state: AlertsState, emit: Emit): Promise<Folded> {
    if (rule.when.of !== "metric") throw new RangeError("expected a rule of a metric");
    const { metric, above, below, clearAt, forS } = rule.when;
    const [, group, short] = METRIC_PATHS.find(([name]) => name === metric)!;
    const side = above !== undefined ? ">" : "<";
    const params = {
      metric,
      mark: above ?? below,
      calm: clearAt ?? above ?? below,
      forUs: forS * US_PER_SECOND,
      pairs: rule.pairs ?? [],
      fromUs,
      toUs,
      limit: DRY_RUN_ROWS_MAX,
    };
    const [runs, whole] = await Promise.all([
      this.#queries.columns<Record<string, (string | number)[]>>(
        `SELECT pair, beginUs, level, first FROM (
           SELECT pair, beginUs, level, first,
             lagInFrame(level, 1, 0) OVER (PARTITION BY pair ORDER BY beginUs ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
           FROM (
             SELECT pair, min(us) AS beginUs, max(us) AS endUs, any(level) AS level, argMin(value, us) AS first
             FROM (
               SELECT pair, us, value, level,
                 sum(changed) OVER (PARTITION BY pair ORDER BY us, seq, idx ROWS UNBOUNDED PRECEDING) AS run
               FROM (
                 SELECT pair, seq, idx, toUnixTimestamp64Micro(time) AS us, value,
                   multiIf(value ${side} {mark: Float64}, 2, value ${side} {calm: Float64}, 1, 0) AS level,
                   level != lagInFrame(level, 1, 3) OVER (
                     PARTITION BY pair ORDER BY time, seq, idx ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                   ) AS changed
                 FROM metrics WHERE ${OF_METRIC}
               )
             ) GROUP BY pair, run HAVING level = 0 OR level = 2 AND endUs - beginUs >= {forUs: Int64}
           )
         ) WHERE level != before ORDER BY beginUs DESC, pair LIMIT {limit: UInt32}`,
        params,
      ),
      this.#queries.columns<{ n: number[]; beyond: number[] }>(
        `SELECT count() AS n, countIf(value ${side} {mark: Float64}) AS beyond FROM metrics WHERE ${OF_METRIC}`,
        params,
      ),
    ]);
    const count = runs.pair?.length ?? 0;
    const samples: { pair: string; timeUs: number; value: number }[] = [];
    for (let row = count - 1; row >= 0; row--) {
      const [pair, value, beginUs] = [String(runs.pair![row]), Number(runs.first![row]), Number(runs.beginUs![row])];
      samples.push({ pair, timeUs: beginUs, value });
      if (Number(runs.level![row]) === 2 && forS > 0) samples.push({ pair, timeUs: beginUs + params.forUs, value });
    }
    samples.sort((a, b) => a.timeUs - b.timeUs);
    samples.forEach(({ pair, timeUs, value }, at) => {
      state.begin(at + 1);
      state.takeSample(
        { v: 2, pair, timeUs, values: { [group]: { [short]: value } } } as unknown as MetricSample,
        emit,
      );
    });
    const [lookedAtCount, beyondCount] = [Number(whole.n[0]), Number(whole.beyond[0])];
    return {
      fromUs: count < DRY_RUN_ROWS_MAX ? fromUs : Number(runs.beginUs![count - 1]),
      lookedAtCount,
      matchedShare: lookedAtCount === 0 ? undefined : beyondCount / lookedAtCount,
    };
  }
}

type Emit = (subject: string, payload: string) => void;

const SEVERITIES: readonly string[] = ["info", "warning", "critical"];

function warningsOf({ lookedAtCount, matchedShare = 0 }: Folded, matchedCount: number): RuleWarning[] {
  if (lookedAtCount === 0) return [{ code: "never", detail: "Nothing is stored of this time to try it on" }];
  if (matchedCount === 0) return [{ code: "never", detail: "Nothing in this time matched" }];
  if (matchedShare <= ALWAYS_SHARE) return [];
  return [{ code: "always", detail: `It matched ${Math.round(matchedShare * 100)} % of what was looked at` }];
}
