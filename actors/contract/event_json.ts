/**
 * Market events as JSON: one object per event, the mapping of the wire's numbers to names that people write.
 *
 * ```json
 * {"kind":"quote","pair":"EURUSD","time":"2019-02-04T00:00:00.123Z","bid":1.14551,"ask":1.14554,"bidSize":1e6,"askSize":2e6}
 * {"kind":"level","pair":"EURUSD","timeUs":1549238400123000,"side":"bid","price":1.1455,"size":0}
 * {"kind":"trade","pair":"EURUSD","timeUs":1549238400123000,"price":1.14554,"size":250000,"side":"buy"}
 * ```
 *
 * `source` and `sequence` are for whoever sends events that must not count twice. The time stands as `time` (ISO 8601) or as `timeUs` (integer microseconds). `side` of a trade is the aggressor's; left out,
 * it is not known. A level that stands alone is its own batch; `"batch":true` says that more of the same message follows.
 *
 * @module
 */
import { z } from "zod";
import {
  emptyEvent,
  EventFlag,
  EventKind,
  type MarketEvent,
  type RejectCode,
  Side,
  StatusCode,
  validateEvent,
} from "./events.ts";
import { IngestSource } from "./ingest.ts";
import { type Pair, parsePair } from "./pairs.ts";
import { formatTimeUs, parseTimeUs } from "./units.ts";

/** Characters of one JSON event at most; a longer line is refused as `line-too-long`. */
export const EVENT_JSON_CHARS_MAX = 4096;

const common = {
  pair: z.string().optional().describe("EURUSD or EUR/USD; left out where the place it is sent to says it"),
  time: z.string().optional().describe("ISO 8601, UTC where no zone is given"),
  timeUs: z.int().positive().optional().describe("Microseconds since 1970-01-01T00:00:00Z"),
  source: IngestSource.optional().describe("Who sends it"),
  sequence: z.int().nonnegative().optional().describe("Number of the event at its source, rising within a pair"),
};
const bookFlags = {
  snapshot: z.boolean().optional().describe("Part of a full picture of the book"),
  batch: z.boolean().optional().describe("More events of the same source message follow"),
};
const bookSide = z.enum(["bid", "ask"]);
const number = z.number();

/** The JSON form of a market event. */
export const EventJson = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("quote"),
    ...common,
    ...bookFlags,
    bid: number.optional(),
    ask: number.optional(),
    bidSize: number.optional(),
    askSize: number.optional(),
    indicative: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal("level"), ...common, ...bookFlags, side: bookSide, price: number, size: number }),
  z.strictObject({
    kind: z.literal("trade"),
    ...common,
    price: number,
    size: number,
    side: z.enum(["buy", "sell"]).optional(),
    buyer: z.int().nonnegative().optional(),
    seller: z.int().nonnegative().optional(),
  }),
  z.strictObject({ kind: z.literal("clear"), ...common, ...bookFlags }),
  z.strictObject({
    kind: z.literal("order"),
    ...common,
    ...bookFlags,
    side: bookSide,
    price: number,
    size: number,
    id: z.int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal("status"),
    ...common,
    status: z.enum(Object.keys(StatusCode) as [keyof typeof StatusCode, ...(keyof typeof StatusCode)[]]),
  }),
]);
export type EventJson = z.infer<typeof EventJson>;

/** An event that was read, or why it was not. */
export type ParsedEvent =
  | { ok: true; pair: Pair; event: MarketEvent; source?: string; sequence?: number }
  | { ok: false; code: RejectCode; message: string };

export interface EventJsonOptions {
  /** The pair of events that do not name one. */
  pair?: Pair;
}

