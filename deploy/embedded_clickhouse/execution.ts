/**
 * Runs one statement: as an insert stream when it carries data, as a read stream when it only reads and its format allows it,
 * else in one piece.
 *
 * The beginning of a result is held back until it is long enough or complete, as a server does: a statement that fails
 * within it still gets a proper status, and a short result goes out with its final counters.
 *
 * @module
 */
import { emptyStats, type EngineConnection, type EngineStream, type StatementStats } from "./engine.ts";
import { EngineError, ErrorCode } from "./errors.ts";
import { type QueryRequest } from "./request.ts";
import { type StatementAndData } from "./request_body.ts";
import { type RunningQueries, type RunningQuery } from "./running_queries.ts";
import { replaceQueryIds } from "./statement.ts";

/** Result bytes held back before the response begins. */
export const RESPONSE_HOLD_BYTES = 1024 * 1024;

/** Largest result held in memory for `wait_end_of_query`. Overflow policy: refused with LIMIT_EXCEEDED. */
export const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;

/**
 * Formats in which the pieces of a result are the result: nothing stands before, between or behind the rows. The engine writes
 * each piece of a stream as a document of its own, so every other format (JSON, CSVWithNames, Parquet, …) is made in one piece.
 */
const PIECEWISE_FORMATS: ReadonlySet<string> = new Set([
  "csv",
  "jsoncompacteachrow",
  "jsoncompactstringseachrow",
  "jsoneachrow",
  "jsonlines",
  "jsonstringseachrow",
  "msgpack",
  "native",
  "ndjson",
  "null",
  "rowbinary",
  "tabseparated",
  "tabseparatedraw",
  "tskv",
  "tsv",
  "tsvraw",
]);

/** Statements that change their session only; a read-only request may use them. */
const SESSION_STATEMENTS = new Set(["SET", "USE"]);

/** A statement that has begun to answer. */
export interface Execution {
  /** Result bytes so far. */
  held: Uint8Array<ArrayBuffer>[];
  /** The rest of the result; `undefined` when `held` is all of it. The receiver closes it. */
  rest: EngineStream | undefined;
  stats: StatementStats;
}

/** What a statement needs to run. */
export interface ExecutionContext {
  connection: EngineConnection;
  running: RunningQuery;
  queries: RunningQueries;
  request: QueryRequest;
  format: string;
}

/** Runs a statement. @throws {EngineError} when it fails before its answer begins. */
export async function execute(input: StatementAndData, context: ExecutionContext): Promise<Execution> {
  const { connection, running, request, format } = context;
  if (input.statement.intoOutfile) throw EngineError.of("INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed.");
  if (input.statement.keyword === "") throw EngineError.of("SYNTAX_ERROR", "Syntax error: Empty query.");
  const readOnlySession = request.readOnly && request.session !== undefined;
  if (input.data !== undefined && readOnlySession) throw readOnlyError();
  if (input.data?.throughSelect) {
    throw EngineError.of("NOT_IMPLEMENTED", "INSERT … SELECT … FROM input() is not served by the embedded engine.");
  }
  if (input.data !== undefined) return await insert(input.data, context);

  const sql = await translateIds(input, context);
  const { params } = request;
  const options = { format, params };
  const { statementCount, readOnly } = await running.step(() => connection.classify(sql));
  if (statementCount > 1) throw EngineError.of("SYNTAX_ERROR", "Syntax error: Multi-statements are not allowed.");
  if (readOnlySession && statementCount === 1 && !readOnly && !SESSION_STATEMENTS.has(input.statement.keyword)) {
    throw readOnlyError();
  }
  if (readOnly && PIECEWISE_FORMATS.has((input.statement.outputFormat ?? format).toLowerCase())) {
    const stream = await openStream(context, sql, params);
    if (stream !== undefined) return await hold(stream, running, request.waitEndOfQuery);
  }
  const { bytes, stats } = await running.step(() => connection.query(sql, options));
  return { held: bytes.length > 0 ? [new Uint8Array(bytes)] : [], rest: undefined, stats };
}

function readOnlyError(): EngineError {
  return EngineError.of("READONLY", "Cannot execute query in readonly mode: GET and HEAD change nothing.");
}

async function insert(data: NonNullable<StatementAndData["data"]>, context: ExecutionContext): Promise<Execution> {
  const { connection, running, request } = context;
  const { format, first, rest } = data;
  const stream = await running.step(() => connection.insert(data.sql, { format, params: request.params }));
  try {
    for (let piece: Uint8Array<ArrayBuffer> | undefined = first; piece !== undefined; piece = await rest.next()) {
      const bytes = piece;
      if (!await running.step(() => stream.append(bytes))) break;
    }
    return { held: [], rest: undefined, stats: await running.step(() => stream.finish()) };
  } finally {
    await stream.close();
  }
}

/** A stream of the statement's result, or `undefined` when the engine does not stream this kind of statement. */
async function openStream(
  { connection, running, format }: ExecutionContext,
  sql: string,
  params: ReadonlyMap<string, string>,
): Promise<EngineStream | undefined> {
  try {
    return await running.step(() => connection.stream(sql, { format, params }));
  } catch (error) {
    // Either it cannot be streamed, or it is wrong: running it in one piece tells, and a wrong one fails again.
    if (error instanceof EngineError && error.code === ErrorCode.BAD_ARGUMENTS) return undefined;
    throw error;
  }
}

async function hold(stream: EngineStream, running: RunningQuery, untilEnd: boolean): Promise<Execution> {
  const held: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    while (untilEnd || size < RESPONSE_HOLD_BYTES) {
      const piece = await running.step(() => stream.next());
      if (piece === undefined) {
        await stream.close();
        return { held, rest: undefined, stats: stream.stats };
      }
      held.push(piece);
      size += piece.length;
      if (size > MAX_BUFFERED_BYTES) {
        throw EngineError.of("LIMIT_EXCEEDED", `A result of over ${MAX_BUFFERED_BYTES} bytes cannot be held back.`);
      }
    }
    return { held, rest: stream, stats: stream.stats };
  } catch (error) {
    await stream.close();
    throw error;
  }
}

/** In a statement about the process list, ids that clients know become the engine's. */
async function translateIds(input: StatementAndData, { queries, request }: ExecutionContext): Promise<string> {
  const { sql, statement } = input;
  if (!statement.words.has("QUERY_ID") && !statement.words.has("INITIAL_QUERY_ID")) return sql;
  if (statement.keyword !== "KILL" && !statement.words.has("PROCESSES")) return sql;
  return replaceQueryIds(sql, await queries.engineIds(), request.params);
}

/** Counters of a statement as the summary header shows them. */
export function summary(stats: StatementStats, elapsedNs: number): string {
  const { readRows, readBytes, writtenRows, writtenBytes, resultRows, resultBytes } = { ...emptyStats(), ...stats };
  return JSON.stringify({
    read_rows: String(readRows),
    read_bytes: String(readBytes),
    written_rows: String(writtenRows),
    written_bytes: String(writtenBytes),
    total_rows_to_read: String(readRows),
    result_rows: String(writtenRows || resultRows),
    result_bytes: String(writtenBytes || resultBytes),
    elapsed_ns: String(Math.round(elapsedNs)),
  });
}
