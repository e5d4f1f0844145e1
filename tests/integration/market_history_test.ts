import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import {
  HistoryAnswer,
  MARKET_METRICS_SUBJECT,
  MarketHistoryAnswer,
  METRIC_NAMES,
  METRIC_PATHS,
  METRICS,
  metricsSubject,
  parsePair,
  STREAMS,
} from "../../actors/contract/mod.ts";
import { createApp } from "../../gateway/app.ts";
import { Archiver, ClickHouse, MetricRows, migrate, readMigrations, verifyTables } from "../../gateway/archive/mod.ts";
import { History } from "../../gateway/history.ts";
import { appDeps } from "../support/app_deps.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { marketSampleOf } from "../support/market_samples.ts";
import { testNats } from "../support/nats.ts";
import { sampleOf } from "../support/samples.ts";

const EURUSD = parsePair("EURUSD")!;
const MIGRATIONS = new URL("../../deploy/migrations/", import.meta.url);
const START_US = Date.parse("2024-03-15T13:30:00Z") * 1_000;
const SECONDS = 90;
/** Correlation of the first pair that appeared and the third, at a second. */
const correlationAt = (second: number) => Math.round(100 * Math.sin(second)) / 100;

Deno.test("what is said across pairs, and every metric of a pair, come out of the API as they went into METRICS", async (t) => {
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

  const js = jetstream(nc);
  const everything = Object.fromEntries(
    Object.entries(METRICS).map(([group, metrics]) => [
      group,
      Object.fromEntries(Object.keys(metrics).map((short) => [short, indexOf(`${group}.${short}`)])),
    ]),
  );
  for (let second = 0; second < SECONDS; second++) {
    const timeUs = START_US + second * 1_000_000;
    // Whoever appears first comes first: after half of the time the actor starts anew and sees the pairs otherwise.
    const pairs = ["GBPUSD", "USDJPY", "EURUSD"];
    if (second >= SECONDS / 2) pairs.reverse();
    const sample = marketSampleOf({
      timeUs,
      pairs,
      correlation: (a, b) => a + b === 2 ? correlationAt(second) : "warming",
    });
    const turned = second >= SECONDS / 2 ? -250 : 250;
    await js.publish(
      MARKET_METRICS_SUBJECT,
      JSON.stringify({
        ...sample,
        leadLag: { lagMs: ["warming", turned, 0], value: [0.1, 0.5, 0.2], ratio: [1, turned > 0 ? 4 : 0.25, 0] },
        triangles: [{ direct: "EURGBP", legs: ["EURUSD", "GBPUSD"], edgeBps: "stale", edgeBpsMax: -0.5 }],
      }),
    );
  }
  await js.publish(MARKET_METRICS_SUBJECT, JSON.stringify({ ...marketSampleOf(), pairs: ["EURUSD"] }));
  await js.publish(
    metricsSubject(EURUSD),
    JSON.stringify(sampleOf({ timeUs: START_US, values: everything as ReturnType<typeof sampleOf>["values"] })),
  );

  const last = SECONDS + 2;
  const archive = async () => {
    const archiver = new Archiver({
      stream: STREAMS.metrics.name,
      makeRows: () => new MetricRows(),
      clickhouse,
      log: new JetStreamLog(nc, STREAMS.metrics.name),
      logLine: () => {},
      prepare: () => verifyTables(clickhouse, new MetricRows().sets),
      sleep: systemClock.sleep,
    });
    const abort = new AbortController();
    const running = archiver.run(abort.signal);
    while (archiver.stats.archivedSequence < last) await systemClock.sleep(5);
    abort.abort();
    await running;
    return archiver;
  };
  const archiver = await archive();
  const app = createApp(appDeps({ history: new History(clickhouse) }));
  const window = `from=${START_US}&to=${START_US + SECONDS * 1_000_000}`;
  const history = async (query: string) => {
    const response = await app.request(`/api/market/history?${query}&${window}`);
    assert.equal(response.status, 200, await response.clone().text());
    return MarketHistoryAnswer.parse(await response.json());
  };
  const seconds = Array.from({ length: SECONDS }, (_, second) => second);

  await t.step("no market sample is taken for a bad sample of a pair; a bad one is counted", () => {
    assert.deepEqual(archiver.rejected, { schema: 1 });
  });

  await t.step(
    "two pairs have one history, whoever appeared first and in whichever order they are asked for",
    async () => {
      for (const pairs of ["a=EURUSD&b=GBPUSD", "a=GBPUSD&b=EURUSD"]) {
        const { of, columns } = await history(`kind=correlation&${pairs}`);
        assert.deepEqual(of, ["EURUSD", "GBPUSD"]);
        assert.deepEqual(Object.keys(columns).sort(), [
          "correlation.breakZ",
          "correlation.long",
          "correlation.short",
          "correlation.value",
          "timeUs",
        ]);
        assert.deepEqual(columns.timeUs, seconds.map((second) => START_US + second * 1_000_000));
        assert.deepEqual(columns["correlation.value"], seconds.map(correlationAt));
      }
      const other = (await history("kind=correlation&a=EURUSD&b=USDJPY")).columns;
      assert(other["correlation.value"]!.every((value) => value === null), "a word is no number");
      assert(other["correlation.breakZ"]!.every((value) => typeof value === "number"));
    },
  );

  await t.step("a lead keeps its direction", async () => {
    const { columns } = await history("kind=lead-lag&a=EURUSD&b=GBPUSD");
    // GBPUSD leads EURUSD by 250 ms: of the two in the order of the alphabet, the second leads.
    assert.deepEqual(new Set(columns["leadLag.lagMs"]), new Set([-250]));
    assert.deepEqual(new Set(columns["leadLag.ratio"]), new Set([0.25]));
    assert.deepEqual(new Set(columns["leadLag.value"]), new Set([0.5]));
  });

  await t.step("triangles, strengths and returns", async () => {
    const triangle = (await history("kind=triangle&a=EURGBP&b=EURUSD&c=GBPUSD")).columns;
    assert.deepEqual(new Set(triangle["triangles.edgeBpsMax"]), new Set([-0.5]));
    assert.deepEqual(new Set(triangle["triangles.edgeBps"]), new Set([null]));
    const strength = (await history("kind=strength&currency=GBP")).columns;
    assert.equal(strength["strength.dayBps"]!.length, SECONDS);
    const returns = await history("kind=returns&a=USDJPY&limit=10");
    assert.deepEqual(new Set(returns.columns["correlation.returns"]), new Set([101]));
    assert.equal(returns.nextFromUs, START_US + 10_000_000);
  });

  for (const [step, stepSeconds] of [["1s", 1], ["1m", 60]] as const) {
    await t.step(`buckets of ${step} hold the means, also after a repair`, async () => {
      const means = Map.groupBy(seconds, (second) => Math.floor(second / stepSeconds));
      const expected = [...means.values()].map((each) =>
        each.reduce((sum, s) => sum + correlationAt(s), 0) / each.length
      );
      const check = async () => {
        const { columns } = await history(`kind=correlation&a=EURUSD&b=GBPUSD&step=${step}`);
        assert.equal(columns.timeUs!.length, expected.length);
        columns["correlation.value"]!.forEach((value, k) => assert(Math.abs(Number(value) - expected[k]!) < 1e-12));
      };
      await check();
      // As if the process had died after the blocks of the second half and before their mark.
      await clickhouse.command("TRUNCATE TABLE archive_progress");
      const { createdMs } = await new JetStreamLog(nc, STREAMS.metrics.name).extent();
      await clickhouse.command(
        "INSERT INTO archive_progress (stream, epoch, seq) VALUES ('METRICS', {epoch: UInt32}, {seq: UInt64})",
        { epoch: Math.floor(createdMs / 1000), seq: Math.floor(SECONDS / 2) },
      );
      await archive();
      await check();
    });
  }

  await t.step("every metric of a pair by its name, all of them at once too", async () => {
    for (const names of [`names=${METRIC_NAMES.join(",")}&`, ""]) {
      for (const step of ["raw", "1s", "1m"]) {
        const response = await app.request(`/api/pairs/EURUSD/metrics?${names}${window}&step=${step}`);
        const { columns } = HistoryAnswer.parse(await response.json());
        assert.deepEqual(METRIC_NAMES.map((name) => columns[name]![0]), METRIC_NAMES.map(indexOf), step);
      }
    }
  });
  await clickhouse.close();
  await nc.close();
});

function indexOf(name: string): number {
  return METRIC_PATHS.findIndex(([each]) => each === name);
}
