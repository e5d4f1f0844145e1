/**
 * The live view's server side.
 *
 * @module
 */
export { LIVE_BUFFER_BYTES_MAX, LIVE_CLIENTS_MAX, LiveHub, pairInfo, PUSH_INTERVAL_MS } from "./hub.ts";
export { type LatestEntry, LatestStates } from "./latest.ts";
export { NodeReports } from "./node_reports.ts";
