/**
 * Toxicity and impact.
 *
 * @module
 */
import type { EstimatorCase } from "./case.ts";

export const IMPACT_CASES: readonly EstimatorCase[] = [];
