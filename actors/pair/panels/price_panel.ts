/**
 * Prices: the touch and what it makes of them.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import { finite, Microprice, midPrice, weightedMid } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, touchReason, valueOr } from "./panel.ts";

export interface PricePanelOptions {
  options: MetricOptions;
  /** One pip, in quote currency. */
  pipSize: number;
}

/** Ticks of a pip: most venues quote its tenths. */
const TICKS_PER_PIP = 10;

export class PricePanel implements Panel<"price"> {
  readonly #microprice: Microprice;

  constructor({ options: { depth }, pipSize }: PricePanelOptions) {
    this.#microprice = new Microprice({
      tickSize: pipSize / TICKS_PER_PIP,
      halfLifeUs: depth.micropriceHalfLifeS * US_PER_SECOND,
    });
  }

  onTouch(timeUs: number, { bid, bidSize, ask, askSize, fromSnapshot }: Book): void {
    if (fromSnapshot) this.#microprice.restart();
    this.#microprice.update(timeUs, bid, bidSize, ask, askSize);
  }

  values(_nowUs: number, book: Book): PanelValues<"price"> {
    const { bid, ask, bidSize, askSize } = book;
    return {
      bid: valueOr(finite(bid), touchReason(book, "undefined")),
      ask: valueOr(finite(ask), touchReason(book, "undefined")),
      mid: valueOr(midPrice(bid, ask), touchReason(book, "undefined")),
      weightedMid: valueOr(weightedMid(bid, bidSize, ask, askSize), sizeReason(book, "undefined")),
      // A crossed or sizeless touch has no state in its chain, whatever was learned.
      microprice: valueOr(
        this.#microprice.value,
        sizeReason(book, bid > ask || bidSize + askSize === 0 ? "undefined" : "warming"),
      ),
    };
  }

  get estimators() {
    return [["microprice", this.#microprice]] as const;
  }
}
