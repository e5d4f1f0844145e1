/**
 * What anybody sends as JSON as a feed of this node: taken, stored and told like those of a venue.
 *
 * @module
 */
import { systemClock } from "./adapters/clock.ts";
import type { FramePublisher } from "./adapters/frame_publisher.ts";
import type { FeedReport, IngestReply, Pair } from "./contract/mod.ts";
import { FeedMeter, Ingest } from "./feeds/mod.ts";

export interface IngestFeedOptions {
  node: string;
  session: string;
  publisher: FramePublisher;
}

export class IngestFeed {
  /** Its name among the feeds: each node has its own. */
  readonly source: string;
  readonly #ingest: Ingest;
  readonly #meter: FeedMeter;

  constructor({ node, session, publisher }: IngestFeedOptions) {
    this.source = `ingest-${session.slice(0, 8)}`;
    const meter = this.#meter = new FeedMeter({
      source: this.source,
      node,
      session,
      gives: ["quotes", "levels", "orders", "trades"],
      conflated: false,
    }, systemClock.nowMs());
    this.#ingest = new Ingest({
      store: publisher,
      nowUs: systemClock.nowUs,
      instance: session,
      onEvent: (pair, { eventTimeUs }) => {
        if (meter.stateOf(pair) === undefined) meter.pair(pair, "live");
        const nowUs = systemClock.nowUs();
        meter.latency.add(nowUs - eventTimeUs, nowUs);
        meter.event(pair, eventTimeUs);
      },
    });
    meter.enter("live", systemClock.nowMs());
  }

  async take(bytes: Uint8Array, pair: Pair): Promise<IngestReply> {
    const { counts } = this.#meter;
    counts.messageCount++;
    counts.byteCount += bytes.length;
    const reply = await this.#ingest.take(bytes, pair);
    counts.duplicateCount += reply.duplicates;
    counts.gapCount += reply.gaps;
    return reply;
  }

  /** `undefined` while nobody has sent anything. */
  report(): FeedReport | undefined {
    if (this.#meter.counts.messageCount === 0) return undefined;
    return this.#meter.report(systemClock.nowUs(), this.#ingest, this.#ingest.frameCount);
  }
}
