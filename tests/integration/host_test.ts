import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { JetStreamOutlet, KvViewCache, ObjectSnapshotStore } from "../../actors/adapters/jetstream_outlet.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  BUCKETS,
  LiveBook,
  marketSubject,
  MetricSample,
  metricsSubject,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import { type Actor, Host, LogRewoundError } from "../../actors/runtime/mod.ts";
import { testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";

const EURUSD = parsePair("EURUSD")!;
const USDJPY = parsePair("USDJPY")!;

/** What the actor says of these frames when it folds them in this process. */
function folded(pair: typeof EURUSD, frames: readonly Uint8Array[]): string[] {
  const actor = createPairActor(pair);
  const state = actor.initial();
  const samples: string[] = [];
  frames.forEach((data, i) =>
    actor.receive(state, { sequence: i + 1, data }, (_subject, payload) => samples.push(payload))
  );
  return samples;
}

function makeHost(nc: NatsConnection): Host {
  const actors = [EURUSD, USDJPY].map((pair) => createPairActor(pair) as Actor<unknown>);
  return new Host(actors, {
    log: new JetStreamLog(nc, STREAMS.market.name),
    outlet: new JetStreamOutlet(nc),
    snapshots: new ObjectSnapshotStore(nc),
    views: new KvViewCache(nc),
    clock: systemClock,
    logLine: () => {},
  });
}

/** Every message of METRICS on a subject, in order. */
async function published(nc: NatsConnection, subject: string, count: number): Promise<string[]> {
  const consumer = await jetstream(nc).consumers.get(STREAMS.metrics.name, { filter_subjects: subject });
  const samples: string[] = [];
  if (count === 0) return samples;
  for await (const message of await consumer.consume()) {
    samples.push(message.string());
    if (message.info.pending === 0 && samples.length >= count) break;
  }
  return samples;
}

Deno.test("`Host` publishes exactly the samples of the fold, over a restart and repeats", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  await ensureStorage(nc); // what exists stays
  const js = jetstream(nc);
  const euro = testFrames({ pair: EURUSD, eventCount: 4_000 });
  const yen = testFrames({ pair: USDJPY, eventCount: 4_000, seed: 2 });
  const expectedEuro = folded(EURUSD, euro);
  const expectedYen = folded(USDJPY, yen);
  assert(expectedEuro.length > 100);

  const publish = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      await js.publish(marketSubject(EURUSD), euro[i]!);
      await js.publish(marketSubject(USDJPY), yen[i]!);
    }
  };
  const half = Math.floor(euro.length / 2);
  await publish(0, half);

  const runUntil = async (sequence: number) => {
    const abort = new AbortController();
    const host = makeHost(nc);
    const running = host.run(abort.signal);
    while (host.stats.sequence < sequence) await systemClock.sleep(5);
    abort.abort();
    await running;
    return host.stats;
  };
  const first = await runUntil(2 * half);
  assert.equal(first.messageCount, 2 * half);
  assert.equal(first.snapshotCount, 2);

  // A node that lost its snapshot folds the whole log again and must not add a single output.
  await js.publish("fx.market.XXXYYY", "no such pair");
  await js.publish(marketSubject(EURUSD), "not a frame");
  await publish(half, euro.length);
  const second = await runUntil(2 * euro.length + 2);
  assert.equal(second.messageCount, 2 * (euro.length - half) + 1);
  assert.equal(second.unroutedCount, 1);

  const store = new ObjectSnapshotStore(nc);
  const { createdMs } = await new JetStreamLog(nc, STREAMS.market.name).extent();
  const broken = new TextEncoder().encode("not a snapshot");
  await store.save("pair.EURUSD", { sequence: 3, logCreatedMs: createdMs, bytes: broken });
  const third = await runUntil(2 * euro.length + 2);
  assert.equal(third.outputCount, 0);
  assert.equal(third.repeatedCount, expectedEuro.length);

  const euroSamples = await published(nc, metricsSubject(EURUSD), expectedEuro.length);
  const withoutCounts = (payload: string) => ({ ...JSON.parse(payload), counts: null });
  assert.deepEqual(euroSamples.map(withoutCounts), expectedEuro.map(withoutCounts));
  assert.deepEqual(await published(nc, metricsSubject(USDJPY), expectedYen.length), expectedYen);

  const last = MetricSample.parse(JSON.parse(euroSamples.at(-1)!));
  assert.deepEqual(last.counts.rejected, { "frame-truncated": 1 });

  const latest = await new Kvm(nc).open(BUCKETS.latest.name);
  const book = LiveBook.parse((await latest.get("USDJPY.book"))!.json());
  assert.equal(book.pair, "USDJPY");
  assert(book.bid! < book.ask! && book.bids.length > 0 && book.bids.length <= 10);
  MetricSample.parse((await latest.get("USDJPY.sample"))!.json());
  await nc.close();
});

Deno.test("a MARKET stream that was deleted and made anew is folded and archived from its start, not passed over", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const js = jetstream(nc);
  const manager = await js.jetstreamManager();
  const frames = testFrames({ pair: EURUSD, eventCount: 2_000 });
  const expected = folded(EURUSD, frames);
  const abort = new AbortController();
  const host = makeHost(nc);
  const running = host.run(abort.signal);
  for (const frame of frames) await js.publish(marketSubject(EURUSD), frame);
  while (host.stats.sequence < frames.length) await systemClock.sleep(5);

  // While the reader is at its end the log is replaced. It must not go on as if nothing had happened.
  await manager.streams.delete(STREAMS.market.name);
  await ensureStorage(nc);
  for (const frame of frames.slice(0, 10)) await js.publish(marketSubject(EURUSD), frame);
  await assert.rejects(running, LogRewoundError);
  abort.abort();

  for (const frame of frames.slice(10)) await js.publish(marketSubject(EURUSD), frame);
  const again = new AbortController();
  const second = makeHost(nc);
  const runningAgain = second.run(again.signal);
  while (second.stats.sequence < frames.length) await systemClock.sleep(5);
  again.abort();
  await runningAgain;
  assert.equal(second.stats.messageCount, frames.length);
  assert.deepEqual(await published(nc, metricsSubject(EURUSD), 2 * expected.length), [...expected, ...expected]);
  await nc.close();
});
