/**
 * What all pairs do together: correlations, who leads, triangles, strength of currencies.
 *
 * @module
 */
export { correlationBreak, FISHER_CORRELATION_MAX, type MeasuredCorrelation } from "./correlation_break.ts";
export { CurrencyStrength, type CurrencyStrengthOptions } from "./currency_strength.ts";
export { Correlations, type CorrelationWindow, HayashiYoshida, type HayashiYoshidaOptions } from "./hayashi_yoshida.ts";
export { LeadLag, type LeadLagOptions } from "./lead_lag.ts";
export { createMarketActor, MARKET_SNAPSHOT_VERSION, type MarketActorOptions } from "./market_actor.ts";
export { AHEAD_ROW_COUNT, BEHIND_ROW_COUNT, BEHIND_US_MIN, MarketClock } from "./market_clock.ts";
export { MarketState } from "./market_state.ts";
export { REORDER_TICKS_MAX, ReorderBuffer } from "./reorder_buffer.ts";
export { type OnTick, TickThinner, type TickThinnerOptions } from "./tick_thinner.ts";
export { type Triangle, Triangles, type TrianglesOptions } from "./triangles.ts";
