/**
 * Every streaming estimator as a case of the conformance tests.
 *
 * @module
 */
import { ARRIVAL_CASES } from "./arrival_cases.ts";
import type { EstimatorCase } from "./case.ts";
import { FLOW_CASES } from "./flow_cases.ts";
import { IMPACT_CASES } from "./impact_cases.ts";
import { LIQUIDITY_CASES } from "./liquidity_cases.ts";
import { SPREAD_CASES } from "./spread_cases.ts";
import { VOLATILITY_CASES } from "./volatility_cases.ts";
import { WINDOW_CASES } from "./window_cases.ts";

export type { EstimatorCase, Random, Step, Values } from "./case.ts";

export const ESTIMATOR_CASES: readonly EstimatorCase[] = [
  ...WINDOW_CASES,
  ...SPREAD_CASES,
  ...LIQUIDITY_CASES,
  ...FLOW_CASES,
  ...IMPACT_CASES,
  ...VOLATILITY_CASES,
  ...ARRIVAL_CASES,
];
