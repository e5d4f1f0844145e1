/**
 * Figures of a live feed's way: from a venue's socket to the log, and to whoever reads the log.
 *
 * Throughput: a venue in a thread of its own sends as fast as it is read; beside it the bare socket and the bare log. Latency: the
 * venue sends at a pace, each message stamped with the time of its sending; a plain subscriber sees its frame.
 *
 * Run: `deno task bench feed_bench`
 *
 * @module
 */
import { systemClock } from "../../actors/adapters/clock.ts";
import { WireTransport } from "../../actors/adapters/feed_transport.ts";
import { framePublisherOn } from "../../actors/adapters/frame_publisher.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { EventFlag, FrameReader, type Pair, parsePair } from "../../actors/contract/mod.ts";
import { krakenSource, runLiveFeed } from "../../actors/feeds/mod.ts";
import { testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";
import type { Script } from "../support/venues/message_server.ts";

const MESSAGES = 300_000;
const LATENCY_SECONDS = 10;
const LATENCY_RATES = [1_000, 5_000, 20_000];
const EURUSD = parsePair("EURUSD") as Pair;

function line(name: string, value: string): void {
  console.log(`${name.padEnd(58)} ${value}`);
}

function percentiles(ms: number[]): string {
  ms.sort((a, b) => a - b);
  const at = (p: number) => (ms[Math.min(ms.length - 1, Math.floor(p * ms.length))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms  (${ms.length})`;
}

/** A venue in a thread of its own; answers its address. */
async function venueOf(script: Script): Promise<{ url: string; worker: Worker }> {
  const worker = new Worker(new URL("../support/venues/message_server.ts", import.meta.url), { type: "module" });
  const listening = new Promise<number>((resolve) => {
    worker.onmessage = ({ data }) => "port" in data && resolve(data.port);
  });
  worker.postMessage(script);
  return { url: `ws://127.0.0.1:${await listening}`, worker };
}

await using nats = await testNats();
const nc = await connectNats({ url: nats.url, name: "bench" });
await ensureStorage(nc);
const transport = new WireTransport();

/** Run a feed until so many messages of its venue are in the log; answers the seconds from the first to the last. */
async function feedSeconds(url: string, messageCount: number): Promise<{ seconds: number; frameCount: number }> {
  const stop = new AbortController();
  const publisher = framePublisherOn(nc);
  let startMs = 0;
  let seen = 0;
  let frameCount = 0;
  const source = krakenSource({ pairs: [EURUSD], url });
  const reader = new FrameReader();
  await runLiveFeed({
    source,
    clock: systemClock,
    transport,
    outlet: {
      publish: (pair, frame, id) => {
        startMs ||= performance.now();
        frameCount++;
        reader.open(frame);
        while (reader.next()) if ((reader.event.flags & EventFlag.lastOfBatch) !== 0) seen++;
        // The statuses that the feed adds by itself are batches too.
        if (seen >= messageCount) stop.abort();
        return publisher.publish(pair, frame, id);
      },
      drain: () => publisher.drain(),
    },
    node: "bench",
    session: "bench",
    random: Math.random,
    onReport: () => {},
    log: (level, text) => level === "warn" && console.error(text),
  }, stop.signal);
  return { seconds: (performance.now() - startMs) / 1_000, frameCount };
}

{
  const { url, worker } = await venueOf({ messageCount: MESSAGES, depth: 10 });
  const done = Promise.withResolvers<void>();
  let count = 0;
  let startMs = 0;
  const socket = await transport.openSocket(url, {
    signal: new AbortController().signal,
    onText: () => {
      startMs ||= performance.now();
      if (++count > MESSAGES) done.resolve();
    },
  });
  socket.send('{"channel":"instrument"}');
  socket.send("{}");
  await done.promise;
  const seconds = (performance.now() - startMs) / 1_000;
  line("bare socket: messages received", `${Math.round(MESSAGES / seconds).toLocaleString("en")} /s`);
  socket.terminate();
  worker.terminate();
}

{
  const frames = testFrames({ pair: EURUSD, eventCount: 20_000, eventsPerFrame: 20, eventsPerSecond: 100_000 });
  const publisher = framePublisherOn(nc);
  const startMs = performance.now();
  for (let i = 0; i < 20_000; i++) await publisher.publish(EURUSD, frames[i % frames.length]!, `bare-${startMs}-${i}`);
  await publisher.drain();
  line(
    "bare log: frames of 20 events stored",
    `${Math.round(20_000 / (performance.now() - startMs) * 1_000).toLocaleString("en")} /s`,
  );
}

{
  const { url, worker } = await venueOf({ messageCount: MESSAGES, depth: 10 });
  const { seconds, frameCount } = await feedSeconds(url, MESSAGES);
  line(
    "feed: messages received, verified and stored",
    `${Math.round(MESSAGES / seconds).toLocaleString("en")} /s  (${frameCount} frames)`,
  );
  worker.terminate();
}

for (const messagesPerSecond of LATENCY_RATES) {
  const messageCount = messagesPerSecond * LATENCY_SECONDS;
  const { url, worker } = await venueOf({ messageCount, depth: 10, messagesPerSecond });
  const ms: number[] = [];
  const reader = new FrameReader();
  const subscription = nc.subscribe("fx.market.*", {
    callback: (_error, message) => {
      const nowUs = systemClock.nowUs();
      reader.open(message.data);
      while (reader.next()) {
        if ((reader.event.flags & EventFlag.lastOfBatch) !== 0) ms.push((nowUs - reader.event.eventTimeUs) / 1_000);
      }
    },
  });
  await feedSeconds(url, messageCount);
  await nc.flush();
  subscription.unsubscribe();
  // The first second holds the start of everything.
  line(
    `venue to reader, ${messagesPerSecond.toLocaleString("en")} messages/s`,
    percentiles(ms.slice(messagesPerSecond)),
  );
  worker.terminate();
}
await nc.close();
