/**
 * Scenarios on the simulated market: what detectors should find, and what they should leave alone.
 *
 * @module
 */
export { HARD_NEGATIVE_KINDS, HARD_NEGATIVES, PLANTED, SCENARIO_KINDS } from "./catalogue.ts";
export { type PlanOptions, planScenarios, SCENARIO_US_MAX } from "./plan.ts";
export { createScenarioMarket, type ScenarioMarket, type ScenarioMarketOptions } from "./scenario_market.ts";
export { type Scenario, Stage } from "./stage.ts";
