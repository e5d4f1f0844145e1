/**
 * Metric samples: what a pair actor says of its market, four times a second of event time unless told otherwise.
 *
 * @module
 */
import { z } from "zod";
import { type MetricGroup, METRICS, type MetricShortName } from "./metric_catalogue.ts";
import type { MetricSpec } from "./metric_spec.ts";
import { SESSIONS } from "./sessions.ts";

/** Why a value is absent. */
export const ABSENT_REASONS = {
  "warming": "It needs more time or more events",
  "no-quotes": "There is no quote",
  "one-sided": "One side of the book is empty",
  "no-sizes": "The feed gives no sizes",
  "no-levels": "The feed gives no levels behind the touch",
  "thin-book": "The book does not hold as much as was asked for",
  "no-trades": "There was no trade in the window",
  "no-signs": "Nobody knows which side took",
  "off": "Switched off for this pair",
  "undefined": "The formula has no value for this input",
} as const;
export const AbsentReason = z.enum(Object.keys(ABSENT_REASONS) as (keyof typeof ABSENT_REASONS)[]);
export type AbsentReason = z.infer<typeof AbsentReason>;

function groupSchema<G extends MetricGroup>(group: G) {
  const shape: Record<string, z.ZodOptional<z.ZodNumber>> = {};
  for (const [name, spec] of Object.entries<MetricSpec>(METRICS[group])) {
    shape[name] = z.number().describe(`${spec.doc} [${spec.unit}]`).optional();
  }
  return z.strictObject(shape as Record<MetricShortName<G>, z.ZodOptional<z.ZodNumber>>);
}

const count = z.int().nonnegative();

/** One sample. A value that is absent stands in `absent` with the reason. */
export const MetricSample = z.strictObject({
  v: z.literal(2).describe("Version of this schema"),
  pair: z.string().length(6),
  timeUs: z.int().positive().describe("End of the sampled interval: every event before this event time is in"),
  sessions: z.array(z.enum(SESSIONS)).describe("Trading sessions that are open at that time"),
  values: z.strictObject({
    price: groupSchema("price"),
    spread: groupSchema("spread"),
    depth: groupSchema("depth"),
    liquidity: groupSchema("liquidity"),
    flow: groupSchema("flow"),
    toxicity: groupSchema("toxicity"),
    impact: groupSchema("impact"),
    volatility: groupSchema("volatility"),
    arrival: groupSchema("arrival"),
  }),
  absent: z.record(z.string(), AbsentReason).describe("Why a metric has no value, by `group.name`"),
  counts: z.strictObject({
    quotes: count,
    levels: count,
    trades: count,
    gaps: count.optional().describe("How often entries of the log were lost for ever; left out where none were"),
    detectorFaults: z.record(z.string(), count).optional().describe(
      "How often detectors threw, by kind; left out where none did",
    ),
    rejected: z.record(z.string(), count).describe("Events and frames refused since the actor began, by reason"),
  }),
}).meta({ id: "MetricSample", title: "Metric sample" });
export type MetricSample = z.infer<typeof MetricSample>;
