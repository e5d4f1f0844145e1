/**
 * A simulated market with scenarios played on it, and their labels.
 *
 * @module
 */
import type { TruthLabel } from "../../contract/mod.ts";
import type { EventSink } from "../ports.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../simulator/mod.ts";
import { type PlanOptions, planScenarios } from "./plan.ts";

export interface ScenarioMarketOptions extends SimulatorOptions, Omit<PlanOptions, "seed" | "pairs" | "startTimeUs"> {}

export interface ScenarioMarket extends Pick<Simulator, "timeUs" | "skip"> {
  /** Generate on to a time; labels come when their scenarios are over. */
  advance(untilUs: number, sink: EventSink): void;
}

/** @param onLabel takes the label of each scenario that is over and was what it should be */
export function createScenarioMarket(
  options: ScenarioMarketOptions,
  onLabel: (label: TruthLabel) => void,
): ScenarioMarket {
  const simulator = createSimulator(options);
  planScenarios(simulator, options, onLabel);
  return simulator;
}
