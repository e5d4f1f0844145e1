/**
 * The live view's protocol: JSON messages on the gateway's `/live` WebSocket, and the newest state of a pair in `fx-latest`.
 *
 * The server sends `hello` once, then `update` with whatever changed since the last one: latest wins, nothing is queued. The
 * client may say which pair it shows in detail; only that pair's book carries all its levels.
 *
 * @module
 */
import { z } from "zod";
import { MetricSample } from "./metrics.ts";

/** Levels of a side that the live view shows. */
export const LIVE_LEVELS_MAX = 10;

const level = z.tuple([z.number(), z.number()]).describe("price, size");

/** The newest book of a pair. Numbers that the feed does not give are left out. */
export const LiveBook = z.strictObject({
  pair: z.string().length(6),
  timeUs: z.int().positive().describe("Event time of the newest event in it"),
  sequence: z.int().nonnegative().describe("Stream sequence of that event's frame"),
  bid: z.number().optional(),
  ask: z.number().optional(),
  bidSize: z.number().optional(),
  askSize: z.number().optional(),
  lastTrade: z.strictObject({ price: z.number(), size: z.number(), side: z.enum(["buy", "sell"]).optional() })
    .optional(),
  ageMs: z.number().nonnegative().optional().describe("How long ago it was new when it was sent"),
  bids: z.array(level).max(LIVE_LEVELS_MAX).describe("Best first"),
  asks: z.array(level).max(LIVE_LEVELS_MAX).describe("Best first"),
}).meta({ id: "LiveBook", title: "Newest book of a pair" });
export type LiveBook = z.infer<typeof LiveBook>;

/** What a pair is called and how it is shown. */
export const PairInfo = z.strictObject({
  pair: z.string().length(6),
  label: z.string().describe("EUR/USD"),
  base: z.string(),
  quote: z.string(),
  pipSize: z.number().describe("One pip, in quote currency"),
  priceDecimals: z.int(),
}).meta({ id: "PairInfo", title: "Conventions of a pair" });
export type PairInfo = z.infer<typeof PairInfo>;

/** Gateway to page. */
export const LiveMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), v: z.literal(1), serverTimeMs: z.number(), pairs: z.array(PairInfo) }),
  z.strictObject({
    type: z.literal("update"),
    serverTimeMs: z.number(),
    books: z.array(LiveBook),
    samples: z.array(MetricSample),
  }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** Page to gateway: which pair's book is wanted with all its levels; none with `null`. */
export const LiveRequest = z.strictObject({ type: z.literal("detail"), pair: z.string().length(6).nullable() });
export type LiveRequest = z.infer<typeof LiveRequest>;
