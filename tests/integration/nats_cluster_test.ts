import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectFramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { marketSubject, type Pair, parsePair, STREAMS } from "../../actors/contract/mod.ts";
import { testNatsCluster } from "../support/nats_cluster.ts";

const PAIRS = ["EURUSD", "USDJPY", "EURJPY", "GBPUSD", "USDCHF"].map((name) => parsePair(name)!);
/** Frames a second that the feed offers: what it could not store while there was no leader, it makes up for. */
const FRAMES_PER_SECOND = 2_000;
const MS_PER_TICK = 5;
/** Frames published with the servers whole again after each loss of one. */
const FRAMES_AFTER_RESTART = 1_000;

Deno.test("three servers: the leaders of MARKET and METRICS are killed under load, every frame is stored once and in order", async () => {
  await using cluster = await testNatsCluster({ size: 3 });
  const nc = await connectNats({ url: cluster.url, name: "test" });
  await ensureStorage(nc, { replicas: 3 });
  await Promise.all(["MARKET", "METRICS"].map((stream) => cluster.streamIsCurrent(stream)));

  const feed = await Feed.start(cluster.url);
  for (const stream of [STREAMS.market.name, STREAMS.metrics.name]) {
    await feed.publishedMore(FRAMES_AFTER_RESTART);
    const leader = await cluster.streamLeader(stream);
    await leader.kill();
    const successor = await cluster.streamLeader(stream);
    assert.notEqual(successor.name, leader.name);
    await feed.publishedMore(FRAMES_AFTER_RESTART);
    await leader.start();
    await cluster.streamIsCurrent(stream);
  }
  await feed.publishedMore(FRAMES_AFTER_RESTART);
  const counts = await feed.stop();

  const stored = await storedFrames(nc);
  for (const [i, numbers] of stored.entries()) {
    const outOfPlace = numbers.findIndex((number, place) => number !== place);
    assert.equal(outOfPlace, -1, `${PAIRS[i]}: frame ${numbers[outOfPlace]} at place ${outOfPlace}`);
  }
  assert.deepEqual(stored.map((numbers) => numbers.length), counts);
  await nc.close();
});

/** Publishes numbered frames of every pair until it is told to stop. */
class Feed {
  readonly #counts = PAIRS.map(() => 0);
  readonly #done: Promise<void>;
  #stopped = false;
  #publishedCount = 0;
  #waiters: { count: number; resolve: () => void }[] = [];

  private constructor(readonly publisher: Awaited<ReturnType<typeof connectFramePublisher>>) {
    this.#done = this.#run();
  }

  static async start(natsUrl: string): Promise<Feed> {
    return new Feed(await connectFramePublisher({ natsUrl, name: "test feed", replicas: 3 }));
  }

  async #run(): Promise<void> {
    const startMs = performance.now();
    while (!this.#stopped) {
      const due = Math.floor((performance.now() - startMs) * FRAMES_PER_SECOND / 1000);
      while (!this.#stopped && this.#publishedCount < due) await this.#publishOne();
      await new Promise((resolve) => setTimeout(resolve, MS_PER_TICK));
    }
    await this.publisher.drain();
  }

  async #publishOne(): Promise<void> {
    const lane = this.#publishedCount % PAIRS.length;
    const number = this.#counts[lane]!++;
    await this.publisher.publish(PAIRS[lane]!, frameOf(number), `${PAIRS[lane]}-${number}`);
    this.#publishedCount++;
    const ready = this.#waiters.filter(({ count }) => count <= this.#publishedCount);
    this.#waiters = this.#waiters.filter(({ count }) => count > this.#publishedCount);
    for (const { resolve } of ready) resolve();
  }

  /** Resolves when so many frames more have a place in the window; rejects when the feed fails. */
  async publishedMore(count: number): Promise<void> {
    const more = new Promise<void>((resolve) => this.#waiters.push({ count: this.#publishedCount + count, resolve }));
    await Promise.race([more, this.#done]);
  }

  /** @returns how many frames of each pair were published; all of them are acknowledged. */
  async stop(): Promise<readonly number[]> {
    this.#stopped = true;
    await this.#done;
    await this.publisher.close();
    return this.#counts;
  }
}

const FRAME_BYTES = 448;

function frameOf(number: number): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  new DataView(frame.buffer).setFloat64(0, number, true);
  return frame;
}

/** Numbers of the frames in the log, pair by pair, in their order. */
async function storedFrames(nc: NatsConnection): Promise<number[][]> {
  const { state } = await (await jetstreamManager(nc)).streams.info(STREAMS.market.name);
  const frames = new Map<string, number[]>(PAIRS.map((pair: Pair) => [marketSubject(pair), []]));
  const consumer = await jetstream(nc).consumers.get(STREAMS.market.name);
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    const { buffer, byteOffset } = message.data;
    frames.get(message.subject)!.push(new DataView(buffer, byteOffset).getFloat64(0, true));
    if (message.seq === state.last_seq) break;
  }
  return [...frames.values()];
}
