/**
 * Streaming detectors: one per file, pure, in event time only.
 *
 * @module
 */
export * from "./case.ts";
export * from "./detector.ts";
export * from "./detector_maker.ts";
export * from "./flow_tape.ts";
export * from "./forests/mod.ts";
export * from "./market_view.ts";
export * from "./order_tape.ts";
export * from "./registry.ts";
export * from "./state_list.ts";
export * from "./trailing_distribution.ts";
export * from "./usual_market.ts";
