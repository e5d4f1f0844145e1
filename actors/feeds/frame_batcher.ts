/**
 * Packs events into frames, one open frame per pair, and hands them to an outlet in order.
 *
 * A feed adds whatever arrived in one turn of the event loop and flushes once: that becomes one frame per pair, without a delay
 * added. A frame also ends where it is full or its events lie too far apart. A frame leaves the queue only when the outlet has
 * taken it, so a flush that failed may be tried again: the message id, `source name:source sequence`, is the same.
 *
 * @module
 */
import { FrameWriter, type MarketEvent, type Pair, sourceId } from "../contract/mod.ts";
import type { FrameOutlet } from "./ports.ts";

/**
 * Frames that may wait for a flush. `wantsFlush` says that the bound is reached; the feed then flushes before it adds more.
 * Overflow beyond twice the bound: `add` throws, because the feed ignores back-pressure.
 */
export const FRAMES_PENDING_MAX = 64;

/**
 * Event time that the open frames of several pairs may cover together, microseconds: whoever puts the pairs in order again waits for
 * less than this. The frames of one pair alone may cover more.
 */
export const FRAMES_SPAN_US_MAX = 100_000;

export interface FrameBatcherOptions {
  outlet: FrameOutlet;
  /** Names the source among all that ever write: part of each message id. */
  sourceName: string;
  /** Receive time of a frame, microseconds since the epoch; asked once per frame. */
  receiveTimeUs: () => number;
}

interface PendingFrame {
  readonly pair: Pair;
  readonly bytes: Uint8Array;
  readonly messageId: string;
}

export class FrameBatcher {
  readonly #options: FrameBatcherOptions;
  readonly #sourceId: number;
  readonly #writers = new Map<Pair, FrameWriter>();
  #pair: Pair | undefined;
  #writer: FrameWriter | undefined;
  #pending: PendingFrame[] = [];
  #sequence = 0;
  /** Time of the first event since all frames ended; NaN where none is open. */
  #openedUs = NaN;
  #flushing: Promise<void> | undefined;
  /** Frames the outlet has taken. */
  frameCount = 0;

  constructor(options: FrameBatcherOptions) {
    this.#options = options;
    this.#sourceId = sourceId(options.sourceName);
  }

  /** Whether to flush before more is added. */
  get wantsFlush(): boolean {
    return this.#pending.length >= FRAMES_PENDING_MAX;
  }

  /** Put an event into its pair's open frame. Copies it; allocates only where a frame ends. */
  add(pair: Pair, event: MarketEvent): void {
    if (pair !== this.#pair || this.#writer === undefined) this.#switchTo(pair);
    // A comparison with NaN is false.
    if (event.eventTimeUs - this.#openedUs > FRAMES_SPAN_US_MAX && this.#writers.size > 1) this.#finishAll();
    if (this.#openedUs !== this.#openedUs) this.#openedUs = event.eventTimeUs;
    const writer = this.#writer!;
    if (writer.add(event)) return;
    if (this.#pending.length >= 2 * FRAMES_PENDING_MAX) {
      throw new RangeError(`Cannot hold more than ${2 * FRAMES_PENDING_MAX} frames: flush when wantsFlush says so`);
    }
    this.#finish(pair, writer);
    writer.add(event);
  }

  /**
   * End every open frame and hand all over. Resolves when the outlet has taken them. A call while another flush is under way
   * joins it, and what was added in between goes out with it.
   */
  flush(): Promise<void> {
    return this.#flushing ??= this.#flushAll().finally(() => this.#flushing = undefined);
  }

  async #flushAll(): Promise<void> {
    // Others of this turn may still add to the same frames.
    await undefined;
    for (;;) {
      this.#finishAll();
      if (this.#pending.length === 0) return;
      const frames = this.#pending;
      let taken = 0;
      try {
        for (; taken < frames.length; taken++) {
          const { pair, bytes, messageId } = frames[taken]!;
          await this.#options.outlet.publish(pair, bytes, messageId);
          this.frameCount++;
        }
      } finally {
        frames.splice(0, taken);
      }
    }
  }

  #finishAll(): void {
    for (const [pair, writer] of this.#writers) if (writer.entryCount > 0) this.#finish(pair, writer);
    this.#openedUs = NaN;
  }

  #finish(pair: Pair, writer: FrameWriter): void {
    const sourceSequence = ++this.#sequence;
    const receiveTimeUs = this.#options.receiveTimeUs();
    this.#pending.push({
      pair,
      bytes: writer.finish({ sourceId: this.#sourceId, sourceSequence, receiveTimeUs }),
      messageId: `${this.#options.sourceName}:${sourceSequence}`,
    });
  }

  #switchTo(pair: Pair): void {
    let writer = this.#writers.get(pair);
    if (writer === undefined) this.#writers.set(pair, writer = new FrameWriter());
    this.#pair = pair;
    this.#writer = writer;
  }
}
