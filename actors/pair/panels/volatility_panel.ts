/**
 * Volatility: its level, its regime, its jumps and its clustering.
 *
 * @module
 */
import type { Book } from "../../book/mod.ts";
import { type AbsentReason, type MetricOptions, US_PER_MINUTE, US_PER_SECOND } from "../../contract/mod.ts";
import {
  ArchLm,
  type Estimator,
  EwmaVolatility,
  finite,
  Garch,
  GridReturns,
  LeeMykland,
  RangeVolatility,
  RealizedVariance,
  VolatilityRegime,
} from "../../estimators/mod.ts";
import { type Panel, type PanelValues, touchReason, valueOr } from "./panel.ts";

/** Windows of jumps that the volatility they are measured against is made of. */
const JUMP_WINDOWS = 2;
/** Returns in the window of realized variance and jumps, at least and at most; a window of more is cut to its newest. */
const RETURNS_MIN = 10;
const RETURNS_MAX = 86_400;

export class VolatilityPanel implements Panel<"volatility"> {
  readonly #fast: EwmaVolatility;
  readonly #slow: EwmaVolatility;
  readonly #regime: VolatilityRegime;
  readonly #variance: RealizedVariance;
  readonly #jumpVariance: RealizedVariance;
  readonly #jumps: LeeMykland;
  readonly #returns: GridReturns;
  readonly #jumpReturns: GridReturns;
  readonly #ranges: RangeVolatility;
  readonly #arch: ArchLm;
  readonly #archReturns: GridReturns;
  readonly #garch: Garch | undefined;
  readonly #garchReturns: GridReturns | undefined;
  readonly estimators: readonly (readonly [string, Estimator])[];

