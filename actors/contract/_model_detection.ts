/**
 * Options of the learnt models.
 *
 * @module
 */
import { z } from "zod";
import { count, ratio, seconds, section, share } from "./_option_fields.ts";

/** What a vector of features may hold. */
export const FEATURES = [
  "spread",
  "touch-size",
  "imbalance",
  "order-flow",
  "return",
  "message-rate",
  "trade-rate",
  "cancel-share",
  "microprice",
] as const;
export type Feature = typeof FEATURES[number];

const forest = {
  features: z.array(z.enum(FEATURES)).min(1).max(FEATURES.length).default([...FEATURES]).describe("In this order"),
  stepMs: ratio(10, 60_000).default(250).describe("Event time between two vectors, at least"),
  tailMax: share().default(1e-5).describe("Share of the trailing scores that are higher, at most"),
};

export const MODEL_DETECTION = {
  halfSpaceTrees: section({
    ...forest,
    trees: count(1, 200).default(25),
    depth: count(1, 20).default(15),
    windowCount: count(10, 1_000).default(250).describe("Vectors of a window"),
    scoring: z.enum(["terminal-node", "path-sum"]).default("terminal-node"),
  }),
  isolationForest: section({
    ...forest,
    model: z.enum(["retrained", "online", "random-cut"]).default("retrained").describe(
      "Trained anew now and then; an online isolation forest; a robust random cut forest",
    ),
    trees: count(1, 200).optional().describe("100, 32 and 40, by the model, where it is not said"),
    sampleCount: count(16, 512).default(256).describe("Vectors of a tree that is trained"),
    reservoirCount: count(16, 2_048).default(512).describe("Vectors of the trailing window that are kept"),
    windowS: seconds(60, 86_400).default(1_800).describe("The trailing window"),
    trainS: seconds(1, 3_600).default(300).describe("Between two trainings"),
  }),
  regimeShift: section({
    tolerance: ratio(0, 10).default(1.5).describe("Shift that is none, standard deviations"),
    threshold: ratio(1, 100_000).default(500).describe("Sum of what is beyond, standard deviations"),
    halfLifeS: seconds(60, 86_400).default(1_800).describe("Of the level before"),
  }),
};
