/**
 * Regime shifts: the level of spread, depth, volatility or rate of messages has moved, and stays.
 *
 * Logic: the logarithm of each, once a second, over its trailing mean and deviation (exponential, of half an hour). Page–Hinkley, both
 * ways: m grows by z − δ and is kept above 0; a shift is told where m passes λ. What is beyond {@linkcode Z_MAX} counts as that: a shock
 * is none. After a shift the level is learnt anew.
 * Input: quotes; levels for the depth. Score: 1 − e^(−m/λ·ln 100). Warm-up: ten minutes. Cost: O(1) a second.
 * Source: Page (1954), Continuous inspection schemes; Hinkley (1971), Inference about the change-point from cumulative sum tests.
 *
 * @module
 */
import { type DetectionOptions, US_PER_SECOND } from "../contract/mod.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { depthWithin } from "./usual_market.ts";

const MEASURES = ["spread", "depth", "volatility", "rate of messages"] as const;
const UNITS = ["bps", "base units", "bps a second", "messages a second"] as const;
/** Numbers of a measure's state: its mean, mean of squares, samples; the sums upwards and downwards; when they began; the recent level. */
const FIELDS = 8;
const Z_MAX = 4;
const WARMUP_SECONDS = 600;
const DEPTH_BPS = 2;
const QUIET_US = 60 * US_PER_SECOND;
/** Half-life of the level since. */
const RECENT_SECONDS = 60;
const LOG_100 = Math.log(100);
/** Deviation of a logarithm at least: less is no level that anybody would notice. */
const SIGMA_MIN = 0.2;

export class RegimeShift implements Detector {
  readonly cases: readonly [Case<"regime-shift">];
  readonly #options: DetectionOptions["regimeShift"];
  readonly #state = new Float64Array(MEASURES.length * FIELDS);
  readonly #keep: number;
  #messages = 0;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.regimeShift;
    this.#keep = 2 ** (-1 / this.#options.halfLifeS);
    this.cases = [
      maker.case("regime-shift", {
        quietUs: QUIET_US,
        sentence: ({ measureIndex = 0, beforeLevel = NaN, afterLevel = NaN, ratio = NaN }) =>
          `The ${MEASURES[measureIndex]} has moved from ${short(beforeLevel)} to ${short(afterLevel)} ${
            UNITS[measureIndex]
          } (${ratio.toFixed(2)} times) and stays there`,
      }),
    ];
  }

  onLevel(): void {
    this.#messages++;
  }

  onSecond(market: MarketView): void {
    const { spreadBps, book: { bids, asks }, mid, usual } = market;
    const messages = this.#messages;
    this.#messages = 0;
    if (!(spreadBps > 0) || market.suspect) return;
    this.#take(0, spreadBps, market);
    if (market.hasLevels) {
      const depth = (depthWithin(bids, mid, DEPTH_BPS) + depthWithin(asks, mid, DEPTH_BPS)) / 2;
      if (depth > 0) this.#take(1, depth, market);
    }
    const sigma = usual.fastSigmaBps(US_PER_SECOND);
    if (sigma !== undefined) this.#take(2, sigma, market);
    this.#take(3, 1 + messages, market);
  }

  #take(measure: number, value: number, market: MarketView): void {
    const state = this.#state.subarray(measure * FIELDS, (measure + 1) * FIELDS);
    const [mean, square, count, up, down, upUs, downUs] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const log = Math.log(value);
    state[7] = count === 0 ? log : state[7]! + (log - state[7]!) * (1 - 2 ** (-1 / RECENT_SECONDS));
    if (count >= WARMUP_SECONDS) {
      const sigma = Math.max(SIGMA_MIN, Math.sqrt(Math.max(0, square - mean * mean)));
      const z = Math.max(-Z_MAX, Math.min(Z_MAX, (log - mean) / sigma));
      const { tolerance, threshold } = this.#options;
      state[3] = Math.max(0, up + z - tolerance);
      state[4] = Math.max(0, down - z - tolerance);
      if (up === 0) state[5] = market.timeUs;
      if (down === 0) state[6] = market.timeUs;
      const statistic = Math.max(state[3], state[4]);
      if (statistic > threshold) {
        this.#tell({ measure, statistic, startUs: state[3] > state[4] ? upUs : downUs }, market);
        state.fill(0);
        state[7] = log;
        return;
      }
    }
    const weight = Math.max(1 - this.#keep, 1 / (count + 1));
    state[0] = mean + weight * (log - mean);
    state[1] = square + weight * (log * log - square);
    state[2] = count + 1;
  }

  #tell(
    { measure, statistic, startUs }: { measure: number; statistic: number; startUs: number },
    { timeUs, sequence, sink }: MarketView,
  ): void {
    const mean = this.#state[measure * FIELDS]!;
    const recent = this.#state[measure * FIELDS + 7]!;
    this.cases[0].tell({
      timeUs,
      sequence,
      startUs,
      score: 1 - Math.exp((-LOG_100 * statistic) / this.#options.threshold),
      severity: "info",
      evidence: {
        measureIndex: measure,
        beforeLevel: Math.exp(mean),
        afterLevel: Math.exp(recent),
        ratio: Math.exp(recent - mean),
        statistic,
      },
    }, sink);
  }

  snapshot(): number[] {
    return [this.#messages, ...this.#state];
  }

  restore([messages = 0, ...state]: readonly number[]): void {
    this.#messages = messages;
    this.#state.set(state);
  }
}

const short = (value: number): string =>
  value >= 1e5 ? `${(value / 1e6).toFixed(1)} M` : String(Number(value.toPrecision(3)));
