/**
 * A feed in live event time that knows exactly what it sent.
 *
 * Each frame goes out when its last event is due, through the publisher of the real feeds. While the server is away the feed waits,
 * and makes up for it afterwards, as a venue's recorder would.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { systemClock } from "../../actors/adapters/clock.ts";
import { connectFramePublisher, type FramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { FrameReader, type Pair } from "../../actors/contract/mod.ts";
import { testFrames } from "../support/frames.ts";

/** Events are made this far ahead, so that making them never holds up the sending for long. */
const CHUNK_SECONDS = 0.5;
const EVENTS_PER_FRAME = 64;
const TURN_MS = 5;

export interface ChaosFeedOptions {
  natsUrl: string;
  replicas: number;
  pairs: readonly Pair[];
  /** Of all pairs together. */
  eventsPerSecond: number;
  seed: number;
}

/** One frame as it was handed to the publisher. */
export interface SentFrame {
  readonly messageId: string;
  readonly crc: number;
}

interface DueFrame {
  readonly pair: Pair;
  readonly bytes: Uint8Array;
  readonly dueUs: number;
}

export class ChaosFeed {
  /** What was sent, by pair and in order. */
  readonly sent: ReadonlyMap<Pair, readonly SentFrame[]>;
  readonly #sent: Map<Pair, SentFrame[]>;
  readonly #options: ChaosFeedOptions;
  readonly #publisher: FramePublisher;
  readonly #nextUs: Map<Pair, number>;
  readonly #reader = new FrameReader();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #chunkCount = 0;
  #eventCount = 0;

  private constructor(options: ChaosFeedOptions, publisher: FramePublisher) {
    this.#options = options;
    this.#publisher = publisher;
    this.sent = this.#sent = new Map(options.pairs.map((pair) => [pair, []]));
    this.#nextUs = new Map(options.pairs.map((pair) => [pair, systemClock.nowUs()]));
    this.#done = this.#run();
    this.#done.catch(() => {}); // told by `failed` and `stop()`
  }

  static async start(options: ChaosFeedOptions): Promise<ChaosFeed> {
    const { natsUrl, replicas } = options;
    return new ChaosFeed(options, await connectFramePublisher({ natsUrl, name: "chaos feed", replicas }));
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** Rejects when the feed fails. */
  get failed(): Promise<void> {
    return this.#done;
  }

  /** Send nothing more. Resolves when everything is stored. */
  async stop(): Promise<void> {
    this.#stop.abort();
    try {
      await this.#done;
      await this.#publisher.drain();
    } finally {
      await this.#publisher.close();
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      for (const frame of this.#chunk()) {
        for (let waitUs; (waitUs = frame.dueUs - systemClock.nowUs()) > 0 && !signal.aborted;) {
          await systemClock.sleep(Math.max(TURN_MS, waitUs / 1000), signal);
        }
        if (signal.aborted) return;
        const sent = this.#sent.get(frame.pair)!;
        const messageId = `chaos:${frame.pair}:${sent.length}`;
        sent.push({ messageId, crc: crc32(frame.bytes) });
        await this.#publisher.publish(frame.pair, frame.bytes, messageId);
        this.#eventCount += EVENTS_PER_FRAME;
      }
    }
  }

  /** The frames of all pairs for a while, in the order in which they are due. */
  #chunk(): DueFrame[] {
    const { pairs, eventsPerSecond, seed } = this.#options;
    const perPair = eventsPerSecond / pairs.length;
    const eventCount = Math.max(1, Math.round(perPair * CHUNK_SECONDS / EVENTS_PER_FRAME)) * EVENTS_PER_FRAME;
    this.#chunkCount++;
    return pairs.flatMap((pair, i) => {
      const frames = testFrames({
        pair,
        eventCount,
        eventsPerSecond: perPair,
        eventsPerFrame: EVENTS_PER_FRAME,
        startTimeUs: this.#nextUs.get(pair)!,
        seed: seed + 1_000 * this.#chunkCount + i,
        source: "chaos",
      });
      const due = frames.map((bytes) => {
        this.#reader.open(bytes);
        return { pair, bytes, dueUs: this.#reader.receiveTimeUs };
      });
      this.#nextUs.set(pair, due.at(-1)!.dueUs);
      return due;
    }).sort((a, b) => a.dueUs - b.dueUs);
  }
}
