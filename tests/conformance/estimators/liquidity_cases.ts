/**
 * Depth and liquidity.
 *
 * @module
 */
import type { EstimatorCase } from "./case.ts";

export const LIQUIDITY_CASES: readonly EstimatorCase[] = [];
