/**
 * Frames of the simulated market: quotes, ten-level changes and signed trades, as a feed would write them.
 *
 * @module
 */
import { FrameWriter, type MarketEvent, type Pair, sourceId, US_PER_MS } from "../../actors/contract/mod.ts";
import { createSimulator } from "../../actors/feeds/simulator/mod.ts";

export interface SimulatedFramesOptions {
  pairs: readonly Pair[];
  /** Events of all pairs together, about. */
  eventCount: number;
  /** Book updates a second of each pair at the busiest hour. @default {20} */
  ratePerSecond?: number;
  /** @default {a Wednesday in March, London and New York open} */
  startTimeUs?: number;
  /** @default {1} */
  seed?: number;
  /** Event time between two frames of a pair. @default {20_000} */
  frameUs?: number;
}

export interface SimulatedFrame {
  pair: Pair;
  data: Uint8Array;
  eventCount: number;
}

/** Frames of all pairs in the order in which they would be written. */
export function simulatedFrames(options: SimulatedFramesOptions): SimulatedFrame[] {
  const { pairs, eventCount, ratePerSecond, seed = 1, frameUs = 20 * US_PER_MS } = options;
  const startTimeUs = options.startTimeUs ?? Date.parse("2024-03-13T14:00:00Z") * 1_000;
  const simulator = createSimulator({ seed, pairs, startTimeUs, ratePerSecond });
  const writers = new Map(pairs.map((pair) => [pair, new FrameWriter()]));
  const frames: SimulatedFrame[] = [];
  const source = sourceId("simulated");
  let total = 0;
  const finish = (pair: Pair, writer: FrameWriter, receiveTimeUs: number) => {
    const { entryCount } = writer;
    if (entryCount === 0) return;
    total += entryCount;
    const data = writer.finish({ sourceId: source, sourceSequence: frames.length + 1, receiveTimeUs });
    frames.push({ pair, data, eventCount: entryCount });
  };
  for (let timeUs = startTimeUs + frameUs; total < eventCount; timeUs += frameUs) {
    simulator.advance(timeUs, (pair: Pair, event: MarketEvent) => {
      const writer = writers.get(pair)!;
      if (writer.add(event)) return;
      finish(pair, writer, timeUs);
      writer.add(event);
    });
    for (const [pair, writer] of writers) finish(pair, writer, timeUs);
  }
  return frames;
}
