/**
 * The body of a request: the rest of the statement, then the data of an INSERT.
 *
 * The statement must be in memory to be run; the data need not be and is passed on as it arrives. So the body is read just
 * far enough to see where the data of an INSERT begins.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { EngineError } from "./errors.ts";
import { parseStatement, type Statement } from "./statement.ts";

/** Longest statement, without the data of an INSERT. Overflow policy: refused with LIMIT_EXCEEDED. */
export const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

/** Bytes read before the first look for the data of an INSERT; each further look waits for twice as many. */
const FIRST_LOOK_BYTES = 4096;

/** A statement, and its data if it is an INSERT that carries some. */
export interface StatementAndData {
  sql: string;
  statement: Statement;
  /** Format of the data, the bytes of it that came along with the statement, and the rest. */
  data:
    | { sql: string; format: string; throughSelect: boolean; first: Uint8Array<ArrayBuffer>; rest: BodyReader }
    | undefined;
}

/** Pieces of a body. */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null) {
    this.#reader = stream?.getReader();
  }

  /** The body of a request, unpacked. @throws {EngineError} for an encoding this server does not know. */
  static of(request: Request): BodyReader {
    const encoding = request.headers.get("content-encoding")?.toLowerCase() ?? "";
    if (encoding === "" || encoding === "identity") return new BodyReader(request.body);
    if (encoding !== "gzip" && encoding !== "deflate") {
      throw EngineError.of("NOT_IMPLEMENTED", `Content-Encoding "${encoding}" is not served: use gzip or deflate.`);
    }
    return new BodyReader(request.body?.pipeThrough(new DecompressionStream(encoding)) ?? null);
  }

  /** The next piece, or `undefined` at the end. @throws {EngineError} when the body breaks off or does not unpack. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const piece = await this.#reader?.read();
      return piece?.value;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw EngineError.of("ABORTED", `Cannot read the request body: ${reason}.`);
    }
  }

  /** Tells the sender that no more is wanted. */
  async cancel(): Promise<void> {
    await this.#reader?.cancel().catch(() => {});
  }
}

/** Reads a statement: the `query` parameter, a line break, and the body up to the data. */
export async function readStatement(query: string, body: BodyReader): Promise<StatementAndData> {
  const pieces: Uint8Array[] = query === "" ? [] : [new TextEncoder().encode(`${query}\n`)];
  let size = pieces[0]?.length ?? 0;
  let nextLook = query === "" ? FIRST_LOOK_BYTES : 0;
  while (true) {
    const piece = size < nextLook || nextLook === Infinity ? await body.next() : undefined;
    if (piece !== undefined) {
      pieces.push(piece);
      size += piece.length;
      if (size > MAX_STATEMENT_BYTES && nextLook === Infinity) {
        throw EngineError.of("LIMIT_EXCEEDED", `The statement is longer than ${MAX_STATEMENT_BYTES} bytes.`);
      }
      continue;
    }
    const atEnd = size < nextLook || nextLook === Infinity;
    const bytes = Buffer.concat(pieces);
    const statement = parseStatement(bytes.toString("latin1"));
    const { insert } = statement;
    // A name or a SETTINGS clause that touches the end of what was read may continue in the next piece.
    if (insert !== undefined && (atEnd || insert.dataStart < bytes.length || query !== "")) {
      const sql = Buffer.from(insert.head, "latin1").toString("utf8");
      const first = new Uint8Array(bytes.subarray(insert.dataStart));
      const { format, throughSelect } = insert;
      return { sql: bytes.toString("utf8"), statement, data: { sql, format, throughSelect, first, rest: body } };
    }
    if (atEnd) return { sql: bytes.toString("utf8"), statement, data: undefined };
    nextLook = mayBeInsert(statement) && size < MAX_STATEMENT_BYTES ? Math.max(FIRST_LOOK_BYTES, size * 2) : Infinity;
  }
}

function mayBeInsert({ keyword }: Statement): boolean {
  return keyword === "" || "INSERT".startsWith(keyword) || "WITH".startsWith(keyword);
}
