/**
 * The ClickHouse engine inside this process: `libchdb.so`, bound through Deno's FFI.
 *
 * Every call that can take time is `nonblocking`, so it runs on a thread of the blocking pool and the event loop stays
 * free. One connection runs one statement at a time; several connections to the same directory run in parallel, and a new
 * one costs about 0.3 ms. One connection is held open from start to end, because the engine unloads its tables when the
 * last connection closes.
 *
 * Failures of the engine are {@linkcode EngineError}s, which carry ClickHouse's exception code.
 *
 * @module
 */
import { Arena, copyText, type Library, loadLibrary } from "./_library.ts";
import { DataDirectoryError, EngineError } from "./errors.ts";

/** A setting of the embedded engine that nothing reads: it tells whose statement one is. */
export const MARK_SETTING = "chdb_client_name";

/** What a statement read and wrote. */
export interface StatementStats {
  elapsedNs: number;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  resultRows: number;
  resultBytes: number;
}

/** How a statement may be run. */
export interface StatementOptions {
  /** Format of the result, or of the inserted data. @default {"TabSeparated"} */
  format?: string;
  /** Values of `{name:Type}` placeholders, escaped as in a TabSeparated field. */
  params?: ReadonlyMap<string, string>;
}

/** What the engine's own parser says of a statement. */
export interface StatementClass {
  /** Executable statements in the text; 0 when it is empty or does not parse. */
  statementCount: number;
  /** It leaves no trace: SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS. Such statements can be streamed. */
  readOnly: boolean;
}

/** The engine, open on one directory. */
export class Engine {
  readonly #library: Library;
  readonly #dataDir: string;
  readonly #keeper: Deno.PointerObject;
  #openCount = 0;
  #closed = false;
  /** Version of the embedded server, such as `26.7.2.1`. */
  readonly version: string;
  /** Time zone of the embedded server. */
  readonly timezone: string;

  private constructor(
    library: Library,
    dataDir: string,
    keeper: Deno.PointerObject,
    facts: { version: string; timezone: string },
  ) {
    this.#library = library;
    this.#dataDir = dataDir;
    this.#keeper = keeper;
    this.version = facts.version;
    this.timezone = facts.timezone;
  }

  /** @throws {DataDirectoryError} when the engine cannot open the directory. */
  static async open(dataDir: string): Promise<Engine> {
    await Deno.mkdir(dataDir, { recursive: true });
    const library = await loadLibrary();
    library.symbols.chdb_set_signal_handlers_enabled(0);
    const keeper = await connectHandle(library, dataDir);
    if (keeper === null) {
      throw new DataDirectoryError(
        `Cannot open the data directory "${dataDir}": the engine wrote the reason to stderr`,
      );
    }
    const connection = new EngineConnection(library, keeper, () => {});
    const { bytes } = await connection.query("SELECT version(), timezone()");
    const [version = "", timezone = "UTC"] = new TextDecoder().decode(bytes).trimEnd().split("\t");
    return new Engine(library, dataDir, keeper, { version, timezone });
  }

