/**
 * Volatility: its level, its regime, its jumps and its clustering.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type MetricOptions, US_PER_SECOND } from "../../contract/mod.ts";
import { EwmaVolatility, finite } from "../../estimators/mod.ts";
import { type Panel, type PanelValues, touchReason, valueOr } from "./panel.ts";

export class VolatilityPanel implements Panel<"volatility"> {
  readonly #fast: EwmaVolatility;
  readonly #slow: EwmaVolatility;

  constructor({ volatility }: MetricOptions) {
    this.#fast = new EwmaVolatility({ halfLifeUs: volatility.fastHalfLifeS * US_PER_SECOND });
    this.#slow = new EwmaVolatility({ halfLifeUs: volatility.slowHalfLifeS * US_PER_SECOND });
  }

  onTouch(timeUs: number, { bid, ask }: Book): void {
    const mid = (bid + ask) / 2;
    this.#fast.update(timeUs, mid);
    this.#slow.update(timeUs, mid);
  }

  values(nowUs: number, book: Book): PanelValues<"volatility"> {
    this.#fast.advance(nowUs);
    this.#slow.advance(nowUs);
    const fast = this.#fast.annualPct;
    const slow = this.#slow.annualPct;
    const warming = touchReason(book, "warming");
    return {
      ewmaFastPct: valueOr(fast, warming),
      ewmaSlowPct: valueOr(slow, warming),
      ewmaRatio: fast === undefined || slow === undefined
        ? warming
        : valueOr(finite(fast / slow), touchReason(book, "undefined")),
      fastRank: "off",
      regime: "off",
      realizedPct: "off",
      bipowerPct: "off",
      jumpShare: "off",
      jumpZ: "off",
      leeMykland: "off",
      jumpCount: "off",
      parkinsonPct: "off",
      garmanKlassPct: "off",
      archLm: "off",
      archP: "off",
      absAutocorrelation: "off",
      garchPersistence: "off",
      garchPct: "off",
    };
  }

  get estimators() {
    return [["volatilityFast", this.#fast], ["volatilitySlow", this.#slow]] as const;
  }
}
