/**
 * Takes back what an insert that broke off may have left behind.
 *
 * Each step can be repeated: a repair that breaks off itself is simply done again. The buckets in doubt stay listed in
 * `archive_repair` until all of them are rebuilt.
 *
 * @module
 */
import { type ClickHouse, quoteName } from "./clickhouse.ts";
import type { RowSet } from "./row_set.ts";

export interface RepairOptions {
  stream: string;
  epoch: number;
  /** Newest sequence of the log. A mark beyond it is of a log that was put back: what the log lost is taken back. */
  lastSequence: number;
  sets: readonly RowSet[];
}

/** The roll-ups of a table: those that a materialised view fills from it. */
interface Rollup {
  name: string;
  /** The view's own query: rebuilding a bucket uses the definition that filled it. */
  select: string;
  hasName: boolean;
}

/** Bring the tables of a stream to exactly what its mark says. */
export async function repairAfter(
  clickhouse: ClickHouse,
  { stream, epoch, lastSequence, sets }: RepairOptions,
): Promise<{ archivedSequence: number; repairedRowCount: number }> {
  // An insert of a run that is gone may still be under way on the server and would land behind our back.
  const tag = { tag: insertTag(stream) };
  const running = await clickhouse.columns<{ n: number[] }>(
    "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = {tag: String}",
    tag,
  );
  if (running.n[0]! > 0) await clickhouse.command("KILL QUERY WHERE Settings['log_comment'] = {tag: String} SYNC", tag);
  const mark = await clickhouse.columns<{ seq: number[] }>(
    "SELECT argMax(seq, written_at) AS seq FROM archive_progress WHERE stream = {stream: String} AND epoch = {epoch: UInt32}",
    { stream, epoch },
  );
  const archivedSequence = Math.min(mark.seq[0] ?? 0, lastSequence);
  const behind = { epoch, seq: archivedSequence };
  let repairedRowCount = 0;
  for (const { table } of sets) {
    const rollups = await rollupsOf(clickhouse, table);
    for (const rollup of rollups) {
      await clickhouse.command(
        `INSERT INTO archive_repair (rollup, pair, name, bucket, epoch)
         SELECT DISTINCT '${rollup.name}', pair, ${rollup.hasName ? "name" : "''"}, bucket, epoch FROM ${rollup.name}
         WHERE epoch = {epoch: UInt32} AND seq_max > {seq: UInt64}`,
        behind,
      );
    }
    const left = await clickhouse.columns<{ n: number[] }>(
      `SELECT count() AS n FROM ${table} WHERE epoch = {epoch: UInt32} AND seq > {seq: UInt64}`,
      behind,
    );
    if (left.n[0]! > 0) {
      repairedRowCount += left.n[0]!;
      await clickhouse.command(
        `ALTER TABLE ${table} DELETE WHERE epoch = {epoch: UInt32} AND seq > {seq: UInt64}`,
        behind,
      );
    }
    for (const rollup of rollups) await rebuild(clickhouse, rollup);
  }
  return { archivedSequence, repairedRowCount };
}

async function rollupsOf(clickhouse: ClickHouse, table: string): Promise<Rollup[]> {
  const views = await clickhouse.columns<{ name: string[]; as_select: string[]; has_name: number[] }>(
    `SELECT replaceRegexpOne(name, '_view$', '') AS name, as_select,
            (database, replaceRegexpOne(name, '_view$', '')) IN
              (SELECT database, table FROM system.columns WHERE name = 'name') AS has_name
     FROM system.tables
     WHERE database = {database: String} AND engine = 'MaterializedView' AND startsWith(name, {prefix: String})`,
    { database: clickhouse.database, prefix: `${table}_` },
  );
  return views.name.map((name, i) => ({ name, select: views.as_select[i]!, hasName: Boolean(views.has_name[i]) }));
}

/** Rebuild the listed buckets of a roll-up from its table. */
async function rebuild(clickhouse: ClickHouse, { name, select, hasName }: Rollup): Promise<void> {
  const listed = await clickhouse.columns<{ n: number[]; first: string[]; last: string[] }>(
    "SELECT count() AS n, toString(min(bucket)) AS first, toString(max(bucket)) AS last FROM archive_repair WHERE rollup = {name: String}",
    { name },
  );
  if (listed.n[0] === 0) return;
  const key = hasName ? "pair, name, bucket, epoch" : "pair, bucket, epoch";
  // The range is implied by the list, but lets the index find the parts.
  const inDoubt = `bucket BETWEEN '${listed.first[0]}' AND '${listed.last[0]}'
    AND (${key}) IN (SELECT ${key} FROM archive_repair WHERE rollup = '${name}')`;
  const columns = await clickhouse.columns<{ name: string[] }>(
    "SELECT name FROM system.columns WHERE database = {database: String} AND table = {name: String} ORDER BY position",
    { database: clickhouse.database, name },
  );
  const names = columns.name.map(quoteName).join(", ");
  await clickhouse.command(`ALTER TABLE ${name} DELETE WHERE ${inDoubt}`);
  await clickhouse.command(`INSERT INTO ${name} (${names}) SELECT ${names} FROM (${select}) WHERE ${inDoubt}`);
  await clickhouse.command("ALTER TABLE archive_repair DELETE WHERE rollup = {name: String}", { name });
}

/** Marks the inserts of a stream's archiver on the server. */
export function insertTag(stream: string): string {
  return `fx-archive-${stream}`;
}
