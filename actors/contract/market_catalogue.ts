/**
 * Every metric across pairs, with its unit, its words and the estimator that computes it.
 *
 * @module
 */

/** Pairs that take part, in order of their first appearance. Overflow: further ones are refused as `pairs-full`. */
export const MARKET_PAIRS_MAX = 64;
/** Triangles that are watched, in order of their appearance. Overflow: further ones are left out. */
export const TRIANGLES_MAX = 512;
/** Shifts on each side of zero that a lead-lag may look at. */
export const LEAD_LAG_SHIFTS_MAX = 100;

/** Why a value across pairs is absent. */
export const MARKET_ABSENT_REASONS = {
  "warming": "It needs more time or more events",
  "stale": "A quote that it needs is too old",
  "weak": "No more than chance makes of so many shifts",
  "one-sided": "A quote that it needs lacks a side",
  "undefined": "The formula has no value for this input",
} as const;
export interface MarketMetricSpec {
  readonly unit: string;
  readonly label: string;
  readonly doc: string;
  /** File of the estimator in `actors/market/`, without `.ts`. */
  readonly estimator: string;
}

/** Every metric across pairs, by its path in a sample. Windows are those of {@linkcode MarketOptions}; numbers are defaults. */
export const MARKET_METRICS = {
  "correlation.value": {
    unit: "1",
    label: "Correlation",
    doc:
      "Hayashi–Yoshida correlation of two pairs over 5 min, of each second's last mids; a little beyond ±1 for few returns",
    estimator: "hayashi_yoshida",
  },
  "correlation.short": {
    unit: "1",
    label: "Correlation, short",
    doc: "The same over the short window of 3 min",
    estimator: "hayashi_yoshida",
  },
  "correlation.long": {
    unit: "1",
    label: "Correlation, long",
    doc: "The same over the long window of 30 min",
    estimator: "hayashi_yoshida",
  },
  "correlation.breakZ": {
    unit: "standard errors",
    label: "Correlation break",
    doc:
      "Fisher z of the short window less that of the long one, in standard errors: beyond ±4 they are not what they were",
    estimator: "correlation_break",
  },
  "correlation.returns": {
    unit: "returns",
    label: "Returns",
    doc: "Returns of a pair in the 5 min of the correlation, at most one a second",
    estimator: "hayashi_yoshida",
  },
  "leadLag.lagMs": {
    unit: "ms",
    label: "Lead",
    doc: "Shift of ±2 s at which two pairs are most correlated: positive where the second of the two follows the first",
    estimator: "lead_lag",
  },
  "leadLag.value": {
    unit: "1",
    label: "Correlation at the lead",
    doc: "Hayashi–Yoshida correlation at that shift, over 2 min",
    estimator: "lead_lag",
  },
  "leadLag.ratio": {
    unit: "1",
    label: "Lead-lag ratio",
    doc:
      "Squared correlations at positive shifts over those at negative ones: above 1 where the first of the two leads",
    estimator: "lead_lag",
  },
  "triangles.edgeBps": {
    unit: "bps",
    label: "Triangle",
    doc: "What a round through three pairs earns: positive is an arbitrage, while no leg is older than 5 s",
    estimator: "triangles",
  },
  "triangles.edgeBpsMax": {
    unit: "bps",
    label: "Triangle, best",
    doc: "The best that such a round earned since the sample before",
    estimator: "triangles",
  },
  "strength.dayBps": {
    unit: "bps",
    label: "Strength today",
    doc: "How far a currency moved against all others since 17:00 in New York; those that are connected sum to 0",
    estimator: "currency_strength",
  },
  "strength.windowBps": {
    unit: "bps",
    label: "Strength, rolling",
    doc: "The same over the last hour, from the minute an hour ago",
    estimator: "currency_strength",
  },
} as const satisfies Record<string, MarketMetricSpec>;
export type MarketMetricName = keyof typeof MARKET_METRICS;
