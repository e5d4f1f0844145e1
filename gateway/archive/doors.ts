/**
 * The doors of one run of an archiver: what it inserts through, what the next owner shuts.
 *
 * A door is a table of engine `Null`, which stores nothing, with a materialised view that hands its rows on to the real table,
 * and from there to the roll-ups. Its name is `door.<stream>.<run>.<table>`; a dot stands in no name of a stream. Why this is a
 * fence: `fence.ts`.
 *
 * @module
 */
import { type ClickHouse, quoteName, quoteText } from "./clickhouse.ts";
import type { RowSet } from "./row_set.ts";

/** Longest a run waits for what an earlier one left under way; then it starts anew. */
const RETIRE_TIMEOUT_MS = 30_000;
const RETIRE_POLL_MS = 50;
/** Longest a run that ends waits for its doors to be removed; the next owner removes what is left. */
const CLOSE_TIMEOUT_MS = 5_000;

const PROGRESS = "archive_progress";
const PROGRESS_COLUMNS = [
  { name: "stream", type: "String" },
  { name: "epoch", type: "UInt32" },
  { name: "seq", type: "UInt64" },
];

/** Doors of a run were removed: by the next owner, or with the database. */
export class DoorsGoneError extends Error {
  override readonly name = "DoorsGoneError";
}

/** What is there of other runs. */
export interface OtherRuns {
  /** Tables and views, by name. */
  doors: string[];
  /** Names of runs, also of those that left nothing but a statement under way. */
  runs: string[];
}

