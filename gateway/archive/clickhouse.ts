/**
 * The connection to ClickHouse: queries through its client, blocks as they are.
 *
 * @module
 */
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client-web";

/** Longest a statement that changes something may take: a repair rewrites parts. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longest a query may take; the server ends it a little earlier by itself. */
const QUERY_TIMEOUT_MS = 30_000;
const QUERY_SECONDS_MAX = 25;

/** ClickHouse does not answer, or not in time. */
export class ClickHouseAwayError extends Error {
  override readonly name = "ClickHouseAwayError";
}

/** The client's own warnings go nowhere: what it rejects with is what callers report. */
const CLIENT_OPTIONS = {
  request_timeout: REQUEST_TIMEOUT_MS,
  application: "fx-monitor",
  log: { level: ClickHouseLogLevel.OFF },
};

export interface CommandOptions {
  /** Marks the statement, so that one still running on the server can be found and ended. */
  tag?: string;
  signal?: AbortSignal;
}

export interface ClickHouseOptions {
  url: string;
  username: string;
  password: string;
  database: string;
}

export class ClickHouse {
  readonly database: string;
  readonly #client: ClickHouseClient;
  readonly #options: ClickHouseOptions;

  /** User and password may stand in the URL instead; a path or a query in it is not used. */
  constructor(options: ClickHouseOptions) {
    const url = new URL(options.url);
    this.#options = {
      url: url.origin,
      username: url.username === "" ? options.username : decodeURIComponent(url.username),
      password: url.password === "" ? options.password : decodeURIComponent(url.password),
      database: options.database,
    };
    this.database = options.database;
    this.#client = createClient({ ...this.#options, ...CLIENT_OPTIONS });
  }

  /** Rows of a query as columns: one array for each. */
  async columns<T extends Record<string, unknown[]>>(query: string, params: Record<string, unknown> = {}): Promise<T> {
    const { meta, data } = await answered(async () => {
      const result = await this.#client.query({
        query,
        query_params: params,
        format: "JSONColumnsWithMetadata",
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0, max_execution_time: QUERY_SECONDS_MAX },
        abort_signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
      });
      return await result.json() as unknown as { meta: { name: string }[]; data: Record<string, unknown[]> };
    });
    // An answer of no rows may leave its columns out.
    return Object.fromEntries(meta.map(({ name }) => [name, data[name] ?? []])) as T;
  }

  /** Run a statement that answers nothing. */
  async command(query: string, params: Record<string, unknown> = {}, options: CommandOptions = {}): Promise<void> {
    await this.#client.command({
      query,
      query_params: params,
      clickhouse_settings: {
        mutations_sync: "1",
        async_insert: 0,
        ...(options.tag !== undefined && { log_comment: options.tag }),
      },
      abort_signal: options.signal,
    });
  }

  /**
   * Insert one Native block.
   *
   * @param table quoted where its name needs it
   * @param tag marks the statement, so that one still running on the server can be found and ended.
   */
  async insertBlock(table: string, columnNames: string, block: Uint8Array<ArrayBuffer>, tag: string): Promise<void> {
    const url = new URL(this.#options.url);
    const settings = {
      database: this.database,
      query: `INSERT INTO ${table} (${columnNames}) FORMAT Native`,
      log_comment: tag,
      // An insert that is answered is stored: the mark is written after it.
      async_insert: "0",
      // A recording of many days makes one part for each of them; that is meant.
      max_partitions_per_insert_block: "0",
      // The views have grouped each block already: sorting and merging it once more finds nothing.
      optimize_on_insert: "0",
    };
    for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value);
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "X-ClickHouse-User": this.#options.username,
        ...(this.#options.password !== "" && { "X-ClickHouse-Key": this.#options.password }),
      },
      body: block,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) return;
    const code = response.headers.get("X-ClickHouse-Exception-Code") ?? "0";
    throw new ClickHouseError({ message: `insert into ${table}: ${text.slice(0, 500)}`, code, type: "INSERT" });
  }

  /** Whether the server answers. */
  async ping(): Promise<boolean> {
    return (await this.#client.ping()).success;
  }

  async createDatabase(): Promise<void> {
    const client = createClient({ ...this.#options, ...CLIENT_OPTIONS, database: "default" });
    try {
      await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${quoteName(this.database)}` });
    } finally {
      await client.close();
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** A name between backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** A text between quotes. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** What a call answers; whatever is no error of the server's own is its absence. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ClickHouseError) throw error;
    throw new ClickHouseAwayError(`ClickHouse does not answer: ${(error as Error).message}`, { cause: error });
  }
}
