/**
 * What a request of the ClickHouse HTTP interface asks for, read from its URL and headers.
 *
 * A parameter is one of the interface's own, a value for a `{name:Type}` placeholder (`param_name`), or a setting.
 *
 * @module
 */
import { EngineError } from "./errors.ts";
import { quoteName, quoteString } from "./statement.ts";

/** Session life when the request names none, and the longest it may name. */
export const SESSION_TIMEOUT_DEFAULT_S = 60;
export const SESSION_TIMEOUT_MAX_S = 3600;

/** Parameters of the interface itself; they are never settings. */
const RESERVED = new Set([
  "query",
  "database",
  "default_format",
  "query_id",
  "user",
  "password",
  "quota_key",
  "role",
  "session_id",
  "session_timeout",
  "session_check",
  "close_session",
  "compress",
  "decompress",
  "stacktrace",
  "buffer_size",
  "wait_end_of_query",
  "client_protocol_version",
]);

/** Settings that act on the HTTP layer alone; the engine has no use for them, and a statement less is time saved. */
const HTTP_SETTINGS = new Set([
  "add_http_cors_header",
  "enable_http_compression",
  "http_wait_end_of_query",
  "http_zlib_compression_level",
  "http_response_buffer_size",
  "send_progress_in_http_headers",
]);

/** A parsed request. */
export interface QueryRequest {
  queryId: string;
  /** The `query` parameter. */
  query: string;
  database: string | undefined;
  /** Output format when the statement names none. */
  defaultFormat: string | undefined;
  params: Map<string, string>;
  settings: Map<string, string>;
  roles: string[];
  session: { id: string; timeoutS: number; mustExist: boolean; close: boolean } | undefined;
  /** GET and HEAD change nothing. */
  readOnly: boolean;
  /** Hold the whole result back until the statement has succeeded. */
  waitEndOfQuery: boolean;
  /** The client takes a gzip body and asked for one. */
  gzipResponse: boolean;
  corsOrigin: boolean;
}

/** @throws {EngineError} for a request that contradicts itself or asks for what this server does not do. */
export function parseRequest(request: Request, url: URL): QueryRequest {
  const search = url.searchParams;
  const params = new Map<string, string>();
  const settings = new Map<string, string>();
  const http = new Map<string, string>();
  for (const [name, value] of search) {
    if (name.startsWith("param_")) params.set(name.slice("param_".length), value);
    else if (HTTP_SETTINGS.has(name)) http.set(name, value);
    else if (!RESERVED.has(name)) settings.set(name, value);
  }
  for (const name of ["compress", "decompress"]) {
    if (isOn(search.get(name))) {
      throw EngineError.of(
        "NOT_IMPLEMENTED",
        `Parameter "${name}" (ClickHouse's own block compression) is not served by the embedded engine: ` +
          `use enable_http_compression and Content-Encoding: gzip.`,
      );
    }
  }
  const accepts = request.headers.get("accept-encoding") ?? "";
  return {
    queryId: cleanId(search.get("query_id") ?? request.headers.get("x-clickhouse-query-id")) || crypto.randomUUID(),
    query: search.get("query") ?? "",
    database: search.get("database") || request.headers.get("x-clickhouse-database") || undefined,
    defaultFormat: request.headers.get("x-clickhouse-format") || search.get("default_format") || undefined,
    params,
    settings,
    roles: search.getAll("role"),
    session: parseSession(search),
    readOnly: request.method === "GET" || request.method === "HEAD",
    waitEndOfQuery: isOn(http.get("http_wait_end_of_query") ?? search.get("wait_end_of_query")),
    gzipResponse: isOn(http.get("enable_http_compression")) && /\bgzip\b/.test(accepts),
    corsOrigin: isOn(http.get("add_http_cors_header")) && request.headers.has("origin"),
  };
}

/** Statements that bring a connection into the state the request asks for. */
export function preamble(request: QueryRequest): string[] {
  const statements: string[] = [];
  if (request.roles.length > 0) statements.push(`SET ROLE ${request.roles.map(quoteName).join(", ")}`);
  if (request.database !== undefined) statements.push(`USE ${quoteName(request.database)}`);
  const changes = [...request.settings].map(([name, value]) => `${quoteName(name)} = ${quoteString(value)}`);
  // A session could not be brought back from it, so there `execute()` looks at what the statement is.
  if (request.readOnly && request.session === undefined && !request.settings.has("readonly")) {
    changes.push("readonly = 2");
  }
  if (changes.length > 0) statements.push(`SET ${changes.join(", ")}`);
  return statements;
}

/** User and password of a request. @throws {EngineError} when it uses two ways at once. */
export function credentialsOf(request: Request, url: URL): { user: string; password: string } {
  const { headers } = request;
  const inHeaders = headers.has("x-clickhouse-user") || headers.has("x-clickhouse-key");
  const inParams = url.searchParams.has("user") || url.searchParams.has("password");
  const authorization = headers.get("authorization");
  if ([inHeaders, inParams, authorization !== null].filter(Boolean).length > 1) {
    throw EngineError.of("AUTHENTICATION_FAILED", "Invalid authentication: use one way to authenticate, not several.");
  }
  if (inHeaders) {
    return { user: headers.get("x-clickhouse-user") || "default", password: headers.get("x-clickhouse-key") ?? "" };
  }
  if (inParams) {
    const search = url.searchParams;
    return { user: search.get("user") || "default", password: search.get("password") ?? "" };
  }
  if (authorization === null) return { user: "default", password: "" };
  const basic = /^Basic ([A-Za-z0-9+/=]*)$/i.exec(authorization.trim());
  if (basic === null) {
    throw EngineError.of("AUTHENTICATION_FAILED", "Invalid authentication: only the Basic scheme is served.");
  }
  let decoded: string;
  try {
    decoded = new TextDecoder().decode(Uint8Array.from(atob(basic[1]!), (char) => char.charCodeAt(0)));
  } catch {
    throw EngineError.of("AUTHENTICATION_FAILED", "Invalid authentication: the Basic credentials are not base64.");
  }
  const colon = decoded.indexOf(":");
  return colon < 0
    ? { user: decoded, password: "" }
    : { user: decoded.slice(0, colon) || "default", password: decoded.slice(colon + 1) };
}

function parseSession(search: URLSearchParams): QueryRequest["session"] {
  const id = search.get("session_id");
  if (!id) return undefined;
  const text = search.get("session_timeout");
  const timeoutS = text === null ? SESSION_TIMEOUT_DEFAULT_S : Number(text);
  if (!Number.isInteger(timeoutS) || timeoutS < 0 || timeoutS > SESSION_TIMEOUT_MAX_S) {
    throw EngineError.of(
      "INVALID_SESSION_TIMEOUT",
      `Invalid session timeout: '${text}' (at most ${SESSION_TIMEOUT_MAX_S} seconds).`,
    );
  }
  return { id, timeoutS, mustExist: isOn(search.get("session_check")), close: isOn(search.get("close_session")) };
}

/** Control characters are dropped, since the id comes back in a header. */
function cleanId(id: string | null): string {
  return [...id ?? ""].filter((char) => char > "\x1f" && char !== "\x7f").join("");
}

function isOn(value: string | null | undefined): boolean {
  return value === "1" || value === "true";
}
