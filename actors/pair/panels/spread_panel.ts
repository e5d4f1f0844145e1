/**
 * Spreads: quoted over time, and what trades paid.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { BPS_PER_ONE, type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import { EwMean, finite, quotedSpreadBps, TimeWeightedMean, type TradeSpreads } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, touchReason, valueOr } from "./panel.ts";

export interface SpreadPanelOptions {
  options: MetricOptions;
  /** One pip, in quote currency. */
  pipSize: number;
  /** Shared with the panel of impact; told of trades and quotes by whoever shares it. */
  tradeSpreads: TradeSpreads;
}

export class SpreadPanel implements Panel<"spread"> {
  readonly #pipSize: number;
  readonly #mean: TimeWeightedMean;
  readonly #meanBps: TimeWeightedMean;
  readonly #ewBps: EwMean;

  constructor({ options: { spread }, pipSize }: SpreadPanelOptions) {
    this.#pipSize = pipSize;
    const slotUs = (spread.windowS * US_PER_SECOND) / 60;
    this.#mean = new TimeWeightedMean({ slotUs });
    this.#meanBps = new TimeWeightedMean({ slotUs });
    this.#ewBps = new EwMean({ halfLifeUs: spread.ewHalfLifeS * US_PER_SECOND });
  }

  onTouch(timeUs: number, { bid, ask }: Book): void {
    const spread = ask - bid;
    const spreadBps = (BPS_PER_ONE * spread) / ((bid + ask) / 2);
    this.#mean.update(timeUs, spread);
    this.#meanBps.update(timeUs, spreadBps);
    this.#ewBps.update(timeUs, spreadBps);
  }

  values(nowUs: number, book: Book): PanelValues<"spread"> {
    this.#ewBps.advance(nowUs);
    const mean = this.#mean.value(nowUs);
    const warming = touchReason(book, "warming");
    return {
      quotedPips: valueOr(finite((book.ask - book.bid) / this.#pipSize), touchReason(book, "undefined")),
      quotedBps: valueOr(quotedSpreadBps(book.bid, book.ask), touchReason(book, "undefined")),
      timeWeightedBps: valueOr(this.#meanBps.value(nowUs), warming),
      timeWeightedPips: valueOr(mean === undefined ? undefined : mean / this.#pipSize, warming),
      ewMeanBps: valueOr(this.#ewBps.mean, warming),
      ewStdBps: valueOr(this.#ewBps.std, warming),
      p50Bps: "off",
      p95Bps: "off",
      p99Bps: "off",
      baselineBps: "off",
      zScore: "off",
      effectiveBps: "off",
      realized1sBps: "off",
      realized5sBps: "off",
      realized30sBps: "off",
      realized60sBps: "off",
      realized300sBps: "off",
      rollBps: "off",
    };
  }

  get estimators() {
    return [["spreadMean", this.#mean], ["spreadMeanBps", this.#meanBps], ["spreadEwBps", this.#ewBps]] as const;
  }
}
