import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { testNats } from "../../tests/support/nats.ts";
import { STREAMS } from "../contract/mod.ts";
import { NotNewestError } from "../runtime/mod.ts";
import { JetStreamOutlet } from "./jetstream_outlet.ts";
import { connectNats, ensureStorage } from "./nats.ts";

Deno.test("`JetStreamOutlet` stores a message only as the successor of the one its writer knows, and each id once", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const outlet = new JetStreamOutlet(nc);
  const [subject, other] = ["fx.metrics.EURUSD", "fx.metrics.USDJPY"];
  const output = (id: number, on = subject) => ({ subject: on!, payload: `${id}`, messageId: `pair.EURUSD:1:${id}:0` });

  assert.equal(await outlet.newest(subject!), undefined);
  await assert.rejects(outlet.store(output(9), 5), NotNewestError);
  const first = await outlet.store(output(1), 0);
  const elsewhere = await outlet.store(output(2, other), 0);
  const third = await outlet.store(output(3), first);
  assert(first < elsewhere && elsewhere < third);
  assert.deepEqual(await outlet.newest(subject!), { sequence: third, messageId: "pair.EURUSD:1:3:0" });

  // Who was asleep can add nothing, neither behind an old message nor to a subject it takes for empty.
  for (const after of [0, first, elsewhere]) await assert.rejects(outlet.store(output(4), after), NotNewestError);
  // What is there already is not stored again, and is not taken for another's.
  // (Servers differ in what they look at first: the id, or the message that it is to follow.)
  const again = await outlet.store(output(3), first).catch((error: Error) => error);
  assert(again === third || again instanceof NotNewestError, String(again));
  assert.equal(await outlet.store(output(3), third), third);

  const { streams } = await jetstreamManager(nc);
  assert.equal((await streams.info(STREAMS.metrics.name)).state.messages, 3);
  await assert.rejects(outlet.newest("nobody.knows"), RangeError);
  await nc.close();
});

Deno.test("`JetStreamOutlet` stores bytes and headers as they are", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const outlet = new JetStreamOutlet(nc);
  const payload = Uint8Array.of(0, 255, 7);
  const headers = { "Fx-Actor": "pair.EURUSD", "Fx-Reason": "Error: a defect" };
  await outlet.store({ subject: "fx.dead.EURUSD", payload, headers, messageId: "pair.EURUSD:1:5:0" }, 0);
  const { streams } = await jetstreamManager(nc);
  const message = await streams.getMessage(STREAMS.dead.name, { last_by_subj: "fx.dead.EURUSD" });
  assert.deepEqual([...message!.data], [...payload]);
  for (const [name, value] of Object.entries(headers)) assert.equal(message!.header.get(name), value);
  assert.equal((await outlet.newest("fx.dead.EURUSD"))!.messageId, "pair.EURUSD:1:5:0");
  await nc.close();
});
