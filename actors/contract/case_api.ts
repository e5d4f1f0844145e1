/**
 * Answers of the gateway's API about cases, detectors and the truth of simulated markets.
 *
 * @module
 */
import { z } from "zod";
import { Severity } from "./alert.ts";
import { Anomaly } from "./anomaly.ts";
import { TruthLabel } from "./truth.ts";

const pair = z.string().length(6);
const next = z.string().optional().describe("Where to go on, as `cursor`, when the limit cut the answer");

export const CasesAnswer = z.strictObject({
  cases: z.array(Anomaly).describe("The newest message of each, those that began last first"),
  next,
}).meta({ id: "Cases", title: "Cases in a window" });
export type CasesAnswer = z.infer<typeof CasesAnswer>;

export const CaseAnswer = z.strictObject({
  case: Anomaly,
  history: z.array(Anomaly).describe("What was said of it, oldest first"),
}).meta({ id: "Case", title: "A case and how it developed" });
export type CaseAnswer = z.infer<typeof CaseAnswer>;

/** What cases are counted by. */
export const CaseGrouping = z.enum(["kind", "pair", "hour", "day"]);
export type CaseGrouping = z.infer<typeof CaseGrouping>;

export const CaseSummaryAnswer = z.strictObject({
  by: CaseGrouping,
  fromUs: z.int(),
  toUs: z.int(),
  groups: z.array(z.strictObject({
    name: z.string().describe("Kind, pair, or the start of the hour or day as ISO 8601"),
    openCount: z.int().nonnegative(),
    counts: z.strictObject(
      { info: z.int(), warning: z.int(), critical: z.int() } satisfies Record<Severity, z.ZodType>,
    ),
  })),
}).meta({ id: "CaseSummary", title: "How many cases there were" });
export type CaseSummaryAnswer = z.infer<typeof CaseSummaryAnswer>;

export const DetectorsAnswer = z.strictObject({
  detectors: z.array(z.strictObject({
    kind: z.string(),
    title: z.string(),
    family: z.string(),
    needs: z.array(z.string()).describe("What it cannot do without"),
    uses: z.array(z.string()).describe("What it uses beside, where it is there"),
    doc: z.string(),
    version: z.int().positive(),
    evidence: z.record(z.string(), z.string()).describe("What each number of a case is"),
  })),
}).meta({ id: "Detectors", title: "The catalogue of detectors" });
export type DetectorsAnswer = z.infer<typeof DetectorsAnswer>;

/** Newest state of a pair's detectors, as its actor puts it into `fx-latest`. */
export const PairDetectors = z.strictObject({
  pair,
  timeUs: z.int().nonnegative().describe("Event time since when they are so"),
  detectors: z.array(z.strictObject({
    kind: z.string(),
    on: z.boolean(),
    reason: z.string().optional().describe("Why it is off: what the feed lacks, `conflated`, `off` or `failed`"),
    faultCount: z.int().positive().optional().describe("How often it threw and was made anew"),
    fault: z.string().optional().describe("What it threw last"),
  })),
}).meta({ id: "PairDetectors", title: "Which detectors of a pair run, and why others do not" });
export type PairDetectors = z.infer<typeof PairDetectors>;

export const TruthAnswer = z.strictObject({
  labels: z.array(TruthLabel).describe("Those that began last first"),
  next,
}).meta({ id: "Truth", title: "What simulated markets were made to do" });
export type TruthAnswer = z.infer<typeof TruthAnswer>;
