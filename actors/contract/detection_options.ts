/**
 * What the detectors of a pair run with: a section for each kind, with whether it runs and its parameters.
 *
 * They stand under `detection` in the options of a pair. A change takes effect at once and the detectors of that pair begin anew;
 * `analyze` and `evaluate` say what another set would have raised.
 *
 * @module
 */
import { z } from "zod";
import { BOOK_CONDUCT_DETECTION, TRADE_CONDUCT_DETECTION } from "./_conduct_detection.ts";
import { MARKET_DETECTION } from "./_market_detection.ts";
import { MODEL_DETECTION } from "./_model_detection.ts";
import { share } from "./_option_fields.ts";

export { type Feature, FEATURES } from "./_model_detection.ts";

export const DetectionOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether any detector runs"),
  scoreMin: share().default(0.99).describe("Score that a case must have to be raised"),
  updateMs: z.int().min(1_000).max(600_000).default(1_000).describe("Between two updates of a case, at least"),
  ...MARKET_DETECTION,
  ...BOOK_CONDUCT_DETECTION,
  ...TRADE_CONDUCT_DETECTION,
  ...MODEL_DETECTION,
});
export type DetectionOptions = z.infer<typeof DetectionOptions>;
export type DetectionOptionsInput = z.input<typeof DetectionOptions>;

export const DEFAULT_DETECTION_OPTIONS: DetectionOptions = DetectionOptions.parse({});
