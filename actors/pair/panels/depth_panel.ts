/**
 * Depth: at the touch, over levels, within distances of the mid.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import type { MetricOptions } from "../../contract/mod.ts";
import { finite, touchImbalance } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, valueOr } from "./panel.ts";

export class DepthPanel implements Panel<"depth"> {
  readonly #levels: number;
  readonly estimators = [] as const;

  constructor({ depth }: MetricOptions) {
    this.#levels = depth.levels;
  }

  values(_nowUs: number, book: Book): PanelValues<"depth"> {
    const { bids, asks, bidSize, askSize } = book;
    const bidLevels = bids.count > 0 ? bids.depth(this.#levels) : NaN;
    const askLevels = asks.count > 0 ? asks.depth(this.#levels) : NaN;
    const noLevels = bids.count + asks.count === 0 ? "no-levels" : "one-sided";
    const sizes = sizeReason(book, "undefined");
    return {
      bidTouchSize: valueOr(finite(bidSize), !Number.isNaN(book.bid) && sizes === "one-sided" ? "no-sizes" : sizes),
      askTouchSize: valueOr(finite(askSize), !Number.isNaN(book.ask) && sizes === "one-sided" ? "no-sizes" : sizes),
      touchImbalance: valueOr(touchImbalance(bidSize, askSize), sizes),
      bidLevelsSize: valueOr(finite(bidLevels), noLevels),
      askLevelsSize: valueOr(finite(askLevels), noLevels),
      levelsImbalance: valueOr(touchImbalance(bidLevels, askLevels), noLevels),
      bid1bpsSize: "off",
      bid2bpsSize: "off",
      bid5bpsSize: "off",
      bid10bpsSize: "off",
      ask1bpsSize: "off",
      ask2bpsSize: "off",
      ask5bpsSize: "off",
      ask10bpsSize: "off",
      imbalance1bps: "off",
      imbalance2bps: "off",
      imbalance5bps: "off",
      imbalance10bps: "off",
    };
  }
}
