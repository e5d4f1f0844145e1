import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { PublishWindow } from "../../actors/adapters/publish_window.ts";
import { marketSubject, parsePair, STREAMS } from "../../actors/contract/mod.ts";
import { testNats } from "../support/nats.ts";
import { testNatsCluster } from "../support/nats_cluster.ts";

const SUBJECT = marketSubject(parsePair("EURUSD")!);
const COUNT = 30_000;
const LEADER_CHANGES = 3;
/** Long enough that the client tries to connect a few times, and short enough that nothing times out meanwhile. */
const OUTAGE_MS = 600;
const PACE_MS = 5;

Deno.test("`PublishWindow` stores everything once and in order while the server is killed and started again", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const window = new PublishWindow(nc, { giveUpMs: 60_000 });
  let published = 0;
  const publishing = (async () => {
    for (let i = 0; i < COUNT; i++) {
      await window.publish(SUBJECT, String(i), `m${i}`);
      published = i;
    }
    await window.drain();
  })();
  for (const share of [0.2, 0.6]) {
    while (published < share * COUNT) await new Promise((resolve) => setTimeout(resolve));
    await nats.restart({ kill: true });
  }
  await publishing;

  assert.equal(outOfPlace(await storedNumbers(nc)), undefined);
  assert.equal((await storedNumbers(nc)).length, COUNT);
  await nc.close();
});

Deno.test("`PublishWindow` keeps the order of what a slow feed publishes while the server is away, with nothing in flight when it went", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const window = new PublishWindow(nc, { giveUpMs: 60_000 });
  let published = 0;
  const publish = async (until: () => boolean) => {
    while (!until()) {
      await window.publish(SUBJECT, String(published), `m${published}`);
      published++;
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  };
  await publish(() => published === 20);
  await window.drain();
  await nats.server.kill();
  let isBack = false;
  const back = new Promise((resolve) => setTimeout(resolve, OUTAGE_MS)).then(() => nats.restart({ kill: true }));
  void back.then(() => isBack = true);
  await publish(() => isBack);
  const before = published;
  await publish(() => published === before + 200);
  await window.drain();
  await back;

  const stored = await storedNumbers(nc);
  assert.equal(outOfPlace(stored), undefined);
  assert.equal(stored.length, published);
  await nc.close();
});

/** Numbers in the log, in their order. */
async function storedNumbers(nc: NatsConnection): Promise<number[]> {
  const { state } = await (await jetstreamManager(nc)).streams.info(STREAMS.market.name);
  const consumer = await jetstream(nc).consumers.get(STREAMS.market.name);
  const stored: number[] = [];
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    stored.push(Number(message.string()));
    if (message.seq === state.last_seq) break;
  }
  return stored;
}

/** The first number that is not where it belongs. */
function outOfPlace(numbers: readonly number[]): string | undefined {
  const place = numbers.findIndex((number, i) => number !== i);
  return place < 0 ? undefined : `${numbers[place]} at place ${place}`;
}

Deno.test("`PublishWindow` keeps the order while a stream changes its leader behind a connection that stays", async () => {
  await using cluster = await testNatsCluster({ size: 3 });
  const nc = await connectNats({ url: cluster.url, name: "test" });
  await ensureStorage(nc, { replicas: 3 });
  await cluster.streamIsCurrent(STREAMS.market.name);
  const window = new PublishWindow(nc, { giveUpMs: 60_000 });
  let published = 0;
  let stopped = false;
  const publishing = (async () => {
    while (!stopped) {
      await window.publish(SUBJECT, String(published), `m${published}`);
      published++;
    }
    await window.drain();
  })();
  for (let i = 0; i < LEADER_CHANGES; i++) {
    const before = published;
    while (published < before + 2_000) await new Promise((resolve) => setTimeout(resolve));
    await cluster.streamLeader(STREAMS.market.name);
    await nc.request(`$JS.API.STREAM.LEADER.STEPDOWN.${STREAMS.market.name}`, "");
  }
  stopped = true;
  await publishing;

  const stored = await storedNumbers(nc);
  assert.equal(outOfPlace(stored), undefined);
  assert.equal(stored.length, published);
  await nc.close();
});

Deno.test("`PublishWindow` has one message of a subject on its way in a cluster, and subjects do not wait for each other", async () => {
  await using cluster = await testNatsCluster({ size: 3 });
  const nc = await connectNats({ url: cluster.url, name: "test" });
  // A responder in place of a stream, because it can hold an acknowledgement back.
  const arrivals = nc.subscribe("fx.market.*")[Symbol.asyncIterator]();
  const arrival = async () => (await arrivals.next()).value as Msg;
  const acknowledge = (message: Msg) => message.respond(JSON.stringify({ stream: STREAMS.market.name, seq: 1 }));
  await nc.flush();
  const window = new PublishWindow(nc, { giveUpMs: 60_000 });
  const other = marketSubject(parsePair("USDJPY")!);
  await window.publish(SUBJECT, "first", "a0");
  await window.publish(SUBJECT, "second", "a1");
  await window.publish(other, "third", "b0");
  const [first, third] = [await arrival(), await arrival()];
  assert.deepEqual([first.string(), third.string()], ["first", "third"]);
  acknowledge(third);
  acknowledge(first);
  const second = await arrival();
  assert.equal(second.string(), "second");
  acknowledge(second);
  await window.drain();
  assert.equal(window.stats.storedCount, 3);
  await nc.close();
});

Deno.test("`PublishWindow` gives up with the reason when the server stays away", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const window = new PublishWindow(nc, { giveUpMs: 100 });
  await nats.server.kill();
  await window.publish(SUBJECT, "x", "m");
  await assert.rejects(() => window.drain(), /Cannot publish on fx\.market\.EURUSD/);
  await assert.rejects(() => window.publish(SUBJECT, "y", "n"), /Cannot publish/);
  await nc.close();
});
