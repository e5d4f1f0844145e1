/**
 * Connections that outlive a request: a session keeps its temporary tables, its `SET`s and its current database until it
 * has not been used for its timeout. Two requests cannot use one session at a time.
 *
 * @module
 */
import { type Engine, type EngineConnection, MARK_SETTING } from "./engine.ts";
import { EngineError } from "./errors.ts";
import { type QueryRequest } from "./request.ts";
import { quoteName, quoteString } from "./statement.ts";

/** Sessions at a time. Overflow policy: the session unused for longest is closed; with all in use, LIMIT_EXCEEDED. */
export const MAX_SESSIONS = 256;

interface Session {
  connection: EngineConnection;
  inUse: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A connection on loan to one request. */
export interface Lease {
  connection: EngineConnection;
  /** Gives it back; a connection without a session is closed. */
  release(): Promise<void>;
}

/** All sessions. */
export class Sessions {
  readonly #engine: Engine;
  /** In the order of last use. */
  readonly #sessions = new Map<string, Session>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A connection for a request, in the state its session left, with the mark of the query set. */
  async lease(request: QueryRequest): Promise<Lease> {
    const { session } = request;
    if (session === undefined) {
      const connection = await this.#engine.connect({ mark: request.queryId });
      return { connection, release: () => connection.close() };
    }
    const entry = await this.#acquire(session.id, session.mustExist);
    const release = async () => {
      entry.inUse = false;
      if (session.close || this.#sessions.get(session.id) !== entry) return await this.#drop(session.id, entry);
      this.#sessions.delete(session.id);
      this.#sessions.set(session.id, entry);
      entry.timer = setTimeout(() => this.#drop(session.id, entry), session.timeoutS * 1000);
    };
    return await releaseOnFailure(release, async () => {
      const { connection } = entry;
      await connection.query(`SET ${MARK_SETTING} = ${quoteString(request.queryId)}`);
      const restore = await restorer(connection, request);
      return { connection, release: () => restore().finally(release) };
    });
  }

  /** Closes every session that no request uses; the others close when their request ends. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions];
    this.#sessions.clear();
    await Promise.all(sessions.filter(([, entry]) => !entry.inUse).map(([id, entry]) => this.#drop(id, entry)));
  }

  async #acquire(id: string, mustExist: boolean): Promise<Session> {
    const known = this.#sessions.get(id);
    if (known !== undefined) {
      if (known.inUse) throw EngineError.of("SESSION_IS_LOCKED", `Session ${id} is locked by a concurrent client.`);
      clearTimeout(known.timer);
      known.inUse = true;
      return known;
    }
    if (mustExist) throw EngineError.of("SESSION_NOT_FOUND", `Session ${id} not found.`);
    if (this.#sessions.size >= MAX_SESSIONS) await this.#evict();
    const connection = await this.#engine.connect();
    if (this.#sessions.has(id)) {
      await connection.close();
      throw EngineError.of("SESSION_IS_LOCKED", `Session ${id} is locked by a concurrent client.`);
    }
    const entry: Session = { connection, inUse: true, timer: undefined };
    this.#sessions.set(id, entry);
    return entry;
  }

  async #evict(): Promise<void> {
    const oldest = [...this.#sessions].find(([, entry]) => !entry.inUse);
    if (oldest === undefined) {
      throw EngineError.of("LIMIT_EXCEEDED", `Too many sessions in use. Maximum: ${MAX_SESSIONS}.`);
    }
    await this.#drop(...oldest);
  }

  async #drop(id: string, entry: Session): Promise<void> {
    clearTimeout(entry.timer);
    if (this.#sessions.get(id) === entry) this.#sessions.delete(id);
    await entry.connection.close();
  }
}

async function releaseOnFailure<T>(release: () => Promise<void>, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Settings and the database of a request hold for that request only, so a session gets its own back afterwards. Settings
 * that the statement itself changes with `SET` stay.
 */
async function restorer(connection: EngineConnection, request: QueryRequest): Promise<() => Promise<void>> {
  const names = [...request.settings.keys()];
  const statements: string[] = [];
  if (request.database !== undefined) {
    statements.push(`USE ${quoteName(await scalar(connection, "SELECT currentDatabase() AS value"))}`);
  }
  if (names.length > 0) {
    const list = names.map(quoteString).join(", ");
    const sql = `SELECT name, value, changed FROM system.settings WHERE name IN (${list})`;
    const { bytes } = await connection.query(sql, { format: "JSONCompactEachRow" });
    const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
    const changes = lines.map((line) => {
      const [name, value, changed] = JSON.parse(line) as [string, string, number];
      return `${quoteName(name)} = ${changed ? quoteString(value) : "DEFAULT"}`;
    });
    if (changes.length > 0) statements.unshift(`SET ${changes.join(", ")}`);
  }
  return async () => {
    for (const statement of statements) {
      await connection.query(statement).catch((error) => console.error("Cannot restore a session", error));
    }
  };
}

async function scalar(connection: EngineConnection, sql: string): Promise<string> {
  const { bytes } = await connection.query(sql, { format: "JSONEachRow" });
  return (JSON.parse(new TextDecoder().decode(bytes)) as { value: string }).value;
}
