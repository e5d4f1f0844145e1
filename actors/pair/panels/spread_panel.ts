/**
 * Spreads: quoted over time, and what trades paid.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, BPS_PER_ONE, HORIZONS_S, type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import {
  EwMean,
  finite,
  quotedSpreadBps,
  QuotedSpreadQuantiles,
  RollSpread,
  SessionBaseline,
  type SignedTrade,
  TimeWeightedMean,
  type TradeSpreads,
} from "../../estimators/mod.ts";
import { type Panel, type PanelValues, touchReason, valueOr } from "./panel.ts";

export interface SpreadPanelOptions {
  options: MetricOptions;
  /** One pip, in quote currency. */
  pipSize: number;
  /** Shared with the panel of impact; told of trades and quotes by whoever shares it. */
  tradeSpreads: TradeSpreads;
}

const SLOT_COUNT = 60;
/** Parts of a pip that trade prices are whole numbers of. */
const TICKS_PER_PIP = 100;

export class SpreadPanel implements Panel<"spread"> {
  readonly #pipSize: number;
  readonly #tradeSpreads: TradeSpreads;
  readonly #mean: TimeWeightedMean;
  readonly #meanBps: TimeWeightedMean;
  readonly #ewBps: EwMean;
  readonly #quantilesBps: QuotedSpreadQuantiles;
  readonly #baselineBps: SessionBaseline;
  readonly #roll: RollSpread;

  constructor({ options: { spread }, pipSize, tradeSpreads }: SpreadPanelOptions) {
    this.#pipSize = pipSize;
    this.#tradeSpreads = tradeSpreads;
    const windowUs = spread.windowS * US_PER_SECOND;
    const slots = { slotUs: windowUs / SLOT_COUNT, slotCount: SLOT_COUNT };
    this.#mean = new TimeWeightedMean(slots);
    this.#meanBps = new TimeWeightedMean(slots);
    this.#ewBps = new EwMean({ halfLifeUs: spread.ewHalfLifeS * US_PER_SECOND });
    this.#quantilesBps = new QuotedSpreadQuantiles({ windowUs });
    this.#baselineBps = new SessionBaseline({ halfLifeUs: spread.baselineHalfLifeS * US_PER_SECOND });
    this.#roll = new RollSpread({ tradeCount: spread.rollTrades, tickSize: pipSize / TICKS_PER_PIP });
  }

  onTouch(timeUs: number, { bid, ask }: Book): void {
    const spread = ask - bid;
    const spreadBps = (BPS_PER_ONE * spread) / ((bid + ask) / 2);
    this.#mean.update(timeUs, spread);
    this.#meanBps.update(timeUs, spreadBps);
    this.#ewBps.update(timeUs, spreadBps);
    this.#quantilesBps.update(timeUs, spreadBps);
    this.#baselineBps.update(timeUs, spreadBps);
  }

  onTrade({ timeUs, price, mid }: SignedTrade): void {
    this.#roll.update(timeUs, price, mid);
  }

  values(nowUs: number, book: Book): PanelValues<"spread"> {
    const quantiles = this.#quantilesBps;
    const baseline = this.#baselineBps;
    this.#ewBps.advance(nowUs);
    quantiles.advance(nowUs);
    baseline.advance(nowUs);
    const mean = this.#mean.value(nowUs);
    const ewMeanBps = this.#ewBps.mean;
    const warming = touchReason(book, "warming");
    // A mean and no score: the spread of this session has never changed.
    const noScore = baseline.mean === undefined || ewMeanBps === undefined ? warming : "undefined";
    const trades = this.#tradeSpreads;
    return {
      quotedPips: valueOr(finite((book.ask - book.bid) / this.#pipSize), touchReason(book, "undefined")),
      quotedBps: valueOr(quotedSpreadBps(book.bid, book.ask), touchReason(book, "undefined")),
      timeWeightedBps: valueOr(this.#meanBps.value(nowUs), warming),
      timeWeightedPips: valueOr(mean === undefined ? undefined : mean / this.#pipSize, warming),
      ewMeanBps: valueOr(ewMeanBps, warming),
      ewStdBps: valueOr(this.#ewBps.std, warming),
      p50Bps: valueOr(quantiles.quantile(0.5), warming),
      p95Bps: valueOr(quantiles.quantile(0.95), warming),
      p99Bps: valueOr(quantiles.quantile(0.99), warming),
      baselineBps: valueOr(baseline.mean, warming),
      zScore: valueOr(ewMeanBps === undefined ? undefined : baseline.zScore(ewMeanBps), noScore),
      effectiveBps: valueOr(trades.effectiveBps, trades.absence()),
      realized1sBps: this.#realizedBps(1),
      realized5sBps: this.#realizedBps(5),
      realized30sBps: this.#realizedBps(30),
      realized60sBps: this.#realizedBps(60),
      realized300sBps: this.#realizedBps(300),
      rollBps: valueOr(this.#roll.valueBps, this.#noRoll),
    };
  }

  #realizedBps(horizonS: typeof HORIZONS_S[number]): number | AbsentReason {
    const horizonUs = horizonS * US_PER_SECOND;
    return valueOr(this.#tradeSpreads.realizedBps(horizonUs), this.#tradeSpreads.absence(horizonUs));
  }

  get #noRoll(): AbsentReason {
    if (!this.#roll.started) return "no-trades";
    return this.#roll.warm ? "undefined" : "warming";
  }

  get estimators() {
    return [
      ["spreadMean", this.#mean],
      ["spreadMeanBps", this.#meanBps],
      ["spreadEwBps", this.#ewBps],
      ["spreadQuantilesBps", this.#quantilesBps],
      ["spreadBaselineBps", this.#baselineBps],
      ["spreadRoll", this.#roll],
    ] as const;
  }
}
