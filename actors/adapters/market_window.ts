/**
 * Market events of a pair in a span of event time, read back from the log.
 *
 * @module
 */
import { type EventJson, eventToJson, FrameReader, marketSubject, type Pair } from "../contract/mod.ts";
import type { Log } from "../runtime/mod.ts";

/** Entries before the known one at which the reading begins; more, again and again, where that is too late. */
const BACK_FIRST = 2_000;
const BACK_FACTOR = 8;

export interface MarketWindow {
  pair: Pair;
  fromUs: number;
  toUs: number;
  /** An entry of the log that lies in the span. */
  nearSequence: number;
}

/** Events up to the end of the span, in the order of the log; none where the log has them no more, or is another one. */
export async function* readMarketWindow(
  log: Log,
  { pair, fromUs, toUs, nearSequence }: MarketWindow,
  signal: AbortSignal,
): AsyncGenerator<EventJson> {
  const { firstSequence, lastSequence, createdMs } = await log.extent();
  if (nearSequence > lastSequence || nearSequence < firstSequence) return;
  // Whoever reads behind the last message waits for the next one.
  const newestSequence = await log.newestSequence(marketSubject(pair));
  for (let back = BACK_FIRST;; back *= BACK_FACTOR) {
    const start = Math.max(firstSequence, nearSequence - back);
    if (newestSequence < start) return;
    const done = new AbortController();
    const reading = log.read(start, {
      signal: AbortSignal.any([signal, done.signal]),
      subject: marketSubject(pair),
      createdMs,
    });
    const reader = new FrameReader();
    let isEarly = start === firstSequence;
    try {
      for await (const { data, pendingCount, sequence } of reading) {
        const events = eventsOf(reader, pair, data);
        const times = events.map(({ timeUs }) => timeUs);
        if (!isEarly && times.length > 0 && times[0]! > fromUs) break;
        isEarly = true;
        yield* events.map(({ json }) => json);
        if (Math.min(...times) > toUs || pendingCount === 0 || sequence >= newestSequence) return;
      }
      if (isEarly) return;
    } finally {
      done.abort();
    }
  }
}

/** The events of a frame; none of one that is no frame. */
function eventsOf(reader: FrameReader, pair: Pair, data: Uint8Array): { timeUs: number; json: EventJson }[] {
  const events: { timeUs: number; json: EventJson }[] = [];
  try {
    reader.open(data);
  } catch {
    return events;
  }
  while (reader.next()) events.push({ timeUs: reader.event.eventTimeUs, json: eventToJson(pair, reader.event) });
  return events;
}
