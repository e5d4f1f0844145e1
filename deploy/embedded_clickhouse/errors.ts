/**
 * Exceptions in ClickHouse's own numbers. The engine reports them as text that starts with `Code: N. DB::Exception:`; this
 * is the one place that reads the number off the text.
 *
 * @module
 */

/** Exception codes this folder raises or tells apart. Names and numbers are ClickHouse's own. */
export const ErrorCode = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  CANNOT_OPEN_FILE: 76,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  ABORTED: 236,
  LIMIT_EXCEEDED: 290,
  INTO_OUTFILE_NOT_ALLOWED: 358,
  SESSION_NOT_FOUND: 372,
  SESSION_IS_LOCKED: 373,
  INVALID_SESSION_TIMEOUT: 374,
  QUERY_WAS_CANCELLED: 394,
  AUTHENTICATION_FAILED: 516,
  UNSUPPORTED_MEDIA_TYPE: 779,
  STD_EXCEPTION: 1001,
} as const;

/** An exception of the engine, or one this server raises in its name. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** ClickHouse's exception code. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  /** An error in ClickHouse's own wording: `Code: 62. DB::Exception: … (SYNTAX_ERROR)`. */
  static of(name: keyof typeof ErrorCode, detail: string): EngineError {
    const code = ErrorCode[name];
    return new EngineError(code, `Code: ${code}. DB::Exception: ${detail} (${name})`);
  }

  /** Reads the code off a message of the engine; one without a code is a `STD_EXCEPTION`. */
  static parse(message: string): EngineError {
    const match = /^Code: (\d+)\. /.exec(message);
    return match === null ? EngineError.of("STD_EXCEPTION", message) : new EngineError(Number(match[1]), message);
  }
}

/** The data directory cannot be opened: another process holds it, or the engine refuses it. */
export class DataDirectoryError extends Error {
  override readonly name = "DataDirectoryError";
}
