/**
 * Keeps the selected pair's chart: history when a pair is chosen, live samples after that, and history again for what was
 * missed while the connection was lost.
 *
 * @module
 */
import { type Signal, signal } from "@preact/signals";
import type { LiveMessage } from "../actors/contract/live.ts";
import type { MetricName } from "../actors/contract/metric_catalogue.ts";
import { US_PER_MINUTE } from "../actors/contract/units.ts";
import type { ApiError } from "./feed/api.ts";
import type { HistoryClient } from "./feed/history.ts";
import { type ChartColumns, chartMetrics, ChartSeries, HISTORY_BUCKET_US } from "./model/chart_series.ts";
import { isOtherRecording } from "./model/event_time.ts";

/** The archive writes in blocks: what was too new for the first look is there after this. */
export const SECOND_LOOK_MS = 6_000;
/** How far back the second look goes. */
const SECOND_LOOK_US = 2 * US_PER_MINUTE;

export type ChartStatus =
  | { readonly kind: "idle" | "loading" }
  | { readonly kind: "failed"; readonly error: ApiError };

export interface ShowOptions {
  spanUs: number;
  newestUs: number | undefined;
  /** What is drawn below the mid. @default {the spread and its mean} */
  metric?: MetricName | undefined;
}

export class ChartFeed implements Disposable {
  /** Changes whenever the series did. */
  readonly version: Signal<number> = signal(0);
  readonly status: Signal<ChartStatus> = signal<ChartStatus>({ kind: "idle" });

  readonly #client: Pick<HistoryClient, "metrics">;
  #series = new ChartSeries();
  #pair: string | undefined;
  /** What is drawn below the mid, other than the spread. */
  #metric: MetricName | undefined;
  #spanUs = 0;
  #newestUs: number | undefined;
  #wantsHistory = false;
  #request: AbortController | undefined;
  #secondLook: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Pick<HistoryClient, "metrics">) {
    this.#client = client;
  }

  /** Shows a pair over a span of event time that ends at `newestUs`, or with its first live sample. */
  show(pair: string | undefined, { spanUs, newestUs, metric }: ShowOptions): void {
    if (pair !== this.#pair || metric !== this.#metric) {
      this.#series = new ChartSeries(chartMetrics(metric));
      this.#pair = pair;
      this.#metric = metric;
      this.#newestUs = newestUs;
      this.version.value++;
    }
    this.#spanUs = spanUs;
    this.refill();
  }

  /** Takes live samples of the shown pair. */
  receive(message: LiveMessage): void {
    if (message.type !== "update") return;
    let changed = false;
    for (const sample of message.samples) {
      if (sample.pair !== this.#pair) continue;
      if (this.#series.addSample(sample)) this.#wantsHistory = true;
      this.#newestUs = sample.timeUs;
      changed = true;
    }
    for (const book of message.books) {
      if (book.pair === this.#pair && isOther(this.#newestUs, book.timeUs)) this.#newestUs = book.timeUs;
    }
    if (changed) this.version.value++;
    if (this.#wantsHistory) this.refill();
  }

  /** Asks history for what the series lacks: after a reconnect, or when somebody asks again. */
  refill(): void {
    clearTimeout(this.#secondLook);
    this.#request?.abort();
    this.#wantsHistory = this.#newestUs === undefined;
    if (this.#newestUs === undefined) return;
    void this.#load(this.#spanUs).then((loaded) => {
      if (!loaded) return;
      this.#secondLook = setTimeout(() => void this.#load(SECOND_LOOK_US), SECOND_LOOK_MS);
    });
  }

  /** What to draw: the span that ends with the newest point. */
  columns(): ChartColumns {
    return this.#series.columns((this.#series.lastTimeUs ?? 0) - this.#spanUs);
  }

  /** Stops waiting for history. */
  [Symbol.dispose](): void {
    clearTimeout(this.#secondLook);
    this.#request?.abort();
  }

  async #load(spanUs: number): Promise<boolean> {
    const pair = this.#pair;
    const newestUs = this.#newestUs;
    if (pair === undefined || newestUs === undefined) return false;
    const request = new AbortController();
    this.#request = request;
    this.status.value = { kind: "loading" };
    const result = await this.#client.metrics({
      pair,
      names: chartMetrics(this.#metric),
      fromUs: Math.floor((newestUs - spanUs) / HISTORY_BUCKET_US) * HISTORY_BUCKET_US,
      toUs: newestUs + HISTORY_BUCKET_US,
      step: "1s",
      signal: request.signal,
    });
    if (request.signal.aborted) return false;
    if (!result.ok) {
      this.status.value = { kind: "failed", error: result.error };
      return false;
    }
    this.#series.addHistory(result.value);
    this.status.value = { kind: "idle" };
    this.version.value++;
    return true;
  }
}

function isOther(previousUs: number | undefined, nextUs: number): boolean {
  return previousUs === undefined || isOtherRecording(previousUs, nextUs);
}
