/**
 * Streaming estimators: one per file, pure, in event time only.
 *
 * @module
 */
export * from "./amihud.ts";
export * from "./arch_lm.ts";
export * from "./arrival_rate.ts";
export * from "./bulk_volume.ts";
export * from "./depth.ts";
export * from "./distributions.ts";
export * from "./estimator.ts";
export * from "./ew_mean.ts";
export * from "./ewma_volatility.ts";
export * from "./garch.ts";
export * from "./grid_returns.ts";
export * from "./hasbrouck_lambda.ts";
export * from "./hawkes_branching.ts";
export * from "./integrated_ofi.ts";
export * from "./kyle_lambda.ts";
export * from "./lee_mykland.ts";
export * from "./liquidity_score.ts";
export * from "./microprice.ts";
export * from "./multi_level_ofi.ts";
export * from "./ofi_impact.ts";
export * from "./order_flow_imbalance.ts";
export * from "./quote_silence.ts";
export * from "./quoted_spread_quantiles.ts";
export * from "./range_volatility.ts";
export * from "./realized_variance.ts";
export * from "./resiliency.ts";
export * from "./roll_spread.ts";
export * from "./rolling_quantiles.ts";
export * from "./rolling_regression.ts";
export * from "./rolling_sums.ts";
export * from "./round_trip_cost.ts";
export * from "./session_baseline.ts";
export * from "./slotted_window.ts";
export * from "./time_weighted_mean.ts";
export * from "./touch.ts";
export * from "./trade_flow.ts";
export * from "./trade_sign.ts";
export * from "./trade_spreads.ts";
export * from "./volatility_regime.ts";
export * from "./vpin.ts";
