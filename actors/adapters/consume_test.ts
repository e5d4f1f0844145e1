import assert from "node:assert/strict";
import { DeliverPolicy, jetstream } from "@nats-io/jetstream";
import { testNats } from "../../tests/support/nats.ts";
import { marketSubject, parsePair, STREAMS } from "../contract/mod.ts";
import { systemClock } from "./clock.ts";
import { consume } from "./consume.ts";
import { connectNats, ensureStorage } from "./nats.ts";

/** Longer than a reading that hears nothing goes on. */
const QUIET_MS = 5_000;

Deno.test("`consume()` goes on while an idle server lives, and ends when it falls silent", async () => {
  await using nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const subject = marketSubject(parsePair("EURUSD")!);
  const over = new AbortController();
  const read = async (filter?: string) => {
    const reading = await consume(nc, {
      stream: STREAMS.market.name,
      consumer: {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: 1,
        ...(filter === undefined ? {} : { filter_subjects: filter }),
      },
      signal: over.signal,
    });
    const told = { count: 0, hasEnded: false, depth: () => reading.depth, ended: Promise.resolve() };
    told.ended = (async () => {
      for await (const _ of reading) told.count++;
      told.hasEnded = true;
    })();
    return told;
  };
  const [busy, idle] = [await read(), await read(marketSubject(parsePair("USDJPY")!))];
  for (let i = 0; i < 5; i++) await jetstream(nc).publish(subject, "x");
  await systemClock.sleep(QUIET_MS);
  assert.deepEqual([busy.count, busy.hasEnded, busy.depth()], [5, false, 0]);
  assert.deepEqual([idle.count, idle.hasEnded, idle.depth()], [0, false, 0]);

  // A server that stands still keeps its connections: nothing but silence tells.
  Deno.kill(nats.server.pid, "SIGSTOP");
  try {
    const late = systemClock.sleep(2 * QUIET_MS).then(() => "late");
    assert.equal(await Promise.race([Promise.all([busy.ended, idle.ended]).then(() => "ended"), late]), "ended");
  } finally {
    Deno.kill(nats.server.pid, "SIGCONT");
  }
  over.abort();
  await nc.close();
});
