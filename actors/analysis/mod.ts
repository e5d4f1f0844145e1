/**
 * What a recording comes to, in hours and in tables that people read.
 *
 * @module
 */
export * from "./hours_table.ts";
export * from "./pair_hours.ts";
