/**
 * Prices: the touch and what it makes of them.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { finite, midPrice, weightedMid } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, touchReason, valueOr } from "./panel.ts";

export class PricePanel implements Panel<"price"> {
  readonly estimators = [] as const;

  values(_nowUs: number, book: Book): PanelValues<"price"> {
    const { bid, ask, bidSize, askSize } = book;
    return {
      bid: valueOr(finite(bid), touchReason(book, "undefined")),
      ask: valueOr(finite(ask), touchReason(book, "undefined")),
      mid: valueOr(midPrice(bid, ask), touchReason(book, "undefined")),
      weightedMid: valueOr(weightedMid(bid, bidSize, ask, askSize), sizeReason(book, "undefined")),
      microprice: "off",
    };
  }
}
