/**
 * Metric samples: what a pair actor says of its market, four times a second of event time.
 *
 * {@linkcode METRICS} is the catalogue. The schema, the ClickHouse columns and the API's names all follow from it: a metric
 * is added here and nowhere else.
 *
 * @module
 */
import { z } from "zod";

export interface MetricSpec {
  readonly unit: string;
  readonly doc: string;
}

/** Every metric by group. Units: price is quote currency, size is base currency units. */
export const METRICS = {
  price: {
    bid: { unit: "price", doc: "Best bid" },
    ask: { unit: "price", doc: "Best ask" },
    mid: { unit: "price", doc: "(ask + bid) / 2" },
    weightedMid: { unit: "price", doc: "I·ask + (1−I)·bid, I = bid size / (bid size + ask size)" },
  },
  spread: {
    quotedPips: { unit: "pips", doc: "ask − bid" },
    quotedBps: { unit: "bps", doc: "(ask − bid) / mid" },
    timeWeightedBps: { unit: "bps", doc: "Quoted spread, time-weighted mean over 60 s" },
    timeWeightedPips: { unit: "pips", doc: "Quoted spread, time-weighted mean over 60 s" },
    ewMeanBps: { unit: "bps", doc: "Quoted spread, exponentially weighted in event time, half-life 5 s" },
    ewStdBps: { unit: "bps", doc: "Standard deviation that goes with ewMeanBps" },
  },
  depth: {
    bidTouchSize: { unit: "size", doc: "Size at the best bid" },
    askTouchSize: { unit: "size", doc: "Size at the best ask" },
    touchImbalance: { unit: "−1..1", doc: "(bid − ask) / (bid + ask) of the touch sizes" },
    bidDepth10Size: { unit: "size", doc: "Size over the best ten bid levels" },
    askDepth10Size: { unit: "size", doc: "Size over the best ten ask levels" },
    depth10Imbalance: { unit: "−1..1", doc: "(bid − ask) / (bid + ask) over ten levels" },
  },
  flow: {
    ofi1sSize: { unit: "size", doc: "Order-flow imbalance at the touch, summed over 1 s" },
    ofi10sSize: { unit: "size", doc: "Order-flow imbalance at the touch, summed over 10 s" },
    ofi10sNormalised: { unit: "touches", doc: "ofi10sSize / mean touch depth over the same 10 s" },
    buySize60s: { unit: "size", doc: "Bought by aggressors in 60 s" },
    sellSize60s: { unit: "size", doc: "Sold by aggressors in 60 s" },
    tradeImbalance60s: { unit: "−1..1", doc: "(buys − sells) / (buys + sells) over 60 s" },
    tradeCount60s: { unit: "trades", doc: "Trades in 60 s" },
    vwap60s: { unit: "price", doc: "Volume-weighted trade price over 60 s" },
  },
  volatility: {
    ewmaFastPct: { unit: "% per year", doc: "EWMA of squared 1 s returns, half-life 30 s, annualised" },
    ewmaSlowPct: { unit: "% per year", doc: "EWMA of squared 1 s returns, half-life 10 min, annualised" },
    ewmaRatio: { unit: "ratio", doc: "ewmaFastPct / ewmaSlowPct" },
  },
  arrival: {
    quotesPerSecond: { unit: "1/s", doc: "Changes of the touch per second over 10 s" },
    bookEventsPerSecond: { unit: "1/s", doc: "Book events of any kind per second over 10 s" },
    tradesPerSecond: { unit: "1/s", doc: "Trades per second over 10 s" },
    interArrivalMs: { unit: "ms", doc: "Mean time between changes of the touch, exponentially weighted over events" },
  },
} as const satisfies Record<string, Record<string, MetricSpec>>;

export type MetricGroup = keyof typeof METRICS;
type NamesOf<G extends MetricGroup> = keyof typeof METRICS[G] & string;
/** `spread.quotedBps`, as the API names it. */
export type MetricName = { [G in MetricGroup]: `${G}.${NamesOf<G>}` }[MetricGroup];

/** Every metric's name, in the order of the catalogue. */
export const METRIC_NAMES: readonly MetricName[] = Object.entries(METRICS).flatMap(([group, names]) =>
  Object.keys(names).map((name) => `${group}.${name}` as MetricName)
);

/** Every metric as name, group and name within the group. */
export const METRIC_PATHS: readonly (readonly [name: MetricName, group: string, short: string])[] = METRIC_NAMES.map(
  (name) => [name, ...name.split(".")] as [MetricName, string, string],
);

/** Why a value is absent. */
export const AbsentReason = z.enum([
  "warming",
  "no-quotes",
  "no-sizes",
  "one-sided",
  "no-levels",
  "no-trades",
  "undefined",
]);
export type AbsentReason = z.infer<typeof AbsentReason>;

function groupSchema<G extends MetricGroup>(group: G) {
  const shape: Record<string, z.ZodOptional<z.ZodNumber>> = {};
  for (const [name, spec] of Object.entries(METRICS[group])) {
    shape[name] = z.number().describe(`${spec.doc} [${spec.unit}]`).optional();
  }
  return z.strictObject(shape as Record<NamesOf<G>, z.ZodOptional<z.ZodNumber>>);
}

const count = z.int().nonnegative();

/** One sample. A value that is absent stands in `absent` with the reason. */
export const MetricSample = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  pair: z.string().length(6),
  timeUs: z.int().positive().describe("End of the sampled interval: every event before this event time is in"),
  values: z.strictObject({
    price: groupSchema("price"),
    spread: groupSchema("spread"),
    depth: groupSchema("depth"),
    flow: groupSchema("flow"),
    volatility: groupSchema("volatility"),
    arrival: groupSchema("arrival"),
  }),
  absent: z.record(z.string(), AbsentReason).describe("Why a metric has no value, by `group.name`"),
  counts: z.strictObject({
    quotes: count,
    levels: count,
    trades: count,
    gaps: count.optional().describe("How often entries of the log were lost for ever; left out where none were"),
    rejected: z.record(z.string(), count).describe("Events and frames refused since the actor began, by reason"),
  }),
}).meta({ id: "MetricSample", title: "Metric sample" });
export type MetricSample = z.infer<typeof MetricSample>;
