/**
 * History from the gateway's API, all pages of a window.
 *
 * @module
 */
import type { HistoryAnswer, HistoryStep } from "../../actors/contract/api.ts";
import type { MetricName } from "../../actors/contract/metric_catalogue.ts";
import { Api, type ApiOptions, type ApiResult } from "./api.ts";

/** Parts of a window that are read one after the other; the rest of a longer answer is left. */
export const HISTORY_PAGES_MAX = 8;

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

export class HistoryClient {
  readonly #api: Api;

  constructor(options: ApiOptions) {
    this.#api = new Api(options);
  }

  /** Metrics of a window, all pages of it, by column. */
  async metrics({ pair, names, toUs, step, signal, ...query }: MetricsQuery): Promise<ApiResult<HistoryColumns>> {
    const columns: HistoryAnswer["columns"] = {};
    let { fromUs } = query;
    for (let page = 0; page < HISTORY_PAGES_MAX; page++) {
      const result = await this.#api.get(`pairs/${encodeURIComponent(pair)}/metrics`, {
        query: { names: names.join(","), from: fromUs, to: toUs, step },
        is: isHistoryAnswer,
        signal,
      });
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
}

export function isHistoryAnswer(body: unknown): body is HistoryAnswer {
  if (typeof body !== "object" || body === null || !("columns" in body)) return false;
  const { columns } = body;
  return typeof columns === "object" && columns !== null && "timeUs" in columns && Array.isArray(columns.timeUs);
}
