/**
 * How the page names, groups and writes the metrics: which there are, their labels and units stand in the contract; how a
 * number is written follows from its unit. Here are only the words and the exceptions.
 *
 * @module
 */
import { METRIC_PATHS, type MetricGroup, type MetricName, METRICS } from "../../actors/contract/metric_catalogue.ts";
import type { MetricSpec } from "../../actors/contract/metric_catalogue.ts";
import {
  formatCompact,
  formatNumber,
  formatScientific,
  formatSigned,
  formatSignedSize,
  formatSignificant,
  formatSize,
} from "./number_format.ts";
import { type PriceConvention, priceText } from "./price_format.ts";

type Write = (value: number, convention: PriceConvention) => string;

export interface MetricView {
  readonly name: MetricName;
  readonly label: string;
  readonly doc: string;
  /** Written after the number; empty where the number says it. */
  readonly unit: string;
  readonly write: Write;
  /** A number between −1 and 1 that a diverging bar shows too. */
  readonly diverging: boolean;
}

export interface MetricGroupView {
  readonly group: MetricGroup;
  readonly title: string;
  readonly metrics: readonly MetricView[];
  /** What is shown of it while it is folded. */
  readonly headlines: readonly MetricView[];
}

interface UnitView {
  readonly unit: string;
  readonly write: Write;
}

const decimals = (count: number) => (value: number) => formatNumber(value, count);
const signed = (count: number) => (value: number) => formatSigned(value, count);
const REGIMES: Readonly<Record<string, string>> = { "-1": "low", "0": "normal", "1": "high" };

/** How numbers of a unit of the contract are written. */
export const UNIT_VIEWS: Readonly<Record<string, UnitView>> = {
  "price": { unit: "", write: priceText },
  "pips": { unit: "pips", write: decimals(2) },
  "bps": { unit: "bps", write: formatSignificant },
  "size": { unit: "", write: formatSize },
  "size/s": { unit: "/s", write: formatSize },
  "−1..1": { unit: "", write: signed(2) },
  "0..1": { unit: "", write: decimals(2) },
  "0..100": { unit: "/100", write: decimals(0) },
  "−1, 0, 1": { unit: "", write: (value) => REGIMES[value] ?? formatNumber(value, 0) },
  "σ": { unit: "σ", write: signed(1) },
  "z": { unit: "", write: signed(1) },
  "t": { unit: "", write: signed(1) },
  "L": { unit: "", write: signed(1) },
  "LM": { unit: "", write: decimals(1) },
  "p": { unit: "", write: decimals(3) },
  "ms": { unit: "ms", write: formatCompact },
  "1/s": { unit: "/s", write: formatCompact },
  "ratio": { unit: "×", write: formatSignificant },
  "% per year": { unit: "% p.a.", write: decimals(1) },
  "bps/M": { unit: "bps/M", write: formatSignificant },
  "bps/√M": { unit: "bps/√M", write: formatSignificant },
  "1/M": { unit: "/M", write: formatScientific },
  "touches": { unit: "touches", write: signed(2) },
  "levels": { unit: "levels", write: signed(2) },
  "trades": { unit: "", write: decimals(0) },
  "intervals": { unit: "", write: decimals(0) },
  "jumps": { unit: "", write: decimals(0) },
};
/** A unit that the page does not know yet is written as it is. */
const unknownUnit = (unit: string): UnitView => ({ unit, write: formatCompact });

/** Metrics that their unit alone would write badly. */
const EXCEPTIONS: readonly (readonly [name: RegExp, view: Partial<Pick<MetricView, "write" | "label">>])[] = [
  [/^flow\.ofi.*Size$/, { write: formatSignedSize }],
  [/^depth\.touchImbalance$/, { label: "Imbalance, touch" }],
  [/^depth\.levelsImbalance$/, { label: "Imbalance, levels" }],
];

const TITLES: Readonly<Record<MetricGroup, string>> = {
  price: "Price",
  spread: "Spread",
  depth: "Depth",
  liquidity: "Liquidity",
  flow: "Order flow",
  toxicity: "Toxicity",
  impact: "Price impact",
  volatility: "Volatility",
  arrival: "Arrivals",
};

/** What a group says in a word. */
const HEADLINES: Readonly<Record<MetricGroup, readonly MetricName[]>> = {
  price: ["price.microprice", "price.weightedMid"],
  spread: ["spread.quotedPips", "spread.zScore"],
  depth: ["depth.touchImbalance"],
  liquidity: ["liquidity.score", "liquidity.xlm1mBps"],
  flow: ["flow.ofi10sSize", "flow.tradeImbalance"],
  toxicity: ["toxicity.vpin"],
  impact: ["impact.kyleBpsPerMillion"],
  volatility: ["volatility.ewmaFastPct", "volatility.regime"],
  arrival: ["arrival.quotesPerSecond"],
};

function viewOf([name, group, short]: typeof METRIC_PATHS[number]): MetricView {
  const spec = (METRICS[group] as Record<string, MetricSpec>)[short]!;
  const view = UNIT_VIEWS[spec.unit] ?? unknownUnit(spec.unit);
  const exception = EXCEPTIONS.find(([pattern]) => pattern.test(name))?.[1];
  const { label, doc } = spec;
  return { name, label, doc, ...view, diverging: spec.unit === "−1..1", ...exception };
}

const VIEWS: ReadonlyMap<MetricName, MetricView> = new Map(METRIC_PATHS.map((path) => [path[0], viewOf(path)]));

/** How a metric is shown. */
export function metricView(name: MetricName): MetricView {
  return VIEWS.get(name)!;
}

/** Every group of the contract, in its order. */
export const METRIC_GROUPS: readonly MetricGroupView[] = (Object.keys(METRICS) as MetricGroup[]).map((group) => ({
  group,
  title: TITLES[group],
  metrics: METRIC_PATHS.filter(([, of]) => of === group).map(([name]) => metricView(name)),
  headlines: HEADLINES[group].map(metricView),
}));
