/**
 * The simulated market.
 *
 * @module
 */
export { createSimulator, RATE_PER_SECOND_DEFAULT, type Simulator, type SimulatorOptions } from "./simulator.ts";
