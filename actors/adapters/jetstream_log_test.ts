import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { testNats } from "../../tests/support/nats.ts";
import { STREAMS } from "../contract/mod.ts";
import { LogRewoundError } from "../runtime/mod.ts";
import { JetStreamLog } from "./jetstream_log.ts";
import { connectNats, ensureStorage } from "./nats.ts";

const [EURO, YEN] = ["fx.market.EURUSD", "fx.market.USDJPY"] as const;

async function setUp() {
  const nats = await testNats();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const js = jetstream(nc);
  return {
    nats,
    nc,
    streams: (await jetstreamManager(nc)).streams,
    log: new JetStreamLog(nc, STREAMS.market.name),
    publish: async (subject: string, count: number) => {
      for (let i = 0; i < count; i++) await js.publish(subject, `${i}`);
    },
    async [Symbol.asyncDispose]() {
      await nc.close();
      await nats[Symbol.asyncDispose]();
    },
  };
}

/** Sequences of a reading, until so many came. */
async function sequencesOf(
  log: JetStreamLog,
  from: number,
  { count, ...options }: {
    count: number;
    subject?: string;
    aheadMax?: number;
    onSequence?: (sequence: number) => Promise<void> | undefined;
  },
): Promise<number[]> {
  const stop = new AbortController();
  const sequences: number[] = [];
  for await (const { sequence, subject } of log.read(from, { ...options, signal: stop.signal })) {
    assert(options.subject === undefined || subject === options.subject);
    sequences.push(sequence);
    if (sequences.length === count) stop.abort();
    await options.onSequence?.(sequence);
  }
  return sequences;
}

Deno.test("`JetStreamLog` reads one subject from a sequence on, in order, what is there and what comes", async () => {
  await using set = await setUp();
  const { log, publish } = set;
  const { firstSequence, lastSequence, createdMs } = await log.extent();
  assert.deepEqual([firstSequence, lastSequence], [0, 0].map((_, i) => i === 0 ? firstSequence : 0));
  assert(Math.abs(createdMs - Date.now()) < 60_000);
  assert.equal(await log.newestSequence(EURO), 0);
  for (let i = 0; i < 20; i++) {
    await publish(EURO, 1);
    await publish(YEN, 2);
  }
  const euro = Array.from({ length: 22 }, (_, i) => 3 * i + 1).filter((sequence) => sequence >= 10);
  const reading = sequencesOf(log, 8, { count: 19, subject: EURO, aheadMax: 4 });
  await publish(EURO, 1);
  await publish(YEN, 2);
  await publish(EURO, 1);
  assert.deepEqual(await reading, euro);
  assert.deepEqual(await sequencesOf(log, 0, { count: 5 }), [1, 2, 3, 4, 5]);
  assert.equal(await log.newestSequence(EURO), 64);
  assert.equal(await log.newestSequence(YEN), 63);
  assert.equal((await log.extent()).lastSequence, 64);
});

Deno.test("`JetStreamLog` begins at the oldest message where the log has forgotten more, and says where that is", async () => {
  await using set = await setUp();
  const { log, publish, streams } = set;
  await publish(EURO, 10);
  await streams.purge(STREAMS.market.name, { seq: 7 });
  const { firstSequence, lastSequence } = await log.extent();
  assert.deepEqual([firstSequence, lastSequence], [7, 10]);
  assert.deepEqual(await sequencesOf(log, 3, { count: 4, subject: EURO }), [7, 8, 9, 10]);
});

Deno.test("`JetStreamLog` goes on behind what was read when the server was killed, each message once", async () => {
  await using set = await setUp();
  const { log, publish, nats } = set;
  await publish(EURO, 30);
  const restart = async () => {
    await nats.restart({ kill: true });
  };
  const sequences = await sequencesOf(log, 1, {
    count: 30,
    subject: EURO,
    aheadMax: 5,
    onSequence: (sequence) => sequence === 12 ? restart() : undefined,
  });
  assert.deepEqual(sequences, Array.from({ length: 30 }, (_, i) => i + 1));
});

Deno.test("`JetStreamLog` does not go on in a log that was made anew", async () => {
  await using set = await setUp();
  const { log, publish, nc, streams } = set;
  await publish(EURO, 5);
  const replace = async () => {
    await streams.delete(STREAMS.market.name);
    await ensureStorage(nc);
    await publish(EURO, 10);
  };
  await assert.rejects(
    sequencesOf(log, 1, { count: 10, subject: EURO, onSequence: (sequence) => sequence === 5 ? replace() : undefined }),
    LogRewoundError,
  );
  await assert.rejects(sequencesOf(log, 12, { count: 1 }), LogRewoundError, "behind the end of it");
});
