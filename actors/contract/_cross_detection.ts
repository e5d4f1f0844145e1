/**
 * Options of the detectors across pairs.
 *
 * @module
 */
import { z } from "zod";
import { ms, ratio, seconds, section, share } from "./_option_fields.ts";

export const CrossDetection = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether any of them runs"),
  updateMs: z.int().min(1_000).max(600_000).default(1_000).describe("Between two updates of a case, at least"),
  triangle: section({
    edgeBpsMin: ratio(0, 100).default(1).describe("What a round must pay"),
    holdS: seconds(1, 600).default(2).describe("For how long"),
    tailMax: share().default(2e-2).describe("Share of its trailing edges that are larger, at most"),
  }),
  correlationBreak: section({
    explainedShareMax: share().default(0.3).describe("Share of a pair's variance that two others explain, at most"),
    usualShareMin: share().default(0.7).describe("What they usually explain, at least"),
    holdS: seconds(1, 600).default(20).describe("For how long"),
    tailMax: share().default(1e-2).describe("Share of its trailing samples that are worse, at most"),
  }),
  staleQuote: section({
    silenceMs: ms(500, 600_000).default(6_000).describe("Shorter silences are none"),
    silenceRatio: ratio(1, 100).default(1.5).describe("Silence over what 99.9 % of its silences do not exceed"),
    moveSpreads: ratio(0.5, 100).default(2).describe("Implied move in spreads"),
    moveBps: ratio(0.01, 1_000).default(0.5).describe("And at least"),
  }),
});
export type CrossDetection = z.infer<typeof CrossDetection>;
