/**
 * What the page knows of cases: those the gateway tells of, and older ones that were asked for. Pure.
 *
 * @module
 */
import type { Severity } from "../../actors/contract/alert.ts";
import type { Anomaly } from "../../actors/contract/anomaly.ts";
import { type AnomalyKind, DETECTORS } from "../../actors/contract/detector_catalogue.ts";
import type { LiveCases } from "../../actors/contract/live.ts";
import { US_PER_MS } from "../../actors/contract/units.ts";
import type { CaseFilter } from "./location.ts";
import { formatSpan } from "./number_format.ts";

/** Cases that the page keeps. Overflow: those that began first go, open ones last. */
export const CASES_KEPT_MAX = 1_000;

export interface CasesState {
  /** By id, those that began last first. */
  readonly cases: ReadonlyMap<string, Anomaly>;
  /** Whether the gateway hears of changes. */
  readonly followed: boolean;
}

const NOTHING: CasesState = { cases: new Map(), followed: false };

/** What the gateway says now. A whole message replaces what went on: of that, what is not in it is known no more. */
export function applyCases(state: CasesState = NOTHING, message: LiveCases): CasesState {
  const kept = message.whole ? [...state.cases.values()].filter(isClosed) : [...state.cases.values()];
  return { cases: newestFirst([...kept, ...message.cases]), followed: message.followed };
}

/** Cases that were asked for. What is known of one by now stays. */
export function addOlderCases(state: CasesState = NOTHING, cases: readonly Anomaly[]): CasesState {
  return { ...state, cases: newestFirst([...cases, ...state.cases.values()]) };
}

/** The last of those with the same id counts. */
function newestFirst(cases: readonly Anomaly[]): ReadonlyMap<string, Anomaly> {
  const byId = new Map(cases.map((one) => [one.id, one]));
  let sorted = [...byId.values()].sort((a, b) => b.startUs - a.startUs || (a.id < b.id ? -1 : 1));
  if (sorted.length > CASES_KEPT_MAX) {
    const dropped = new Set(
      sorted.toReversed().sort((a, b) => Number(isClosed(b)) - Number(isClosed(a))).slice(
        0,
        sorted.length - CASES_KEPT_MAX,
      ),
    );
    sorted = sorted.filter((one) => !dropped.has(one));
  }
  return new Map(sorted.map((one) => [one.id, one]));
}

export const isClosed = ({ phase }: Anomaly): boolean => phase === "close";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether a case is listed. */
export function matches({ pair, kind, severity, open }: CaseFilter, one: Anomaly): boolean {
  return (pair === undefined || one.pair === pair || (one.others?.includes(pair) ?? false)) &&
    (kind === undefined || one.kind === kind) && (severity === undefined || RANK[one.severity] >= RANK[severity]) &&
    (open === undefined || !isClosed(one));
}

export interface OpenCases {
  readonly count: number;
  readonly worst: Severity;
}

/** Open cases of each pair. */
export function openByPair(state: CasesState | undefined): ReadonlyMap<string, OpenCases> {
  const open = new Map<string, OpenCases>();
  for (const one of state?.cases.values() ?? []) {
    if (isClosed(one)) continue;
    const { count = 0, worst = one.severity } = open.get(one.pair) ?? {};
    open.set(one.pair, { count: count + 1, worst: RANK[one.severity] > RANK[worst] ? one.severity : worst });
  }
  return open;
}

/** `Spread blowout`; a kind that this page does not know by its own name. */
export function kindTitle(kind: string): string {
  return isKnown(kind) ? DETECTORS[kind].title : kind;
}

export const isKnown = (kind: string): kind is AnomalyKind => Object.hasOwn(DETECTORS, kind);

/** `850 ms`, `12 s`: from its first evidence to its last. */
export function durationText({ startUs, endUs }: Anomaly): string {
  const ms = (endUs - startUs) / US_PER_MS;
  return ms < 1_000 ? `${Math.round(ms)} ms` : formatSpan(ms);
}

/** How rarely its detector sees as much: `1 in 1,000`. */
export function rarityText({ score }: Anomaly): string {
  const tail = 1 - score;
  if (tail >= 0.1) return `score ${score.toFixed(2)}`;
  const odds = 1 / Math.max(tail, 1e-9);
  const rounded = Number(odds.toPrecision(1));
  return tail < 2e-9 ? "rarer than all before" : `1 in ${rounded.toLocaleString("en")}`;
}
