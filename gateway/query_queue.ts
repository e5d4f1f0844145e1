/**
 * Queries for people, a few at a time: the archive and repairs need the database too.
 *
 * @module
 */
import type { ClickHouse } from "./archive/mod.ts";

/** Queries that run at once. One more waits. */
const QUERIES_MAX = 8;
/** Queries that wait. One more is refused. */
const WAITING_MAX = 64;

/** More queries of history than can run or wait. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

export class QueryQueue {
  readonly #clickhouse: Pick<ClickHouse, "columns">;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(clickhouse: Pick<ClickHouse, "columns">) {
    this.#clickhouse = clickhouse;
  }

  /** Rows as columns, when there is room for the query. @throws {BusyError} where too many wait already. */
  async columns<T extends Record<string, unknown[]>>(sql: string, params?: Record<string, unknown>): Promise<T> {
    if (this.#running < QUERIES_MAX) this.#running++;
    else if (this.#waiting.length >= WAITING_MAX) throw new BusyError(`${WAITING_MAX} queries of history wait already`);
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#clickhouse.columns<T>(sql, params);
    } finally {
      // Whoever waits takes over the place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
