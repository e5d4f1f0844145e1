/**
 * Anyone's JSON: what is answered to whoever publishes events on `fx.ingest.<PAIR>` or posts them to the gateway.
 *
 * @module
 */
import { z } from "zod";

/** Bytes of one request over NATS: what a server takes at most by itself. */
export const INGEST_BYTES_MAX = 1_000_000;
/** Events of one request over NATS. */
export const INGEST_EVENTS_MAX = 10_000;
/** Refusals that an answer names. Overflow: the others are counted only. */
export const INGEST_REFUSED_MAX = 20;
/** Characters of a source's name. */
const SOURCE_CHARS_MAX = 64;

/** Who sends an event, where it says so. */
export const IngestSource = z.string().regex(
  new RegExp(`^[A-Za-z0-9_.:-]{1,${SOURCE_CHARS_MAX}}$`),
  `expected up to ${SOURCE_CHARS_MAX} letters, digits and _ . : -`,
);

export const IngestReply = z.strictObject({
  accepted: z.int().nonnegative().describe("Events that are stored in the log"),
  duplicates: z.int().nonnegative().describe("Events whose sequence was there already, or a later one: dropped"),
  gaps: z.int().nonnegative().describe("Sequences that did not follow the one before; the events are kept"),
  refusedCount: z.int().nonnegative().describe("Events that were refused; those beside them are not concerned"),
  refused: z.array(z.strictObject({
    line: z.int().positive().describe("Line of the text, or place in the array, from 1"),
    code: z.string(),
    message: z.string().max(300),
  })).max(INGEST_REFUSED_MAX).describe("The first of them"),
}).meta({ id: "IngestReply", title: "What became of events that were sent" });
export type IngestReply = z.infer<typeof IngestReply>;

export type IngestErrorCode = "malformed" | "too-large" | "busy" | "unserved" | "failed";

/** Events that were sent and of which none was looked at. */
export class IngestError extends Error {
  override readonly name = "IngestError";
  readonly code: IngestErrorCode;
  constructor(code: IngestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An answer to nothing. */
export const emptyIngestReply = (): IngestReply => ({
  accepted: 0,
  duplicates: 0,
  gaps: 0,
  refusedCount: 0,
  refused: [],
});
