/**
 * Spread blowout: the spread is far above what it is at this hour.
 *
 * Logic: z = ln(s/s̃)/σ̂ with s̃ the trailing median and σ̂ = ln(q84/q50) of the same distribution. Evidence is z above a mark and s above
 * a multiple of s̃, for several quotes or for so long.
 * Input: quotes, or levels. Score: 1 − share of the trailing seconds with a wider spread.
 * Warm-up: a minute of a market. Cost: two logarithms per change of the touch, once it is wide a few more.
 * Limits: a spread that is wide for more than five minutes is how it is now. At the roll of 17:00 in New York spreads widen every day: the
 * case is said, as `info`.
 *
 * @module
 */
import { type DetectionOptions, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from "../contract/mod.ts";
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
    if (usualBps === undefined || !(spreadBps > 0) || market.suspect) return this.#calm();
    const { z: zMin, medianRatio, quoteCount, holdMs } = this.#options;
    if (spreadBps > CALM_RATIO * usualBps) this.cases[0].prolong(timeUs, sequence);
    if (!(spreadBps > medianRatio * usualBps)) return this.#calm();
    const logSigma = Math.max(LOG_SIGMA_MIN, Math.log(market.usual.spreadQuantileBps(0.84)! / usualBps));
    const z = Math.log(spreadBps / usualBps) / logSigma;
    if (!(z > zMin)) return this.#calm();
    if (this.#wideSinceUs === 0) {
      this.#wideSinceUs = timeUs;
      this.#sequenceFirst = sequence;
    }
    this.#quoteCount += quotes;
    this.#widestBps = Math.max(this.#widestBps, spreadBps);
    if (this.#quoteCount < quoteCount && timeUs - this.#wideSinceUs < holdMs * US_PER_MS) return;
    const atRoll = Math.abs(timeUs - market.sessions.dayStartUs) < ROLL_US;
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

  #calm(): void {
    this.#wideSinceUs = this.#quoteCount = this.#widestBps = 0;
  }

  onInterrupted(): void {
    this.#calm();
  }

  snapshot(): number[] {
    return [this.#wideSinceUs, this.#sequenceFirst, this.#quoteCount, this.#widestBps];
  }

  restore(state: readonly number[]): void {
    [this.#wideSinceUs, this.#sequenceFirst, this.#quoteCount, this.#widestBps] = state as [
      number,
      number,
      number,
      number,
    ];
  }
}
