/**
 * Market samples: what the market actor says across all pairs, once a second of event time unless told otherwise.
 *
 * Values of two pairs stand in arrays, one number for every two of `pairs`, at {@linkcode combinationIndex}: a pair that joins
 * appends to them. A value that is absent is the word that says why, in the value's place. What each value is, with its unit, stands in
 * `market_catalogue.ts`.
 *
 * @module
 */
import { z } from "zod";
import { CrossDetection } from "./_cross_detection.ts";
import { combinationCount } from "./combinations.ts";
import { LEAD_LAG_SHIFTS_MAX, MARKET_ABSENT_REASONS, MARKET_PAIRS_MAX, TRIANGLES_MAX } from "./market_catalogue.ts";
import { SESSIONS } from "./sessions.ts";

export const MarketAbsentReason = z.enum(
  Object.keys(MARKET_ABSENT_REASONS) as (keyof typeof MARKET_ABSENT_REASONS)[],
);
export type MarketAbsentReason = z.infer<typeof MarketAbsentReason>;

/** A number, or the word that says why there is none. */
export const MarketValue = z.union([z.number(), MarketAbsentReason]);
export type MarketValue = z.infer<typeof MarketValue>;

const count = z.int().nonnegative();
const values = z.array(MarketValue);
const pair = z.string().length(6);

/** One sample across all pairs. */
export const MarketSample = z.strictObject({
  v: z.literal(1).describe("Version of this schema"),
  timeUs: z.int().positive().describe("End of the sampled interval: every tick before this event time is in"),
  sessions: z.array(z.enum(SESSIONS)).describe("Trading sessions that are open at that time"),
  pairs: z.array(pair).max(MARKET_PAIRS_MAX).describe("Pairs by number, in order of their first appearance"),
  correlation: z.strictObject({
    value: values,
    short: values,
    long: values,
    breakZ: values,
    returns: z.array(count).describe("By pair"),
  }).describe("By combination of two pairs: (1, 0), (2, 0), (2, 1), (3, 0), …"),
  leadLag: z.strictObject({ lagMs: values, value: values, ratio: values }).describe(
    "By combination, the first of the two being the one with the lower number; each is renewed in its turn",
  ),
  triangles: z.array(z.strictObject({
    direct: pair,
    legs: z.tuple([pair, pair]).describe("From the base currency of the direct pair, and on to its quote currency"),
    edgeBps: MarketValue,
    edgeBpsMax: MarketValue,
  })).max(TRIANGLES_MAX),
  strength: z.strictObject({
    currencies: z.array(z.string().length(3)).describe("In order of their first appearance"),
    dayBps: values.describe("By currency"),
    windowBps: values.describe("By currency"),
  }),
  counts: z.strictObject({
    events: count.describe("Quotes, levels and clears that changed a book"),
    ticks: count.describe("Changes of a touch that were taken in order of event time"),
    late: count.describe("Changes older than what was taken already: only the book has them"),
    hurried: count.describe("Changes taken before others could come, because too many were waiting"),
    restarts: count.describe("How often everything began anew because the log went back in time"),
    gaps: count.describe("How often entries of the log were lost for ever"),
    rejected: z.record(z.string(), count).describe("Events and frames refused since the actor began, by reason"),
    detectorFaults: z.record(z.string(), count).optional().describe("How often detectors threw and were made anew"),
  }),
}).refine(
  ({ pairs, correlation, leadLag }) =>
    [correlation.value, correlation.short, correlation.long, correlation.breakZ, ...Object.values(leadLag)].every((
      { length },
    ) => length === combinationCount(pairs.length)) && correlation.returns.length === pairs.length,
  "One value for every combination of two pairs",
).meta({ id: "MarketSample", title: "Market sample: all pairs together" });
export type MarketSample = z.infer<typeof MarketSample>;

const seconds = (min: number, max: number) => z.number().min(min).max(max);

/**
 * Ticks that the lead-lags of one second may look at, each at every shift: a fifth of a second of work, in which everything else on the node
 * waits.
 */
