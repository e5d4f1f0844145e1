/**
 * Streaming estimators: one per file, pure, in event time only.
 *
 * @module
 */
export * from "./arrival_rate.ts";
export * from "./distributions.ts";
export * from "./estimator.ts";
export * from "./ew_mean.ts";
export * from "./ewma_volatility.ts";
export * from "./grid_returns.ts";
export * from "./order_flow_imbalance.ts";
export * from "./rolling_quantiles.ts";
export * from "./rolling_regression.ts";
export * from "./rolling_sums.ts";
export * from "./slotted_window.ts";
export * from "./time_weighted_mean.ts";
export * from "./touch.ts";
export * from "./trade_flow.ts";
export * from "./trade_sign.ts";
export * from "./trade_spreads.ts";
