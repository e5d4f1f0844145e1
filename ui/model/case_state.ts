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

/**
 * Cases that the page keeps. Overflow: closed ones that the choice does not list go first, then closed ones of the choice,
 * open ones last; of each the ones that began first. Older ones are asked for only while a whole answer fits, see
 * {@linkcode hasRoom}, so none of them goes as it comes; once the list is full, each case that opens takes the place of
 * its last.
 */
export const CASES_KEPT_MAX = 1_000;
/** Cases of one answer when older ones are asked for. */
export const CASES_PAGE_MAX = 100;

export interface CasesState {
  /** By id: open ones, then closed ones; of each those that began last first. */
  readonly cases: ReadonlyMap<string, Anomaly>;
  /** Those of them that were asked for and that the gateway has not told of. */
  readonly fetched: ReadonlySet<string>;
  /** Cases that are open, by the gateway's count. */
  readonly openCount: number;
  /** Whether the gateway hears of changes. */
  readonly followed: boolean;
}

const NOTHING: CasesState = { cases: new Map(), fetched: new Set(), openCount: 0, followed: false };

/** What the gateway says now. A whole message replaces what went on: of that, what is not in it is known no more. */
export function applyCases(state: CasesState = NOTHING, message: LiveCases, filter: CaseFilter = {}): CasesState {
  const { cases: told, whole, openCount, followed } = message;
  const before = [...state.cases.values()];
  const cases = bounded([...whole ? before.filter(isClosed) : before, ...told], filter);
  const fetched = new Set(state.fetched);
  for (const { id } of told) fetched.delete(id);
  return { cases, fetched: among(cases, fetched), openCount, followed };
}

/** Cases that were asked for. What is known of one by now stays. */
export function addOlderCases(
  state: CasesState = NOTHING,
  older: readonly Anomaly[],
  filter: CaseFilter = {},
): CasesState {
  const cases = bounded([...older, ...state.cases.values()], filter);
  const unknown = older.map(({ id }) => id).filter((id) => !state.cases.has(id));
  return { ...state, cases, fetched: among(cases, [...state.fetched, ...unknown]) };
}

/**
 * What is known once another choice is made. What was fetched stays where the new choice is the narrower; for any other it
 * would be a few cases out of many that nobody asked for.
 */
export function chooseCases(
  state: CasesState,
  { filter, before }: { filter: CaseFilter; before: CaseFilter },
): CasesState {
  if (isWithin(filter, before)) return state;
  const cases = new Map([...state.cases].filter(([id]) => !state.fetched.has(id)));
  return { ...state, cases, fetched: new Set() };
}

/** Whether the older cases of one more answer would all be kept. */
export function hasRoom(state: CasesState | undefined, filter: CaseFilter): boolean {
  const staying = [...state?.cases.values() ?? []].filter((one) => !isClosed(one) || matches(filter, one));
  return staying.length + CASES_PAGE_MAX <= CASES_KEPT_MAX;
}

/** In order, and as many as are kept. The last of those with the same id counts. */
function bounded(cases: readonly Anomaly[], filter: CaseFilter): ReadonlyMap<string, Anomaly> {
  const byId = new Map(cases.map((one) => [one.id, one]));
  const sorted = [...byId.values()].sort((a, b) =>
    Number(isClosed(a)) - Number(isClosed(b)) || b.startUs - a.startUs || (a.id < b.id ? -1 : 1)
  );
  const excess = Math.max(0, sorted.length - CASES_KEPT_MAX);
  const stays = (one: Anomaly) => isClosed(one) ? Number(matches(filter, one)) : 2;
  const dropped = new Set(
    excess === 0 ? [] : sorted.toReversed().sort((a, b) => stays(a) - stays(b)).slice(0, excess),
  );
  return new Map(sorted.filter((one) => !dropped.has(one)).map((one) => [one.id, one]));
}

function among(cases: ReadonlyMap<string, Anomaly>, ids: Iterable<string>): ReadonlySet<string> {
  return new Set([...ids].filter((id) => cases.has(id)));
}

export const isClosed = ({ phase }: Anomaly): boolean => phase === "close";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether a case is listed. */
export function matches({ pair, kind, severity, open }: CaseFilter, one: Anomaly): boolean {
  return (pair === undefined || one.pair === pair || (one.others?.includes(pair) ?? false)) &&
    (kind === undefined || one.kind === kind) && (severity === undefined || RANK[one.severity] >= RANK[severity]) &&
    (open === undefined || !isClosed(one));
}

/** Whether every case of a choice is one of another choice too. */
export function isWithin(filter: CaseFilter, { pair, kind, severity, open }: CaseFilter): boolean {
  return (pair === undefined || filter.pair === pair) && (kind === undefined || filter.kind === kind) &&
    (severity === undefined || RANK[filter.severity ?? "info"] >= RANK[severity]) &&
    (open === undefined || filter.open === open);
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

/** `0.97`: from 0 to 1, beside what its detector saw before. */
export const scoreText = ({ score }: Anomaly): string => score.toFixed(2);

/** How rarely its detector sees as much: `1 in 1,000`. */
export function rarityText({ score }: Anomaly): string {
  const tail = 1 - score;
  if (tail >= 0.1) return `score ${score.toFixed(2)}`;
  const odds = 1 / Math.max(tail, 1e-9);
  const rounded = Number(odds.toPrecision(1));
  return tail < 2e-9 ? "rarer than all before" : `1 in ${rounded.toLocaleString("en")}`;
}
