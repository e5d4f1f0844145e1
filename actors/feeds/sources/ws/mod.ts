/**
 * Any WebSocket, by a mapping.
 *
 * @module
 */
export { readMapping, type ResolvedMapping, WsMapping } from "./mapping.ts";
export { wsSource } from "./ws.ts";
