import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  EventKind,
  FrameReader,
  type HistoryAnswer,
  type MarketEvent,
  marketSubject,
  metricsSubject,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createPairActor } from "../../actors/pair/mod.ts";
import { Archiver, ClickHouse, MarketRows, MetricRows, migrate, readMigrations } from "../../gateway/archive/mod.ts";
import { History } from "../../gateway/history.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";

const USDJPY = parsePair("USDJPY")!;
const MIGRATIONS = new URL("../../deploy/migrations/", import.meta.url);

Deno.test("`History` answers what was archived: raw, by second, by minute, page by page", async (t) => {
  await using nats = await testNats();
  await using server = await testClickHouse();
  await using database = await server.database();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const url = new URL(server.url);
  const clickhouse = new ClickHouse({
    url: url.origin,
    username: url.username || "default",
    password: url.password,
    database: database.name,
  });
  await migrate(clickhouse, await readMigrations(MIGRATIONS));

  const frames = testFrames({ pair: USDJPY, eventCount: 20_000, eventsPerSecond: 100 });
  const events: MarketEvent[] = [];
  const reader = new FrameReader();
  const js = jetstream(nc);
  const actor = createPairActor(USDJPY);
  const state = actor.initial();
  let sampleCount = 0;
  for (const [i, frame] of frames.entries()) {
    reader.open(frame);
    while (reader.next()) events.push({ ...reader.event });
    await js.publish(marketSubject(USDJPY), frame);
    const samples: string[] = [];
    actor.receive(state, { sequence: i + 1, data: frame }, (subject, payload) => {
      if (!subject.startsWith("fx.anomaly.")) samples.push(payload);
    });
    for (const sample of samples) await js.publish(metricsSubject(USDJPY), sample);
    sampleCount += samples.length;
  }
  for (
    const [stream, makeRows, count] of [
      [STREAMS.market.name, () => new MarketRows(), frames.length],
      [STREAMS.metrics.name, () => new MetricRows(), sampleCount],
    ] as const
  ) {
    const log = new JetStreamLog(nc, stream);
    const archiver = new Archiver({
      stream,
      makeRows,
      clickhouse,
      log,
      logLine: () => {},
      prepare: () => Promise.resolve(),
      sleep: systemClock.sleep,
    });
    const abort = new AbortController();
    const running = archiver.run(abort.signal);
    while (archiver.stats.archivedSequence < count) await systemClock.sleep(5);
    abort.abort();
    await running;
  }
  const history = new History(clickhouse);
  const quotes = events.filter(({ kind }) => kind === EventKind.quote);
  const trades = events.filter(({ kind }) => kind === EventKind.trade);
  const whole = { pair: USDJPY, fromUs: events[0]!.eventTimeUs, toUs: events.at(-1)!.eventTimeUs + 1, limit: 50_000 };

  await t.step("raw quotes and trades, in order", async () => {
    const { columns, nextFromUs } = await history.quotes({ ...whole, step: "raw" });
    assert.equal(nextFromUs, undefined);
    assert.deepEqual(columns, {
      timeUs: quotes.map((quote) => quote.eventTimeUs),
      bid: quotes.map((quote) => quote.price),
      ask: quotes.map((quote) => quote.price2),
      bidSize: quotes.map((quote) => quote.size),
      askSize: quotes.map((quote) => quote.size2),
    });
    const traded = (await history.trades({ ...whole, step: "raw" })).columns;
    assert.deepEqual(traded.price, trades.map(({ price }) => price));
    assert.deepEqual(traded.side, trades.map(({ side }) => side === 1 ? "buy" : "sell"));
  });

  await t.step("pages put together are the whole, whatever the limit", async () => {
    for (const limit of [1, 7, 1_000]) {
      const times: unknown[] = [];
      let fromUs: number | undefined = whole.fromUs;
      const toUs = limit < 10 ? whole.fromUs + 3_000_000 : whole.toUs;
      while (fromUs !== undefined) {
        const page: HistoryAnswer = await history.quotes({ ...whole, fromUs, toUs, step: "raw", limit });
        times.push(...page.columns.timeUs!);
        fromUs = page.nextFromUs;
      }
      assert.deepEqual(times, quotes.map(({ eventTimeUs }) => eventTimeUs).filter((timeUs) => timeUs < toUs));
    }
  });

  for (const [step, stepUs] of [["1s", 1_000_000], ["1m", 60_000_000]] as const) {
    await t.step(`buckets of ${step} are those of the rows`, async () => {
      const window = { ...whole, fromUs: Math.floor(whole.fromUs / stepUs) * stepUs, step };
      const byBucket = Map.groupBy(quotes, ({ eventTimeUs }) => Math.floor(eventTimeUs / stepUs) * stepUs);
      const { columns } = await history.quotes(window);
      assert.deepEqual(columns.timeUs, [...byBucket.keys()]);
      const mids = [...byBucket.values()].map((bucket) => bucket.map(({ price, price2 }) => (price + price2) / 2));
      assert.deepEqual(columns.open, mids.map((bucket) => bucket[0]));
      assert.deepEqual(columns.close, mids.map((bucket) => bucket.at(-1)));
      assert.deepEqual(columns.high, mids.map((bucket) => Math.max(...bucket)));
      assert.deepEqual(columns.low, mids.map((bucket) => Math.min(...bucket)));
      assert.deepEqual(columns.count, mids.map((bucket) => bucket.length));
      const traded = (await history.trades(window)).columns;
      assert.equal(sum(traded.volume), sum(trades.map(({ size }) => size)));
      assert.equal(sum(traded.buyVolume), sum(trades.filter(({ side }) => side === 1).map(({ size }) => size)));
    });
  }

  await t.step("metrics by name, null where a sample has no value", async () => {
    const { columns } = await history.metrics({ ...whole, toUs: whole.toUs + 1_000_000, step: "raw" }, [
      "price.mid",
      "volatility.ewmaFastPct",
    ]);
    assert.equal(columns.timeUs!.length, sampleCount);
    assert(columns["price.mid"]!.slice(1).every((value) => typeof value === "number"));
    assert.equal(columns["volatility.ewmaFastPct"]![0], null);
    const minute = await history.metrics({ ...whole, fromUs: 0, step: "1m" }, ["price.mid"]);
    assert.equal(
      minute.columns.timeUs!.length,
      new Set(columns.timeUs!.map((timeUs) => Math.floor(Number(timeUs) / 60e6))).size,
    );
  });

  await t.step("the extent of a pair, and windows that hold nothing", async () => {
    const { eventTimeUs: firstTimeUs } = events.find(({ kind }) => kind !== EventKind.level)!;
    const { eventTimeUs: lastTimeUs } = events.findLast(({ kind }) => kind !== EventKind.level)!;
    assert.deepEqual(await history.extents(), new Map([["USDJPY", { firstTimeUs, lastTimeUs }]]));
    for (const step of ["raw", "1s", "1m"] as const) {
      const { columns } = await history.quotes({ ...whole, fromUs: 0, toUs: 1, step });
      assert.deepEqual(columns.timeUs, []);
      assert.deepEqual(
        (await history.metrics({ ...whole, fromUs: 0, toUs: 1, step }, ["price.mid"])).columns["price.mid"],
        [],
      );
    }
  });
  await clickhouse.close();
  await nc.close();
});

function sum(values: readonly unknown[] | undefined): number {
  return (values ?? []).reduce<number>((total, value) => total + Number(value), 0);
}
