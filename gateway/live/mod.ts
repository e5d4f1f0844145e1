/**
 * The live view's server side.
 *
 * @module
 */
export { LIVE_BUFFER_BYTES_MAX, LIVE_CLIENTS_MAX, LiveHub, pairInfo, PUSH_INTERVAL_MS } from "./hub.ts";
export { LATEST_BUCKET, type LatestEntry, LatestStates } from "./latest.ts";