  /**
   * Opens a connection: a session with its own settings, current database and temporary tables. `mark` shows up in
   * `system.processes` as the setting {@linkcode MARK_SETTING} of its statements.
   */
  async connect(options: { mark?: string } = {}): Promise<EngineConnection> {
    if (this.#closed) throw EngineError.of("ABORTED", "The engine is closed");
    this.#openCount++;
    const handle = await connectHandle(this.#library, this.#dataDir, options.mark);
    if (handle === null) {
      this.#openCount--;
      throw EngineError.of("ABORTED", "The engine refused a connection");
    }
    return new EngineConnection(this.#library, handle, () => this.#openCount--);
  }

  /** Connections handed out and not closed yet. */
  get openConnectionCount(): number {
    return this.#openCount;
  }

  /**
   * Joins the engine's threads. Close every connection first: with one still open the engine stays as it is, which a
   * process that exits survives as it survives a kill.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#library.symbols.chdb_close_conn(this.#keeper);
    if (this.#openCount > 0) return;
    await this.#library.symbols.chdb_shutdown();
  }
}

/** Opens the engine on a directory, which is made when it is not there. One directory per process. */
export function openEngine(options: { dataDir: string }): Promise<Engine> {
  return Engine.open(options.dataDir);
}

/** One connection. It runs one statement at a time; the caller sees to that. */
export class EngineConnection {
  readonly #library: Library;
  readonly #handle: Deno.PointerObject;
  readonly #connection: Deno.PointerValue;
  readonly #onClose: () => void;
  #closing: Promise<void> | undefined;

  constructor(library: Library, handle: Deno.PointerObject, onClose: () => void) {
    this.#library = library;
    this.#handle = handle;
    this.#connection = new Deno.UnsafePointerView(handle).getPointer();
    this.#onClose = onClose;
  }

  /** Asks the engine's parser what the text is, without running it. */
  async classify(sql: string): Promise<StatementClass> {
    using arena = new Arena();
    const text = arena.text(sql);
    const report = arena.uint32s([16, 0, 0, 0]);
    arena.seal();
    const state = await this.#library.symbols.chdb_classify_query_n(
      this.#connection,
      text.pointer,
      text.length,
      null,
      0n,
      report.pointer,
    );
    if (state !== 0) throw EngineError.of("ABORTED", "The connection is closed");
    const [, statementCount = 0, , queryClass = 4] = report.uint32s(4);
    return { statementCount, readOnly: queryClass === 0 };
  }

  /** Runs a statement and holds its whole result in memory. */
  async query(sql: string, options: StatementOptions = {}): Promise<{ bytes: Uint8Array; stats: StatementStats }> {
    using arena = new Arena();
    const args = statementArguments(arena, sql, options);
    const result = await this.#library.symbols.chdb_query_with_params_n(this.#connection, ...args);
    return this.#take(result);
  }

  /**
   * Starts a read-only statement whose result is fetched in pieces.
   * @throws {EngineError} `BAD_ARGUMENTS` for a statement that cannot be streamed; it has not run then.
   */
  async stream(sql: string, options: StatementOptions = {}): Promise<EngineStream> {
    using arena = new Arena();
    const args = statementArguments(arena, sql, options);
    const result = await this.#library.symbols.chdb_stream_query_with_params_n(this.#connection, ...args);
    const error = copyText(this.#library.symbols.chdb_result_error(result));
    if (error !== undefined) {
      this.#library.symbols.chdb_destroy_query_result(result);
      throw EngineError.parse(error);
    }
    return new EngineStream(this.#library, this.#connection, result, (chunk) => this.#take(chunk));
  }

  /** Starts an INSERT (without its FORMAT clause) whose data is appended in pieces. */
  async insert(sql: string, options: StatementOptions = {}): Promise<EngineInsert> {
    using arena = new Arena();
    const args = statementArguments(arena, sql, options);
    const stream = await this.#library.symbols.chdb_stream_insert_with_params_n(this.#connection, ...args);
    const error = copyText(this.#library.symbols.chdb_stream_insert_error(stream));
    if (error !== undefined) {
      await this.#library.symbols.chdb_destroy_insert_stream(stream);
      throw EngineError.parse(error);
    }
    return new EngineInsert(this.#library, stream, (result) => this.#take(result));
  }

  /** Closes the connection; a second call waits for the first. */
  close(): Promise<void> {
    return this.#closing ??= this.#library.symbols.chdb_close_conn(this.#handle).finally(this.#onClose);
  }

  /** Copies a result out of the engine's memory, then gives that memory back. */
  #take(result: Deno.PointerValue): { bytes: Uint8Array<ArrayBuffer>; stats: StatementStats } {
    const symbols = this.#library.symbols;
    try {
      const error = copyText(symbols.chdb_result_error(result));
      if (error !== undefined) throw EngineError.parse(error);
      const bytes = new Uint8Array(Number(symbols.chdb_result_length(result)));
      const buffer = symbols.chdb_result_buffer(result);
      if (buffer !== null && bytes.length > 0) Deno.UnsafePointerView.copyInto(buffer, bytes);
      const stats = {
        elapsedNs: Math.round(symbols.chdb_result_elapsed(result) * 1e9),
        readRows: Number(symbols.chdb_result_storage_rows_read(result)),
        readBytes: Number(symbols.chdb_result_storage_bytes_read(result)),
        writtenRows: Number(symbols.chdb_result_rows_written(result)),
        writtenBytes: Number(symbols.chdb_result_bytes_written(result)),
        resultRows: Number(symbols.chdb_result_rows_read(result)),
        resultBytes: Number(symbols.chdb_result_bytes_read(result)),
      };
      return { bytes, stats };
    } finally {
      symbols.chdb_destroy_query_result(result);
    }
  }
}

type Take = (result: Deno.PointerValue) => { bytes: Uint8Array<ArrayBuffer>; stats: StatementStats };

/** A running read: `next()` until `undefined`, then (or earlier) `close()`. */
export class EngineStream {
  readonly #library: Library;
  readonly #connection: Deno.PointerValue;
  readonly #take: Take;
  #result: Deno.PointerValue;
  #ended = false;
  /** Counters as of the last piece. */
  stats: StatementStats = emptyStats();

  constructor(library: Library, connection: Deno.PointerValue, result: Deno.PointerValue, take: Take) {
    this.#library = library;
    this.#connection = connection;
    this.#result = result;
    this.#take = take;
  }

  /** The next piece, or `undefined` at the end. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ended || this.#result === null) return undefined;
    const piece = await this.#library.symbols.chdb_stream_fetch_result(this.#connection, this.#result);
    const { bytes, stats } = this.#take(piece);
    this.stats = addStats(this.stats, stats);
    if (bytes.length > 0) return bytes;
    this.#ended = true;
    return undefined;
  }

  /**
   * Frees the statement; one that has not reached its end, or failed, is cancelled, which takes it off the process list.
   * Not while `next()` is pending.
   */
  async close(): Promise<void> {
    const result = this.#result;
    if (result === null) return;
    this.#result = null;
    if (!this.#ended) await this.#library.symbols.chdb_stream_cancel_query(this.#connection, result);
    this.#library.symbols.chdb_destroy_query_result(result);
  }
}

/** A running INSERT: `append()` any number of times, `finish()`, and `close()` in every case. */
export class EngineInsert {
  readonly #library: Library;
  readonly #take: Take;
  #stream: Deno.PointerValue;

  constructor(library: Library, stream: Deno.PointerValue, take: Take) {
    this.#library = library;
    this.#stream = stream;
    this.#take = take;
  }

  /** Hands over one piece of data; resolves when the engine wants more. False: the insert failed, `finish()` says why. */
  async append(chunk: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (chunk.length === 0) return true;
    using arena = new Arena();
    arena.pin(chunk);
    return await this.#library.symbols.chdb_stream_append(this.#stream, chunk, BigInt(chunk.length)) === 0;
  }

  /** Commits, and says what was written. */
  async finish(): Promise<StatementStats> {
    const result = await this.#library.symbols.chdb_stream_done(this.#stream);
    return this.#take(result).stats;
  }

  /** Frees the statement; one that was not finished is dropped without a commit of its last block. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    await this.#library.symbols.chdb_destroy_insert_stream(stream);
  }
}

async function connectHandle(library: Library, dataDir: string, mark?: string): Promise<Deno.PointerObject | null> {
  using arena = new Arena();
  // The embedded profile differs from a server's in these two; a server refuses `1 + 1` without SELECT.
  const args = ["clickhouse", `--path=${dataDir}`, "--implicit_select=0", "--allow_introspection_functions=0"];
  // An argument ends at its first NUL, and a mark never holds one: control characters are dropped from query ids.
  if (mark !== undefined) args.push(`--${MARK_SETTING}=${mark}`);
  const argv = arena.pointers(args.map((arg) => arena.text(arg)));
  arena.seal();
  return await library.symbols.chdb_connect(args.length, argv.pointer);
}

function statementArguments(arena: Arena, sql: string, { format = "TabSeparated", params }: StatementOptions) {
  const text = arena.text(sql);
  const formatText = arena.text(format);
  const names = [...params?.keys() ?? []].map((name) => arena.text(name));
  const values = [...params?.values() ?? []].map((value) => arena.text(value));
  const slots = [
    arena.pointers(names),
    arena.lengths(names),
    arena.pointers(values),
    arena.lengths(values),
  ] as const;
  arena.seal();
  return [
    text.pointer,
    text.length,
    formatText.pointer,
    formatText.length,
    slots[0].pointer,
    slots[1].pointer,
    slots[2].pointer,
    slots[3].pointer,
    BigInt(names.length),
  ] as const;
}

/** Counters of a statement that has done nothing. */
export function emptyStats(): StatementStats {
  return { elapsedNs: 0, readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, resultRows: 0, resultBytes: 0 };
}

function addStats(total: StatementStats, piece: StatementStats): StatementStats {
  return {
    elapsedNs: Math.max(total.elapsedNs, piece.elapsedNs),
    readRows: Math.max(total.readRows, piece.readRows),
    readBytes: Math.max(total.readBytes, piece.readBytes),
    writtenRows: Math.max(total.writtenRows, piece.writtenRows),
    writtenBytes: Math.max(total.writtenBytes, piece.writtenBytes),
    resultRows: total.resultRows + piece.resultRows,
    resultBytes: total.resultBytes + piece.resultBytes,
  };
}