export interface DoorsOptions {
  stream: string;
  /** Name of the run: no other run of the stream has, had or will have it. */
  run: string;
  sets: readonly RowSet[];
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export class Doors {
  readonly #clickhouse: ClickHouse;
  readonly #options: DoorsOptions;
  readonly #tables: readonly { table: string; columns: readonly { name: string; type: string }[] }[];

  constructor(clickhouse: ClickHouse, options: DoorsOptions) {
    this.#clickhouse = clickhouse;
    this.#options = options;
    this.#tables = [{ table: PROGRESS, columns: PROGRESS_COLUMNS }, ...options.sets];
  }

  /** The door to a table, quoted. */
  to(table: string): string {
    return quoteName(this.#name(table));
  }

  /** Marks the statements of this run on the server. */
  get tag(): string {
    return `${tagOf(this.#options.stream)}.${this.#options.run}`;
  }

  /** A condition of SQL: true while this run may change something. */
  get guard(): string {
    return `(SELECT count() FROM system.tables
             WHERE database = ${quoteText(this.#clickhouse.database)} AND name = ${
      quoteText(this.#name(PROGRESS))
    }) = 1`;
  }

  async open(): Promise<void> {
    await settled(this.#tables.map(({ table, columns }) => {
      const declared = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
      return this.#clickhouse.command(`CREATE TABLE ${this.to(table)} (${declared}) ENGINE = Null`);
    }));
    await settled(this.#tables.map(({ table, columns }) => {
      const names = columns.map(({ name }) => quoteName(name)).join(", ");
      return this.#clickhouse.command(
        `CREATE MATERIALIZED VIEW ${quoteName(viewOf(this.#name(table)))} TO ${table}
         AS SELECT ${names} FROM ${this.to(table)}`,
      );
    }));
  }

  /** @throws {DoorsGoneError} where a door is missing. */
  async check(): Promise<void> {
    const { name } = await this.#clickhouse.columns<{ name: string[] }>(
      "SELECT name FROM system.tables WHERE database = {database: String} AND name IN {names: Array(String)}",
      { database: this.#clickhouse.database, names: this.#names() },
    );
    if (name.length < 2 * this.#tables.length) throw new DoorsGoneError("doors were removed");
  }

  /** Doors of other runs of this stream, and statements of them that are under way. */
  async others(): Promise<OtherRuns> {
    const { stream, run } = this.#options;
    const { database } = this.#clickhouse;
    const prefix = `door.${stream}.`;
    const doors = await this.#clickhouse.columns<{ name: string[] }>(
      "SELECT name FROM system.tables WHERE database = {database: String} AND startsWith(name, {prefix: String})",
      { database, prefix },
    );
    // In this order: a statement that is over has left its mutation to be seen.
    const statements = await this.#clickhouse.columns<{ run: string[] }>(
      `SELECT DISTINCT substring(Settings['log_comment'], length({tag: String}) + 1) AS run FROM system.processes
       WHERE startsWith(Settings['log_comment'], {tag: String})`,
      { tag: `${tagOf(stream)}.` },
    );
    const mutations = await this.#clickhouse.columns<{ run: string[] }>(
      `SELECT DISTINCT splitByChar('.', substring(command, position(command, {prefix: String}) + length({prefix: String})))[1] AS run
       FROM system.mutations WHERE database = {database: String} AND NOT is_done AND position(command, {prefix: String}) > 0`,
      { database, prefix },
    );
    const names = doors.name.filter((name) => runOf(name) !== run);
    const runs = new Set([...names.map(runOf), ...statements.run, ...mutations.run]);
    runs.delete(run);
    return { doors: names, runs: [...runs] };
  }

  /** Shut the doors of other runs, then end what they left under way. When it resolves, nothing of them can take effect. */
  async retire({ doors, runs }: OtherRuns): Promise<void> {
    const views = doors.filter(isView);
    await this.#drop(doors.filter((name) => !isView(name)));
    await this.#endStatements(runs);
    await Promise.all(views.map((name) => this.#clickhouse.command(`DROP VIEW IF EXISTS ${quoteName(name)}`)));
  }

  /** Remove the doors of this run, as far as the server answers. */
  async close(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    const names = this.#names();
    try {
      await this.#drop(names.filter((name) => !isView(name)), signal);
      await settled(
        names.filter(isView).map((name) =>
          this.#clickhouse.command(`DROP VIEW IF EXISTS ${quoteName(name)}`, {}, { signal })
        ),
      );
    } catch {
      // Nobody inserts through them any more: they do no harm until the next owner removes them.
    }
  }

  /** Drop tables: that of the marks first, since a row that finds no way to its table must not be followed by a mark. */
  async #drop(tables: readonly string[], signal?: AbortSignal): Promise<void> {
    const isProgress = (name: string) => name.endsWith(`.${PROGRESS}`);
    for (const names of [tables.filter(isProgress), tables.filter((name) => !isProgress(name))]) {
      await settled(
        names.map((name) => this.#clickhouse.command(`DROP TABLE IF EXISTS ${quoteName(name)}`, {}, { signal })),
      );
    }
  }

  /** Kill the statements and mutations of runs, and wait until they are over. */
  async #endStatements(runs: readonly string[]): Promise<void> {
    const { stream, sleep } = this.#options;
    const { database } = this.#clickhouse;
    // The tag without a run is that of an archiver that knew no doors.
    const tags = [tagOf(stream), ...runs.map((run) => `${tagOf(stream)}.${run}`)];
    const prefixes = runs.map((run) => `door.${stream}.${run}.`);
    const ofRuns = "Settings['log_comment'] IN {tags: Array(String)}";
    const mutationOfRuns = `database = {database: String} AND NOT is_done
      AND arrayExists(prefix -> position(command, prefix) > 0, {prefixes: Array(String)})`;
    const count = async (query: string, params: Record<string, unknown>) =>
      (await this.#clickhouse.columns<{ n: number[] }>(`SELECT count() AS n FROM ${query}`, params)).n[0]!;
    const deadline = AbortSignal.timeout(RETIRE_TIMEOUT_MS);
    let killed = false;
    while (true) {
      // In this order: a statement that is over has left its mutation to be seen.
      const statements = await count(
        // The client of an insert may be frozen in the middle of the body. Rows are counted before they are written.
        `system.processes WHERE ${ofRuns}${
          killed ? " AND NOT (query_kind = 'Insert' AND is_cancelled AND written_rows = 0)" : ""
        }`,
        { tags },
      );
      const mutations = await count(`system.mutations WHERE ${mutationOfRuns}`, { database, prefixes });
      const listChanges = await count(
        "system.merges WHERE database = {database: String} AND table = 'archive_repair' AND is_mutation",
        { database },
      );
      if (statements + mutations + listChanges === 0) return;
      if (deadline.aborted) {
        throw new Error(
          `earlier runs do not end: ${statements} statements, ${mutations} mutations, ${listChanges} changes of the list`,
        );
      }
      if (statements > 0) await this.#clickhouse.command(`KILL QUERY WHERE ${ofRuns} ASYNC`, { tags });
      if (mutations > 0) {
        await this.#clickhouse.command(`KILL MUTATION WHERE ${mutationOfRuns} ASYNC`, { database, prefixes });
      }
      killed = true;
      await sleep(RETIRE_POLL_MS, deadline);
    }
  }

  #name(table: string): string {
    const { stream, run } = this.#options;
    return `door.${stream}.${run}.${table}`;
  }

  #names(): string[] {
    return this.#tables.flatMap(({ table }) => [this.#name(table), viewOf(this.#name(table))]);
  }
}

/** Marks the statements of every run of a stream. */
function tagOf(stream: string): string {
  return `fx-archive-${stream}`;
}

function viewOf(door: string): string {
  return `${door}.view`;
}

function isView(name: string): boolean {
  return name.endsWith(".view");
}

function runOf(door: string): string {
  return door.split(".")[2]!;
}

/** Wait for all of them, then reject where one did: none may be under way behind the back of what follows. */
async function settled(calls: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(calls)) if (result.status === "rejected") throw result.reason;
}
