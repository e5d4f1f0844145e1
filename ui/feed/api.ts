/**
 * Reads the gateway's API. What can go wrong is a value, with words that a person understands.
 *
 * @module
 */
import type { Problem } from "../../actors/contract/api.ts";

export type ApiError =
  /** The gateway did not answer. */
  | { readonly kind: "network"; readonly message: string }
  /** The gateway answered with a problem. */
  | { readonly kind: "problem"; readonly message: string; readonly problem: Problem }
  /** The answer is not what the API promises. */
  | { readonly kind: "malformed"; readonly message: string }
  /** The one who asked no longer wants it. */
  | { readonly kind: "aborted"; readonly message: string };

export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ApiError };

export interface ApiOptions {
  /** Address that `api/…` is relative to. */
  baseUrl: string;
  /** @default {globalThis.fetch} */
  fetch?: typeof globalThis.fetch;
  /** A request that takes longer has failed. @default {10_000} */
  timeoutMs?: number;
}

export interface ApiQuery<T> {
  query?: Readonly<Record<string, string | number>>;
  /** Whether an answer is what the API promises, as far as the page relies on it. */
  is: (body: unknown) => body is T;
  signal?: AbortSignal;
  headers?: Readonly<Record<string, string>>;
  /** @default {the same for all} */
  timeoutMs?: number;
}

export class Api {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;

  constructor({ baseUrl, fetch = (...args) => globalThis.fetch(...args), timeoutMs = 10_000 }: ApiOptions) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
  }

  /** @param path below `api/`, its parts encoded. */
  get<T>(path: string, options: ApiQuery<T>): Promise<ApiResult<T>> {
    return this.#ask("GET", path, options);
  }

  /** @param path below `api/`, its parts encoded. @param body sent as JSON; nothing where it is left out */
  send<T>(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    options: ApiQuery<T> & { body?: unknown },
  ): Promise<ApiResult<T>> {
    return this.#ask(method, path, options);
  }

  async #ask<T>(
    method: string,
    path: string,
    { query = {}, is, signal, body: sent, headers, timeoutMs = this.#timeoutMs }: ApiQuery<T> & { body?: unknown },
  ): Promise<ApiResult<T>> {
    const url = new URL(`api/${path}`, this.#baseUrl);
    url.search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, `${value}`])).toString();
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      const response = await this.#fetch(url, {
        method,
        headers: {
          accept: "application/json",
          ...(sent !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(sent !== undefined && { body: JSON.stringify(sent) }),
        signal: either,
      });
      const body: unknown = await response.json().catch(() => undefined);
      either.throwIfAborted();
      if (!response.ok) return failed(problemError(response, body));
      if (!is(body)) return failed({ kind: "malformed", message: "The gateway's answer is not what it promises" });
      return { ok: true, value: body };
    } catch (error) {
      if (signal?.aborted) return failed({ kind: "aborted", message: "No longer wanted" });
      if (timeout.aborted) {
        return failed({ kind: "network", message: `The gateway did not answer within ${timeoutMs / 1000} s` });
      }
      if (!(error instanceof TypeError)) throw error;
      return failed({ kind: "network", message: "The gateway cannot be reached" });
    }
  }
}

function failed(error: ApiError): { ok: false; error: ApiError } {
  return { ok: false, error };
}

/** A problem as RFC 9457 has it; an answer of something between us and the gateway becomes one. */
function problemError(response: Response, body: unknown): ApiError {
  const problem: Problem = isProblem(body)
    ? body
    : { type: "about:blank", title: response.statusText || "Request failed", status: response.status };
  const wrong = problem.errors?.map(({ name, detail }) => `${name}: ${detail}`) ?? [];
  const message = [`${problem.title} (${problem.status})`, problem.detail, ...wrong].filter(Boolean).join(" · ");
  return { kind: "problem", message, problem };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "title" in body && typeof body.title === "string" &&
    "status" in body && typeof body.status === "number";
}
