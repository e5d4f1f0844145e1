/**
 * Asks history for the minutes before the page was opened, so that sparklines need not grow from nothing. A nicety: it never
 * asks for two pairs at once, and leaves the rest when the gateway cannot answer.
 *
 * @module
 */
import type { HistoryAnswer } from "../actors/contract/api.ts";
import { US_PER_SECOND } from "../actors/contract/units.ts";
import type { HistoryClient } from "./feed/history.ts";
import { isOtherRecording } from "./model/event_time.ts";
import { SPARK_METRIC, SPARK_SPAN_US } from "./model/pair_state.ts";

export class SparkFill {
  readonly #client: Pick<HistoryClient, "metrics">;
  readonly #onHistory: (pair: string, columns: HistoryAnswer["columns"]) => void;
  /** Newest event time of each pair that was asked for or waits. */
  readonly #seenUs = new Map<string, number>();
  readonly #waiting = new Set<string>();
  #running = false;

  constructor(
    client: Pick<HistoryClient, "metrics">,
    onHistory: (pair: string, columns: HistoryAnswer["columns"]) => void,
  ) {
    this.#client = client;
    this.#onHistory = onHistory;
  }

  /** Hears that a pair is at `timeUs`; fills its sparkline once, and once for every other recording. O(1). */
  see(pair: string, timeUs: number): void {
    const seenUs = this.#seenUs.get(pair);
    this.#seenUs.set(pair, timeUs);
    if (seenUs !== undefined && !isOtherRecording(seenUs, timeUs)) return;
    this.#waiting.add(pair);
    if (!this.#running) void this.#run();
  }

  /** Fills every sparkline again: something was missed. */
  refill(): void {
    this.#seenUs.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const pair of this.#waiting) {
      this.#waiting.delete(pair);
      const toUs = (this.#seenUs.get(pair) ?? 0) + US_PER_SECOND;
      const query = { pair, names: [SPARK_METRIC], fromUs: toUs - SPARK_SPAN_US, toUs, step: "1s" } as const;
      const result = await this.#client.metrics(query);
      if (!result.ok) this.#waiting.clear();
      else if (!isOtherRecording(toUs, this.#seenUs.get(pair) ?? toUs)) this.#onHistory(pair, result.value.columns);
    }
    this.#running = false;
  }
}
