/**
 * Market events for tests, and frames of them.
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FrameReader,
  FrameWriter,
  type MarketEvent,
  type Pair,
  parsePair,
  Side,
  sourceId,
} from "../../actors/contract/mod.ts";

export const EURUSD: Pair = parsePair("EURUSD")!;
/** On the grid of samples. */
export const START_US = 1_700_000_000_000_000;

export function eventOf(kind: number, eventTimeUs: number, change: Partial<MarketEvent> = {}): MarketEvent {
  return { ...emptyEvent(), kind, eventTimeUs, flags: EventFlag.lastOfBatch, ...change };
}

/** A quote; sizes of a million unless told otherwise. */
export function quote(timeUs: number, bid: number, ask: number, size = 1e6): MarketEvent {
  return eventOf(EventKind.quote, timeUs, { price: bid, size, price2: ask, size2: size });
}

export function level(timeUs: number, side: "bid" | "ask", price: number, size: number, flags = 2): MarketEvent {
  return eventOf(EventKind.level, timeUs, { side: Side[side], price, size, flags });
}

export function trade(timeUs: number, price: number, size: number, side: number = Side.none): MarketEvent {
  return eventOf(EventKind.trade, timeUs, {
    price,
    size,
    side,
    flags: EventFlag.lastOfBatch | (side === Side.none ? 0 : EventFlag.aggressorKnown),
  });
}

/** The events as frames of one source, at most so many in each. */
export function pack(
  events: readonly MarketEvent[],
  options: { perFrame?: number; source?: string; receiveTimeUs?: number } = {},
): Uint8Array[] {
  const { perFrame = 64, source = "test", receiveTimeUs = START_US + 30 * 86_400_000_000 } = options;
  const writer = new FrameWriter();
  const frames: Uint8Array[] = [];
  const finish = () =>
    frames.push(writer.finish({ sourceId: sourceId(source), sourceSequence: frames.length + 1, receiveTimeUs }));
  for (const event of events) {
    if (!writer.add(event)) {
      finish();
      writer.add(event);
    }
    if (writer.entryCount === perFrame) finish();
  }
  if (writer.entryCount > 0) finish();
  return frames;
}

export function unpack(frames: readonly Uint8Array[]): MarketEvent[] {
  const reader = new FrameReader();
  const events: MarketEvent[] = [];
  for (const frame of frames) {
    reader.open(frame);
    while (reader.next()) events.push({ ...reader.event });
  }
  return events;
}

/** Everything that can happen to a pair, well-formed or not: all kinds and flags, late times, pauses, empty books. */
export function randomEvents(random: () => number, count: number): MarketEvent[] {
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  let timeUs = START_US;
  return Array.from({ length: count }, () => {
    timeUs += random() < 0.02 ? pick(20e6, 3_700e6, 2 * 86_400e6) : Math.floor(random() * 60_000);
    const late = random() < 0.1 ? pick(1, 900_000, 1_000_000, 1_500_000) : 0;
    const price = () => random() < 0.05 ? pick(NaN, 0, -1, Infinity) : 1.1 + Math.floor(random() * 20) / 10_000;
    const size = () => random() < 0.2 ? pick(0, NaN, -1) : 1e6 * Math.floor(random() * 10);
    return eventOf(pick(1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, random() < 0.1 ? 7 : 2), timeUs - late, {
      side: pick(1, 2, 1, 2, 1, 2, 0, 3),
      flags: Math.floor(random() * 16),
      price: price(),
      size: size(),
      price2: price(),
      size2: size(),
    });
  });
}
