/**
 * Options of the learnt models.
 *
 * @module
 */
import { z } from "zod";
import { count, ratio, seconds, section, share } from "./_option_fields.ts";

/** What the feature vector may hold. */
export const FEATURES = [
  "log-spread",
  "log-touch-size",
  "depth-imbalance",
  "ofi",
  "return-sigmas",
  "quote-rate",
  "trade-rate",
  "cancel-share",
  "microprice-offset",
] as const;
export type Feature = typeof FEATURES[number];

const forest = {
  features: z.array(z.enum(FEATURES)).min(1).max(FEATURES.length).default([...FEATURES]),
  stepMs: ratio(10, 60_000).default(250).describe("Event time between two vectors"),
  quantile: share().default(0.9995).describe("Of the trailing scores, that a score must pass"),
};

export const MODEL_DETECTION = {
  halfSpaceTrees: section({
    ...forest,
    trees: count(1, 200).default(25),
    depth: count(1, 15).default(15),
    windowCount: count(10, 10_000).default(250),
    scoring: z.enum(["terminal-node", "path-sum"]).default("terminal-node"),
  }),
  isolationForest: section({
    ...forest,
    algorithm: z.enum(["isolation-forest", "online-isolation-forest", "robust-random-cut-forest"]).default(
      "isolation-forest",
    ),
    trees: count(1, 200).default(100),
    sampleCount: count(16, 1_024).default(256),
    windowS: seconds(60, 86_400).default(1_800).describe("Trailing window that the sample is of"),
  }),
  regimeShift: section({
    tolerance: ratio(0, 10).default(0.5).describe("δ, in standard deviations"),
    threshold: ratio(1, 10_000).default(60).describe("λ, in standard deviations"),
    halfLifeS: seconds(60, 86_400).default(3_600),
  }),
};
