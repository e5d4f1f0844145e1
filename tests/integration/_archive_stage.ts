/**
 * A stream, a database of its own and archivers between the two.
 *
 * @module
 */
import { systemClock } from "../../actors/adapters/clock.ts";
import { JetStreamLog } from "../../actors/adapters/jetstream_log.ts";
import { connectNats, ensureStorage } from "../../actors/adapters/nats.ts";
import { EventKind, FrameReader, STREAMS } from "../../actors/contract/mod.ts";
import {
  Archiver,
  type ArchiverStats,
  ClickHouse,
  MarketRows,
  migrate,
  readMigrations,
  type Rows,
} from "../../gateway/archive/mod.ts";
import { testClickHouse } from "../support/clickhouse.ts";
import { testNats } from "../support/nats.ts";

export const STREAM = STREAMS.market.name;
export const MIGRATIONS = new URL("../../deploy/migrations/", import.meta.url);

export async function archiveStage() {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await testNats());
  const server = stack.use(await testClickHouse());
  const database = stack.use(await server.database());
  const nc = await connectNats({ url: nats.url, name: "test" });
  stack.defer(() => nc.close());
  await ensureStorage(nc);
  const { origin, username, password } = new URL(server.url);
  const options = { url: origin, username: username || "default", password, database: database.name };
  const clickhouse = stack.adopt(new ClickHouse(options), (client) => client.close());
  await migrate(clickhouse, await readMigrations(MIGRATIONS));
  const owned = stack.move();
  return {
    nats,
    nc,
    server,
    options,
    clickhouse,
    archiver: (client: ClickHouse, makeRows: () => Rows = () => new MarketRows()) =>
      new Archiver({
        stream: STREAM,
        makeRows,
        clickhouse: client,
        log: new JetStreamLog(nc, STREAM),
        logLine: () => {},
        prepare: () => Promise.resolve(),
        sleep: systemClock.sleep,
      }),
    /** One number: what stands behind SELECT, named n. */
    count: async (what: string) => (await clickhouse.columns<{ n: number[] }>(`SELECT ${what}`)).n[0]!,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export type ArchiveStage = Awaited<ReturnType<typeof archiveStage>>;

/** Doors that stand. */
export const DOORS = "count() AS n FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'door.')";

/** Rows that frames make, by table. */
export function rowCountsOf(frames: readonly Uint8Array[]): { quotes: number; levels: number; trades: number } {
  const reader = new FrameReader();
  const counts = { quotes: 0, levels: 0, trades: 0 };
  for (const frame of frames) {
    reader.open(frame);
    while (reader.next()) {
      const { kind } = reader.event;
      counts[kind === EventKind.quote ? "quotes" : kind === EventKind.level ? "levels" : "trades"]++;
    }
  }
  return counts;
}

/** Wait until an archiver has come to a sequence, or the signal aborts. */
export async function reached(
  { stats }: { stats: ArchiverStats },
  [which, sequence]: ["archivedSequence" | "readSequence", number],
  signal?: AbortSignal,
): Promise<void> {
  while (stats[which] < sequence && !signal?.aborted) await systemClock.sleep(2);
}
