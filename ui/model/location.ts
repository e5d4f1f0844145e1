/**
 * What of the page lives in its address: the selected pair, the span of the chart, the metric below the mid, the case that is
 * looked at and which cases are listed, the same of alerts, and the rule that is written,
 * `#/EURUSD?span=15m&metric=toxicity.vpin&case=EURUSD-spoofing-…&kind=spoofing&alert=…&show=mine`.
 *
 * @module
 */
import { METRIC_NAMES, type MetricName } from "../../actors/contract/metric_catalogue.ts";
import type { Severity } from "../../actors/contract/alert.ts";
import { US_PER_MINUTE } from "../../actors/contract/units.ts";

/** Spans of the chart. */
export const CHART_SPANS = { "5m": 5 * US_PER_MINUTE, "15m": 15 * US_PER_MINUTE, "1h": 60 * US_PER_MINUTE } as const;
export type ChartSpan = keyof typeof CHART_SPANS;
export const CHART_SPAN_DEFAULT: ChartSpan = "15m";

/** Which cases are listed; what is left out is not asked for. */
export interface CaseFilter {
  /** Of this pair only. */
  readonly pair?: string;
  readonly kind?: string;
  /** At least as bad. */
  readonly severity?: Exclude<Severity, "info">;
  /** Those that go on only. */
  readonly open?: true;
}

/** Which alerts are listed; what is left out is not asked for. */
export interface AlertFilter {
  /** @default {"open"} */
  readonly show?: "waiting" | "mine" | "all";
  /** At least as bad. */
  readonly severity?: Exclude<Severity, "info">;
  readonly pair?: string;
  readonly rule?: string;
}

/** Which pairs are listed, and in which order. */
export interface ListChoice {
  /** Parts of their names. */
  readonly query?: string;
  /** @default {most traded first} */
  readonly sort?: "name" | "stress";
}

/** A rule that is written: its name, or a new one. */
export const NEW_RULE = "";

export interface PageLocation {
  /** `undefined`: the list; a wide page then shows the first pair. */
  readonly pair: string | undefined;
  readonly span: ChartSpan;
  /** What the chart shows below the mid; `undefined`: the spread and its mean. */
  readonly metric?: MetricName | undefined;
  /** Which pairs are listed. @default {all} */
  readonly list?: ListChoice | undefined;
  /** The case that is looked at. */
  readonly caseId?: string | undefined;
  /** Which cases are listed. @default {all} */
  readonly cases?: CaseFilter | undefined;
  /** The alert that is looked at. */
  readonly alertId?: string | undefined;
  /** Which alerts are listed. @default {those that are open} */
  readonly alerts?: AlertFilter | undefined;
  /** Whether rules and routes are looked at. */
  readonly rules?: true | undefined;
  /** The rule that is written; {@linkcode NEW_RULE} for a new one. */
  readonly rule?: string | undefined;
}

/** Ids of cases and of alerts. */
const ID = /^[\w.:-]{1,128}$/;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const PAIR = /^[A-Z]{6}$/;
const HASH = /^#\/?([A-Z]{6})?(?:\?(.*))?$/;

/** Reads `location.hash`; what is not understood is the default. */
export function parseHash(hash: string): PageLocation {
  const [, pair, query] = HASH.exec(hash) ?? [];
  const params = new URLSearchParams(query ?? "");
  const span = params.get("span");
  const metric = METRIC_NAMES.find((name) => name === params.get("metric"));
  const caseId = params.get("case");
  const alertId = params.get("alert");
  const rule = params.get("rule");
  const [cases, alerts, list] = [caseFilterOf(params), alertFilterOf(params), listOf(params)];
  return {
    pair,
    span: isSpan(span) ? span : CHART_SPAN_DEFAULT,
    ...(metric === undefined ? {} : { metric }),
    ...(caseId !== null && ID.test(caseId) ? { caseId } : {}),
    ...(Object.keys(cases).length === 0 ? {} : { cases }),
    ...(Object.keys(list).length === 0 ? {} : { list }),
    ...(alertId !== null && ID.test(alertId) ? { alertId } : {}),
    ...(Object.keys(alerts).length === 0 ? {} : { alerts }),
    ...(params.get("rules") === "1" || rule !== null ? { rules: true as const } : {}),
    ...(rule !== null && (rule === NEW_RULE || NAME.test(rule)) ? { rule } : {}),
  };
}

/** The hash of a location; defaults are left out. */
export function formatHash(place: PageLocation): string {
  const { pair, span, metric, caseId, cases = {}, alertId, alerts = {}, rules, rule, list = {} } = place;
  const query = new URLSearchParams({
    ...(span === CHART_SPAN_DEFAULT ? {} : { span }),
    ...(metric === undefined ? {} : { metric }),
    ...(list.query === undefined ? {} : { q: list.query }),
    ...(list.sort === undefined ? {} : { sort: list.sort }),
    ...(caseId === undefined ? {} : { case: caseId }),
    ...(cases.pair === undefined ? {} : { "of": cases.pair }),
    ...(cases.kind === undefined ? {} : { kind: cases.kind }),
    ...(cases.severity === undefined ? {} : { severity: cases.severity }),
    ...(cases.open === undefined ? {} : { open: "1" }),
    ...(alertId === undefined ? {} : { alert: alertId }),
    ...(alerts.show === undefined ? {} : { show: alerts.show }),
    ...(alerts.severity === undefined ? {} : { "alert-severity": alerts.severity }),
    ...(alerts.pair === undefined ? {} : { "alert-of": alerts.pair }),
    ...(alerts.rule === undefined ? {} : { "alert-rule": alerts.rule }),
    ...(rule === undefined ? rules === undefined ? {} : { rules: "1" } : { rule }),
  });
  return `#/${pair ?? ""}${query.size === 0 ? "" : `?${query}`}`;
}

function caseFilterOf(params: URLSearchParams): CaseFilter {
  const [pair, kind, severity] = [params.get("of"), params.get("kind"), params.get("severity")];
  return {
    ...(pair !== null && PAIR.test(pair) ? { pair } : {}),
    ...(kind !== null && NAME.test(kind) ? { kind } : {}),
    ...(severity === "warning" || severity === "critical" ? { severity } : {}),
    ...(params.get("open") === "1" ? { open: true as const } : {}),
  };
}

function listOf(params: URLSearchParams): ListChoice {
  const [query, sort] = [params.get("q"), params.get("sort")];
  return {
    ...(query !== null && /^[A-Za-z/ ]{1,40}$/.test(query) ? { query } : {}),
    ...(sort === "name" || sort === "stress" ? { sort } : {}),
  };
}

function alertFilterOf(params: URLSearchParams): AlertFilter {
  const [show, severity] = [params.get("show"), params.get("alert-severity")];
  const [pair, rule] = [params.get("alert-of"), params.get("alert-rule")];
  return {
    ...(show === "waiting" || show === "mine" || show === "all" ? { show } : {}),
    ...(severity === "warning" || severity === "critical" ? { severity } : {}),
    ...(pair !== null && PAIR.test(pair) ? { pair } : {}),
    ...(rule !== null && NAME.test(rule) ? { rule } : {}),
  };
}

function isSpan(text: string | null): text is ChartSpan {
  return text !== null && Object.hasOwn(CHART_SPANS, text);
}
