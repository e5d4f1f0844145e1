/**
 * What the judgements of many runs come to, by kind.
 *
 * @module
 */
import type { TruthLabel } from "../contract/mod.ts";
import { US_PER_SECOND } from "../contract/mod.ts";
import type { Judged } from "./matching.ts";
import { bootstrap, f1Of, type Interval, quantile, wilson } from "./statistics.ts";

/** One run of a market: what was planted, and what was said. */
export interface RunResult {
  readonly seed: number;
  readonly pairHours: number;
  readonly eventCount: number;
  readonly labels: readonly TruthLabel[];
  readonly judged: readonly Judged[];
  /** Kinds that nobody looked for, see `Folding.offKinds`. */
  readonly offKinds: readonly string[];
}

export interface KindFigures {
  readonly kind: string;
  readonly planted: number;
  readonly found: number;
  readonly raised: number;
  readonly falsely: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly precisionInterval: Interval | undefined;
  readonly recallInterval: Interval | undefined;
  readonly f1Interval: Interval | undefined;
  /** From complete evidence to the first message, seconds of event time. */
  readonly delayP50S: number | undefined;
  readonly delayP90S: number | undefined;
  /** Recall by quarter of subtlety, blatant first; `undefined` where nothing was planted. */
  readonly recallBySubtlety: readonly (number | undefined)[];
}

const QUARTERS = 4;

interface Counts {
  truly: number;
  falsely: number;
  missed: number;
}

function countsOf(kind: string, { labels, judged }: RunResult): Counts {
  const planted = labels.filter((label) => !label.benign && label.kind === kind).length;
  const ofKind = judged.filter(({ found }) => found.kind === kind);
  const truly = ofKind.filter(({ verdict }) => verdict === "true").length;
  const falsely = ofKind.filter(({ verdict }) => verdict === "false" || verdict === "confused").length;
  return { truly, falsely, missed: planted - truly };
}

/** Figures of a kind over runs; precision counts what was said falsely in all of them. */
export function figuresOf(kind: string, runs: readonly RunResult[]): KindFigures {
  const perRun = runs.map((run) => countsOf(kind, run));
  const { truly, falsely, missed } = add(perRun);
  const planted = runs.flatMap(({ labels }) => labels.filter((label) => !label.benign && label.kind === kind));
  const trues = runs.flatMap(({ judged }) =>
    judged.filter(({ found, verdict }) => found.kind === kind && verdict === "true")
  );
  const foundIds = new Set(
    runs.flatMap(({ seed, judged }) =>
      judged.filter(({ found, verdict }) => found.kind === kind && verdict === "true").map(({ label }) =>
        `${seed} ${label!.id}`
      )
    ),
  );
  const delays = trues.map(({ found, label }) => (found.openedUs - label!.completeUs) / US_PER_SECOND)
    .sort((a, b) => a - b);
  const seeds = Map.groupBy(runs.map((run, i) => ({ seed: run.seed, counts: perRun[i]! })), ({ seed }) => seed);
  const groups = [...seeds.values()].map((group) => add(group.map(({ counts }) => counts)));
  return {
    kind,
    planted: planted.length,
    found: truly,
    raised: truly + falsely,
    falsely,
    precision: truly / (truly + falsely),
    recall: truly / (truly + missed),
    f1: f1Of(truly, falsely, missed),
    precisionInterval: wilson(truly, truly + falsely),
    recallInterval: wilson(truly, truly + missed),
    f1Interval: bootstrap(groups, (chosen) => {
      const sum = add(chosen);
      return f1Of(sum.truly, sum.falsely, sum.missed);
    }),
    delayP50S: quantile(delays, 0.5),
    delayP90S: quantile(delays, 0.9),
    recallBySubtlety: Array.from({ length: QUARTERS }, (_, quarter) => {
      const within = runs.flatMap(({ seed, labels }) =>
        labels.filter((label) =>
          !label.benign && label.kind === kind &&
          Math.min(QUARTERS - 1, Math.floor(label.subtlety * QUARTERS)) === quarter
        ).map(({ id }) => `${seed} ${id}`)
      );
      return within.length === 0 ? undefined : within.filter((id) => foundIds.has(id)).length / within.length;
    }),
  };
}

function add(all: readonly Counts[]): Counts {
  const sum = { truly: 0, falsely: 0, missed: 0 };
  for (const { truly, falsely, missed } of all) {
    sum.truly += truly;
    sum.falsely += falsely;
    sum.missed += missed;
  }
  return sum;
}

/** What was said of what: for each kind of label (and for none) how many cases of each kind. */
export function confusionOf(runs: readonly RunResult[]): Map<string, Map<string, number>> {
  const table = new Map<string, Map<string, number>>();
  for (const { judged } of runs) {
    for (const { found, label, verdict } of judged) {
      if (verdict === "repeat") continue;
      const row = label === undefined ? "nothing" : label.benign ? `(${label.kind})` : label.kind;
      const cells = table.get(row) ?? new Map<string, number>();
      table.set(row, cells.set(found.kind, (cells.get(found.kind) ?? 0) + 1));
    }
  }
  return table;
}

/** Cases that were wrong, by kind. */
export function falseAlerts(runs: readonly RunResult[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { judged } of runs) {
    for (const { found, verdict } of judged) {
      if (verdict !== "false" && verdict !== "confused") continue;
      counts.set(found.kind, (counts.get(found.kind) ?? 0) + 1);
    }
  }
  return counts;
}

export const pairHoursOf = (runs: readonly RunResult[]): number => runs.reduce((sum, run) => sum + run.pairHours, 0);
