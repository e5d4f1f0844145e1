/**
 * The queries under way: their ids, their number, and how one is stopped.
 *
 * The engine chooses the ids in `system.processes` itself. So every query is marked there with the id its client knows, in
 * the setting `chdb_client_name`, which nothing reads; the client's own settings, `log_comment` among them, stay as they
 * are. A query is stopped by `KILL QUERY` on that mark, from a connection of its own.
 *
 * @module
 */
import { type Engine, MARK_SETTING } from "./engine.ts";
import { EngineError } from "./errors.ts";
import { quoteString } from "./statement.ts";

/** Queries at a time. Overflow policy: a further one is refused with TOO_MANY_SIMULTANEOUS_QUERIES, as a server does. */
export const MAX_CONCURRENT_QUERIES = 64;

/** How soon a stop is tried again, for a query that had not reached the process list when the last try looked. */
const KILL_RETRY_MS = 50;

/** One query under way. */
export class RunningQuery {
  readonly #engine: Engine;
  readonly #onDone: () => void;
  readonly id: string;
  #stepCount = 0;
  #cancelled = false;
  #done = false;

  constructor(engine: Engine, id: string, onDone: () => void) {
    this.#engine = engine;
    this.id = id;
    this.#onDone = onDone;
  }

  /** Whether somebody asked to stop it. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Runs one call into the engine, unless the query was stopped. */
  async step<T>(call: () => Promise<T>): Promise<T> {
    if (this.#cancelled) throw EngineError.of("QUERY_WAS_CANCELLED", "Query was cancelled.");
    this.#stepCount++;
    try {
      return await call();
    } finally {
      this.#stepCount--;
    }
  }

  /** Stops the query: the call under way fails, and no further one starts. */
  cancel(): void {
    if (this.#cancelled || this.#done) return;
    this.#cancelled = true;
    this.#kill().catch((error) => console.error(`Cannot stop query ${this.id}`, error));
  }

  /** The query is over, however it ended. */
  finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#onDone();
  }

  async #kill(): Promise<void> {
    while (this.#stepCount > 0 && !this.#done) {
      const connection = await this.#engine.connect();
      try {
        await connection.query(`KILL QUERY WHERE Settings['${MARK_SETTING}'] = ${quoteString(this.id)} ASYNC`);
      } finally {
        await connection.close();
      }
      await new Promise((resolve) => setTimeout(resolve, KILL_RETRY_MS));
    }
  }
}

/** All queries under way. */
export class RunningQueries {
  readonly #engine: Engine;
  readonly #byId = new Map<string, RunningQuery>();
  readonly #idleWaiters = new Set<() => void>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Admits a query. @throws {EngineError} when its id is taken or there are too many. */
  start(id: string): RunningQuery {
    if (this.#byId.has(id)) {
      throw EngineError.of("QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", `Query with id = ${id} is already running.`);
    }
    if (this.#byId.size >= MAX_CONCURRENT_QUERIES) {
      throw EngineError.of(
        "TOO_MANY_SIMULTANEOUS_QUERIES",
        `Too many simultaneous queries. Maximum: ${MAX_CONCURRENT_QUERIES}.`,
      );
    }
    const query = new RunningQuery(this.#engine, id, () => {
      this.#byId.delete(id);
      if (this.#byId.size > 0) return;
      for (const wake of this.#idleWaiters) wake();
      this.#idleWaiters.clear();
    });
    this.#byId.set(id, query);
    return query;
  }

  /** Ids the engine uses for the queries under way, by the ids their clients know. */
  async engineIds(): Promise<Map<string, string>> {
    const connection = await this.#engine.connect();
    try {
      const sql = `SELECT Settings['${MARK_SETTING}'], query_id FROM system.processes WHERE is_initial_query`;
      const { bytes } = await connection.query(sql, { format: "JSONCompactEachRow" });
      const ids = new Map<string, string>();
      for (const line of new TextDecoder().decode(bytes).split("\n")) {
        if (line === "") continue;
        const [mark, engineId] = JSON.parse(line) as [string, string];
        if (this.#byId.has(mark)) ids.set(mark, engineId);
      }
      return ids;
    } finally {
      await connection.close();
    }
  }

  /** Stops every query. */
  cancelAll(): void {
    for (const query of this.#byId.values()) query.cancel();
  }

  /** Resolves when no query is under way. */
  idle(): Promise<void> {
    if (this.#byId.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.add(resolve));
  }
}
