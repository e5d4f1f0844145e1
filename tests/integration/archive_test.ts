import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  alertSubject,
  anomalySubject,
  emptyEvent,
  EventKind,
  FrameReader,
  FrameWriter,
  marketSubject,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { type EmbeddedClickHouse, startEmbeddedClickHouse } from "../../deploy/embedded_clickhouse/mod.ts";
import {
  AlertRows,
  AnomalyRows,
  Archiver,
  ClickHouse,
  MarketRows,
  migrate,
  readMigrations,
  type Rows,
  SchemaError,
  verifyTables,
} from "../../gateway/archive/mod.ts";
import { lcg, testFrames } from "../support/frames.ts";
import { testNats } from "../support/nats.ts";

const EURUSD = parsePair("EURUSD")!;
const MIGRATIONS = new URL("../../deploy/migrations/", import.meta.url);

/** An embedded server that can be killed and started again in the same place. */
class RestartableClickHouse implements AsyncDisposable {
  #server: EmbeddedClickHouse | undefined;
  readonly #dataDir = Deno.makeTempDirSync({ prefix: "archive-test-" });
  #port = 0;

  async start(): Promise<string> {
    this.#server = await startEmbeddedClickHouse({ dataDir: this.#dataDir, port: this.#port, log: () => {} });
    this.#port = Number(new URL(this.#server.url).port);
    return this.#server.url;
  }

