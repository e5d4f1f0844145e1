import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats } from "../../actors/adapters/nats.ts";
import { type LatestAnswer, parsePair, STREAMS } from "../../actors/contract/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import { ClickHouse } from "../../gateway/archive/mod.ts";
import { sharedData, Stack } from "../support/stack.ts";

interface Status {
  archives: {
    stream: string;
    archivedSequence: number;
    readSequence: number;
    connected: boolean;
    failureCount: number;
  }[];
}

/** Longest that an actor may take for the samples of a recording. */
const PUBLISHED_TIMEOUT_MS = 120_000;

/** Recordings: one that ships with the tests, and real ones where they are at hand. */
const RECORDINGS = [
  { name: "a Dukascopy file with broken lines", file: fixture("dukascopy_eurusd_dirty.csv"), pair: "EURUSD" },
  { name: "TrueFX USDJPY of 2013", file: sharedData("fx/truefx_usdjpy_nautilus/usdjpy-ticks.csv"), pair: "USDJPY" },
  { name: "Dukascopy GBPJPY of 2012", file: sharedData("fx/dukascopy_gbpjpy/GBPJPY_20121216.csv.gz"), pair: "GBPJPY" },
];

function fixture(name: string): string {
  return new URL(`../fixtures/${name}`, import.meta.url).pathname;
}

/** Newest sequence of a stream. */
async function lastSequence(stack: Stack, stream: string): Promise<number> {
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const { state } = await (await (await jetstream(nc).jetstreamManager()).streams.info(stream));
  await nc.close();
  return state.last_seq;
}

/** Every sample of a pair in METRICS, as published, once there are as many as expected: the actor may be behind the log. */
async function publishedSamples(stack: Stack, pair: string, expectedCount: number): Promise<string[]> {
  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const subject = `fx.metrics.${pair}`;
  const consumer = await jetstream(nc).consumers.get(STREAMS.metrics.name, { filter_subjects: subject });
  const published = async () => (await consumer.info()).num_pending;
  const deadline = performance.now() + PUBLISHED_TIMEOUT_MS;
  while (await published() < expectedCount && performance.now() < deadline) await systemClock.sleep(50);
  const count = await published();
  const samples: string[] = [];
  for await (const message of await consumer.consume()) {
    samples.push(message.string());
    if (samples.length >= count) break;
  }
  await nc.close();
  return samples;
}

/** Wait until a stream is in the tables up to its newest message, and no message came meanwhile. */
async function archived(stack: Stack, stream: string): Promise<void> {
  const newest = await lastSequence(stack, stream);
  await stack.until<Status>(
    "/api/status",
    ({ archives }) => archives.find((a) => a.stream === stream)!.archivedSequence >= newest,
  );
}

function connectClickHouse(stack: Stack): ClickHouse {
  return new ClickHouse({ url: stack.clickhouseUrl, username: "default", password: "", database: "fx" });
}

for (const { name, file, pair } of RECORDINGS) {
  const ignore = file === undefined;
  Deno.test({
    name: `replay of ${name}: rows, last mid and samples are those of the file${
      ignore ? " (skipped: no ../shared/data)" : ""
    }`,
    ignore,
    fn: async () => {
      await using stack = await Stack.start({ pairs: pair });
      const analyzed = await stack.run("actors/analyze_main.ts", [file!, "--pair", pair]);
      assert.equal(analyzed.code, 0, analyzed.stderr);
      const lines = analyzed.stdout.split("\n").filter((line) => line !== "" && !line.includes('"phase":'));
      // What it says across pairs is not of this pair.
      const expected = lines.filter((line) => JSON.parse(line).pair === pair);
      assert(expected.length > 10, "the recording makes samples");

      const replayed = await stack.run("actors/replay_main.ts", [file!, "--pair", pair, "--speed", "max"]);
      assert.equal(replayed.code, 0, replayed.stderr);
      const [, published] = /([\d,]+) events? in/.exec(replayed.stderr) ?? [];
      const eventCount = Number(published!.replaceAll(",", ""));

      // The newest book on the gateway is that of the newest entry of the log.
      const newest = await lastSequence(stack, STREAMS.market.name);
      const { book } = await stack.until<LatestAnswer>(
        `/api/pairs/${pair}/latest`,
        (latest) => latest.book?.sequence === newest,
      );
      await archived(stack, STREAMS.market.name);

      const clickhouse = connectClickHouse(stack);
      const rows = await clickhouse.columns<{ n: number[]; mid: number[]; rolled: number[] }>(
        `SELECT count() AS n, argMax((bid + ask) / 2, (time, seq, idx)) AS mid,
                (SELECT sum(count) FROM quotes_1m) AS rolled FROM quotes`,
      );
      assert.equal(rows.n[0], eventCount);
      assert.equal(rows.rolled[0], eventCount);
      assert.equal((book!.bid! + book!.ask!) / 2, rows.mid[0]);

      // What the actor published is what `analyze` prints, byte for byte.
      const samples = await publishedSamples(stack, pair, expected.length);
      assert.equal(samples.length, expected.length);
      samples.forEach((sample, i) => assert.equal(sample, expected[i]));
      await archived(stack, STREAMS.metrics.name);
      const metric = await clickhouse.columns<{ n: number[] }>("SELECT uniqExact(seq) AS n FROM metrics");
      assert.equal(metric.n[0], expected.length);
      await clickhouse.close();
    },
  });
}

