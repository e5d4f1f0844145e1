/**
 * Spread blowout: the spread is far above what it is at this hour.
 *
 * Logic: x = ln(s/s̃) with s̃ the trailing median, smoothed over event time with a half-life of a third of a second, so that a spread counts
 * for as long as it stands, and one quote for nothing; z = x̄/σ̂ with σ̂ = ln(q84/q50) of the same distribution. Evidence is z above a mark and
 * x̄ above that of a multiple of s̃.
 * Input: quotes, or levels. Score: 1 − share of the trailing seconds with a wider spread.
 * Warm-up: a minute of a market. Cost: a logarithm and a power per change of the touch, once it is wide one more.
 * Limits: a spread that is wide for more than five minutes is how it is now. At the roll of 17:00 in New York spreads widen every day: the
 * case is said, as `info`.
 *
 * @module
 */
import { type DetectionOptions, US_PER_DAY, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";

/** The spread's logarithm varies by this much at least: on a grid of few ticks its median may be all there is. */
const LOG_SIGMA_MIN = 0.15;
/** One that comes again so soon is the same. */
const QUIET_US = 30 * US_PER_SECOND;
/** It goes on while the spread is above this multiple of the usual one. */
const CALM_RATIO = 1.5;
/** Around the roll wide spreads are usual. */
const ROLL_US = 20 * US_PER_MINUTE;
const CRITICAL_RATIO = 5;

export class SpreadBlowout implements Detector {
  readonly cases: readonly [Case<"spread-blowout">];
  readonly #options: DetectionOptions["spreadBlowout"];
  /** Logarithm of the newest spread over the usual one, since when, and the same smoothed. */
  #logRatio = 0;
  #atUs = 0;
  #smoothed = 0;
  #wideSinceUs = 0;
  #sequenceFirst = 0;
  #quoteCount = 0;
  #widestBps = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.spreadBlowout;
    this.cases = [
      maker.case("spread-blowout", {
        quietUs: QUIET_US,
        sentence: ({ spreadBps = NaN, usualBps = NaN, quoteCount = NaN }) =>
          `The spread was ${spreadBps.toPrecision(3)} bps, ${(spreadBps / usualBps).toFixed(1)} times its usual ${
            usualBps.toPrecision(3)
          } bps, over ${quoteCount} quotes`,
      }),
    ];
  }

  onTouch(market: MarketView): void {
    this.#look(market, 1);
  }

  onSecond(market: MarketView): void {
    this.#look(market, 0);
  }

  #look(market: MarketView, quotes: number): void {
    const usualBps = market.usual.spreadBps;
    const { spreadBps, timeUs, sequence } = market;
    if (usualBps === undefined || !(spreadBps > 0) || market.suspect) return this.#calm(timeUs);
    const { z: zMin, medianRatio, halfLifeMs } = this.#options;
    const kept = 2 ** (-Math.max(0, timeUs - this.#atUs) / (halfLifeMs * US_PER_MS));
    this.#smoothed = kept * this.#smoothed + (1 - kept) * this.#logRatio;
    this.#logRatio = Math.log(spreadBps / usualBps);
    this.#atUs = timeUs;
    if (spreadBps > CALM_RATIO * usualBps) {
      this.cases[0].prolong(timeUs, sequence);
      if (this.#wideSinceUs === 0) {
        this.#wideSinceUs = timeUs;
        this.#sequenceFirst = sequence;
      }
      this.#quoteCount += quotes;
      this.#widestBps = Math.max(this.#widestBps, spreadBps);
    } else if (this.#smoothed < Math.log(CALM_RATIO)) this.#forget();
    if (!(this.#smoothed > Math.log(medianRatio)) || this.#wideSinceUs === 0) return;
    const logSigma = Math.max(LOG_SIGMA_MIN, Math.log(market.usual.spreadQuantileBps(0.84)! / usualBps));
    const z = this.#smoothed / logSigma;
    if (!(z > zMin)) return;
    const sinceRollUs = timeUs - market.sessions.dayStartUs;
    const atRoll = Math.min(sinceRollUs, US_PER_DAY - sinceRollUs) < ROLL_US;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs: this.#wideSinceUs,
      sequenceFirst: this.#sequenceFirst,
      score: 1 - (market.usual.spreadTail(this.#widestBps) ?? 1),
      severity: atRoll ? "info" : this.#widestBps > CRITICAL_RATIO * usualBps ? "critical" : "warning",
      evidence: { spreadBps: this.#widestBps, usualBps, z, quoteCount: this.#quoteCount },
    }, market.sink);
  }

  /** Whatever the spread is now, it says nothing. */
  #calm(timeUs: number): void {
    this.#logRatio = this.#smoothed = 0;
    this.#atUs = timeUs;
    this.#forget();
  }

  #forget(): void {
    this.#wideSinceUs = this.#quoteCount = this.#widestBps = 0;
  }

  onInterrupted({ timeUs }: MarketView): void {
    this.#calm(timeUs);
  }

  snapshot(): number[] {
    return [
      this.#logRatio,
      this.#atUs,
      this.#smoothed,
      this.#wideSinceUs,
      this.#sequenceFirst,
      this.#quoteCount,
      this.#widestBps,
    ];
  }

  restore(state: readonly number[]): void {
    [
      this.#logRatio,
      this.#atUs,
      this.#smoothed,
      this.#wideSinceUs,
      this.#sequenceFirst,
      this.#quoteCount,
      this.#widestBps,
    ] = state as [number, number, number, number, number, number, number];
  }
}
