/**
 * What a recording comes to, in tables that people read.
 *
 * @module
 */
export * from "./hours_table.ts";
