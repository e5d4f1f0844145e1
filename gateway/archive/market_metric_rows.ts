/**
 * Market samples as rows of the table market_metrics: one for each value that is there.
 *
 * A sample numbers its pairs by their first appearance, which another start of the actor may see otherwise. So the two pairs of a
 * value are stored in the order of the alphabet, and what has a direction is turned with them: the history of two pairs is one
 * series, whoever came first.
 *
 * @module
 */
import {
  combinationAt,
  combinationCount,
  MARKET_METRICS,
  MARKET_PAIRS_MAX,
  type MarketMetricName,
  MarketSample,
  type MarketValue,
  TRIANGLES_MAX,
} from "../../actors/contract/mod.ts";
import { JsonRows } from "./json_message_rows.ts";
import { RowSet } from "./row_set.ts";

/** Values of a sample at most: of two pairs, of a pair, of triangles, of both currencies of every pair. */
export const MARKET_ROWS_MAX = 7 * combinationCount(MARKET_PAIRS_MAX) + MARKET_PAIRS_MAX + 2 * TRIANGLES_MAX +
  2 * 2 * MARKET_PAIRS_MAX;

/** What becomes of a value when its two pairs change places; one that is not named stays. */
const TURNED: Partial<Record<MarketMetricName, (value: number) => number>> = {
  "leadLag.lagMs": (lagMs) => -lagMs,
  "leadLag.ratio": (ratio) => 1 / ratio,
};

export class MarketMetricRows extends JsonRows<MarketSample> {
  readonly #set = new RowSet("market_metrics", { messageRowsMax: MARKET_ROWS_MAX });
  readonly #b = this.#set.text("pair_b");
  readonly #c = this.#set.text("pair_c");
  readonly #time = this.#set.time("time");
  readonly #name = this.#set.text("name");
  readonly #value = this.#set.numbers("value", "Float64", Float64Array);
  readonly sets = [this.#set];

  constructor(rejected: Record<string, number> = {}) {
    super(MarketSample, rejected);
  }

  protected takeValue(sample: MarketSample, sequence: number, epoch: number): void {
    let index = 0;
    const put = (name: MarketMetricName, value: MarketValue, of: readonly [string, string?, string?]) => {
      const at = index++;
      if (typeof value !== "number" || !Number.isFinite(value)) return;
      const row = this.#set.begin(of[0], { epoch, sequence, index: at });
      this.#b.append(of[1] ?? "");
      this.#c.append(of[2] ?? "");
      this.#time.setMicrosAsNanos(row, sample.timeUs);
      this.#name.append(name);
      this.#value.values[row] = value;
    };
    const { pairs, correlation, leadLag, triangles, strength } = sample;
    const names = Object.keys(MARKET_METRICS) as MarketMetricName[];
    const byKind = { correlation, leadLag, strength } as Record<string, Record<string, MarketValue[]>>;
    for (const name of names) {
      const [kind, short] = name.split(".") as [string, string];
      if (kind === "triangles") {
        for (const { direct, legs, ...edges } of triangles) {
          put(name, edges[short as keyof typeof edges], [direct, ...legs]);
        }
      } else if (kind === "strength") {
        strength.currencies.forEach((currency, k) => put(name, byKind.strength![short]![k] ?? "undefined", [currency]));
      } else if (name === "correlation.returns") {
        pairs.forEach((pair, k) => put(name, correlation.returns[k]!, [pair]));
      } else {
        byKind[kind]![short]!.forEach((value, k) => {
          const [low, high] = combinationAt(k);
          const [a, b] = [pairs[low]!, pairs[high]!];
          if (a < b) put(name, value, [a, b]);
          else put(name, typeof value === "number" ? (TURNED[name]?.(value) ?? value) : value, [b, a]);
        });
      }
    }
  }
}