  constructor({ volatility }: MetricOptions) {
    this.#fast = new EwmaVolatility({ halfLifeUs: volatility.fastHalfLifeS * US_PER_SECOND });
    this.#slow = new EwmaVolatility({ halfLifeUs: volatility.slowHalfLifeS * US_PER_SECOND });
    this.#regime = new VolatilityRegime({ windowUs: wholeUs(volatility.regimeWindowS) });

    const gridUs = wholeUs(volatility.gridS);
    this.#variance = new RealizedVariance({ count: returnCount(volatility.windowS, volatility.gridS), gridUs });
    this.#returns = new GridReturns({ gridUs }, (logReturn) => this.#variance.update(logReturn));

    const jumpGridUs = wholeUs(volatility.jumpGridS);
    const jumpCount = returnCount(volatility.jumpWindowS, volatility.jumpGridS);
    this.#jumpVariance = new RealizedVariance({ count: jumpCount, gridUs: jumpGridUs });
    this.#jumps = new LeeMykland({
      count: jumpCount,
      volatilityCount: JUMP_WINDOWS * jumpCount,
      gridUs: jumpGridUs,
      level: volatility.jumpLevel,
    });
    this.#jumpReturns = new GridReturns({ gridUs: jumpGridUs }, (logReturn, timeUs) => {
      this.#jumpVariance.update(logReturn);
      this.#jumps.update(logReturn, timeUs);
    });

    this.#ranges = new RangeVolatility({ barUs: wholeUs(volatility.barS), barCount: volatility.bars });
    this.#arch = new ArchLm({ count: volatility.archCount });
    this.#archReturns = new GridReturns({ gridUs: wholeUs(volatility.archIntervalS) }, (logReturn) => {
      this.#arch.update(logReturn);
    });

    const estimators: [string, Estimator][] = [
      ["volatilityFast", this.#fast],
      ["volatilitySlow", this.#slow],
      ["volatilityRegime", this.#regime],
      ["volatilityReturns", this.#returns],
      ["realizedVariance", this.#variance],
      ["jumpReturns", this.#jumpReturns],
      ["jumpVariance", this.#jumpVariance],
      ["leeMykland", this.#jumps],
      ["volatilityRanges", this.#ranges],
      ["archReturns", this.#archReturns],
      ["archLm", this.#arch],
    ];
    if (volatility.garch) {
      const garch = new Garch({ gridUs: US_PER_MINUTE });
      this.#garch = garch;
      this.#garchReturns = new GridReturns({ gridUs: US_PER_MINUTE }, (logReturn, timeUs) => {
        garch.update(logReturn, timeUs);
      });
      estimators.push(["garchReturns", this.#garchReturns], ["garch", garch]);
    }
    this.estimators = estimators;
  }

  onTouch(timeUs: number, { bid, ask }: Book): void {
    const mid = (bid + ask) / 2;
    this.#fast.update(timeUs, mid);
    this.#slow.update(timeUs, mid);
    this.#returns.update(timeUs, mid);
    this.#jumpReturns.update(timeUs, mid);
    this.#archReturns.update(timeUs, mid);
    this.#garchReturns?.update(timeUs, mid);
    this.#ranges.update(timeUs, mid);
  }

  onSecond(secondUs: number, passed: number): void {
    // The mid stood still in these seconds: once it is of a closed market it stays so, an hour of them is the most.
    const firstUs = secondUs - (passed - 1) * US_PER_SECOND;
    for (let at = firstUs; at <= secondUs && this.#fast.openAt(at); at += US_PER_SECOND) {
      this.#fast.advance(at);
      this.#regime.update(at, this.#fast.annualPct ?? NaN);
    }
  }

  values(nowUs: number, book: Book): PanelValues<"volatility"> {
    this.#fast.advance(nowUs);
    this.#slow.advance(nowUs);
    this.#returns.advance(nowUs);
    this.#jumpReturns.advance(nowUs);
    this.#archReturns.advance(nowUs);
    this.#garchReturns?.advance(nowUs);
    this.#ranges.advance(nowUs);
    const fast = this.#fast.annualPct;
    const slow = this.#slow.annualPct;
    const warming = touchReason(book, "warming");
    const nothing = touchReason(book, "undefined");
    const reason = (warm: boolean) => warm ? nothing : warming;
    const noVariance = reason(this.#variance.warm);
    const noJumps = reason(this.#jumpVariance.warm);
    const noArch = reason(this.#arch.warm);
    const noGarch: AbsentReason = this.#garch === undefined ? "off" : reason(this.#garch.warm);
    return {
      ewmaFastPct: valueOr(fast, warming),
      ewmaSlowPct: valueOr(slow, warming),
      ewmaRatio: fast === undefined || slow === undefined ? warming : valueOr(finite(fast / slow), nothing),
      fastRank: valueOr(this.#regime.rank, warming),
      regime: valueOr(this.#regime.regime, warming),
      realizedPct: valueOr(this.#variance.realizedPct, noVariance),
      bipowerPct: valueOr(this.#jumpVariance.bipowerPct, noJumps),
      jumpShare: valueOr(this.#jumpVariance.jumpShare, noJumps),
      jumpZ: valueOr(this.#jumpVariance.jumpZ, noJumps),
      leeMykland: valueOr(this.#jumps.largest(nowUs), reason(this.#jumps.warm)),
      jumpCount: valueOr(this.#jumps.jumpCount, warming),
      parkinsonPct: valueOr(this.#ranges.parkinsonPct, warming),
      garmanKlassPct: valueOr(this.#ranges.garmanKlassPct, warming),
      archLm: valueOr(this.#arch.statistic, noArch),
      archP: valueOr(this.#arch.pValue, noArch),
      absAutocorrelation: valueOr(this.#arch.absAutocorrelation, noArch),
      garchPersistence: valueOr(this.#garch?.persistence, noGarch),
      garchPct: valueOr(this.#garch?.forecastPct, noGarch),
    };
  }
}

/** Grids lie on whole microseconds. */
function wholeUs(seconds: number): number {
  return Math.round(seconds * US_PER_SECOND);
}

/** Returns in a window, within bounds. */
function returnCount(windowS: number, gridS: number): number {
  return Math.min(RETURNS_MAX, Math.max(RETURNS_MIN, Math.round(windowS / gridS)));
}