/** Read one JSON text as an event. Never throws: whatever the text, the answer says what is wrong and where. */
export function parseEventJson(text: string, options: EventJsonOptions = {}): ParsedEvent {
  if (text.length > EVENT_JSON_CHARS_MAX) {
    return refused("line-too-long", `${text.length} characters, at most ${EVENT_JSON_CHARS_MAX}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused("line-malformed", `not JSON: ${(error as Error).message}`);
  }
  return eventFromJson(value, options);
}

/** Turn a JSON value into an event, checked by `validateEvent`. */
export function eventFromJson(value: unknown, options: EventJsonOptions = {}): ParsedEvent {
  const parsed = EventJson.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refused("line-malformed", `${issue.path.length > 0 ? `${issue.path.join(".")}: ` : ""}${issue.message}`);
  }
  const json = parsed.data;
  const pair = json.pair === undefined ? options.pair : parsePair(json.pair);
  if (pair === undefined) {
    return refused(
      "pair-unknown",
      json.pair === undefined ? "no pair is named" : `pair "${json.pair}" is not in the table`,
    );
  }
  const eventTimeUs = json.timeUs ?? (json.time === undefined ? undefined : parseTimeUs(json.time));
  if (eventTimeUs === undefined) {
    return refused("time-invalid", `time "${json.time ?? ""}" is not ISO 8601, and there is no timeUs`);
  }
  const event = emptyEvent();
  event.kind = EventKind[json.kind];
  event.eventTimeUs = eventTimeUs;
  switch (json.kind) {
    case "quote":
      event.price = json.bid ?? NaN;
      event.size = json.bidSize ?? NaN;
      event.price2 = json.ask ?? NaN;
      event.size2 = json.askSize ?? NaN;
      if (json.indicative === true) event.flags |= EventFlag.indicative;
      break;
    case "level":
    case "order":
      event.side = Side[json.side];
      event.price = json.price;
      event.size = json.size;
      if (json.kind === "order") event.price2 = json.id;
      break;
    case "trade":
      event.price = json.price;
      event.size = json.size;
      if (json.side !== undefined) {
        event.side = Side[json.side];
        event.flags |= EventFlag.aggressorKnown;
      }
      event.price2 = json.buyer ?? NaN;
      event.size2 = json.seller ?? NaN;
      break;
    case "status":
      event.side = StatusCode[json.status];
      break;
    case "clear":
  }
  if ("snapshot" in json && json.snapshot === true) event.flags |= EventFlag.snapshot;
  if (!("batch" in json && json.batch === true)) event.flags |= EventFlag.lastOfBatch;
  const code = validateEvent(event);
  if (code !== undefined) return refused(code, `${json.kind} refused: ${code}`);
  const { source, sequence } = json;
  return {
    ok: true,
    pair,
    event,
    ...(source !== undefined && { source }),
    ...(sequence !== undefined && { sequence }),
  };
}

/** The JSON form of an event: what {@linkcode eventFromJson} reads back as the same event. */
export function eventToJson(pair: Pair, event: MarketEvent): EventJson {
  const common = { pair, time: formatTimeUs(event.eventTimeUs) };
  const flags = {
    ...((event.flags & EventFlag.snapshot) !== 0 && { snapshot: true }),
    ...((event.flags & EventFlag.lastOfBatch) === 0 && { batch: true }),
  };
  const side = event.side === Side.bid ? "bid" : "ask";
  switch (event.kind) {
    case EventKind.quote:
      return {
        kind: "quote",
        ...common,
        ...present("bid", event.price),
        ...present("ask", event.price2),
        ...present("bidSize", event.size),
        ...present("askSize", event.size2),
        ...((event.flags & EventFlag.indicative) !== 0 && { indicative: true }),
        ...flags,
      };
    case EventKind.level:
      return { kind: "level", ...common, side, price: event.price, size: event.size, ...flags };
    case EventKind.trade:
      return {
        kind: "trade",
        ...common,
        price: event.price,
        size: event.size,
        ...((event.flags & EventFlag.aggressorKnown) !== 0 && event.side !== Side.none &&
          { side: event.side === Side.buy ? "buy" : "sell" }),
        ...present("buyer", event.price2),
        ...present("seller", event.size2),
      };
    case EventKind.order:
      return { kind: "order", ...common, side, price: event.price, size: event.size, id: event.price2, ...flags };
    case EventKind.clear:
      return { kind: "clear", ...common, ...flags };
    case EventKind.status:
      return { kind: "status", ...common, status: statusName(event.side) };
    default:
      throw new RangeError(`Cannot write event of kind ${event.kind} as JSON: kinds are 1 to 6`);
  }
}

function refused(code: RejectCode, message: string): ParsedEvent {
  return { ok: false, code, message };
}

function present<K extends string>(key: K, value: number): Partial<Record<K, number>> {
  return Number.isNaN(value) ? {} : { [key]: value } as Record<K, number>;
}

function statusName(code: number): keyof typeof StatusCode {
  for (const [name, value] of Object.entries(StatusCode)) if (value === code) return name as keyof typeof StatusCode;
  throw new RangeError(`Cannot write status ${code} as JSON: codes are 1 to 5`);
}
