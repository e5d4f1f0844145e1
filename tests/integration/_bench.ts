/**
 * Figures of the paths between processes: JetStream alone, the archive, and a tick's way from feed to sample.
 *
 * @module
 */
import { jetstream } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { connectFramePublisher } from "../../actors/adapters/frame_publisher.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  actorSubject,
  emptyEvent,
  EventKind,
  FrameWriter,
  marketSubject,
  METRICS,
  metricsSubject,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { readActorsConfig } from "../../actors/config.ts";
import { runActorNode } from "../../actors/node.ts";
import { untilAnswered } from "../support/nats.ts";
import { startEmbeddedClickHouse } from "../../deploy/embedded_clickhouse/mod.ts";
import { Archiver, ClickHouse, MarketRows, migrate, readMigrations } from "../../gateway/archive/mod.ts";
import { testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";

const ARCHIVE_EVENTS = 3_000_000;
const LOOPBACK_FRAMES = 20_000;
const LATENCY_SECONDS = 10;
const LATENCY_EVENTS_PER_SECOND = 10_000;
const EURUSD = parsePair("EURUSD")!;

function line(name: string, value: string): void {
  console.log(`${name.padEnd(58)} ${value}`);
}

function percentiles(ms: number[]): string {
  ms.sort((a, b) => a - b);
  const at = (p: number) => (ms[Math.min(ms.length - 1, Math.floor(p * ms.length))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms  (${ms.length})`;
}

await using nats = await testNats();
const dataDir = await Deno.makeTempDir({ prefix: "bench-" });
const server = await startEmbeddedClickHouse({ dataDir, log: () => {} });
const nc = await connectNats({ url: nats.url, name: "bench" });
await ensureStorage(nc);

// JetStream alone: frames of 100 events through the feeds' own window, and one at a time.
{
  const frames = testFrames({ pair: EURUSD, eventCount: 100 * 1_000, eventsPerFrame: 100, eventsPerSecond: 100_000 });
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  const start = performance.now();
  for (let i = 0; i < LOOPBACK_FRAMES; i++) await publisher.publish(EURUSD, frames[i % frames.length]!, `bench-${i}`);
  await publisher.drain();
  const seconds = (performance.now() - start) / 1000;
  line(
    "JetStream loopback, frames of 100 events, window of 256",
    `${(LOOPBACK_FRAMES / seconds).toFixed(0)} frames/s = ${(LOOPBACK_FRAMES / seconds / 1e4).toFixed(2)} M events/s`,
  );
  await publisher.close();
  const js = jetstream(nc);
  const single: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const at = performance.now();
    await js.publish(marketSubject(EURUSD), frames[i]!);
    single.push(performance.now() - at);
  }
  line("JetStream loopback, one acknowledged publish", percentiles(single));
}

// The archive: everything that is in MARKET, into ClickHouse.
{
  const frames = testFrames({
    pair: EURUSD,
    eventCount: ARCHIVE_EVENTS,
    eventsPerFrame: 500,
    eventsPerSecond: 50_000,
    source: "archive",
  });
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  for (let i = 0; i < frames.length; i++) await publisher.publish(EURUSD, frames[i]!, `archive-${i}`);
  await publisher.drain();
  await publisher.close();
  const { lastSequence } = await new JetStreamLog(nc, STREAMS.market.name).extent();

  let start = performance.now();
  let read = 0;
  for await (
    const message of new JetStreamLog(nc, STREAMS.market.name).read(1, { signal: new AbortController().signal })
  ) {
    read += message.data.length;
    if (message.sequence === lastSequence) break;
  }
  const readSeconds = (performance.now() - start) / 1000;
  line(
    "limit: reading the log",
    `${(read / readSeconds / 1e6).toFixed(0)} MB/s, ${(lastSequence / readSeconds).toFixed(0)} frames/s`,
  );

  const rows = new MarketRows();
  start = performance.now();
  let encoded = 0;
  frames.forEach((frame, i) => {
    rows.take(marketSubject(EURUSD), i + 1, frame, 1);
    if (rows.sets.some((set) => set.full) || i === frames.length - 1) {
      for (const set of rows.sets) {
        encoded += set.block().length;
        set.reset();
      }
    }
  });
  const encodeSeconds = (performance.now() - start) / 1000;
  line(
    "frames to Native blocks, one core",
    `${(ARCHIVE_EVENTS / encodeSeconds / 1e6).toFixed(2)} M rows/s, ${(encoded / encodeSeconds / 1e6).toFixed(0)} MB/s`,
  );

  const clickhouse = new ClickHouse({ url: server.url, username: "default", password: "", database: "fx" });
  await migrate(clickhouse, await readMigrations(new URL("../../deploy/migrations/", import.meta.url)));
  const archiver = new Archiver({
    stream: STREAMS.market.name,
    log: new JetStreamLog(nc, STREAMS.market.name),
    makeRows: () => new MarketRows(),
    clickhouse,
    prepare: () => Promise.resolve(),
    logLine: (_level, text) => console.error(text),
    sleep: systemClock.sleep,
  });
  const abort = new AbortController();
  start = performance.now();
  const running = archiver.run(abort.signal);
  while (archiver.stats.archivedSequence < lastSequence) await systemClock.sleep(1);
  const seconds = (performance.now() - start) / 1000;
  abort.abort();
  await running;
  line(
    "archive: log to tables and roll-ups",
    `${
      (archiver.stats.rowCount / seconds / 1e6).toFixed(2)
    } M rows/s, ${archiver.stats.rowCount} rows in ${archiver.stats.blockCount} blocks`,
  );
  await clickhouse.close();
}

// A tick's way: published frame to the sample that it closes, at a steady pace, actor host in this process.
{
  const pair = parsePair("USDJPY")!;
  const abort = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const config = readActorsConfig({ NATS_URL: nats.url, PAIRS: pair });
  const running = runActorNode({ config, node: "bench", signal: abort.signal, log: () => {}, onReady: resolve });
  await ready;
  await untilAnswered(nc, actorSubject(pair, "where"));

  // A sample closes with the first event of the next quarter of a second: the time of that event's frame is known.
  const sentAtMs = new Map<number, number>();
  const latencies: number[] = [];
  const subscription = nc.subscribe(metricsSubject(pair), {
    callback: (_error, message) => {
      const { timeUs } = message.json<{ timeUs: number }>();
      const sent = sentAtMs.get(timeUs);
      if (sent !== undefined) latencies.push(performance.now() - sent);
    },
  });
  const publisher = await connectFramePublisher({ natsUrl: nats.url, name: "bench feed" });
  const writer = new FrameWriter();
  const event = { ...emptyEvent(), kind: EventKind.quote, price: 150, size: 1e6, price2: 150.01, size2: 1e6 };
  const turnMs = 5;
  const perTurn = (LATENCY_EVENTS_PER_SECOND * turnMs) / 1000;
  const startUs = systemClock.nowUs();
  let nextSampleUs = 0;
  let number = 0;
  const total = LATENCY_SECONDS * LATENCY_EVENTS_PER_SECOND;
  for (let sent = 0; sent < total;) {
    await systemClock.sleep(turnMs);
    const nowUs = systemClock.nowUs();
    const due = Math.min(total, Math.floor(((nowUs - startUs) / 1e6) * LATENCY_EVENTS_PER_SECOND)) - sent;
    for (let i = 0; i < Math.min(due, 10 * perTurn); i++, sent++) {
      event.eventTimeUs = nowUs - due + i;
      event.price = 150 + (sent % 7) * 0.001;
      event.price2 = event.price + 0.01;
      writer.add(event);
    }
    if (writer.entryCount === 0) continue;
    if (event.eventTimeUs >= nextSampleUs) {
      if (nextSampleUs > 0) sentAtMs.set(nextSampleUs, performance.now());
      nextSampleUs = (Math.floor(event.eventTimeUs / 250_000) + 1) * 250_000;
    }
    await publisher.publish(
      pair,
      writer.finish({ sourceId: 7, sourceSequence: ++number, receiveTimeUs: nowUs }),
      `latency-${number}`,
    );
  }
  await publisher.drain();
  await publisher.close();
  await systemClock.sleep(200);
  line(`frame published to sample received, ${LATENCY_EVENTS_PER_SECOND} events/s`, percentiles(latencies));
  subscription.unsubscribe();
  abort.abort();
  await running;
}
line("metrics in a sample", String(Object.values(METRICS).reduce((sum, group) => sum + Object.keys(group).length, 0)));
await nc.close();
await server.stop();
await Deno.remove(dataDir, { recursive: true });
