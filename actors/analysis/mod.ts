/**
 * What a recording comes to: the fold of it, and tables that people read.
 *
 * @module
 */
export * from "./hours_table.ts";
export * from "./pair_hours.ts";
export * from "./recording_fold.ts";
