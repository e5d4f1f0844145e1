/**
 * A clock and an outlet in memory, for tests of feeds.
 *
 * @module
 */
import { FrameReader, type MarketEvent, type Pair } from "../../actors/contract/mod.ts";
import type { Clock, FrameOutlet } from "../../actors/feeds/ports.ts";

/** A clock that moves only by sleeping, or when it is set. */
export class FakeClock implements Clock {
  timeUs: number;
  sleptMs: number[] = [];
  /** Called after each sleep. */
  onSleep: () => void = () => {};

  constructor(timeUs: number) {
    this.timeUs = timeUs;
  }

  nowUs(): number {
    return this.timeUs;
  }

  async sleep(ms: number): Promise<void> {
    this.sleptMs.push(ms);
    this.timeUs += Math.ceil(ms * 1000);
    await undefined;
    this.onSleep();
  }
}

export interface StoredFrame {
  pair: Pair;
  messageId: string;
  sourceSequence: number;
  receiveTimeUs: number;
  events: MarketEvent[];
  bytes: Uint8Array;
}

/** Keeps every frame, decoded. */
export class MemoryOutlet implements FrameOutlet {
  readonly frames: StoredFrame[] = [];
  drainCount = 0;
  /** Makes the next publish fail with this. */
  failure: Error | undefined;

  async publish(pair: Pair, bytes: Uint8Array, messageId: string): Promise<void> {
    await undefined;
    if (this.failure !== undefined) {
      const failure = this.failure;
      this.failure = undefined;
      throw failure;
    }
    const reader = new FrameReader();
    reader.open(bytes);
    const { sourceSequence, receiveTimeUs } = reader;
    const events: MarketEvent[] = [];
    while (reader.next()) events.push({ ...reader.event });
    this.frames.push({ pair, messageId, sourceSequence, receiveTimeUs, events, bytes });
  }

  async drain(): Promise<void> {
    this.drainCount++;
  }

  get events(): MarketEvent[] {
    return this.frames.flatMap(({ events }) => events);
  }
}
