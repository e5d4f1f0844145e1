import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { PublishWindow } from "../../actors/adapters/publish_window.ts";
import { marketSubject, parsePair, STREAMS } from "../../actors/contract/mod.ts";
import { testNats } from "../support/nats.ts";

const SUBJECT = marketSubject(parsePair("EURUSD")!);
const COUNT = 30_000;

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
    // In good order, because a server that is killed may forget messages that it has acknowledged but not yet synced.
    await nats.restart();
  }
  await publishing;

  const consumer = await jetstream(nc).consumers.get(STREAMS.market.name);
  const stored: number[] = [];
  for await (const message of await consumer.consume({ max_messages: 5_000 })) {
    stored.push(Number(message.string()));
    if (message.info.pending === 0) break;
  }
  assert.deepEqual(stored, Array.from({ length: COUNT }, (_, i) => i));
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
