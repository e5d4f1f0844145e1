/**
 * Spreads.
 *
 * @module
 */
import type { EstimatorCase } from "./case.ts";

export const SPREAD_CASES: readonly EstimatorCase[] = [];
