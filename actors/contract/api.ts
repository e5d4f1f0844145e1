/**
 * Answers of the gateway's API, as its OpenAPI document states them and the page reads them.
 *
 * History is columnar: one array per column, all of the same length, oldest first, `null` where a value is absent. A window
 * that holds more rows than the limit is cut at its end and says where to go on.
 *
 * @module
 */
import { z } from "zod";
import { LiveBook, PairInfo } from "./live.ts";
import { MetricSample } from "./metrics.ts";

/** How fine history is: every row, or buckets of a second or a minute. */
export const HistoryStep = z.enum(["raw", "1s", "1m"]);
export type HistoryStep = z.infer<typeof HistoryStep>;

export const PairsAnswer = z.strictObject({
  pairs: z.array(PairInfo.extend({
    firstTimeUs: z.int().nullable().describe("Event time of the oldest quote or trade in history"),
    lastTimeUs: z.int().nullable().describe("Event time of the newest quote or trade in history"),
  })),
}).meta({ id: "Pairs", title: "Pairs with their conventions and the extent of their history" });
export type PairsAnswer = z.infer<typeof PairsAnswer>;

export const LatestAnswer = z.strictObject({
  pair: z.string(),
  book: LiveBook.nullable(),
  sample: MetricSample.nullable(),
}).meta({ id: "Latest", title: "Newest book and sample of a pair" });
export type LatestAnswer = z.infer<typeof LatestAnswer>;

/**
 * Columns by kind and step:
 * - quotes `raw`: timeUs, bid, ask, bidSize, askSize; buckets: timeUs, open, high, low, close (of the mid), spread, count
 * - trades `raw`: timeUs, price, size, side; buckets: timeUs, open, high, low, close, volume, buyVolume, count
 * - metrics: timeUs and one column for each name asked for; buckets hold the mean
 */
export const HistoryAnswer = z.strictObject({
  pair: z.string(),
  step: HistoryStep,
  fromUs: z.int().describe("Start of the window, inclusive"),
  toUs: z.int().describe("End of the window, exclusive"),
  columns: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.null()]))),
  nextFromUs: z.int().optional().describe("Where to go on, when the limit cut the window"),
}).meta({ id: "History", title: "A window of history, by column" });
export type HistoryAnswer = z.infer<typeof HistoryAnswer>;

/** RFC 9457 problem. Sent as `application/problem+json`. */
export const Problem = z.object({
  type: z.string().describe("A URI that names the kind of problem: urn:fxmm:problem:<code>"),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional().describe("Path of the request"),
  errors: z.array(z.object({ name: z.string(), detail: z.string() })).optional().describe("Each wrong parameter"),
}).meta({ id: "Problem", title: "What went wrong" });
export type Problem = z.infer<typeof Problem>;
