/**
 * Figures of a dry run: a metric's rule over a day of 28 pairs, four samples a second; beside it ClickHouse reading the same rows.
 *
 * Run: `deno task bench dry_run`
 *
 * @module
 */
import { AlertRule, METRIC_PATHS } from "../../actors/contract/mod.ts";
import { ClickHouse, migrate, readMigrations } from "../../gateway/archive/mod.ts";
import { DryRun } from "../../gateway/dry_run.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { MIGRATIONS } from "./_archive_stage.ts";

const PAIRS = 28;
const SAMPLES = 24 * 3_600 * 4;
const FROM_US = 1_700_000_000_000_000;
const TO_US = FROM_US + 24 * 3_600_000_000;
const METRIC = "toxicity.vpin";

await using server = await testClickHouse();
await using database = await server.database();
const clickhouse = new ClickHouse({ url: server.url, username: "default", password: "", database: database.name });
await migrate(clickhouse, await readMigrations(MIGRATIONS));
if (!METRIC_PATHS.some(([name]) => name === METRIC)) throw new RangeError(`No metric ${METRIC}`);
for (let pair = 0; pair < PAIRS; pair++) {
  // A wave of half an hour with noise from a hash: the same in every run.
  await clickhouse.command(
    `INSERT INTO metrics (pair, epoch, seq, idx, time, name, value)
     SELECT 'PAIR${String(pair).padStart(2, "0")}', 1, number + 1, 0,
       fromUnixTimestamp64Micro(toInt64(${FROM_US} + number * 250000), 'UTC'), '${METRIC}',
       0.5 + 0.3 * sin((number + ${
      pair * 997
    }) / 1146) + 0.1 * (sipHash64(number, ${pair}) / 18446744073709551615 - 0.5)
     FROM numbers(${SAMPLES})`,
  );
}
const dryRun = new DryRun(clickhouse);
const time = async (what: string, run: () => Promise<unknown>) => {
  const startMs = performance.now();
  const said = await run();
  console.log(`  ${what}: ${(performance.now() - startMs).toFixed(0)} ms ${JSON.stringify(said)}`);
};
await time(
  "ClickHouse reads the rows",
  () => clickhouse.columns(`SELECT count() AS n, avg(value) AS mean FROM metrics WHERE name = '${METRIC}'`),
);
for (const when of [{ above: 0.78, clearAt: 0.6, forS: 30 }, { above: 0.7 }]) {
  const rule = AlertRule.parse({ v: 1, when: { of: "metric", metric: METRIC, ...when }, rateMax: 1_000 });
  await time(`dry run of ${JSON.stringify(when)}`, async () => {
    const { openedCount, lookedAtCount, fromUs } = await dryRun.run({ rule, fromUs: FROM_US, toUs: TO_US });
    return { openedCount, lookedAtCount, hours: (TO_US - fromUs) / 3.6e9 };
  });
}
await clickhouse.close();
