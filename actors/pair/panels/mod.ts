/**
 * The panels of a pair: one for each group of metrics.
 *
 * @module
 */
export * from "./arrival_panel.ts";
export * from "./depth_panel.ts";
export * from "./flow_panel.ts";
export * from "./impact_panel.ts";
export * from "./liquidity_panel.ts";
export * from "./panel.ts";
export * from "./price_panel.ts";
export * from "./spread_panel.ts";
export * from "./toxicity_panel.ts";
export * from "./volatility_panel.ts";
