/**
 * Market frames for tests: seeded, realistic enough to give every metric a value.
 *
 * @module
 */
import {
  emptyEvent,
  EventFlag,
  EventKind,
  FrameWriter,
  type Pair,
  pairSpec,
  Side,
  sourceId,
} from "../../actors/contract/mod.ts";

export interface TestFramesOptions {
  pair: Pair;
  eventCount: number;
  /** Mean event rate in event time, per second. @default {100} */
  eventsPerSecond?: number;
  /** @default {64} */
  eventsPerFrame?: number;
  /** @default {1_700_000_000_000_000} */
  startTimeUs?: number;
  /** @default {1} */
  seed?: number;
  /** @default {"test"} */
  source?: string;
}

/** Quotes (2 of 10), levels (7 of 10) and trades (1 of 10) of one pair, as frames. */
export function testFrames(options: TestFramesOptions): Uint8Array[] {
  const { pair, eventCount, eventsPerSecond = 100, eventsPerFrame = 64, seed = 1 } = options;
  const { pipSize } = pairSpec(pair);
  const random = lcg(seed);
  const writer = new FrameWriter();
  const event = emptyEvent();
  const frames: Uint8Array[] = [];
  const source = sourceId(options.source ?? "test");
  let timeUs = options.startTimeUs ?? 1_700_000_000_000_000;
  let midPips = Math.round((pipSize === 0.01 ? 150 : 1.1) / pipSize);
  const finish = () =>
    frames.push(writer.finish({ sourceId: source, sourceSequence: frames.length + 1, receiveTimeUs: timeUs }));
  for (let i = 0; i < eventCount; i++) {
    timeUs += Math.floor((2 * random() * 1e6) / eventsPerSecond);
    const side = random() < 0.5 ? Side.bid : Side.ask;
    Object.assign(event, emptyEvent(), { eventTimeUs: timeUs, side });
    const turn = i % 10;
    if (turn < 7) {
      const depth = 1 + Math.floor(random() * 10);
      event.kind = EventKind.level;
      event.price = round((midPips + (side === Side.bid ? -depth : depth)) * pipSize);
      event.size = 1e6 * Math.floor(random() * 10);
    } else if (turn < 9) {
      if (random() < 0.3) midPips += random() < 0.5 ? -1 : 1;
      event.kind = EventKind.quote;
      event.side = Side.none;
      event.price = round((midPips - 1) * pipSize);
      event.size = 1e6 * (1 + Math.floor(random() * 10));
      event.price2 = round((midPips + 1) * pipSize);
      event.size2 = 1e6 * (1 + Math.floor(random() * 10));
      event.flags = EventFlag.lastOfBatch;
    } else {
      event.kind = EventKind.trade;
      event.price = round(midPips * pipSize);
      event.size = 1e5 * (1 + Math.floor(random() * 50));
      event.flags = EventFlag.aggressorKnown | EventFlag.lastOfBatch;
    }
    if (!writer.add(event)) {
      finish();
      writer.add(event);
    }
    if (writer.entryCount >= eventsPerFrame) finish();
  }
  if (writer.entryCount > 0) finish();
  return frames;
}

/** Numbers in [0, 1) from a linear congruential generator: enough for test data, and the same everywhere. */
export function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
}

function round(price: number): number {
  return Number(price.toFixed(6));
}
