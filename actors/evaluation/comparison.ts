/**
 * What another configuration would have raised on the same market: cases gained, lost and kept, and the rate of alerts a day.
 *
 * Two cases are the same where kind and pair are and their times overlap, or lie within a few seconds.
 *
 * @module
 */
import { US_PER_SECOND } from "../contract/mod.ts";
import type { FoundCase } from "./matching.ts";
import { fixed, table } from "./report.ts";

const SAME_US_MAX = 5 * US_PER_SECOND;
const HOURS_PER_DAY = 24;
/** Cases that are named of those gained and of those lost. */
const NAMED_MAX = 20;

export interface Comparison {
  readonly kept: readonly FoundCase[];
  readonly gained: readonly FoundCase[];
  readonly lost: readonly FoundCase[];
}

export function compare(before: readonly FoundCase[], after: readonly FoundCase[]): Comparison {
  const left = new Set(before);
  const kept: FoundCase[] = [];
  const gained: FoundCase[] = [];
  for (const found of after) {
    const same = [...left].find((one) => isSame(one, found));
    if (same === undefined) gained.push(found);
    else {
      left.delete(same);
      kept.push(found);
    }
  }
  return { kept, gained, lost: [...left] };
}

function isSame(a: FoundCase, b: FoundCase): boolean {
  return a.kind === b.kind && a.pair === b.pair && a.startUs <= b.openedUs + SAME_US_MAX &&
    b.startUs <= a.openedUs + SAME_US_MAX;
}

/** @param pairHours how much market both saw. */
export function comparisonText({ kept, gained, lost }: Comparison, pairHours: number): string {
  const kinds = [...new Set([...kept, ...gained, ...lost].map(({ kind }) => kind))].sort();
  const of = (cases: readonly FoundCase[], kind: string) => cases.filter((one) => one.kind === kind).length;
  const perDay = (count: number) => fixed((count * HOURS_PER_DAY) / pairHours, 1);
  const before = kept.length + lost.length;
  const after = kept.length + gained.length;
  return [
    `${before} cases before, ${after} after: ${gained.length} gained, ${lost.length} lost; ${
      perDay(before)
    } alerts a day and pair before, ${perDay(after)} after.`,
    "",
    table(
      ["kind", "kept", "gained", "lost", "a day before", "a day after"],
      kinds.map((kind) => [
        kind,
        `${of(kept, kind)}`,
        `${of(gained, kind)}`,
        `${of(lost, kind)}`,
        perDay(of(kept, kind) + of(lost, kind)),
        perDay(of(kept, kind) + of(gained, kind)),
      ]),
    ),
    ...named("Gained", gained),
    ...named("Lost", lost),
  ].join("\n");
}

function named(title: string, cases: readonly FoundCase[]): string[] {
  if (cases.length === 0) return [];
  const lines = cases.slice(0, NAMED_MAX).map(({ openedUs, pair, kind, sentence }) =>
    `- ${new Date(openedUs / 1_000).toISOString()} ${pair} ${kind}: ${sentence}`
  );
  const rest = cases.length - lines.length;
  return ["", `${title}:`, "", ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
}
