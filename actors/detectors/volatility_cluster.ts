/**
 * Volatility cluster: many of the last seconds moved far more than seconds did before.
 *
 * Logic: of the returns of the last half minute, the share beyond two standard deviations of the last ten minutes, and their root mean
 * square over that standard deviation. One jump makes neither; volatility three times as high makes both. It began where that is likeliest
 * by the large ones among the returns since. The ARCH-LM p-value of the
 * last hour goes with the evidence where there is one.
 * Input: quotes. Score: 1 − tail probability of the ratio among the seconds before.
 * Warm-up: a minute of a market. Cost: O(1) a second, a ring of 30 returns.
 * Source: Engle (1982), Autoregressive conditional heteroscedasticity, for what clusters are.
 *
 * @module
 */
import { BPS_PER_ONE, type DetectionOptions, type MetricSample, US_PER_SECOND } from "../contract/mod.ts";
import { joined, separated } from "./state_list.ts";
import type { Case } from "./case.ts";
import type { Detector } from "./detector.ts";
import type { DetectorMaker } from "./detector_maker.ts";
import type { MarketView } from "./market_view.ts";
import { TrailingDistribution } from "./trailing_distribution.ts";

const SECONDS = 30;
/** Returns beyond so many standard deviations, and how many of the window there must be. */
const LARGE_SIGMAS = 2;
const LARGE_COUNT_MIN = 11;
/** Log-likelihood ratio of a second within a cluster against one before it: half of the returns are large, instead of 6 %. */
const LARGE_LOG_RATIO = Math.log(0.5 / 0.06);
const SMALL_LOG_RATIO = Math.log(0.5 / 0.94);
const QUIET_US = 20 * US_PER_SECOND;
const PAUSE_US_MAX = 5 * US_PER_SECOND;
const CRITICAL_RATIO = 6;
/** Annualised percent of one bps a square root of a second: a year of 24 hours on 5 days of 52 weeks. */
const ANNUAL_PCT_PER_BPS = Math.sqrt(24 * 3_600 * 5 * 52) / 100;

export class VolatilityCluster implements Detector {
  readonly cases: readonly [Case<"volatility-cluster">];
  readonly #options: DetectionOptions["volatilityCluster"];
  /** Returns of the last seconds, in standard deviations of the time before the window. */
  readonly #sigmas = new Float64Array(SECONDS);
  readonly #ratios = new TrailingDistribution({
    min: 0.05,
    max: 100,
    halfLifeUs: 3_600 * US_PER_SECOND,
    perDecade: 20,
  });
  #next = 0;
  #count = 0;
  #mid = NaN;
  #midUs = 0;
  #archP = NaN;

  constructor(maker: DetectorMaker) {
    this.#options = maker.options.volatilityCluster;
    this.cases = [
      maker.case("volatility-cluster", {
        quietUs: QUIET_US,
        sentence: ({ ratio = NaN, fastPct = NaN }) =>
          `Volatility was ${ratio.toFixed(1)} times that of the ten minutes before, ${
            fastPct.toFixed(0)
          } % a year, move upon move`,
      }),
    ];
  }

  onSample(sample: MetricSample): void {
    this.#archP = sample.values.volatility.archP ?? NaN;
  }

  onSecond(market: MarketView): void {
    const { timeUs, mid, sequence, usual } = market;
    if (market.suspect) return;
    const gapUs = timeUs - this.#midUs;
    const before = this.#mid;
    this.#mid = mid;
    this.#midUs = timeUs;
    const sigmaBps = usual.sigmaBps(gapUs);
    if (!(gapUs <= PAUSE_US_MAX)) return this.#begin();
    if (sigmaBps === undefined || !(before === before) || !(mid === mid)) return;
    this.#sigmas[this.#next] = (BPS_PER_ONE * Math.log(mid / before)) / sigmaBps;
    this.#next = (this.#next + 1) % SECONDS;
    if (++this.#count < SECONDS) return;
    let squares = 0;
    let large = 0;
    let likelihood = 0;
    let likeliest = 0;
    let seconds = 1;
    for (let back = 0; back < SECONDS; back++) {
      const size = Math.abs(this.#sigmas[(this.#next - 1 - back + 2 * SECONDS) % SECONDS]!);
      squares += size * size;
      if (size > LARGE_SIGMAS) large++;
      likelihood += size > LARGE_SIGMAS ? LARGE_LOG_RATIO : SMALL_LOG_RATIO;
      if (likelihood <= likeliest) continue;
      likeliest = likelihood;
      seconds = back + 1;
    }
    const ratio = Math.sqrt(squares / SECONDS);
    const [one] = this.cases;
    if (large >= LARGE_COUNT_MIN && ratio >= this.#options.ratio) {
      one.tell({
        timeUs,
        sequence,
        startUs: timeUs - seconds * US_PER_SECOND,
        score: 1 - Math.min(1 / SECONDS / 10, this.#ratios.tail(ratio) ?? 1),
        severity: ratio > CRITICAL_RATIO ? "critical" : "warning",
        evidence: { ratio, fastPct: ratio * usual.sigmaBps(US_PER_SECOND)! * ANNUAL_PCT_PER_BPS, archP: this.#archP },
      }, market.sink);
    }
    if (!one.isOpen) this.#ratios.add(timeUs, ratio);
  }

  #begin(): void {
    this.#count = 0;
  }

  snapshot(): number[] {
    return [this.#next, this.#count, this.#mid, this.#midUs, this.#archP, ...this.#sigmas, ...joined([this.#ratios])];
  }

  restore(state: readonly number[]): void {
    [this.#next, this.#count, this.#mid, this.#midUs, this.#archP] = state as [number, number, number, number, number];
    this.#sigmas.set(state.slice(5, 5 + SECONDS));
    separated([this.#ratios], state, 5 + SECONDS);
  }
}