  async kill(): Promise<void> {
    await this.#server!.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop();
    await Deno.remove(this.#dataDir, { recursive: true });
  }
}

function connect(url: string): ClickHouse {
  return new ClickHouse({ url, username: "default", password: "", database: "fx" });
}

function makeArchiver(nc: NatsConnection, clickhouse: ClickHouse, stream: string, makeRows: () => Rows): Archiver {
  return new Archiver({
    stream,
    makeRows,
    clickhouse,
    log: new JetStreamLog(nc, stream),
    logLine: () => {},
    prepare: () => Promise.resolve(),
    sleep: systemClock.sleep,
  });
}

/** Archive until a sequence is stored. */
async function archiveUntil(archiver: Archiver, sequence: number): Promise<void> {
  const abort = new AbortController();
  const running = archiver.run(abort.signal);
  while (archiver.stats.archivedSequence < sequence) await systemClock.sleep(5);
  abort.abort();
  await running;
}

interface Expected {
  quotes: number;
  levels: number;
  trades: number;
  sizeSum: number;
}

function expectedOf(frames: readonly Uint8Array[]): Expected {
  const reader = new FrameReader();
  const expected = { quotes: 0, levels: 0, trades: 0, sizeSum: 0 };
  for (const frame of frames) {
    reader.open(frame);
    while (reader.next()) {
      if (reader.event.kind === EventKind.quote) expected.quotes++;
      else if (reader.event.kind === EventKind.level) expected.levels++;
      else expected.trades++;
      if (reader.event.kind === EventKind.trade) expected.sizeSum += reader.event.size;
    }
  }
  return expected;
}

async function stored(clickhouse: ClickHouse): Promise<Expected & { distinct: number[]; rollups: number[] }> {
  const one = async (query: string) => (await clickhouse.columns<{ n: number[] }>(query)).n[0]!;
  return {
    quotes: await one("SELECT count() AS n FROM quotes"),
    levels: await one("SELECT count() AS n FROM levels"),
    trades: await one("SELECT count() AS n FROM trades"),
    sizeSum: await one("SELECT sum(size) AS n FROM trades"),
    distinct: [
      await one("SELECT uniqExact(seq, idx) AS n FROM quotes"),
      await one("SELECT uniqExact(seq, idx) AS n FROM levels"),
    ],
    rollups: [
      await one("SELECT sum(count) AS n FROM quotes_1s"),
      await one("SELECT sum(count) AS n FROM quotes_1m"),
      await one("SELECT sum(count) AS n FROM trades_1s"),
      await one("SELECT sum(volume) AS n FROM trades_1m"),
    ],
  };
}

Deno.test("`Archiver` stores every row once, whatever is killed and however often", async () => {
  await using nats = await testNats();
  await using server = new RestartableClickHouse();
  const url = await server.start();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const clickhouse = connect(url);
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const js = jetstream(nc);
  const frames = testFrames({ pair: EURUSD, eventCount: 120_000, eventsPerSecond: 2_000, eventsPerFrame: 100 });
  const expected = expectedOf(frames);
  const seed = 20_130_101;
  const random = lcg(seed);

  const publishing = (async () => {
    for (const frame of frames) await js.publish(marketSubject(EURUSD), frame);
  })();

  // Gateways come and go, each ended at a random point of its work; in every second round the database is killed under it.
  for (let round = 0; round < 6; round++) {
    const abort = new AbortController();
    const archiver = makeArchiver(nc, clickhouse, STREAMS.market.name, () => new MarketRows());
    const running = archiver.run(abort.signal);
    const target = Math.floor(((round + random()) * frames.length) / 8);
    while (archiver.stats.readSequence < target) await systemClock.sleep(1);
    if (round % 2 === 1) {
      await server.kill();
      abort.abort();
      await running;
      await server.start();
    } else {
      abort.abort();
      await running;
    }
  }
  await publishing;
  await archiveUntil(makeArchiver(nc, clickhouse, STREAMS.market.name, () => new MarketRows()), frames.length);

  const result = await stored(clickhouse);
  const { quotes, levels, trades, sizeSum } = expected;
  assert.deepEqual(result, {
    ...expected,
    distinct: [quotes, levels],
    rollups: [quotes, quotes, trades, sizeSum],
  }, `seed ${seed}`);
  await clickhouse.close();
  await nc.close();
});

Deno.test("`repairAfter()` takes back rows behind the mark and rebuilds the roll-ups they touched", async () => {
  await using nats = await testNats();
  await using server = new RestartableClickHouse();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const clickhouse = connect(await server.start());
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const js = jetstream(nc);
  const frames = testFrames({ pair: EURUSD, eventCount: 4_000, eventsPerFrame: 40 });
  for (const frame of frames) await js.publish(marketSubject(EURUSD), frame);
  const archive = () =>
    archiveUntil(makeArchiver(nc, clickhouse, STREAMS.market.name, () => new MarketRows()), frames.length);
  await archive();
  const before = await stored(clickhouse);

  // As if the process had died between the last blocks and their mark, and once between two blocks.
  const half = Math.floor(frames.length / 2);
  await clickhouse.command("TRUNCATE TABLE archive_progress");
  const { createdMs } = await new JetStreamLog(nc, STREAMS.market.name).extent();
  await clickhouse.command(
    "INSERT INTO archive_progress (stream, epoch, seq) VALUES ('MARKET', {epoch: UInt32}, {seq: UInt64})",
    {
      epoch: Math.floor(createdMs / 1000),
      seq: half,
    },
  );
  await clickhouse.command("ALTER TABLE trades DELETE WHERE seq > {seq: UInt64}", { seq: half });
  await archive();
  assert.deepEqual(await stored(clickhouse), before);

  // Frames of a day long gone and of today in one block, and what is malformed between them.
  const writer = new FrameWriter();
  writer.add({ ...emptyEvent(), kind: EventKind.quote, eventTimeUs: 1_357_000_000_000_000, price: 86.7, price2: 86.8 });
  writer.add({ ...emptyEvent(), kind: EventKind.quote, eventTimeUs: 1_357_000_000_000_001, price: -1, price2: 86.8 });
  await js.publish(
    marketSubject(EURUSD),
    writer.finish({ sourceId: 1, sourceSequence: 1, receiveTimeUs: 1_357_000_000_000_000 }),
  );
  await js.publish(marketSubject(EURUSD), "not a frame");
  await js.publish("fx.market.XXXYYY", frames[0]!);
  const archiver = makeArchiver(nc, clickhouse, STREAMS.market.name, () => new MarketRows());
  await archiveUntil(archiver, frames.length + 3);
  assert.equal((await stored(clickhouse)).quotes, before.quotes + 1);
  assert.deepEqual(archiver.rejected, { "price-not-positive": 1, "frame-truncated": 1, "pair-unknown": 1 });
  await clickhouse.close();
  await nc.close();
});

Deno.test("`Archiver` stores anomalies and alerts, and leaves out what is not of their schema", async () => {
  await using nats = await testNats();
  await using server = new RestartableClickHouse();
  const nc = await connectNats({ url: nats.url, name: "test" });
  await ensureStorage(nc);
  const clickhouse = connect(await server.start());
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const js = jetstream(nc);
  const anomaly = {
    v: 1,
    id: "EURUSD-spread-1",
    pair: "EURUSD",
    kind: "spread-blowout",
    phase: "open",
    startUs: 1_700_000_000_000_000,
    endUs: 1_700_000_000_500_000,
    score: 0.998,
    severity: "warning",
    evidence: { spreadBps: 12.5, medianBps: 0.4 },
    sentence: 'Spread "blew out" – 31× its median',
    sequenceFirst: 10,
    sequenceLast: 12,
    detectorVersion: 1,
  };
  const alert = {
    v: 1,
    id: "a-1",
    pair: "EURUSD",
    kind: "spread-blowout",
    severity: "critical",
    state: "open",
    timeUs: 1_700_000_000_500_000,
    rule: "default",
    score: 0.998,
    sentence: "EUR/USD",
    anomalyId: "EURUSD-spread-1",
  };
  await js.publish(anomalySubject(EURUSD, "spread-blowout"), JSON.stringify(anomaly));
  await js.publish(anomalySubject(EURUSD, "spread-blowout"), JSON.stringify({ ...anomaly, score: 2 }));
  await js.publish(anomalySubject(EURUSD, "spread-blowout"), new Uint8Array([0xff, 0xfe]));
  await js.publish(alertSubject("critical", EURUSD, "spread-blowout"), JSON.stringify(alert));
  const anomalies = makeArchiver(nc, clickhouse, STREAMS.anomalies.name, () => new AnomalyRows());
  const alerts = makeArchiver(nc, clickhouse, STREAMS.alerts.name, () => new AlertRows());
  await archiveUntil(anomalies, 3);
  await archiveUntil(alerts, 1);
  assert.deepEqual(anomalies.rejected, { schema: 1, "not-json": 1 });
  const rows = await clickhouse.columns<{ sentence: string[]; median: number[]; start: number[] }>(
    `SELECT sentence, JSONExtractFloat(evidence, 'medianBps') AS median, toUnixTimestamp64Micro(start_time) AS start FROM anomalies`,
  );
  assert.deepEqual(rows, { sentence: [anomaly.sentence], median: [0.4], start: [anomaly.startUs] });
  const raised = await clickhouse.columns<{ id: string[]; anomaly_id: string[] }>("SELECT id, anomaly_id FROM alerts");
  assert.deepEqual(raised, { id: ["a-1"], anomaly_id: ["EURUSD-spread-1"] });
  await clickhouse.close();
  await nc.close();
});

Deno.test("`migrate()` and `verifyTables()` refuse a database with another schema and change nothing in it", async () => {
  await using server = new RestartableClickHouse();
  const clickhouse = connect(await server.start());
  const migrations = await readMigrations(MIGRATIONS);
  assert.equal(await migrate(clickhouse, migrations), migrations.length);
  assert.equal(await migrate(clickhouse, migrations), 0);
  const { sets } = new MarketRows();
  await verifyTables(clickhouse, sets);

  const edited = migrations.map((migration) =>
    migration.version === 2 ? { ...migration, sql: migration.sql + " " } : migration
  );
  await assert.rejects(() => migrate(clickhouse, edited), SchemaError);
  await assert.rejects(() => migrate(clickhouse, migrations.slice(0, 2)), SchemaError);
  await clickhouse.command("ALTER TABLE trades RENAME COLUMN buyer TO buyer_id");
  await assert.rejects(() => verifyTables(clickhouse, sets), (error: Error) => {
    assert(error instanceof SchemaError);
    assert.match(error.message, /trades\.buyer is missing, expected UInt64/);
    return true;
  });
  await clickhouse.close();
});
