/**
 * What the catalogue of metrics says of each, and the settings that a metric may be there once for.
 *
 * @module
 */

export interface MetricSpec {
  /** What its numbers are. Price is quote currency per unit of base currency, size is base currency units. */
  readonly unit: string;
  /** What a page calls it, within its group. */
  readonly label: string;
  readonly doc: string;
  /** File of the estimator in `actors/estimators/`, without `.ts`. */
  readonly estimator: string;
}

export const spec = (unit: string, label: string, doc: string, estimator: string): MetricSpec => ({
  unit,
  label,
  doc,
  estimator,
});

/** A metric that is there once for each of a list of settings, in their order. */
export function family<K extends string>(
  settings: readonly number[],
  make: (setting: number) => readonly [name: K, spec: MetricSpec],
): Record<K, MetricSpec> {
  return Object.fromEntries(settings.map(make)) as Record<K, MetricSpec>;
}

/** Horizons of realized spread and price impact, seconds. */
export const HORIZONS_S = [1, 5, 30, 60, 300] as const;
/** Distances from the mid within which depth is summed, bps. */
export const DEPTH_DISTANCES_BPS = [1, 2, 5, 10] as const;
/** Sizes whose cost is told, millions of base currency. */
export const NOTIONALS_MILLION = [1, 5, 10] as const;
/** Levels of the book whose order flow is told one by one. */
export const OFI_LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
export const OFI_LEVELS_MAX = OFI_LEVELS.length;

export type Horizon = typeof HORIZONS_S[number];
export type Distance = typeof DEPTH_DISTANCES_BPS[number];
export type Notional = typeof NOTIONALS_MILLION[number];
export type OfiLevel = typeof OFI_LEVELS[number];
