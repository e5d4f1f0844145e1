/**
 * Takes back what an insert that broke off may have left behind.
 *
 * Each step can be repeated: a repair that breaks off itself is simply done again. The buckets in doubt stay listed in
 * `archive_repair` until all of them are rebuilt. Every statement that changes something holds only while the run's doors stand:
 * one that is sent, or arrives, after another run has taken over does nothing.
 *
 * @module
 */
import { type ClickHouse, quoteName } from "./clickhouse.ts";
import type { Doors } from "./doors.ts";
import type { RowSet } from "./row_set.ts";

export interface RepairOptions {
  stream: string;
  epoch: number;
  /** Newest sequence of the log. A mark beyond it is of a log that was put back: what the log lost is taken back. */
  lastSequence: number;
  sets: readonly RowSet[];
  doors: Pick<Doors, "guard" | "tag">;
}

/** The roll-ups of a table: those that a materialised view fills from it. */
interface Rollup {
  name: string;
  /** The view's own query: rebuilding a bucket uses the definition that filled it. */
  select: string;
  hasName: boolean;
}

/** Bring the tables of a stream to exactly what its mark says. Nothing of an earlier run may be under way. */
export async function repairAfter(
  clickhouse: ClickHouse,
  { stream, epoch, lastSequence, sets, doors }: RepairOptions,
): Promise<{ archivedSequence: number; repairedRowCount: number }> {
  const change = (query: string, params: Record<string, unknown> = {}) =>
    clickhouse.command(`${query} AND ${doors.guard}`, params, { tag: doors.tag });
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
      await change(
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
      await change(`ALTER TABLE ${table} DELETE WHERE epoch = {epoch: UInt32} AND seq > {seq: UInt64}`, behind);
    }
    for (const rollup of rollups) await rebuild(clickhouse, rollup, change);
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
async function rebuild(
  clickhouse: ClickHouse,
  { name, select, hasName }: Rollup,
  change: (query: string, params?: Record<string, unknown>) => Promise<void>,
): Promise<void> {
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
  await change(`ALTER TABLE ${name} DELETE WHERE ${inDoubt}`);
  await change(`INSERT INTO ${name} (${names}) SELECT ${names} FROM (${select}) WHERE ${inDoubt}`);
  await change("ALTER TABLE archive_repair DELETE WHERE rollup = {name: String}", { name });
}
