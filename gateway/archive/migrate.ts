/**
 * Brings the database to the schema in `deploy/migrations`, and refuses one that it does not know.
 *
 * @module
 */
import type { ClickHouse } from "./clickhouse.ts";
import type { RowSet } from "./row_set.ts";

/** The database is not what this version can write to. Nothing was changed in it. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

export interface Migration {
  /** Counted from 1, in the order of application. */
  version: number;
  name: string;
  sql: string;
}

/** The migrations in a folder, files named `0001_what.sql`. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const [, version, name] = /^(\d{4})_(\w+)\.sql$/.exec(entry.name) ?? [];
    if (version === undefined) continue;
    migrations.push({
      version: Number(version),
      name: name!,
      sql: await Deno.readTextFile(new URL(entry.name, folder)),
    });
  }
  return migrations.sort((a, b) => a.version - b.version);
}

/**
 * Apply what is missing.
 *
 * @throws {SchemaError} where the database has a migration that is not in the list, or had another text for one of them.
 */
export async function migrate(clickhouse: ClickHouse, migrations: readonly Migration[]): Promise<number> {
  await clickhouse.createDatabase();
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, hash String,
     applied_at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY version`,
  );
  const applied = await clickhouse.columns<{ version: number[]; name: string[]; hash: string[] }>(
    "SELECT version, name, hash FROM schema_migrations FINAL ORDER BY version",
  );
  applied.version.forEach((version, i) => {
    const known = migrations.find((migration) => migration.version === version);
    if (known === undefined) {
      throw new SchemaError(
        `Database "${clickhouse.database}" has migration ${version} ${applied.name[i]}, this version knows up to ${
          migrations.at(-1)?.version
        }: use a newer version, or another CLICKHOUSE_DATABASE`,
      );
    }
  });
  let count = 0;
  for (const migration of migrations) {
    const hash = await sha256(migration.sql);
    const at = applied.version.indexOf(migration.version);
    if (at >= 0) {
      if (applied.hash[at] === hash) continue;
      throw new SchemaError(
        `Database "${clickhouse.database}" was made with another text of migration ${migration.version} ${migration.name}: ` +
          "use another CLICKHOUSE_DATABASE",
      );
    }
    for (const statement of statements(migration.sql)) await clickhouse.command(statement);
    await clickhouse.command(
      "INSERT INTO schema_migrations (version, name, hash) VALUES ({version: UInt32}, {name: String}, {hash: String})",
      {
        version: migration.version,
        name: migration.name,
        hash,
      },
    );
    count++;
  }
  return count;
}

/**
 * Check that a table takes the rows that will be written to it.
 *
 * @throws {SchemaError} that names the table, the column, what it is and what it should be.
 */
export async function verifyTables(clickhouse: ClickHouse, sets: readonly RowSet[]): Promise<void> {
  const { table, name, type } = await clickhouse.columns<{ table: string[]; name: string[]; type: string[] }>(
    "SELECT table, name, type FROM system.columns WHERE database = {database: String}",
    { database: clickhouse.database },
  );
  const found = new Map(name.map((column, i) => [`${table[i]}.${column}`, plainType(type[i]!)]));
  const faults: string[] = [];
  for (const set of sets) {
    for (const column of set.columns) {
      const actual = found.get(`${set.table}.${column.name}`);
      if (actual === plainType(column.type)) continue;
      faults.push(`${set.table}.${column.name} is ${actual ?? "missing"}, expected ${plainType(column.type)}`);
    }
  }
  if (faults.length > 0) {
    throw new SchemaError(
      `Database "${clickhouse.database}" has another schema: ${faults.join("; ")}. Use another CLICKHOUSE_DATABASE`,
    );
  }
}

function plainType(type: string): string {
  return type.replace(/^LowCardinality\((.*)\)$/, "$1");
}

/** The statements of a file: each ends with a semicolon at the end of a line. */
function statements(sql: string): string[] {
  return sql.replace(/^--.*$/gm, "").split(/;\s*$/m).map((statement) => statement.trim()).filter((text) => text !== "");
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
