/**
 * What of the page lives in its address: the selected pair and the span of the chart, `#/EURUSD?span=15m`.
 *
 * @module
 */
import { US_PER_MINUTE } from "../../actors/contract/units.ts";

/** Spans of the chart. */
export const CHART_SPANS = { "5m": 5 * US_PER_MINUTE, "15m": 15 * US_PER_MINUTE, "1h": 60 * US_PER_MINUTE } as const;
export type ChartSpan = keyof typeof CHART_SPANS;
export const CHART_SPAN_DEFAULT: ChartSpan = "15m";

export interface PageLocation {
  /** `undefined`: the list; a wide page then shows the first pair. */
  readonly pair: string | undefined;
  readonly span: ChartSpan;
}

const HASH = /^#\/?([A-Z]{6})?(?:\?(.*))?$/;

/** Reads `location.hash`; what is not understood is the default. */
export function parseHash(hash: string): PageLocation {
  const [, pair, query] = HASH.exec(hash) ?? [];
  const span = new URLSearchParams(query ?? "").get("span");
  return { pair, span: isSpan(span) ? span : CHART_SPAN_DEFAULT };
}

/** The hash of a location; defaults are left out. */
export function formatHash({ pair, span }: PageLocation): string {
  return `#/${pair ?? ""}${span === CHART_SPAN_DEFAULT ? "" : `?span=${span}`}`;
}

function isSpan(text: string | null): text is ChartSpan {
  return text !== null && Object.hasOwn(CHART_SPANS, text);
}
