/**
 * The ClickHouse HTTP interface over the embedded engine, as a `fetch` handler.
 *
 * One request is one statement on one connection: a fresh connection, or the one of its session. The connection is brought
 * into the state the request asks for with the engine's own `SET`, `USE` and `SET ROLE`, so unknown settings, bad values
 * and missing databases get the engine's own exceptions.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type Engine, type EngineConnection } from "./engine.ts";
import { EngineError } from "./errors.ts";
import { exceptionText, httpStatusOf, toEngineError } from "./exceptions.ts";
import { execute, summary } from "./execution.ts";
import { credentialsOf, parseRequest, preamble, type QueryRequest } from "./request.ts";
import { BodyReader, readStatement } from "./request_body.ts";
import { resultBody } from "./result_body.ts";
import { RunningQueries, type RunningQuery } from "./running_queries.ts";
import { Sessions } from "./sessions.ts";

/** Largest multipart body (a statement and its parameters). Overflow policy: refused with LIMIT_EXCEEDED. */
export const MAX_FORM_BYTES = 64 * 1024 * 1024;

const EXPOSED_HEADERS = "X-ClickHouse-Query-Id,X-ClickHouse-Summary,X-ClickHouse-Server-Display-Name," +
  "X-ClickHouse-Format,X-ClickHouse-Timezone,X-ClickHouse-Exception-Code,X-ClickHouse-Exception-Tag";
const DEFAULT_FORMAT = "TabSeparated";
const PLAIN_TEXT = "text/plain; charset=UTF-8";

/** Options of {@linkcode createServer}. */
export interface ServerOptions {
  /** Password of the user `default`. @default {""} */
  password?: string;
  /** Name of the server in a header. @default {"embedded"} */
  displayName?: string;
}

/** The server: a handler, and a way to end. */
export interface Server {
  fetch(request: Request): Promise<Response>;
  /** Waits for running queries until the deadline, then stops them, and closes every session. */
  close(options: { graceMs: number }): Promise<void>;
}

/** Makes the server on an open engine; it opens nothing itself. */
export async function createServer(engine: Engine, options: ServerOptions = {}): Promise<Server> {
  const contentTypes = await readContentTypes(engine);
  const app = new App(engine, contentTypes, { password: "", displayName: "embedded", ...options });
  return { fetch: (request) => app.fetch(request), close: (options) => app.close(options) };
}

class App implements Server {
  readonly #engine: Engine;
  readonly #contentTypes: ReadonlyMap<string, string>;
  readonly #options: Required<ServerOptions>;
  readonly #queries: RunningQueries;
  readonly #sessions: Sessions;

