/**
 * What another configuration would have raised on the same market: cases gained, lost and changed, and the rate of alerts a day.
 *
 * Two cases are the same where kind and pair are and their times overlap, or lie within a few seconds. One that is the same has changed
 * where it was told at another time, or ended as another severity.
 *
 * @module
 */
import { US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { FoundCase } from "./matching.ts";
import { fixed, table } from "./report.ts";

const SAME_US_MAX = 5 * US_PER_SECOND;
const HOURS_PER_DAY = 24;
/** Cases that are named of those gained and of those lost. */
const NAMED_MAX = 20;

export interface Comparison {
  /** As the other configuration tells them. */
  readonly kept: readonly FoundCase[];
  /** Those of `kept` that have changed. */
  readonly changed: readonly ChangedCase[];
  readonly gained: readonly FoundCase[];
  readonly lost: readonly FoundCase[];
}

export interface ChangedCase {
  readonly before: FoundCase;
  readonly after: FoundCase;
}

export function compare(before: readonly FoundCase[], after: readonly FoundCase[]): Comparison {
  const left = new Set(before);
  const kept: FoundCase[] = [];
  const changed: ChangedCase[] = [];
  const gained: FoundCase[] = [];
  for (const found of after) {
    const same = [...left].find((one) => isSame(one, found));
    if (same === undefined) gained.push(found);
    else {
      left.delete(same);
      kept.push(found);
      if (same.openedUs !== found.openedUs || same.severity !== found.severity) {
        changed.push({ before: same, after: found });
      }
    }
  }
  return { kept, changed, gained, lost: [...left] };
}

/** Comparisons of several markets as one. */
export function merged(parts: readonly Comparison[]): Comparison {
  return {
    kept: parts.flatMap(({ kept }) => kept),
    changed: parts.flatMap(({ changed }) => changed),
    gained: parts.flatMap(({ gained }) => gained),
    lost: parts.flatMap(({ lost }) => lost),
  };
}

function isSame(a: FoundCase, b: FoundCase): boolean {
  return a.kind === b.kind && a.pair === b.pair && a.startUs <= b.openedUs + SAME_US_MAX &&
    b.startUs <= a.openedUs + SAME_US_MAX;
}

/** @param pairHours how much market both saw. */
export function comparisonText({ kept, changed, gained, lost }: Comparison, pairHours: number): string {
  const kinds = [...new Set([...kept, ...gained, ...lost].map(({ kind }) => kind))].sort();
  const of = (cases: readonly FoundCase[], kind: string) => cases.filter((one) => one.kind === kind).length;
  const perDay = (count: number) => fixed((count * HOURS_PER_DAY) / pairHours, 1);
  const before = kept.length + lost.length;
  const after = kept.length + gained.length;
  return [
    `${before} cases before, ${after} after: ${gained.length} gained, ${lost.length} lost, ${changed.length} changed; ${
      perDay(before)
    } alerts a day and pair before, ${perDay(after)} after.`,
    "",
    table(
      ["kind", "kept", "changed", "gained", "lost", "a day before", "a day after"],
      kinds.map((kind) => [
        kind,
        `${of(kept, kind)}`,
        `${of(changed.map(({ after }) => after), kind)}`,
        `${of(gained, kind)}`,
        `${of(lost, kind)}`,
        perDay(of(kept, kind) + of(lost, kind)),
        perDay(of(kept, kind) + of(gained, kind)),
      ]),
    ),
    ...named("Gained", gained.map(lineOf)),
    ...named("Lost", lost.map(lineOf)),
    ...named("Changed", changed.map(changeOf)),
  ].join("\n");
}

function named(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - NAMED_MAX;
  return ["", `${title}:`, "", ...lines.slice(0, NAMED_MAX), ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

const lineOf = ({ openedUs, pair, kind, sentence }: FoundCase): string =>
  `- ${new Date(openedUs / US_PER_MS).toISOString()} ${pair} ${kind}: ${sentence}`;

function changeOf({ before, after }: ChangedCase): string {
  const changes = [
    ...(before.openedUs === after.openedUs
      ? []
      : [`told ${fixed((after.openedUs - before.openedUs) / US_PER_SECOND)} s later`]),
    ...(before.severity === after.severity ? [] : [`${before.severity} before, ${after.severity} after`]),
  ];
  return `${lineOf(before)} (${changes.join("; ")})`;
}
