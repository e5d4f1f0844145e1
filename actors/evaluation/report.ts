/**
 * The evaluation as Markdown: a table by kind, what is said on quiet markets, who is taken for whom, and recall against subtlety.
 *
 * @module
 */
import { ANOMALY_KINDS } from "../contract/mod.ts";
import type { Interval } from "./statistics.ts";
import { wilson } from "./statistics.ts";
import { confusionOf, falseAlerts, figuresOf, type KindFigures, pairHoursOf, type RunResult } from "./tally.ts";

export interface Evaluation {
  /** Markets with planted cases and hard negatives. */
  readonly planted: readonly RunResult[];
  /** Markets with hard negatives and clean flow only. */
  readonly quiet: readonly RunResult[];
  /** The same, as static thresholds see them. */
  readonly plantedStatic: readonly RunResult[];
  readonly quietStatic: readonly RunResult[];
}

/** Kinds of which something was planted, in the order of the catalogue. */
export function plantedKinds(runs: readonly RunResult[]): string[] {
  const planted = new Set(runs.flatMap(({ labels }) => labels.filter(({ benign }) => !benign).map(({ kind }) => kind)));
  return ANOMALY_KINDS.filter((kind) => planted.has(kind));
}

export function reportOf(evaluation: Evaluation): string {
  const { planted, quiet } = evaluation;
  const seeds = [...new Set(planted.map(({ seed }) => seed))];
  const labels = planted.flatMap((run) => run.labels);
  const benign = [...planted, ...quiet].flatMap((run) => run.labels).filter((label) => label.benign);
  return [
    `Seeds ${seeds[0]} to ${seeds.at(-1)}: ${fixed(pairHoursOf(planted), 1)} pair-hours with ${
      labels.filter((label) => !label.benign).length
    } planted cases, ${fixed(pairHoursOf(quiet), 1)} without, ${benign.length} hard negatives.`,
    kindTable(evaluation),
    quietTable(evaluation),
    subtletyTable(planted),
    confusionTable(planted),
  ].join("\n\n");
}

function kindTable({ planted, plantedStatic }: Evaluation): string {
  const rows = plantedKinds(planted).map((kind) => {
    const ours = figuresOf(kind, planted);
    if (planted.every(({ offKinds }) => offKinds.includes(kind))) {
      return [kind, `off, ${ours.planted} planted`, "–", "–", "–", "–", "–", "–"];
    }
    const theirs = figuresOf(kind, plantedStatic);
    return [
      kind,
      `${ours.found}/${ours.planted}`,
      withInterval(ours.recall, ours.recallInterval),
      withInterval(ours.precision, ours.precisionInterval),
      withInterval(ours.f1, ours.f1Interval),
      seconds(ours.delayP50S),
      seconds(ours.delayP90S),
      theirs.raised === 0 ? "–" : `${fixed(theirs.precision)} / ${fixed(theirs.recall)} / ${fixed(theirs.f1)}`,
    ];
  });
  return table(
    ["kind", "found", "recall", "precision", "F1", "delay p50, s", "p90", "static: P / R / F1"],
    rows,
  );
}

/** Wrong alerts where nothing was planted, an hour and pair. */
function quietTable({ quiet, quietStatic, planted }: Evaluation): string {
  const hours = pairHoursOf(quiet);
  const rate = (count: number) => `${fixed(count / hours, 3)}`;
  const ours = falseAlerts(quiet);
  const theirs = falseAlerts(quietStatic);
  const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...ours].sort(([, a], [, b]) => b - a);
  const amongPlanted = total(falseAlerts(planted)) / pairHoursOf(planted);
  return [
    `False alerts per pair-hour on clean flow and hard negatives: **${rate(total(ours))}** (${total(ours)} in ${
      fixed(hours, 1)
    } pair-hours), static thresholds ${rate(total(theirs))}; among planted cases ${fixed(amongPlanted, 3)}.`,
    "",
    table(
      ["kind", "false alerts", "per pair-hour", "95 %"],
      kinds.map(([kind, count]) => {
        // Alerts are rare against the seconds in which there could be one: the share is that of a Poisson count.
        const share = wilson(count, hours * 3_600)!;
        return [kind, `${count}`, rate(count), `${fixed(share.low * 3_600, 3)} – ${fixed(share.high * 3_600, 3)}`];
      }),
    ),
  ].join("\n");
}

function subtletyTable(runs: readonly RunResult[]): string {
  const looked = plantedKinds(runs).filter((kind) => !runs.every(({ offKinds }) => offKinds.includes(kind)));
  const rows = looked.map((kind) => {
    const { recallBySubtlety } = figuresOf(kind, runs);
    return [kind, ...recallBySubtlety.map((share) => share === undefined ? "–" : fixed(share))];
  });
  return `Recall against subtlety, from blatant to careful:\n\n${
    table(["kind", "0 – ¼", "¼ – ½", "½ – ¾", "¾ – 1"], rows)
  }`;
}

function confusionTable(runs: readonly RunResult[]): string {
  const confusion = confusionOf(runs);
  const columns = ANOMALY_KINDS.filter((kind) => [...confusion.values()].some((cells) => cells.has(kind)));
  const rows = [...confusion].sort(([a], [b]) => a < b ? -1 : 1).map(([row, cells]) => [
    row,
    ...columns.map((kind) => cells.has(kind) ? `${cells.get(kind)}` : ""),
  ]);
  return `What was said (columns) of what was there (rows; hard negatives in brackets):\n\n${
    table(["", ...columns], rows)
  }`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(line)].join("\n");
}

export function fixed(value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

function seconds(value: number | undefined): string {
  return value === undefined ? "–" : fixed(value, 2);
}

function withInterval(value: number, interval: Interval | undefined): string {
  return interval === undefined ? fixed(value) : `${fixed(value)} (${fixed(interval.low)} – ${fixed(interval.high)})`;
}

export type { KindFigures };