  constructor(engine: Engine, contentTypes: ReadonlyMap<string, string>, options: Required<ServerOptions>) {
    this.#engine = engine;
    this.#contentTypes = contentTypes;
    this.#options = options;
    this.#queries = new RunningQueries(engine);
    this.#sessions = new Sessions(engine);
  }

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const { method } = request;
    if (method === "OPTIONS") {
      return new Response(null, { status: 204, headers: { Allow: "GET, HEAD, POST, OPTIONS" } });
    }
    if (!["GET", "HEAD", "POST"].includes(method)) {
      return new Response(null, { status: 405, headers: { Allow: "GET, HEAD, POST, OPTIONS" } });
    }
    const isProbe = url.pathname === "/ping" || url.pathname === "/replicas_status" ||
      url.pathname === "/" && method !== "POST" && !url.searchParams.has("query");
    if (isProbe) return new Response("Ok.\n", { headers: { "Content-Type": "text/html; charset=UTF-8" } });
    if (url.pathname !== "/" && url.pathname !== "/query") {
      return new Response(`There is no handle ${url.pathname}\n`, { status: 404 });
    }
    const headers = new Headers({
      "Content-Type": PLAIN_TEXT,
      "Access-Control-Expose-Headers": EXPOSED_HEADERS,
      "X-ClickHouse-Server-Display-Name": this.#options.displayName,
    });
    try {
      return await this.#answer(request, url, headers);
    } catch (thrown) {
      const error = toEngineError(thrown);
      headers.set("Content-Type", PLAIN_TEXT);
      headers.set("X-ClickHouse-Exception-Code", String(error.code));
      return new Response(exceptionText(error, this.#engine.version), { status: httpStatusOf(error.code), headers });
    }
  }

  async close({ graceMs }: { graceMs: number }): Promise<void> {
    const deadline = setTimeout(() => this.#queries.cancelAll(), graceMs);
    await this.#queries.idle();
    clearTimeout(deadline);
    await this.#sessions.close();
  }

  async #answer(request: Request, url: URL, headers: Headers): Promise<Response> {
    const startedAt = performance.now();
    this.#authenticate(request, url);
    const query = parseRequest(request, url);
    headers.set("X-ClickHouse-Query-Id", headerText(query.queryId));
    if (query.corsOrigin) headers.set("Access-Control-Allow-Origin", "*");
    if (isForm(request)) await readForm(request, query);
    const body = isForm(request) ? new BodyReader(null) : BodyReader.of(request);

    const running = this.#queries.start(query.queryId);
    const stop = () => running.cancel();
    request.signal.addEventListener("abort", stop, { once: true });
    if (request.signal.aborted) stop();
    let release = () => Promise.resolve();
    const finish = async () => {
      request.signal.removeEventListener("abort", stop);
      try {
        await release();
      } finally {
        running.finish();
      }
    };
    try {
      const lease = await this.#sessions.lease(query);
      release = lease.release;
      return await this.#run(query, { headers, body, running, connection: lease.connection, finish, startedAt });
    } catch (error) {
      await body.cancel();
      await finish();
      throw error;
    }
  }

  async #run(query: QueryRequest, context: RunContext): Promise<Response> {
    const { connection, running, headers, finish, startedAt } = context;
    for (const statement of preamble(query)) await running.step(() => connection.query(statement));
    const input = await readStatement(query.query, context.body);
    const defaultFormat = query.defaultFormat ?? DEFAULT_FORMAT;
    const format = input.statement.outputFormat ?? defaultFormat;
    const execution = await execute(input, {
      connection,
      running,
      queries: this.#queries,
      request: query,
      format: defaultFormat,
    });
    const tag = exceptionTag();
    headers.set("Content-Type", this.#contentTypes.get(format.toLowerCase()) ?? PLAIN_TEXT);
    headers.set("X-ClickHouse-Format", headerText(format));
    headers.set("X-ClickHouse-Timezone", this.#engine.timezone);
    headers.set("X-ClickHouse-Exception-Tag", tag);
    headers.set("X-ClickHouse-Summary", summary(execution.stats, (performance.now() - startedAt) * 1e6));
    if (execution.rest === undefined && !query.gzipResponse) {
      await finish();
      return new Response(new Uint8Array(Buffer.concat(execution.held)), { headers });
    }
    if (query.gzipResponse) headers.set("Content-Encoding", "gzip");
    const version = this.#engine.version;
    const body = resultBody({ execution, running, tag, finish, version }, { gzip: query.gzipResponse });
    return new Response(body, { headers });
  }

  #authenticate(request: Request, url: URL): void {
    const { user, password } = credentialsOf(request, url);
    if (user === "default" && password === this.#options.password) return;
    throw EngineError.of(
      "AUTHENTICATION_FAILED",
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
    );
  }
}

interface RunContext {
  connection: EngineConnection;
  running: RunningQuery;
  headers: Headers;
  body: BodyReader;
  finish(): Promise<void>;
  startedAt: number;
}

function isForm(request: Request): boolean {
  return /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "");
}

/** Adds the fields of a multipart body: the statement and its parameters. */
async function readForm(request: Request, query: QueryRequest): Promise<void> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_FORM_BYTES) {
    throw EngineError.of("LIMIT_EXCEEDED", `A multipart body takes at most ${MAX_FORM_BYTES} bytes.`);
  }
  for (const [name, value] of await request.formData()) {
    if (typeof value !== "string") {
      throw EngineError.of("NOT_IMPLEMENTED", `External table "${name}": the embedded engine does not take any.`);
    }
    if (name === "query") query.query += value;
    else if (name.startsWith("param_")) query.params.set(name.slice("param_".length), value);
  }
}

async function readContentTypes(engine: Engine): Promise<Map<string, string>> {
  const connection = await engine.connect();
  try {
    const sql = "SELECT lower(name), content_type FROM system.formats WHERE is_output";
    const { bytes } = await connection.query(sql, { format: "JSONCompactEachRow" });
    const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
    return new Map(lines.map((line) => JSON.parse(line) as [string, string]));
  } finally {
    await connection.close();
  }
}

/** Sixteen random lower-case letters. */
function exceptionTag(): string {
  return String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)).map((byte) => 97 + byte % 26));
}

/** Header values are bytes: anything else would make the response fail. */
function headerText(text: string): string {
  return [...text].map((char) => char >= " " && char <= "~" ? char : "?").join("");
}
