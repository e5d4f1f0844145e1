/**
 * What of the page lives in its address: the selected pair, the span of the chart, the metric below the mid, the case that is
 * looked at and which cases are listed, `#/EURUSD?span=15m&metric=toxicity.vpin&case=EURUSD-spoofing-…&kind=spoofing`.
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

export interface PageLocation {
  /** `undefined`: the list; a wide page then shows the first pair. */
  readonly pair: string | undefined;
  readonly span: ChartSpan;
  /** What the chart shows below the mid; `undefined`: the spread and its mean. */
  readonly metric?: MetricName | undefined;
  /** The case that is looked at. */
  readonly caseId?: string | undefined;
  /** Which cases are listed. @default {all} */
  readonly cases?: CaseFilter | undefined;
}

const CASE_ID = /^[\w.:-]{1,128}$/;
const HASH = /^#\/?([A-Z]{6})?(?:\?(.*))?$/;

/** Reads `location.hash`; what is not understood is the default. */
export function parseHash(hash: string): PageLocation {
  const [, pair, query] = HASH.exec(hash) ?? [];
  const params = new URLSearchParams(query ?? "");
  const span = params.get("span");
  const metric = METRIC_NAMES.find((name) => name === params.get("metric"));
  const caseId = params.get("case");
  const cases = caseFilterOf(params);
  return {
    pair,
    span: isSpan(span) ? span : CHART_SPAN_DEFAULT,
    ...(metric === undefined ? {} : { metric }),
    ...(caseId !== null && CASE_ID.test(caseId) ? { caseId } : {}),
    ...(Object.keys(cases).length === 0 ? {} : { cases }),
  };
}

/** The hash of a location; defaults are left out. */
export function formatHash({ pair, span, metric, caseId, cases = {} }: PageLocation): string {
  const query = new URLSearchParams({
    ...(span === CHART_SPAN_DEFAULT ? {} : { span }),
    ...(metric === undefined ? {} : { metric }),
    ...(caseId === undefined ? {} : { case: caseId }),
    ...(cases.pair === undefined ? {} : { "of": cases.pair }),
    ...(cases.kind === undefined ? {} : { kind: cases.kind }),
    ...(cases.severity === undefined ? {} : { severity: cases.severity }),
    ...(cases.open === undefined ? {} : { open: "1" }),
  });
  return `#/${pair ?? ""}${query.size === 0 ? "" : `?${query}`}`;
}

function caseFilterOf(params: URLSearchParams): CaseFilter {
  const [pair, kind, severity] = [params.get("of"), params.get("kind"), params.get("severity")];
  return {
    ...(pair !== null && /^[A-Z]{6}$/.test(pair) ? { pair } : {}),
    ...(kind !== null && /^[a-z][a-z0-9-]{0,63}$/.test(kind) ? { kind } : {}),
    ...(severity === "warning" || severity === "critical" ? { severity } : {}),
    ...(params.get("open") === "1" ? { open: true as const } : {}),
  };
}

function isSpan(text: string | null): text is ChartSpan {
  return text !== null && Object.hasOwn(CHART_SPANS, text);
}
