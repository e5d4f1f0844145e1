/**
 * What a pair's metrics and detectors are computed with: windows, horizons, notionals, levels, thresholds. Every name has a default that suits the majors;
 * `deno task pairs options` sets those of one pair, and `analyze --options` those of a recording.
 *
 * Horizons, distances and notionals are chosen among those that the catalogue names: a metric that is not chosen is absent as
 * `off`. A change takes effect at once; the windows of that pair begin anew.
 *
 * @module
 */
import { z } from "zod";
import { DetectionOptions } from "./detection_options.ts";
import { ConfigError } from "./errors.ts";
import { DEPTH_DISTANCES_BPS, HORIZONS_S, NOTIONALS_MILLION, OFI_LEVELS_MAX } from "./metric_spec.ts";

const seconds = (min: number, max: number) => z.number().min(min).max(max);
const chosen = <const T extends readonly number[]>(choices: T) =>
  z.array(z.union(choices.map((choice) => z.literal(choice)))).max(choices.length);

/** Rules that sign a trade whose aggressor the feed does not tell. */
export const SIGN_RULES = ["lee-ready", "emo", "clnv", "tick", "quote"] as const;
export type SignRule = typeof SIGN_RULES[number];

export const MetricOptions = z.strictObject({
  sampleMs: z.int().min(50).max(60_000).default(250).describe("Event time between two samples"),
  spread: z.strictObject({
    windowS: seconds(1, 3_600).default(60).describe("Time-weighted mean and quantiles of the quoted spread"),
    ewHalfLifeS: seconds(0.1, 3_600).default(5),
    baselineHalfLifeS: seconds(60, 30 * 86_400).default(5 * 8 * 3_600).describe(
      "What is normal in a session: half-life in seconds of that session",
    ),
    tradeWindowS: seconds(1, 3_600).default(60).describe("Effective and realized spread, price impact"),
    horizonsS: chosen(HORIZONS_S).default([...HORIZONS_S]),
    rollTrades: z.int().min(20).max(10_000).default(300),
  }).prefault({}),
  depth: z.strictObject({
    levels: z.int().min(1).max(100).default(10),
    distancesBps: chosen(DEPTH_DISTANCES_BPS).default([...DEPTH_DISTANCES_BPS]),
    micropriceHalfLifeS: seconds(60, 86_400).default(3_600).describe("Weight of a step of the microprice's chain"),
  }).prefault({}),
  liquidity: z.strictObject({
    notionalsMillion: chosen(NOTIONALS_MILLION).default([...NOTIONALS_MILLION]),
    rankWindowS: seconds(60, 86_400).default(3_600),
    resiliencyWindowS: seconds(60, 86_400).default(3_600).describe("What depleted and normal are measured against"),
    resiliencyCount: z.int().min(3).max(1_000).default(20).describe("Recoveries in a median"),
  }).prefault({}),
  flow: z.strictObject({
    windowS: seconds(1, 3_600).default(60),
    ofiLevels: z.int().min(1).max(OFI_LEVELS_MAX).default(OFI_LEVELS_MAX),
    signRule: z.enum(SIGN_RULES).default("lee-ready"),
  }).prefault({}),
  toxicity: z.strictObject({
    bucketSize: z.number().positive().optional().describe("Base units; otherwise mean daily volume / bucketsPerDay"),
    bucketsPerDay: z.int().min(1).max(10_000).default(50),
    buckets: z.int().min(5).max(1_000).default(50).describe("In one VPIN"),
    signing: z.enum(["trades", "bulk"]).default("trades").describe("Sides of trades, or bulk volume classification"),
    bulkBarS: seconds(1, 3_600).default(60),
    cdfCount: z.int().min(20).max(10_000).default(1_000).describe("VPIN values in its trailing distribution"),
  }).prefault({}),
  impact: z.strictObject({
    intervalS: seconds(1, 3_600).default(10).describe("Kyle, Hasbrouck, OFI regressions"),
    intervals: z.int().min(10).max(5_000).default(60),
    amihudIntervalS: seconds(1, 3_600).default(60),
    amihudIntervals: z.int().min(5).max(1_440).default(60),
  }).prefault({}),
  volatility: z.strictObject({
    gridS: seconds(0.1, 60).default(1).describe("Returns of realized variance"),
    jumpGridS: seconds(0.1, 600).default(60).describe("Returns of what tells jumps: few of them may be 0"),
    jumpWindowS: seconds(10, 86_400).default(3_600).describe("Window of what tells jumps"),
    windowS: seconds(10, 86_400).default(300),
    fastHalfLifeS: seconds(1, 86_400).default(30),
    slowHalfLifeS: seconds(1, 86_400).default(600),
    regimeWindowS: seconds(60, 7 * 86_400).default(4 * 3_600),
    jumpLevel: z.number().gt(0).lt(0.5).default(0.01).describe("Significance of a Lee–Mykland jump"),
    barS: seconds(1, 3_600).default(60),
    bars: z.int().min(2).max(1_440).default(60),
    archIntervalS: seconds(0.1, 3_600).default(10),
    archCount: z.int().min(20).max(10_000).default(360),
    garch: z.boolean().default(false),
  }).prefault({}),
  arrival: z.strictObject({
    windowS: seconds(1, 600).default(10),
    gapCount: z.int().min(20).max(10_000).default(1_000),
    hawkesWindowS: seconds(1, 3_600).default(10).describe("Window of one count: long against the kernel"),
    hawkesWindows: z.int().min(10).max(5_000).default(180),
  }).prefault({}),
  detection: DetectionOptions.prefault({}),
}).meta({ id: "MetricOptions", title: "What the metrics of a pair are computed with" });
export type MetricOptions = z.infer<typeof MetricOptions>;
/** Options as people write them: what is left out has its default. */
export type MetricOptionsInput = z.input<typeof MetricOptions>;

export const DEFAULT_METRIC_OPTIONS: MetricOptions = MetricOptions.parse({});

/**
 * Options from a text.
 *
 * @param source what the text is called in errors
 * @throws {ConfigError} with a line for each name that is wrong.
 */
export function readMetricOptions(text: string, source: string): MetricOptions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([`${source} is not JSON: ${(error as Error).message}`]);
  }
  const parsed = MetricOptions.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => `${source}: ${path.join(".") || "the options"}: ${message}`),
  );
}