export const LEAD_LAG_LOOKS_MAX = 10_000_000;

/** What the metrics across pairs are computed with. */
export const MarketOptions = z.strictObject({
  sampleMs: z.int().min(100).max(60_000).default(1_000).describe("Event time between two samples"),
  latenessMs: z.int().min(0).max(10_000).default(250).describe("How long a tick waits for older ones of other pairs"),
  correlation: z.strictObject({
    thinMs: z.int().min(0).max(60_000).default(1_000).describe(
      "Of the ticks in so much time the last one is kept: less is mostly the bounce of quotes; 0 keeps all",
    ),
    slotS: seconds(1, 60).default(5).describe("Short windows are whole numbers of these"),
    windowS: seconds(10, 3_600).default(300),
    shortWindowS: seconds(5, 3_600).default(180),
    longSlotS: seconds(1, 600).default(60).describe("The long window is a whole number of these"),
    longWindowS: seconds(60, 4 * 3_600).default(1_800),
    countMin: z.int().min(4).max(10_000).default(30).describe("Returns of each pair before there is a value"),
  }).refine(
    ({ thinMs, slotS, windowS, shortWindowS, longSlotS, longWindowS }) =>
      [
        thinMs === 0 ? 0 : 1_000 * slotS / thinMs,
        windowS / slotS,
        shortWindowS / slotS,
        longSlotS / slotS,
        longWindowS / longSlotS,
      ].every(Number.isInteger) &&
      windowS / slotS <= 720 && longWindowS / longSlotS <= 240 && shortWindowS <= windowS && windowS <= longWindowS,
    "Windows must be whole numbers of their slots, at most 720 and 240 of them, slots of thinMs; short ≤ window ≤ long",
  ).prefault({}),
  leadLag: z.strictObject({
    windowS: seconds(10, 3_600).default(120),
    rangeMs: z.int().min(1).max(60_000).default(2_000).describe("The largest shift, on both sides"),
    stepMs: z.int().min(1).max(10_000).default(100),
    thinMs: z.int().min(1).max(10_000).default(50).describe("Of the ticks in so much time the last one is kept"),
    combinationsPerSample: z.int().min(0).max(1_000).default(4).describe("How many combinations have their turn"),
    countMin: z.int().min(4).max(10_000).default(30).describe("Returns of each pair before there is a value"),
  }).refine(
    ({ rangeMs, stepMs, windowS, thinMs }) =>
      rangeMs / stepMs <= LEAD_LAG_SHIFTS_MAX && windowS * 1_000 / thinMs <= 8_192,
    `At most ${LEAD_LAG_SHIFTS_MAX} shifts on a side, and 8,192 ticks of a pair`,
  ).prefault({}),
  triangles: z.strictObject({
    staleMs: z.int().min(100).max(600_000).default(5_000).describe("A quote that is older takes part in no triangle"),
  }).prefault({}),
  detection: CrossDetection.prefault({}),
  strength: z.strictObject({
    windowMinutes: z.int().min(1).max(240).default(60),
  }).prefault({}),
}).refine(({ sampleMs, leadLag: { windowS, rangeMs, stepMs, thinMs, combinationsPerSample } }) => {
  const ticks = 2 * windowS * 1_000 / thinMs;
  const shifts = 2 * Math.floor(rangeMs / stepMs) + 1;
  return combinationsPerSample * ticks * shifts <= LEAD_LAG_LOOKS_MAX * Math.min(1, sampleMs / 1_000);
}, {
  path: ["leadLag"],
  message: `Fewer combinationsPerSample, shifts or ticks: at most ${LEAD_LAG_LOOKS_MAX / 1e6} million looks a second`,
}).meta({ id: "MarketOptions", title: "What the metrics across pairs are computed with" });
export type { CrossDetection } from "./_cross_detection.ts";
export type MarketOptions = z.infer<typeof MarketOptions>;
/** Options as people write them: what is left out has its default. */
export type MarketOptionsInput = z.input<typeof MarketOptions>;

export const DEFAULT_MARKET_OPTIONS: MarketOptions = MarketOptions.parse({});