Deno.test("gateway and ClickHouse are killed during a replay: every row is there once", async () => {
  await using stack = await Stack.start({ pairs: "EURUSD" });
  const file = fixture("dukascopy_eurusd_dirty.csv");
  // The same recording again and again, as different sources, so that the replay is under way while things die.
  const replays = (async () => {
    let total = 0;
    for (let i = 0; i < 6; i++) {
      const { code, stderr } = await stack.run("actors/replay_main.ts", [file, "--pair", "EURUSD", "--speed", "max"]);
      assert.equal(code, 0, stderr);
      total += Number(/([\d,]+) events? in/.exec(stderr)![1]!.replaceAll(",", ""));
    }
    return total;
  })();
  await stack.until<Status>("/api/status", ({ archives }) => archives[0]!.archivedSequence > 0);
  await stack.kill("gateway");
  await stack.kill("clickhouse");
  await stack.start("clickhouse");
  await stack.start("gateway");
  await stack.until<Status>("/api/status", ({ archives }) => archives[0]!.connected);
  await stack.kill("clickhouse");
  const total = await replays;
  await stack.start("clickhouse");
  await archived(stack, STREAMS.market.name);
  const clickhouse = connectClickHouse(stack);
  const rows = await clickhouse.columns<{ n: number[]; distinct: number[]; rolled: number[] }>(
    "SELECT count() AS n, uniqExact(seq, idx) AS distinct, (SELECT sum(count) FROM quotes_1s) AS rolled FROM quotes",
  );
  assert.deepEqual(rows, { n: [total], distinct: [total], rolled: [total] });
  await clickhouse.close();
});

Deno.test("actors are killed again and again: the samples are those of one fold over the log", async () => {
  await using stack = await Stack.start({ pairs: "EURUSD,USDJPY", roles: ["actors", "feed"] });
  let count = 0;
  for (let round = 0; round < 4; round++) {
    const wanted = count + 12;
    while (count < wanted) count = await lastSequence(stack, STREAMS.metrics.name);
    await stack.kill("actors");
    await stack.start("actors");
  }
  await stack.kill("feed");

  const nc = await connectNats({ url: stack.nats.url, name: "test" });
  const log = new JetStreamLog(nc, STREAMS.market.name);
  const { lastSequence: newest } = await log.extent();
  const pairs = ["EURUSD", "USDJPY"].map((name) => parsePair(name)!);
  const folds = new Map(pairs.map((pair) => {
    const actor = createPairActor(pair);
    return [actor.input, { actor, state: actor.initial(), samples: [] as string[], pair }];
  }));
  for await (const message of log.read(1, { signal: new AbortController().signal })) {
    const fold = folds.get(message.subject)!;
    fold.actor.receive(fold.state, message, (subject, payload) => {
      if (subject.startsWith("fx.metrics.")) fold.samples.push(payload);
    });
    if (message.sequence === newest) break;
  }
  await nc.close();
  for (const { pair, samples } of folds.values()) {
    assert(samples.length > 10, `${pair} has samples`);
    assert.deepEqual(await publishedSamples(stack, pair, samples.length), samples);
  }
});
