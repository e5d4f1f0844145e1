/**
 * Events as JSON over HTTP, handed on to the feed nodes.
 *
 * @module
 */
export { IngestBodyError, type IngestLine, ingestLines } from "./body_lines.ts";
export { IngestBatches, type SendIngest } from "./batches.ts";
