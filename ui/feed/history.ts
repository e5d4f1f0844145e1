/**
 * Reads history from the gateway's API. What can go wrong is a value, with words that a person understands.
 *
 * @module
 */
import type { HistoryAnswer, HistoryStep, Problem } from "../../actors/contract/api.ts";
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";

/** Parts of a window that are read one after the other; the rest of a longer answer is left. */
export const HISTORY_PAGES_MAX = 8;

export type HistoryError =
  /** The gateway did not answer. */
  | { readonly kind: "network"; readonly message: string }
  /** The gateway answered with a problem. */
  | { readonly kind: "problem"; readonly message: string; readonly problem: Problem }
  /** The answer is not what the API promises. */
  | { readonly kind: "malformed"; readonly message: string }
  /** The one who asked no longer wants it. */
  | { readonly kind: "aborted"; readonly message: string };

export type HistoryResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: HistoryError };

export interface MetricsQuery {
  pair: string;
  names: readonly MetricName[];
  /** Inclusive, event time. */
  fromUs: number;
  /** Exclusive, event time. */
  toUs: number;
  step: HistoryStep;
  signal?: AbortSignal;
}

export type HistoryColumns = Pick<HistoryAnswer, "columns">;

export interface HistoryClientOptions {
  /** Address that `api/…` is relative to. */
  baseUrl: string;
  /** @default {globalThis.fetch} */
  fetch?: typeof globalThis.fetch;
  /** A request that takes longer has failed. @default {10_000} */
  timeoutMs?: number;
}

export class HistoryClient {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;

  constructor({ baseUrl, fetch = (...args) => globalThis.fetch(...args), timeoutMs = 10_000 }: HistoryClientOptions) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
  }

  /** Metrics of a window, all pages of it, by column. */
  async metrics(query: MetricsQuery): Promise<HistoryResult<HistoryColumns>> {
    const columns: HistoryAnswer["columns"] = {};
    let fromUs = query.fromUs;
    for (let page = 0; page < HISTORY_PAGES_MAX; page++) {
      const result = await this.#page({ ...query, fromUs });
      if (!result.ok) return result;
      for (const [name, values] of Object.entries(result.value.columns)) {
        columns[name] = columns[name] === undefined ? values : columns[name].concat(values);
      }
      const { nextFromUs } = result.value;
      if (nextFromUs === undefined || nextFromUs <= fromUs) break;
      fromUs = nextFromUs;
    }
    return { ok: true, value: { columns } };
  }

  async #page({ pair, names, fromUs, toUs, step, signal }: MetricsQuery): Promise<HistoryResult<HistoryAnswer>> {
    const url = new URL(`api/pairs/${encodeURIComponent(pair)}/metrics`, this.#baseUrl);
    url.search = new URLSearchParams({ names: names.join(","), from: `${fromUs}`, to: `${toUs}`, step }).toString();
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      const response = await this.#fetch(url, {
        headers: { accept: "application/json" },
        signal: either,
      });
      const body: unknown = await response.json().catch(() => undefined);
      either.throwIfAborted();
      if (!response.ok) return failed(problemError(response, body));
      if (!isHistoryAnswer(body)) return failed({ kind: "malformed", message: "The gateway's answer is no history" });
      return { ok: true, value: body };
    } catch (error) {
      if (signal?.aborted) return failed({ kind: "aborted", message: "No longer wanted" });
      if (timeout.aborted) {
        return failed({ kind: "network", message: `The gateway did not answer within ${this.#timeoutMs / 1000} s` });
      }
      if (!(error instanceof TypeError)) throw error;
      return failed({ kind: "network", message: "The gateway cannot be reached" });
    }
  }
}

function failed(error: HistoryError): { ok: false; error: HistoryError } {
  return { ok: false, error };
}

/** A problem as RFC 9457 has it; an answer of something between us and the gateway becomes one. */
function problemError(response: Response, body: unknown): HistoryError {
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

function isHistoryAnswer(body: unknown): body is HistoryAnswer {
  if (typeof body !== "object" || body === null || !("columns" in body)) return false;
  const { columns } = body;
  return typeof columns === "object" && columns !== null && "timeUs" in columns && Array.isArray(columns.timeUs);
}
