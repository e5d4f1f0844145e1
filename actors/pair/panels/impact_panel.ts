/**
 * Impact: how far flow moves the mid.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import {
  Amihud,
  HasbrouckLambda,
  KyleLambda,
  OfiImpact,
  type SignedTrade,
  type TradeSpreads,
} from "../../estimators/mod.ts";
import { type Panel, type PanelValues, sizeReason, touchReason, valueOr } from "./panel.ts";

export interface ImpactPanelOptions {
  options: MetricOptions;
  /** Shared with the panel of spreads, which keeps it. */
  tradeSpreads: TradeSpreads;
}

export class ImpactPanel implements Panel<"impact"> {
  readonly #kyle: KyleLambda;
  readonly #hasbrouck: HasbrouckLambda;
  readonly #amihud: Amihud;
  readonly #ofi: OfiImpact;
  readonly #tradeSpreads: TradeSpreads;

  constructor({ options: { impact }, tradeSpreads }: ImpactPanelOptions) {
    const regression = { intervalUs: impact.intervalS * US_PER_SECOND, count: impact.intervals };
    this.#kyle = new KyleLambda(regression);
    this.#hasbrouck = new HasbrouckLambda(regression);
    this.#ofi = new OfiImpact(regression);
    this.#amihud = new Amihud({ intervalUs: impact.amihudIntervalS * US_PER_SECOND, count: impact.amihudIntervals });
    this.#tradeSpreads = tradeSpreads;
  }

  onTouch(timeUs: number, book: Book): void {
    const { bid, bidSize, ask, askSize } = book;
    const mid = (bid + ask) / 2;
    this.#kyle.quote(timeUs, mid);
    this.#hasbrouck.quote(timeUs, mid);
    this.#amihud.quote(timeUs, mid);
    if (book.fromSnapshot) this.#ofi.restart();
    this.#ofi.update(timeUs, bid, bidSize, ask, askSize);
  }

  onTrade(trade: SignedTrade): void {
    this.#kyle.trade(trade);
    this.#hasbrouck.trade(trade);
    this.#amihud.trade(trade);
  }

  values(nowUs: number, book: Book): PanelValues<"impact"> {
    const kyle = this.#kyle;
    const hasbrouck = this.#hasbrouck;
    const amihud = this.#amihud;
    const ofi = this.#ofi;
    for (const estimator of [kyle, hasbrouck, amihud, ofi]) estimator.advance(nowUs);
    // Without a mid there is no interval, however many trades come.
    const warming = touchReason(book, "warming");
    const noKyle = flowReason(kyle, warming);
    const noHasbrouck = flowReason(hasbrouck, warming);
    const noAmihud: AbsentReason = amihud.hasTrades ? warming : "no-trades";
    const noOfi = sizeReason(book, ofi.warm ? "undefined" : "warming");
    return {
      kyleBpsPerMillion: valueOr(kyle.slope, noKyle),
      kyleT: valueOr(kyle.tStatistic, noKyle),
      kyleR2: valueOr(kyle.r2, noKyle),
      kyleCount: kyle.hasEvents && kyle.count > 0 ? kyle.count : noKyle,
      hasbrouckBps: valueOr(hasbrouck.slope, noHasbrouck),
      hasbrouckT: valueOr(hasbrouck.tStatistic, noHasbrouck),
      hasbrouckR2: valueOr(hasbrouck.r2, noHasbrouck),
      amihudPerMillion: valueOr(amihud.perMillion, noAmihud),
      realizedAmihudPerMillion: valueOr(amihud.realizedPerMillion, noAmihud),
      ofiBpsPerMillion: valueOr(ofi.slope, noOfi),
      ofiT: valueOr(ofi.tStatistic, noOfi),
      ofiR2: valueOr(ofi.r2, noOfi),
      price1sBps: this.#priceBps(1),
      price5sBps: this.#priceBps(5),
      price30sBps: this.#priceBps(30),
      price60sBps: this.#priceBps(60),
      price300sBps: this.#priceBps(300),
    };
  }

  #priceBps(horizonS: number): number | AbsentReason {
    const horizonUs = horizonS * US_PER_SECOND;
    return valueOr(this.#tradeSpreads.impactBps(horizonUs), this.#tradeSpreads.absence(horizonUs));
  }

  get estimators() {
    return [
      ["kyle", this.#kyle],
      ["hasbrouck", this.#hasbrouck],
      ["amihud", this.#amihud],
      ["ofiImpact", this.#ofi],
    ] as const;
  }
}

/** Why a regression on traded flow has no value. */
function flowReason(
  { hasEvents, hasDirection, warm }: KyleLambda | HasbrouckLambda,
  warming: AbsentReason,
): AbsentReason {
  if (!hasEvents) return "no-trades";
  if (!warm) return warming;
  return hasDirection ? "undefined" : "no-signs";
}
