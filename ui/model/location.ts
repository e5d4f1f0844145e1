/**
 * What of the page lives in its address: the selected pair, the span of the chart and the metric below the mid,
 * `#/EURUSD?span=15m&metric=toxicity.vpin`.
 *
 * @module
 */
import { METRIC_NAMES, type MetricName } from "../../actors/contract/metric_catalogue.ts";
import { US_PER_MINUTE } from "../../actors/contract/units.ts";

/** Spans of the chart. */
export const CHART_SPANS = { "5m": 5 * US_PER_MINUTE, "15m": 15 * US_PER_MINUTE, "1h": 60 * US_PER_MINUTE } as const;
export type ChartSpan = keyof typeof CHART_SPANS;
export const CHART_SPAN_DEFAULT: ChartSpan = "15m";

export interface PageLocation {
  /** `undefined`: the list; a wide page then shows the first pair. */
  readonly pair: string | undefined;
  readonly span: ChartSpan;
  /** What the chart shows below the mid; `undefined`: the spread and its mean. */
  readonly metric?: MetricName | undefined;
}

const HASH = /^#\/?([A-Z]{6})?(?:\?(.*))?$/;

/** Reads `location.hash`; what is not understood is the default. */
export function parseHash(hash: string): PageLocation {
  const [, pair, query] = HASH.exec(hash) ?? [];
  const params = new URLSearchParams(query ?? "");
  const span = params.get("span");
  const metric = METRIC_NAMES.find((name) => name === params.get("metric"));
  return { pair, span: isSpan(span) ? span : CHART_SPAN_DEFAULT, ...(metric === undefined ? {} : { metric }) };
}

/** The hash of a location; defaults are left out. */
export function formatHash({ pair, span, metric }: PageLocation): string {
  const query = new URLSearchParams({
    ...(span === CHART_SPAN_DEFAULT ? {} : { span }),
    ...(metric === undefined ? {} : { metric }),
  });
  return `#/${pair ?? ""}${query.size === 0 ? "" : `?${query}`}`;
}

function isSpan(text: string | null): text is ChartSpan {
  return text !== null && Object.hasOwn(CHART_SPANS, text);
}
